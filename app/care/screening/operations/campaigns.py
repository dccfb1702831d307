"""A campaign: drafted, submitted, agreed, approved by another person, scheduled, and moved on by its days."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.care.protection.models import in_force
from app.care.screening.models import DutyDay, ScreeningCampaign, scales_in_force
from app.care.screening.operations.tasks import assign_all, settle_all
from app.care.screening.scales import choosing
from app.core import clock
from app.core.casework.door import follow, operation
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.imports.grades import school_year
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from workflows.care.screening_campaign import SCREENING_CAMPAIGN

DAYS = Sentence("结束日期不能早于开放日期", "The last day cannot be before the first")
PAST = Sentence("开放日期要在今天以后", "The first day has to lie ahead")
NOT_USABLE = Sentence("所选量表不能用或不适合所选年级", "A chosen scale may not be used or does not fit the grades")
NO_SCHOOL_DAY = Sentence("这几天里没有上学的日子", "None of these days is a school day")
IN_FORCE = Sentence("已经提交，不能再改；要改请先退回", "It is submitted; it has to be returned before it is changed")
ONE_A_TERM = Sentence("本学期已有一次同年级的全面筛查", "These grades have a full screening this semester already")
NOT_OPEN = Sentence("只有开放作答期间才能补派任务", "Tasks are added only while the screening is open")
NOBODY_NEW = Sentence(
    "没有新来的学生要补派任务：都已经有任务了", "Nobody came who has no task: every student has one already"
)
OPEN = ("draft", "returned")


@dataclass(frozen=True)
class CampaignPlace:
    """Where a campaign is begun: the county's own, or a school's."""

    county_id: uuid.UUID
    unit_id: uuid.UUID
    school_id: uuid.UUID | None = None


@dataclass(frozen=True)
class SchoolOfCampaign:
    """A school that takes part in a campaign, its own or the county's."""

    campaign: ScreeningCampaign
    county_id: uuid.UUID
    school_id: uuid.UUID


@dataclass(frozen=True)
class CampaignIn:
    """What is asked of whom and when; `scales` are "code version"."""

    name: str
    purpose: str
    grades: tuple[str, ...]
    scales: tuple[str, ...]
    opens_on: date
    closes_on: date
    groups: int = 1
    on_duty: tuple[uuid.UUID, ...] = ()
    version: int | None = None


@dataclass(frozen=True)
class CampaignStep:
    """A step with version and reason."""

    version: int | None = None
    reason: str | None = None


@operation(SCREENING_CAMPAIGN, "draft")
def draft_campaign(actor: Actor, place: CampaignPlace, given: CampaignIn) -> ScreeningCampaign:
    """Begin one. Raises Invalid for days in the wrong order, or scales that do not fit."""
    assert actor.person_id is not None
    made = ScreeningCampaign(
        id=uuid7(), county_id=place.county_id, unit_id=place.unit_id, school_id=place.school_id,
        owner_id=actor.person_id, name="", duty=[],
    )  # fmt: skip
    _write(made, given)
    return made


@operation(right="screening.draft_campaign", name="screening_campaign.write")
def write_campaign(actor: Actor, campaign: ScreeningCampaign, given: CampaignIn) -> None:
    """Change it, as long as it is not submitted. Raises StepRefused, Invalid."""
    if campaign.state not in OPEN:
        raise StepRefused((IN_FORCE,))
    _write(campaign, given)


def _write(campaign: ScreeningCampaign, given: CampaignIn) -> None:
    if given.closes_on < given.opens_on:
        raise Invalid("closes_on", DAYS)
    if given.opens_on <= clock.today():
        raise Invalid("opens_on", PAST)
    listed = [dict(zip(("code", "version"), one.split(" ", 1), strict=True)) for one in given.scales]
    if choosing.unfit(listed, given.grades, scales_in_force(campaign.county_id)):
        raise Invalid("scales", NOT_USABLE)
    campaign.name, campaign.purpose = given.name.strip(), given.purpose.strip()
    campaign.grades, campaign.scales = list(given.grades), listed
    campaign.opens_on, campaign.closes_on, campaign.groups = given.opens_on, given.closes_on, given.groups
    campaign.school_year = school_year(given.opens_on.year, given.opens_on.month)
    if not campaign.open_days:
        raise Invalid("opens_on", NO_SCHOOL_DAY)
    _set_duty(campaign, given.on_duty)


def _set_duty(campaign: ScreeningCampaign, persons: Sequence[uuid.UUID]) -> None:
    """Those on duty take the open days in turn."""
    campaign.duty = [
        DutyDay(
            id=uuid7(), county_id=campaign.county_id, school_id=campaign.school_id, campaign_id=campaign.id, day=day,
            person_id=persons[number % len(persons)],
        )
        for number, day in enumerate(campaign.open_days)
        if persons
    ]  # fmt: skip


