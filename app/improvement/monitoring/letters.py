"""What monitoring tells beside the letters of its steps: collecting began, rules ran, sources disagree, data were withdrawn."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, text

from app.core import clock
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.improvement.monitoring.models import BriefingRecord, FollowUp, MonitoringCycle, ReleaseAck, SourceConflict
from app.improvement.monitoring.models.rulings import stands_in_sql
from app.improvement.monitoring.words import GRADES_OF_STAGE
from app.people import letters
from app.people.directory.words import SCHOOL_GRADES

SCHOOL_ROLES = ["principal", "school_coordinator"]
INTERPRETERS = ["evaluator", "office_director"]
HOLDERS = text(
    """select person_id from role_assignments
       where county_id = :county and role = any(:roles)
         and (cast(:units as uuid[]) is null or unit_id = any(cast(:units as uuid[])))
         and (cast(:subjects as text[]) is null or subjects ?| cast(:subjects as text[]))
         and from_on <= :day and (to_on is null or to_on >= :day)"""
)
CONFIRMED = text(
    f"""select f.number from source_conflicts s join data_findings f on f.result_id in (s.first_id, s.second_id)
       where s.id = :conflict and f.state = 'confirmed' and not {stands_in_sql("f.result_id")} order by f.number"""
)
RULED = {
    "one": ("数据不一致已裁定，以其中一个来源为准", "Two sources disagreed; it was decided which one counts"),
    "both": ("数据不一致已裁定，两个数值都成立", "Two sources disagreed; it was decided that both are right"),
    "neither": ("数据不一致已裁定，两个数值都不采用", "Two sources disagreed; it was decided that neither is used"),
}
SCHOOLS = text("select id from units where county_id = :county and kind = 'school' and school_type = any(:types)")


def _persons(
    county_id: uuid.UUID,
    roles: Iterable[str],
    units: Iterable[uuid.UUID] | None = None,
    subjects: Iterable[str] | None = None,
) -> set[uuid.UUID]:
    values: dict[str, Any] = {
        "day": clock.today(),
        "county": county_id,
        "roles": list(roles),
        "units": None if units is None else list(units),
        "subjects": None if subjects is None else list(subjects),
    }
    return set(db.session.scalars(HOLDERS, values))


def _cycle(row: OutboxRow) -> MonitoringCycle | None:
    return db.session.get(MonitoringCycle, row.record_id)


def collecting_started(row: OutboxRow) -> None:
    """Schools of the stage hear that a round collects; they see no county page, so it leads to their own results."""
    cycle = _cycle(row)
    if cycle is None:
        return
    grades = {int(grade.removeprefix("G")) for grade in GRADES_OF_STAGE.get(cycle.stage, ())}
    types = [code for code, (first, last) in SCHOOL_GRADES.items() if grades & set(range(first, last + 1))]
    schools = db.session.scalars(SCHOOLS, {"county": cycle.county_id, "types": types}).all()
    words = Sentence(f"{cycle.name}：开始采集", f"{cycle.name}: collecting has begun")
    persons = _persons(cycle.county_id, SCHOOL_ROLES, schools)
    letters.write(
        persons, f"collecting_started:{row.id}", "collecting_started", cycle, words, "/monitoring/school-results"
    )


def findings_detected(row: OutboxRow) -> None:
    """Those who interpret hear once of all findings of a run."""
    cycle = _cycle(row)
    if cycle is None:
        return
    candidates, watches = row.data["candidates"], row.data["watches"]
    words = Sentence(
        f"{cycle.name}：{candidates} 条候选发现等你确认，{watches} 条观察",
        f"{cycle.name}: findings to confirm: {candidates}, to watch: {watches}",
    )
    persons = _persons(cycle.county_id, ["subject_researcher"], subjects=cycle.subjects)
    persons |= _persons(cycle.county_id, INTERPRETERS)
    letters.write(
        persons,
        f"findings_detected:{row.id}",
        "findings_detected",
        cycle,
        words,
        f"/monitoring/findings?cycle={cycle.ref}",
    )


def conflict_asked(row: OutboxRow) -> None:
    """The head of the unit that owns the data is asked."""
    conflict = db.session.get(SourceConflict, row.record_id)
    if conflict is None or conflict.asked_unit_id is None:
        return
    words = Sentence("两个来源的数据不一致，请回答", "Two sources disagree; please answer")
    persons = _persons(conflict.county_id, ["principal", "dept_head"], [conflict.asked_unit_id])
    letters.write(
        persons, f"conflict_asked:{row.id}", "conflict_asked", conflict, words, f"/monitoring/conflicts/{conflict.ref}"
    )


def conflict_settled(row: OutboxRow) -> None:
    """Whoever asked and answered hears how it was decided; the office, which confirmed findings rest on the cell that fell."""
    conflict = db.session.get(SourceConflict, row.record_id)
    if conflict is None or conflict.outcome is None:
        return
    numbers = "、".join(db.session.scalars(CONFIRMED, {"conflict": conflict.id}))
    zh, en = RULED[conflict.outcome]
    words = Sentence(
        zh + (f"；已确认的发现 {numbers} 依据它，请排除或另找依据" if numbers else ""),
        en + (f"; confirmed findings that rest on it: {numbers}" if numbers else ""),
    )
    persons = _persons(conflict.county_id, INTERPRETERS) | {conflict.asked_by}
    if conflict.asked_unit_id is not None:
        persons |= _persons(conflict.county_id, ["principal", "dept_head"], [conflict.asked_unit_id])
    address = f"/monitoring/conflicts/{conflict.ref}"
    letters.write(persons, f"conflict_settled:{row.id}", "conflict_settled", conflict, words, address)


def follow_up_due(row: OutboxRow) -> None:
    """Those who record that it is done hear that its day is near or over: the office, or the school's own people."""
    one, held = FollowUp, BriefingRecord
    wanted = (
        select(one, MonitoringCycle, ReleaseAck)
        .join(held, held.id == one.briefing_id)
        .join(MonitoringCycle, MonitoringCycle.id == held.cycle_id)
        .outerjoin(ReleaseAck, (ReleaseAck.cycle_id == held.cycle_id) & (ReleaseAck.unit_id == held.school_id))
        .where(one.id == row.record_id, one.done_on.is_(None))
    )
    found = db.session.execute(wanted).first()
    if found is None:
        return
    asked, cycle, ack = found
    last = asked.due_on
    zh, en = ("已过期限", "is past its day,") if asked.is_late else ("快到期限", "is nearly due,")
    words = Sentence(
        f"{cycle.name}：听取汇报的一件后续事项{zh}（{last.month} 月 {last.day} 日），办完请记办结",
        f"{cycle.name}: a follow-up of the briefing {en} {last.day} {last:%b}; mark it once it is done",
    )
    roles, units = (SCHOOL_ROLES, [asked.school_id]) if asked.school_id else (INTERPRETERS, None)
    persons = _persons(asked.county_id, roles, units)
    letters.write(persons, f"follow_up_due:{row.id}", "deadline", ack or cycle, words)


