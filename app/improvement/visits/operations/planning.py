"""Planning a visit: day, scope, checklist, exception, notice; and giving it up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import REASON_WANTED, SHORTEST_REASON, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.improvement.problems.operations.numbers import next_number
from app.improvement.visits.models import SupervisionEntry, SupervisionVisit
from app.improvement.visits.operations.checklists import fill_lines, renew_points
from app.improvement.visits.operations.teams import end_duties, join
from app.improvement.visits.words import FOCUS
from app.people.directory.models import Unit
from workflows.improvement.supervision_visit import SUPERVISION_VISIT
from workflows.improvement.supervision_visit_facts import KINDS

NOT_NOW = Sentence(
    "视导已经通知或开始，不能再改安排", "The visit is announced or under way and its plan cannot be changed"
)
NO_REASON = Sentence("请写为什么需要例外，至少 10 个字", "Say why an exception is needed, at least 10 characters")


@dataclass(frozen=True)
class VisitPlace:
    """The school that is to be visited: what the right is checked on."""

    county_id: uuid.UUID
    school_id: uuid.UUID
    unit_id: uuid.UUID


@dataclass(frozen=True)
class VisitIn:
    """What is planned: kind, day, scope, lead, entry of the yearly list, items and further points to look at."""

    kind: str
    visit_on: date | None
    scope: str
    lead_id: uuid.UUID | None
    entry_id: uuid.UUID | None = None
    focus: str = "school"
    is_unannounced: bool = False
    item_ids: tuple[uuid.UUID, ...] = ()
    points: tuple[str, ...] = ()
    exception_wanted: str = ""
    version: int | None = None


@dataclass(frozen=True)
class VisitStep:
    """A step that asks for nothing but, where it has to be, a reason."""

    version: int | None = None
    reason: str | None = None


@operation(SUPERVISION_VISIT, "plan")
def plan_visit(actor: Actor, place: VisitPlace, given: VisitIn) -> SupervisionVisit:
    """Begin a visit to one school; its lead is the first of the team."""
    unit = db.session.get(Unit, place.unit_id)
    if unit is None or unit.kind != "school" or not unit.is_open(clock.today()):
        raise Invalid("school", Sentence("请选择一所学校", "Choose a school"))
    visit = SupervisionVisit(
        id=uuid7(),
        county_id=place.county_id,
        school_id=place.school_id,
        unit_id=place.unit_id,
        unit=unit,
        number=next_number(place.county_id, "SD", "supervision_visits"),
        members=[],
        lines=[],
        findings=[],
    )
    _fill(visit, given)
    join(actor, visit, given.lead_id, "inspector")
    db.session.add(visit)
    fill_lines(visit, given.item_ids, given.points)
    return visit


@operation(right="visits.plan_visit", name="supervision_visit.edit")
def edit_visit(actor: Actor, visit: SupervisionVisit, given: VisitIn) -> None:
    """Change the plan while nobody outside knows of it; an exception that was granted for another plan is void."""
    if visit.state != "draft":
        raise StepRefused((NOT_NOW,))
    before = (visit.kind, visit.visit_on)
    _fill(visit, given)
    if before != (visit.kind, visit.visit_on):
        visit.exception_on, visit.exception_by, visit.exception_reason = None, None, ""
    if all(one.person_id != visit.owner_id for one in visit.team):
        join(actor, visit, given.lead_id, "inspector")
    fill_lines(visit, given.item_ids, given.points)


def _fill(visit: SupervisionVisit, given: VisitIn) -> None:
    _check(visit, given)
    assert given.lead_id is not None
    visit.kind, visit.focus, visit.visit_on, visit.scope = given.kind, given.focus, given.visit_on, given.scope.strip()
    visit.owner_id, visit.is_unannounced = given.lead_id, given.is_unannounced
    visit.exception_wanted = given.exception_wanted.strip()
    visit.entry_id = given.entry_id
    visit.entry = db.session.get(SupervisionEntry, given.entry_id) if given.entry_id else None


def _check(visit: SupervisionVisit, given: VisitIn) -> None:
    faults: dict[str, Sentence] = {}
    if given.kind not in KINDS:
        faults["kind"] = Sentence("请选择视导类型", "Choose the kind of visit")
    if given.focus not in FOCUS:
        faults["focus"] = Sentence("请选择督学、督政或教研指导", "Choose what the visit is about")
    if given.visit_on is None:
        faults["visit_on"] = Sentence("请写哪天到校", "Enter the day of the visit")
    elif given.visit_on < clock.today():
        faults["visit_on"] = Sentence("视导日期不能早于今天", "The day of the visit cannot lie in the past")
    if not given.scope.strip():
        faults["scope"] = Sentence("请写这次视导看什么", "Say what the visit looks at")
    if given.lead_id is None:
        faults["lead"] = Sentence("请选择组长", "Choose the lead of the team")
    if given.is_unannounced and given.kind != "routine":
        faults["is_unannounced"] = Sentence("只有常规视导可以不打招呼", "Only a routine visit may be unannounced")
    if given.exception_wanted.strip() and len(given.exception_wanted.strip()) < SHORTEST_REASON:
        faults["exception_wanted"] = NO_REASON
    if given.entry_id is not None and not _is_of_the_county(visit, given.entry_id):
        faults["entry"] = Sentence("请选择清单里还在执行的一条", "Choose an entry of the list that is in force")
    if faults:
        raise Invalid(faults)


def _is_of_the_county(visit: SupervisionVisit, entry_id: uuid.UUID) -> bool:
    held = select(SupervisionEntry.id).where(
        SupervisionEntry.id == entry_id,
        SupervisionEntry.county_id == visit.county_id,
        SupervisionEntry.withdrawn_on.is_(None),
    )
    with db.session.no_autoflush:
        return db.session.scalar(held) is not None


@operation(right="visits.grant_exception", name="supervision_visit.grant_exception")
def grant_exception(actor: Actor, visit: SupervisionVisit, given: VisitStep) -> None:
    """The head lets a visit go ahead without an entry of the list, or at short notice; the reason stays on record."""
    if visit.state != "draft" or not visit.exception_wanted:
        raise StepRefused((Sentence("这次视导没有申请例外", "No exception is asked for"),))
    if len((given.reason or "").strip()) < SHORTEST_REASON:
        raise Invalid("reason", REASON_WANTED)
    visit.exception_reason = (given.reason or "").strip()
    visit.exception_by, visit.exception_on = actor.person_id, clock.today()


@operation(right="visits.grant_exception", name="supervision_visit.refuse_exception")
def refuse_exception(actor: Actor, visit: SupervisionVisit, given: VisitStep) -> None:
    """The head does not; the plan has to be changed."""
    if visit.state != "draft" or not visit.exception_wanted:
        raise StepRefused((Sentence("这次视导没有申请例外", "No exception is asked for"),))
    if len((given.reason or "").strip()) < SHORTEST_REASON:
        raise Invalid("reason", REASON_WANTED)
    visit.exception_wanted, visit.exception_reason = "", (given.reason or "").strip()


@operation(SUPERVISION_VISIT, "notify")
def notify_school(actor: Actor, visit: SupervisionVisit, given: VisitStep) -> None:
    """Announce the visit; from now on the checklist is what the school has been told."""
    renew_points(visit)
    visit.notified_on, visit.checklist_edition = clock.today(), visit.checklist_edition + 1


@operation(SUPERVISION_VISIT, "cancel")
def cancel_visit(actor: Actor, visit: SupervisionVisit, given: VisitStep) -> None:
    """Give the visit up; the school hears why, if it had been told."""
    end_duties(visit, clock.today())
