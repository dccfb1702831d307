"""Tasks that follow something else: answers that call nobody at once and still ask for a talk (a critical question left open,
or one of worry, decision 58), and the child into another class."""

from __future__ import annotations

import hashlib
import uuid

from sqlalchemy import text

from app.care.rainbow.duty_plan import duty_plan
from app.care.rainbow.models import CareDuty
from app.care.rainbow.operations.duties import due_for
from app.care.screening.models import ScreeningCampaign, ScreeningTask
from app.core import clock
from app.core.audit import trail
from app.core.casework.bulk import begin_all
from app.core.casework.door import follow
from app.core.database import db, use_context, uuid7
from app.core.outbox.deliver import first_time
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM

ANSWERS = """screening_tasks t
       join students s on s.id = t.student_id and s.left_on is null
       join scale_responses r on r.task_id = t.id and r.attempt = t.tries and r.submitted_at is not null
       where t.state <> 'declined'
         and (r.blank_critical or exists (
               select from scale_results x
               where x.student_id = r.student_id and x.scale_code = r.scale_code and x.scale_version = r.scale_version
                 and x.worry
                 and x.answered_on = coalesce(r.answered_on, (r.submitted_at at time zone 'Asia/Shanghai')::date)))"""
ASKING = text(
    f"""select distinct t.student_id, t.county_id, t.school_id, s.class_id
       from {ANSWERS}
         and t.campaign_id = :campaign and (cast(:task as uuid) is null or t.id = :task)
         and not exists (
               select from care_duties d where d.student_id = t.student_id and d.state = 'due' and d.code = any(:codes))"""
)
STILL = text(f"select exists (select from {ANSWERS} and t.student_id = :student)")

ELSEWHERE = "d.state = 'due' and d.class_id is distinct from s.class_id"
MOVED = text(f"select exists (select from care_duties d join students s on s.id = d.student_id where {ELSEWHERE})")
TAKE_ALONG = text(
    f"""update care_duties d set class_id = s.class_id, version = d.version + 1
        from students s where s.id = d.student_id and {ELSEWHERE} returning d.id"""
)


def go_with_children() -> int:
    """Tasks of children who sit in another class now, by a list or at the turn of the school year, go along with them: the
    teacher of before does not see the child any more. All in one act with number and digest (decision 20); how many.
    """
    use_context(SYSTEM.context())
    if not db.session.scalar(MOVED):
        return 0
    with trail.act(SYSTEM, "system", "care_duty.go_along") as deed:
        moved = sorted(str(one) for one in db.session.scalars(TAKE_ALONG))
        deed.main.extra.update(rows=len(moved), digest=hashlib.sha256("\n".join(moved).encode()).hexdigest())
    return len(moved)


def follow_answers(row: OutboxRow) -> None:
    """The job behind `answers_ask`, of one task or of a whole campaign: the counsellor's task, once for each student.

    Whatever the validity of the answers, and whether or not somebody is called besides.
    """
    use_context(SYSTEM.context())
    task = db.session.get(ScreeningTask, row.record_id) if row.entity == ScreeningTask.__tablename__ else None
    campaign = db.session.get(ScreeningCampaign, task.campaign_id if task else row.record_id)
    if campaign is None:
        return
    with trail.act(SYSTEM, "system", "care_duty.follow_answers", campaign):
        if first_time(f"answers_ask:{row.id}"):
            _open(campaign.id, task.id if task else None)


def _open(campaign_id: uuid.UUID, task_id: uuid.UUID | None) -> None:
    duties, now = duty_plan().asked_by_answers, clock.now()
    asking = {"campaign": campaign_id, "task": task_id, "codes": [duty.code for duty in duties]}
    begin_all(
        [
            CareDuty(
                id=uuid7(), county_id=row.county_id, school_id=row.school_id, unit_id=row.school_id,
                student_id=row.student_id, class_id=row.class_id, code=duty.code, for_class=duty.by == "class",
                due_at=duty.due_at(now),
            )
            for row in db.session.execute(ASKING, asking).all()
            for duty in duties
        ],
        "open",
    )  # fmt: skip


def end_talk(student: uuid.UUID) -> None:
    """The talk that answers asked for ends where they were taken back and no other answers ask for it; inside an act."""
    codes = {duty.code for duty in duty_plan().asked_by_answers}
    talks = [duty for duty in due_for(student) if duty.code in codes]
    if talks and not db.session.scalar(STILL, {"student": student}):
        for talk in talks:
            follow(talk, "drop")