def cycle_withdrawn(row: OutboxRow) -> None:
    """Everybody who received the data hears that they were taken back."""
    cycle = _cycle(row)
    if cycle is None:
        return
    acks = db.session.scalars(select(ReleaseAck).where(ReleaseAck.cycle_id == cycle.id)).all()
    words = Sentence(f"{cycle.name}：数据已撤回，请停止使用", f"{cycle.name}: the data were withdrawn, stop using them")
    for ack in acks:
        persons = _persons(cycle.county_id, [*SCHOOL_ROLES, "dept_head"], [ack.unit_id])
        letters.write(persons, f"cycle_withdrawn:{row.id}", "cycle_withdrawn", ack, words, ack.address)


def results_open(row: OutboxRow) -> None:
    """Units that have not signed for their results are asked once more; it leads each to its own."""
    cycle = _cycle(row)
    if cycle is None:
        return
    wanted = select(ReleaseAck).where(ReleaseAck.id.in_([uuid.UUID(one) for one in row.data["acks"]]))
    words = Sentence(f"还没有签收：{cycle.name}的结果", f"Not signed for yet: results of {cycle.name}")
    for ack in db.session.scalars(wanted.where(ReleaseAck.state == "pending")).all():
        persons = _persons(cycle.county_id, [*SCHOOL_ROLES, "dept_head"], [ack.unit_id])
        letters.write(persons, f"results_open:{row.id}", "results_open", ack, words, ack.address)
