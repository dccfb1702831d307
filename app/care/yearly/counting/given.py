"""Of what was weighed and given: assessments, emergencies without an agreement, handovers, recipients and suppliers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date, String, Uuid, and_, column, exists, func, or_, select, table

from app.care.emergencies.models import EmergencyNotice
from app.care.emergencies.words import CAUSES
from app.care.protection import words
from app.care.protection.models import PURPOSE, RECIPIENT, ImpactAssessment
from app.care.protection.purposes import purposes
from app.care.sharing.models import Handover
from app.care.yearly.counting.shape import NONE, Year, part
from app.core.casework.deadlines import Deadline
from app.core.database import db
from app.core.errors import Sentence

SUPPLIERS: Any = table(
    "suppliers", column("id", Uuid), column("county_id", Uuid), column("name", String), column("purpose", String)
).c
PAPERS: Any = table(
    "supplier_agreements", column("supplier_id", Uuid), column("number", String), column("from_on", Date),
    column("until_on", Date),
).c  # fmt: skip
"""The improvement side's register of suppliers, named by its tables: this area may not know its models."""


def assessments(year: Year) -> dict[str, Any]:
    """Every version that was approved by the end of the year and had not run out before it."""
    known = purposes()
    wanted = select(ImpactAssessment).where(
        ImpactAssessment.county_id == year.county_id, ImpactAssessment.approved_on < year.until,
        ImpactAssessment.review_on >= year.first,
    )  # fmt: skip
    found = db.session.scalars(
        wanted.order_by(ImpactAssessment.kind, ImpactAssessment.subject, ImpactAssessment.version_no)
    ).all()
    rows = [
        (
            known[one.subject].title if one.kind == PURPOSE and one.subject in known else one.subject,
            words.KINDS[one.kind], one.version_no, words.RISKS[one.risk], one.approved_on, one.review_on,
        )
        for one in found
    ]  # fmt: skip
    heads = (
        Sentence("评估对象", "About"), Sentence("种类", "Kind"), Sentence("版本", "Version"),
        Sentence("剩下的风险", "Risk left"), Sentence("批准", "Approved"), Sentence("复评", "Review"),
    )  # fmt: skip
    none: list[tuple[Any, ...]] = [(NONE, "", "", "", "", "")]
    return part("assessments", Sentence("影响评估", "Impact assessments"), heads, rows or none)


def emergencies(year: Year) -> dict[str, Any]:
    """What went ahead without an agreement, and how many guardians heard of it later than within a day."""
    of_year = (
        EmergencyNotice.county_id == year.county_id, EmergencyNotice.happened_on >= year.first,
        EmergencyNotice.happened_on < year.until,
    )  # fmt: skip
    late = func.count().filter(was_told_late())
    wanted = select(EmergencyNotice.cause, func.count(), late).where(*of_year).group_by(EmergencyNotice.cause)
    counts = {cause: (n, tardy) for cause, n, tardy in db.session.execute(wanted).all()}
    rows = [
        (
            said, year.few(f"emergencies.{code}", counts.get(code, (0, 0))[0]),
            year.few(f"emergencies.{code}.late", counts.get(code, (0, 0))[1]),
        )
        for code, said in CAUSES.items()
    ]  # fmt: skip
    heads = (
        Sentence("因为什么", "Cause"), Sentence("没有同意先行处置", "Acted without an agreement"),
        Sentence("超过 24 小时才告知或还没有告知", "Guardian told after more than a day, or not yet"),
    )  # fmt: skip
    return part("emergencies", Sentence("紧急情况", "Emergencies"), heads, rows)


def was_told_late() -> Any:
    """Its clock ran out before somebody told the guardian."""
    return exists().where(
        Deadline.entity == "emergency_notices", Deadline.record_id == EmergencyNotice.id,
        or_(Deadline.closed_at > Deadline.due_at, and_(Deadline.closed_at.is_(None), Deadline.due_at < func.now())),
    )  # fmt: skip


def handovers(year: Year) -> dict[str, Any]:
    """What was given to whom: each recipient of the year with the number of handovers."""
    wanted = (
        select(ImpactAssessment.subject, ImpactAssessment.recipient_kind, func.count())
        .join(Handover, Handover.assessment_id == ImpactAssessment.id)
        .where(
            Handover.county_id == year.county_id, Handover.state == "handed", Handover.state_since >= year.begins,
            Handover.state_since < year.ends,
        )
        .group_by(ImpactAssessment.subject, ImpactAssessment.recipient_kind)
        .order_by(ImpactAssessment.subject)
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (subject, words.RECIPIENTS[kind or "other"], year.few(f"handovers.{subject}", n))
        for subject, kind, n in db.session.execute(wanted).all()
    ]
    heads = (Sentence("接收方", "Recipient"), Sentence("哪一类", "Kind"), Sentence("交付", "Handed over"))
    return part("handovers", Sentence("向外提供", "Given to others"), heads, rows or [(NONE, "", "")])


def suppliers(year: Year) -> dict[str, Any]:
    """Recipients that were assessed and suppliers, each with the paper that covers it at the end of the year."""
    weighed = select(ImpactAssessment.subject, ImpactAssessment.recipient_kind, func.max(ImpactAssessment.review_on)).where(
        ImpactAssessment.county_id == year.county_id, ImpactAssessment.kind == RECIPIENT,
        ImpactAssessment.state.in_(("active", "retired", "expired")), ImpactAssessment.approved_on < year.until,
        ImpactAssessment.review_on >= year.first,
    )  # fmt: skip
    grouped = weighed.group_by(ImpactAssessment.subject, ImpactAssessment.recipient_kind)
    rows: list[tuple[Any, ...]] = [
        (subject, words.RECIPIENTS[kind or "other"], Sentence(f"影响评估至 {day}", f"Assessment to {day}"))
        for subject, kind, day in db.session.execute(grouped.order_by(ImpactAssessment.subject)).all()
    ]
    rows += [
        (name, words.RECIPIENTS["supplier"], _paper(number, day))
        for name, number, day in db.session.execute(covered(year))
    ]
    heads = (Sentence("名称", "Name"), Sentence("哪一类", "Kind"), Sentence("依据的文件", "Paper"))
    return part("suppliers", Sentence("接收方和供应商", "Recipients and suppliers"), heads, rows or [(NONE, "", "")])


def covered(year: Year) -> Any:
    """Name, number and last day of the agreement that covers each supplier on the year's last day; empty where none does."""
    holds = and_(PAPERS.supplier_id == SUPPLIERS.id, PAPERS.from_on <= year.last, PAPERS.until_on >= year.last)
    joined = SUPPLIERS.id.table.outerjoin(PAPERS.supplier_id.table, holds)
    wanted = select(SUPPLIERS.name, func.max(PAPERS.number), func.max(PAPERS.until_on)).select_from(joined)
    return wanted.where(SUPPLIERS.county_id == year.county_id).group_by(SUPPLIERS.name).order_by(SUPPLIERS.name)


def _paper(number: str | None, day: Any) -> Sentence:
    if number is None:
        return Sentence("没有生效的保密协议", "No agreement in force")
    return Sentence(f"保密协议 {number}，至 {day}", f"Agreement {number}, to {day}")
