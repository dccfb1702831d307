"""Of who watched: who could and did read, what was erased, alerts and drills, and what did not go as it should."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select

from app.care.access.models import EmergencyOpening, IdentityGrant
from app.care.emergencies.models import EmergencyNotice
from app.care.protection.models import PURPOSE, ImpactAssessment
from app.care.protection.purposes import purposes
from app.care.retention.classes import classes
from app.care.retention.due import years_of
from app.care.retention.models import PurgeBatch
from app.care.screening.models import ScreeningCampaign
from app.care.yearly.counting.families import allowed_days
from app.care.yearly.counting.given import covered, was_told_late
from app.care.yearly.counting.shape import NONE, Year, part
from app.core.audit.models import IncidentDrill, Verification
from app.core.audit.queries import TRAIL
from app.core.audit.words import STEPS
from app.core.casework.deadlines import Deadline
from app.core.database import db
from app.core.errors import Sentence
from app.core.policy.roles import ROLES
from app.core.reading.models import ReadingAlarm
from app.people.directory.models import RoleAssignment

OF_CHILDREN = {
    "people",
    "care",
    "care_aid",
    "care_case",
    "care_class",
    "care_class_levels",
    "care_levels",
    "care_named",
    "care_red",
}
"""Data classes behind which a child's own rows lie."""
ERASED: dict[str, Sentence] = {
    "screening_task.destroy_answers": Sentence(
        "撤回同意后销毁的回答", "Answers destroyed once the agreement was taken back"
    ),
    "screening_task.erase_on_request": Sentence("应请求销毁的回答", "Answers destroyed on request"),
    "value_added.clear_scores": Sentence("清除的监测成绩", "Pupils' scores erased"),
    "citizen_letter.erase_contact": Sentence("清除的来信联系方式", "Contacts of letters erased"),
    "keys.shred": STEPS["keys.shred"],
    "audit.seal": STEPS["audit.seal"],
}

OF_NOBODY = frozenset({"keys.shred", "audit.seal"})
"""Erasures that concern no single person: told as they are."""


def _of_year(year: Year) -> tuple[Any, ...]:
    ours = or_(TRAIL.county_id == year.county_id, TRAIL.county_id.is_(None))
    return TRAIL.at >= year.begins, TRAIL.at < year.ends, ours


def access(year: Year) -> dict[str, Any]:
    """Roles that may open a child's page: how many persons held them, how many of those did, and how often."""
    held = select(RoleAssignment.role, func.count(RoleAssignment.person_id.distinct())).where(
        RoleAssignment.county_id == year.county_id, RoleAssignment.from_on < year.until,
        or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= year.first),
    )  # fmt: skip
    could: dict[str, int] = dict(db.session.execute(held.group_by(RoleAssignment.role)).all())
    opened = select(TRAIL.role, func.count(TRAIL.person_id.distinct()), func.count()).where(
        TRAIL.step == "read.student", *_of_year(year)
    )
    did = {role: (persons, pages) for role, persons, pages in db.session.execute(opened.group_by(TRAIL.role)).all()}
    rows: list[tuple[Any, ...]] = [
        (Sentence(role.zh, role.en), could.get(code, 0), *did.get(code, (0, 0)))
        for code, role in ROLES.items()
        if set(role.data_classes) & OF_CHILDREN and (code in could or code in did)
    ]
    openings = (
        (EmergencyOpening, "紧急查看", "Openings in an emergency"),
        (IdentityGrant, "身份查看", "Openings of a name"),
    )
    for model, zh, en in openings:
        rows.append((Sentence(zh, en), "", "", year.few(f"openings.{model.__tablename__}", _number(year, model))))
    heads = (
        Sentence("身份", "Role"), Sentence("可以看的人", "Could read"), Sentence("看过的人", "Did read"),
        Sentence("打开次数", "Pages opened"),
    )  # fmt: skip
    return part("access", Sentence("谁可以看、谁看过", "Who could and who did read"), heads, rows)


def _number(year: Year, model: Any) -> int:
    wanted = select(func.count()).select_from(model)
    in_it = (model.county_id == year.county_id, model.created_at >= year.begins, model.created_at < year.ends)
    return db.session.scalar(wanted.where(*in_it)) or 0


def erasures(year: Year) -> dict[str, Any]:
    """What was erased, as the trail tells."""
    wanted = select(TRAIL.step, func.count()).where(TRAIL.step.in_(ERASED), *_of_year(year)).group_by(TRAIL.step)
    counts: dict[str, int] = dict(db.session.execute(wanted).all())
    rows: list[tuple[Any, ...]] = [
        (said, "", counts.get(code, 0) if code in OF_NOBODY else year.few(f"erased.{code}", counts.get(code, 0)))
        for code, said in ERASED.items()
    ]
    heads = (
        Sentence("什么", "What"),
        Sentence("保存期限", "Kept for"),
        Sentence("次数或学生人数", "Times, or students"),
    )
    return part("erasures", Sentence("删除和销毁", "Erased"), heads, rows + _purged(year))


