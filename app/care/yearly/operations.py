"""Audits: begun, counted by the worker, written, submitted, checked and signed by another person, filed; corrections are new."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Text, cast, exists, func, or_, select

from app.care.protection.models import ImpactAssessment
from app.care.versions.operations import VersionStep
from app.care.yearly.counting import counted
from app.care.yearly.models import OPEN, YearlyAudit
from app.core import clock
from app.core.casework.door import FOUR_EYES, follow, operation
from app.core.copying import allow_long_statements
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.people.controls.models import CompliancePrint, digest_of
from app.people.directory.models import RoleAssignment, Unit
from workflows.care.yearly_audit import YEARLY_AUDIT

KIND = "yearly_count"
FIRST_YEAR = 2020
CORRECTED_IN = timedelta(days=30)
"""A correction is filed within so many days, when the end of January has passed."""
HELD = ("signed", "filed")
NO_YEAR = Sentence("请选一个 {first} 年到今年之间的年份", "Choose a year from {first} to this year")
ANOTHER = Sentence(
    "这一年已有一版在办，请先办完或撤回", "A version of that year is under way; finish or withdraw that one first"
)
IN_FORCE = Sentence("已经送审，不能再改；要改请先退回", "It is submitted; it has to be returned before it is changed")
WRONG_DAY = Sentence("报送日期要在签署以后、不晚于今天", "It was filed after it was signed, and not later than today")
NO_AUTHORITY = Sentence("请写报送给哪个部门", "Say with which authority it was filed")
NO_RECEIPT = Sentence("请写回执编号", "Give the number of the receipt")


@dataclass(frozen=True)
class AuditPlace:
    """Where it is written: the county bureau; `owner_id`: for whom the system begins it."""

    county_id: uuid.UUID
    unit_id: uuid.UUID
    owner_id: uuid.UUID | None = None
    school_id: None = None


@dataclass(frozen=True)
class YearIn:
    """Of which year."""

    year: int | None


@dataclass(frozen=True)
class WordsIn:
    """What the officer concludes, and what is done about what did not hold."""

    conclusion: str
    measures: str
    version: int | None = None


@dataclass(frozen=True)
class FiledIn:
    """When, with whom and under which receipt it was filed."""

    filed_on: date | None
    filed_with: str
    receipt_no: str
    version: int | None = None


@operation(YEARLY_AUDIT, "begin")
def begin_audit(actor: Actor, place: AuditPlace, given: YearIn) -> YearlyAudit:
    """Begin a year's audit, or a correction of one that was signed; the worker counts it. Raises Invalid naming the year."""
    today, owner = clock.today(), actor.person_id or place.owner_id
    if given.year is None or not FIRST_YEAR <= given.year <= today.year:
        raise Invalid("year", Sentence(NO_YEAR.zh.format(first=FIRST_YEAR), NO_YEAR.en.format(first=FIRST_YEAR)))
    of_year = (YearlyAudit.county_id == place.county_id, YearlyAudit.year == given.year)
    under_way = func.count().filter(YearlyAudit.state.in_((*OPEN, "submitted")))
    held = func.count().filter(YearlyAudit.state.in_(HELD))
    newest, open_ones, before = db.session.execute(
        select(func.coalesce(func.max(YearlyAudit.version_no), 0), under_way, held).where(*of_year)
    ).one()
    if open_ones:
        raise Invalid("year", ANOTHER)
    assert owner is not None
    last_day = date(given.year + 1, 1, 31)
    made = YearlyAudit(
        id=uuid7(), county_id=place.county_id, unit_id=place.unit_id, owner_id=owner, year=given.year,
        version_no=newest + 1, counting=True, file_by=max(last_day, today + CORRECTED_IN) if before else last_day,
    )  # fmt: skip
    post(KIND, made, queue="heavy")
    return made


def open_last_year() -> int:
    """The daily job: last year's audit is begun for each county whose data were processed then; how many."""
    use_context(SYSTEM.context())
    today = clock.today()
    year = today.year - 1
    begun = exists().where(ImpactAssessment.county_id == Unit.id, ImpactAssessment.created_at < date(today.year, 1, 1))
    there = exists().where(YearlyAudit.county_id == Unit.id, YearlyAudit.year == year)
    officers = (
        select(Unit.id, func.min(cast(RoleAssignment.person_id, Text)))
        .join(RoleAssignment, RoleAssignment.county_id == Unit.id)
        .where(
            Unit.kind == "county_bureau", begun, ~there, RoleAssignment.role == "dpo", RoleAssignment.from_on <= today,
            or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= today),
        )
        .group_by(Unit.id)
    )  # fmt: skip
    found = db.session.execute(officers).all()
    for county, officer in found:
        begin_audit(SYSTEM, AuditPlace(county, county, uuid.UUID(officer)), YearIn(year))
    return len(found)


