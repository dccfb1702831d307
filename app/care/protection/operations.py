"""Assessments: written, submitted with the signed paper, approved by another person, looked at again in time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.care.protection.models import PURPOSE, RECIPIENTS, RISKS, ImpactAssessment
from app.care.protection.purposes import purposes
from app.care.versions.operations import VersionStep
from app.core import clock
from app.core.casework.door import FOUR_EYES, follow, operation
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import SYSTEM, Actor
from app.core.storage import Stored
from workflows.care.impact_assessment import IMPACT_ASSESSMENT

LONGEST = timedelta(days=3 * 366)
"""A review lies at most three years ahead."""
OPEN = ("draft", "returned")
NO_PURPOSE = Sentence("请选一个已登记的目的", "Choose a purpose of the register")
NO_NAME = Sentence("请写接收方全称", "Give the recipient's full name")
NO_KIND = Sentence("请选接收方是哪一类", "Choose what kind of recipient it is")
NO_RISK = Sentence("请选采取措施后剩下的风险", "Choose the risk that is left after the measures")
WRONG_DAY = Sentence("复评日期要在今天以后、三年以内", "The day of review lies after today and within three years")
ANOTHER = Sentence(
    "这个对象已有一版在办，请先办完或撤回", "A version of it is under way; finish or withdraw that one first"
)
IN_FORCE = Sentence("已经提交，不能再改；要改请先退回", "It is submitted; it has to be returned before it is changed")


@dataclass(frozen=True)
class AssessmentPlace:
    """Where it is written: the county bureau."""

    county_id: uuid.UUID
    unit_id: uuid.UUID
    school_id: None = None


@dataclass(frozen=True)
class AssessmentIn:
    """What was weighed. `kind`: purpose or recipient; `file`: the signed report, where one came with the form."""

    kind: str
    subject: str
    necessity: str
    risks: str
    measures: str
    conclusion: str
    risk: str
    review_on: date
    recipient_kind: str | None = None
    file: Stored | None = None
    version: int | None = None


@operation(IMPACT_ASSESSMENT, "draft")
def draft_assessment(actor: Actor, place: AssessmentPlace, given: AssessmentIn) -> ImpactAssessment:
    """Begin one, as the next version where there are earlier ones. Raises Invalid naming the field."""
    assert actor.person_id is not None
    subject = _subject(given)
    newest, under_way = _versions(place.county_id, given.kind, subject)
    if under_way:
        raise Invalid("subject", ANOTHER)
    made = ImpactAssessment(
        id=uuid7(), county_id=place.county_id, unit_id=place.unit_id, owner_id=actor.person_id, kind=given.kind,
        subject=subject, recipient_kind=None if given.kind == PURPOSE else given.recipient_kind, version_no=newest + 1,
    )  # fmt: skip
    _write(made, given)
    return made


def _subject(given: AssessmentIn) -> str:
    subject = given.subject.strip()
    if given.kind == PURPOSE:
        if subject not in purposes():
            raise Invalid("subject", NO_PURPOSE)
    elif not subject:
        raise Invalid("recipient", NO_NAME)
    elif given.recipient_kind not in RECIPIENTS:
        raise Invalid("recipient_kind", NO_KIND)
    return subject


def _versions(county: uuid.UUID, kind: str, subject: str) -> tuple[int, bool]:
    """The newest number, and whether one of them is on its way."""
    mine = (ImpactAssessment.county_id == county, ImpactAssessment.kind == kind, ImpactAssessment.subject == subject)
    on_its_way = func.count().filter(ImpactAssessment.state.in_((*OPEN, "submitted")))
    newest, under_way = db.session.execute(
        select(func.coalesce(func.max(ImpactAssessment.version_no), 0), on_its_way).where(*mine)
    ).one()
    return int(newest), bool(under_way)


def _write(one: ImpactAssessment, given: AssessmentIn) -> None:
    if given.risk not in RISKS:
        raise Invalid("risk", NO_RISK)
    if not clock.today() < given.review_on <= clock.today() + LONGEST:
        raise Invalid("review_on", WRONG_DAY)
    one.necessity, one.risks = given.necessity.strip(), given.risks.strip()
    one.measures, one.conclusion = given.measures.strip(), given.conclusion.strip()
    one.risk, one.review_on = given.risk, given.review_on
    if given.file is not None:
        one.file_sha256, one.file_name = given.file.sha256, given.file.name[:200]
        one.media_type = given.file.media_type


@operation(right="protection.draft_assessment", name="impact_assessment.write")
def write_assessment(actor: Actor, assessment: ImpactAssessment, given: AssessmentIn) -> None:
    """Change a draft; what it is about stays. Raises StepRefused once it is submitted, Invalid."""
    if assessment.state not in OPEN:
        raise StepRefused((IN_FORCE,))
    _write(assessment, given)


@operation(IMPACT_ASSESSMENT, "submit")
def submit_assessment(actor: Actor, assessment: ImpactAssessment, given: VersionStep) -> None:
    """Hand it in with the signed report."""
    assessment.submitted_by = actor.person_id


@operation(IMPACT_ASSESSMENT, "approve")
def approve_assessment(actor: Actor, assessment: ImpactAssessment, given: VersionStep) -> None:
    """Put it in force; the version before it is superseded in the same act. Raises StepRefused to who wrote or submitted it."""
    _by_somebody_else(actor, assessment)
    former = select(ImpactAssessment).where(
        ImpactAssessment.county_id == assessment.county_id, ImpactAssessment.kind == assessment.kind,
        ImpactAssessment.subject == assessment.subject, ImpactAssessment.state == "active",
    )  # fmt: skip
    for one in db.session.scalars(former).all():
        follow(one, "supersede")
    assessment.approved_by, assessment.approved_on = actor.person_id, clock.today()


@operation(IMPACT_ASSESSMENT, "return_assessment")
def return_assessment(actor: Actor, assessment: ImpactAssessment, given: VersionStep) -> None:
    """Back to the author with what has to change."""
    _by_somebody_else(actor, assessment)


def _by_somebody_else(actor: Actor, one: ImpactAssessment) -> None:
    """Four eyes said in words: the officer does not see the county's trail, and the database itself refuses without any."""
    if actor.person_id in (one.owner_id, one.submitted_by):
        raise StepRefused((FOUR_EYES,))


@operation(IMPACT_ASSESSMENT, "withdraw")
def withdraw_assessment(actor: Actor, assessment: ImpactAssessment, given: VersionStep) -> None:
    """It will not be put in force; it stays in the register."""


@operation(IMPACT_ASSESSMENT, "stop")
def stop_assessment(actor: Actor, assessment: ImpactAssessment, given: VersionStep) -> None:
    """Nothing new begins under it from now on."""


@operation(IMPACT_ASSESSMENT, "expire")
def expire_assessment(actor: Actor, assessment: ImpactAssessment, given: None = None) -> None:
    """Its day of review has passed without a newer version."""


def expire_all() -> int:
    """The daily job: assessments whose day has passed; how many."""
    use_context(SYSTEM.context())
    due = select(ImpactAssessment).where(ImpactAssessment.state == "active", ImpactAssessment.review_on < clock.today())
    found = db.session.scalars(due).all()
    for one in found:
        expire_assessment(SYSTEM, one, None)
    return len(found)