def _purged(year: Year) -> list[tuple[Any, ...]]:
    """Each class of data with the period in force, and of how many students it was erased after two persons agreed."""
    wanted = select(PurgeBatch.class_code, func.sum(PurgeBatch.done)).where(
        PurgeBatch.county_id == year.county_id, PurgeBatch.state == "done", PurgeBatch.carried_on >= year.first,
        PurgeBatch.carried_on < year.until,
    )  # fmt: skip
    gone: dict[str, int] = dict(db.session.execute(wanted.group_by(PurgeBatch.class_code)).all())
    years = years_of(year.county_id)
    return [
        (one.title, one.said(years[code]), year.few(f"purged.{code}", int(gone.get(code, 0))))
        for code, one in classes().items()
    ]


def incidents(year: Year) -> dict[str, Any]:
    """Alerts about reading, refusals, verifications that failed, drills."""
    asked = select(func.count(), func.count(ReadingAlarm.settled_at)).where(
        ReadingAlarm.county_id == year.county_id, ReadingAlarm.at >= year.begins, ReadingAlarm.at < year.ends
    )
    told, settled = db.session.execute(asked).one()
    refused = db.session.scalar(select(func.count()).where(TRAIL.kind == "denial", *_of_year(year))) or 0
    runs, bad = db.session.execute(
        select(func.count(), func.count(Verification.first_bad)).where(
            Verification.at >= year.begins, Verification.at < year.ends
        )
    ).one()
    drilled = select(func.count(), func.max(IncidentDrill.held_on)).where(
        IncidentDrill.county_id == year.county_id, IncidentDrill.held_on >= year.first, IncidentDrill.held_on < year.until
    )  # fmt: skip
    drills, last = db.session.execute(drilled).one()
    rows = (
        (Sentence("查阅超过限额的提醒", "Alerts about reading over the budget"), told),
        (Sentence("其中核实过的", "Of these looked into"), settled),
        (Sentence("被拒绝的查看", "Reads that were refused"), refused),
        (Sentence("日志链校验", "Verifications of the trail"), runs),
        (Sentence("其中发现改动的", "Of these that found a change"), bad),
        (Sentence("事故演练", "Drills of incidents"), drills),
        (Sentence("最近一次演练", "Last drill"), last or NONE),
    )
    heads = (Sentence("什么", "What"), Sentence("次数", "Times"))
    return part("incidents", Sentence("提醒、拒绝和演练", "Alerts, refusals and drills"), heads, rows)


def exceptions(year: Year) -> dict[str, Any]:
    """What did not go as it should, found by the same data; one line each."""
    rows = [(said,) for said, wrong in _looked_for(year) if wrong]
    heads = (Sentence("没有做到的", "What did not hold"),)
    return part("exceptions", Sentence("例外", "Exceptions"), heads, rows or [(NONE,)])


def _looked_for(year: Year) -> list[tuple[Sentence, bool]]:
    of_notices = (
        EmergencyNotice.county_id == year.county_id, EmergencyNotice.happened_on >= year.first,
        EmergencyNotice.happened_on < year.until,
    )  # fmt: skip
    late_notices = select(func.count()).select_from(EmergencyNotice).where(*of_notices, was_told_late())
    late_answers = (
        select(func.count())
        .select_from(Deadline)
        .where(
            Deadline.entity == "rights_requests", Deadline.county_id == year.county_id,
            Deadline.started_at >= year.begins, Deadline.started_at < year.ends,
            func.coalesce(Deadline.closed_at, func.now()) > Deadline.due_at,
        )
    )  # fmt: skip
    unsettled = select(func.count()).select_from(ReadingAlarm).where(
        ReadingAlarm.county_id == year.county_id, ReadingAlarm.at >= year.begins, ReadingAlarm.at < year.ends,
        ReadingAlarm.settled_at.is_(None),
    )  # fmt: skip
    bare = [name for name, number, _day in db.session.execute(covered(year)) if number is None]
    days = allowed_days()
    names = "、".join(bare)
    return [
        (Sentence("有紧急情况没有在 24 小时内告知监护人", "A guardian was not told within a day of an emergency"),
         bool(db.session.scalar(late_notices))),
        (Sentence(f"有请求超过 {days} 个工作日才答复", f"A request was answered too late (working days allowed: {days})"),
         bool(db.session.scalar(late_answers))),
        (Sentence("有查阅提醒没有核实", "An alert about reading was not looked into"), bool(db.session.scalar(unsettled))),
        (Sentence(f"供应商没有生效的保密协议：{names}", f"Suppliers without an agreement in force: {', '.join(bare)}"), bool(bare)),
        (Sentence("开展了测评，但测评的影响评估没有生效", "Surveys were held without an assessment in force"), _unweighed(year)),
        (Sentence("一年没有做过事故演练", "No drill of an incident was held"), _nothing_drilled(year)),
    ]  # fmt: skip


def _unweighed(year: Year) -> bool:
    held = select(func.count()).select_from(ImpactAssessment).where(
        ImpactAssessment.county_id == year.county_id, ImpactAssessment.kind == PURPOSE,
        ImpactAssessment.subject == "screening", ImpactAssessment.approved_on < year.until,
        ImpactAssessment.review_on >= year.first,
    )  # fmt: skip
    return "screening" in purposes() and _number(year, ScreeningCampaign) > 0 and not db.session.scalar(held)


def _nothing_drilled(year: Year) -> bool:
    held = select(func.count()).select_from(IncidentDrill).where(
        IncidentDrill.county_id == year.county_id, IncidentDrill.held_on >= year.first, IncidentDrill.held_on < year.until
    )  # fmt: skip
    return not db.session.scalar(held)