@operation(right="audit.draft_yearly", name="yearly_audit.recount")
def recount_audit(actor: Actor, audit: YearlyAudit, given: VersionStep) -> None:
    """Let the worker count it anew. Raises StepRefused once it is submitted."""
    _open_only(audit)
    audit.counting = True
    post(KIND, audit, queue="heavy")


def carry_out(row: OutboxRow) -> None:
    """What the worker does with the wish; once, however often it is delivered."""
    audit = db.session.get(YearlyAudit, row.record_id)
    if audit is not None and audit.counting and audit.state in OPEN:
        count_audit(SYSTEM, audit, None)


@operation(right="system", name="yearly_audit.count")
def count_audit(actor: Actor, audit: YearlyAudit, given: None = None) -> None:
    """Count the year from the live data; what was told of it before counts too, so that no two countings tell of one child."""
    allow_long_statements()
    told = select(YearlyAudit.content).where(
        YearlyAudit.county_id == audit.county_id, YearlyAudit.year == audit.year, YearlyAudit.counted_at.is_not(None)
    )
    earlier = [one for one in db.session.scalars(told.order_by(YearlyAudit.counted_at)) if one]
    audit.content = counted(audit.county_id, audit.year, earlier)
    audit.counted_at, audit.counting = clock.now(), False


@operation(right="audit.draft_yearly", name="yearly_audit.write")
def write_audit(actor: Actor, audit: YearlyAudit, given: WordsIn) -> None:
    """Write conclusion and measures. Raises StepRefused once it is submitted."""
    _open_only(audit)
    audit.conclusion, audit.measures = given.conclusion.strip(), given.measures.strip()


def _open_only(audit: YearlyAudit) -> None:
    if audit.state not in OPEN:
        raise StepRefused((IN_FORCE,))


@operation(YEARLY_AUDIT, "submit")
def submit_audit(actor: Actor, audit: YearlyAudit, given: VersionStep) -> None:
    """Freeze what was counted and written under its digest, and ask a second person."""
    audit.submitted_by, audit.content_sha256 = actor.person_id, digest_of(audit.frozen)


@operation(YEARLY_AUDIT, "sign")
def sign_audit(actor: Actor, audit: YearlyAudit, given: VersionStep) -> None:
    """Sign it; the version before is superseded. Raises StepRefused to who wrote or submitted it."""
    _by_somebody_else(actor, audit)
    former = select(YearlyAudit).where(
        YearlyAudit.county_id == audit.county_id, YearlyAudit.year == audit.year, YearlyAudit.state.in_(HELD)
    )
    for one in db.session.scalars(former).all():
        follow(one, "supersede")
    audit.signed_by, audit.signed_on = actor.person_id, clock.today()
    assert audit.content_sha256 is not None
    db.session.add(
        CompliancePrint(
            ref=audit.ref, kind="yearly", number=f"{audit.year}", edition=audit.version_no, made_at=clock.now(),
            content_sha256=audit.content_sha256,
        )
    )  # fmt: skip


@operation(YEARLY_AUDIT, "return_audit")
def return_audit(actor: Actor, audit: YearlyAudit, given: VersionStep) -> None:
    """Back to the officer with what has to change."""
    _by_somebody_else(actor, audit)


def _by_somebody_else(actor: Actor, one: YearlyAudit) -> None:
    """Four eyes said in words: neither officer nor auditor sees the county's steps, and the database refuses without any."""
    if actor.person_id in (one.owner_id, one.submitted_by):
        raise StepRefused((FOUR_EYES,))


@operation(YEARLY_AUDIT, "file")
def file_audit(actor: Actor, audit: YearlyAudit, given: FiledIn) -> None:
    """Note when, with whom and under which receipt it was filed. Raises Invalid naming the field."""
    wrong = {}
    if given.filed_on is None or not (audit.signed_on or given.filed_on) <= given.filed_on <= clock.today():
        wrong["filed_on"] = WRONG_DAY
    if not given.filed_with.strip():
        wrong["filed_with"] = NO_AUTHORITY
    if not given.receipt_no.strip():
        wrong["receipt_no"] = NO_RECEIPT
    if wrong:
        raise Invalid(wrong)
    audit.filed_by, audit.filed_on = actor.person_id, given.filed_on
    audit.filed_with, audit.receipt_no = given.filed_with.strip()[:80], given.receipt_no.strip()[:60]


@operation(YEARLY_AUDIT, "withdraw")
def withdraw_audit(actor: Actor, audit: YearlyAudit, given: VersionStep) -> None:
    """It will not be signed; it stays in the list."""