@operation(SCREENING_CAMPAIGN, "submit")
def submit_campaign(actor: Actor, campaign: ScreeningCampaign, given: CampaignStep) -> None:
    """Hand it in. Raises StepRefused where the semester has one for these grades already (domain B2)."""
    term = _term(campaign.opens_on)
    found = db.session.scalars(
        select(ScreeningCampaign).where(
            ScreeningCampaign.county_id == campaign.county_id,
            ScreeningCampaign.school_id.is_not_distinct_from(campaign.school_id),
            ScreeningCampaign.id != campaign.id,
            ScreeningCampaign.state.not_in(("draft", "returned", "cancelled")),
        )
    )
    if any(_term(one.opens_on) == term and set(one.grades) & set(campaign.grades) for one in found):
        raise StepRefused((ONE_A_TERM,))
    campaign.agreed = False
    if (assessment := in_force(campaign.county_id, "screening")) is not None:
        campaign.assessment_id, campaign.assessment_no = assessment.id, assessment.label[:60]


def _term(day: date) -> tuple[int, bool]:
    """School year and whether it is its first semester (September to January)."""
    return school_year(day.year, day.month), day.month >= 9 or day.month == 1


@operation(SCREENING_CAMPAIGN, "agree")
def agree_campaign(actor: Actor, campaign: ScreeningCampaign, given: CampaignStep) -> None:
    """The principal agrees to the school's own screening."""
    campaign.agreed = True


@operation(SCREENING_CAMPAIGN, "return_campaign")
def return_campaign(actor: Actor, campaign: ScreeningCampaign, given: CampaignStep) -> None:
    """Send it back with the reason."""


@operation(SCREENING_CAMPAIGN, "approve")
def approve_campaign(actor: Actor, campaign: ScreeningCampaign, given: CampaignStep) -> None:
    """Approve it; nobody approves what he or she drafted."""


@operation(SCREENING_CAMPAIGN, "schedule")
def schedule_campaign(actor: Actor, campaign: ScreeningCampaign, given: CampaignStep) -> None:
    """Assign every student's task; who comes to the school until it opens gets one on that morning."""
    _assign(campaign)


def _assign(campaign: ScreeningCampaign) -> None:
    """Tasks for those who have none: at once for a school, by the queue for the whole county."""
    if campaign.school_id is not None:
        assign_all(campaign)
    else:
        post("screening_assign", campaign, queue="heavy")


@operation(right="system", name="screening_campaign.assign")
def assign_county(actor: Actor, campaign: ScreeningCampaign, given: None = None) -> None:
    """The tasks of the county's own campaign, written by the worker (decision 13); again for who came since."""
    if campaign.state in ("scheduled", "open"):
        assign_all(campaign)


@operation(right="screening.add_newcomers", name="screening_campaign.add_newcomers")
def add_newcomers(actor: Actor, place: SchoolOfCampaign, given: None = None) -> ScreeningCampaign:
    """Tasks for the students who came to the school since it opened, each as far as the consent has come.

    Raises StepRefused where it is not open, or nobody came.
    """
    campaign = place.campaign
    if campaign.state != "open":
        raise StepRefused((NOT_OPEN,))
    if campaign.school_id not in (None, place.school_id) or not assign_all(campaign, place.school_id):
        raise StepRefused((NOBODY_NEW,))
    return campaign


@operation(SCREENING_CAMPAIGN, "review")
def review_campaign(actor: Actor, campaign: ScreeningCampaign, given: CampaignStep) -> None:
    """All alerts handled, all doubts settled: what leaves the school from here are counts."""


@operation(SCREENING_CAMPAIGN, "archive")
def archive_campaign(actor: Actor, campaign: ScreeningCampaign, given: CampaignStep) -> None:
    """Lay it to rest."""


@operation(SCREENING_CAMPAIGN, "cancel")
def cancel_campaign(actor: Actor, campaign: ScreeningCampaign, given: CampaignStep) -> Generator[None]:
    """Give it up; answers and alerts that are there stay (decisions §2 B2)."""
    yield
    settle_all(campaign)


@operation(right="system", name="screening_campaign.keep_time")
def keep_time(actor: Actor, campaign: ScreeningCampaign, given: None = None) -> None:
    """What the day asks for: open on its first, close after its last, scored when nothing waits."""
    if campaign.state == "scheduled" and campaign.day_has_come and campaign.licences_hold:
        follow(campaign, "open")
        _assign(campaign)
    if campaign.state == "open" and campaign.days_are_over:
        follow(campaign, "close")
        settle_all(campaign)
    if campaign.state == "closed" and campaign.everything_is_scored:
        follow(campaign, "score")
        post("results_in", campaign, queue="heavy")


def keep_time_of_all() -> int:
    """Every campaign that has something to do now; how many. Asked by the sweep, each minute."""
    use_context(SYSTEM.context())
    found = db.session.scalars(
        select(ScreeningCampaign).where(ScreeningCampaign.state.in_(("scheduled", "open", "closed")))
    ).all()
    due = [one for one in found if _is_due(one)]
    for one in due:
        keep_time(SYSTEM, one, None)
    return len(due)


def _is_due(campaign: ScreeningCampaign) -> bool:
    if campaign.state == "scheduled":
        return campaign.day_has_come and campaign.licences_hold
    return campaign.days_are_over if campaign.state == "open" else campaign.everything_is_scored
