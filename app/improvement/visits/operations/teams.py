"""The team of a visit: who goes, who has to stay away, who takes the lead."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.improvement.visits.models import SupervisionVisit, VisitMember
from app.improvement.visits.models import facts as visit_facts
from app.people.directory.models import Person, RoleAssignment
from app.people.directory.operations.openings import close_school, open_school
from app.people.identity.terms import running

ROLES = ("inspector", "evaluator", "subject_researcher", "guidance_member")
"""Who may go on a visit (domain §2.2, column visit: V)."""
OPEN = ("draft", "notified", "self_reported", "on_site")
NOT_A_MEMBER = Sentence(
    "请选择在岗的督学、评价员、教研员或指导组成员",
    "Choose an inspector, evaluator, researcher or guidance member in office",
)
OWN_SCHOOL = Sentence(
    "这位成员在这所学校任职、近年任过职，或负责这所学校的问题项，需要回避，请换人",
    "This person works or lately worked at the school, or answers for a problem of it; name somebody else",
)
TWICE = Sentence("这位成员已经在视导组里", "This person is on the team already")
NOT_NOW = Sentence("视导已经反馈，不能再改视导组", "The feedback is out and the team cannot be changed")
THE_LEAD = Sentence("组长不能直接移出，请先换组长", "Name another lead before this one leaves the team")


@dataclass(frozen=True)
class MemberIn:
    """Who joins, in which role, and that somebody asked about interests."""

    person_id: uuid.UUID | None
    role: str
    is_cleared: bool
    version: int | None = None


@dataclass(frozen=True)
class LeavingIn:
    """Who leaves the team."""

    member_ref: str
    version: int | None = None


@dataclass(frozen=True)
class InterestIn:
    """What keeps a member from going, in his or her own words."""

    interest: str
    version: int | None = None


@operation(right="visits.plan_visit", name="supervision_visit.add_member")
def add_member(actor: Actor, visit: SupervisionVisit, given: MemberIn) -> None:
    """Name somebody to the team; who belongs to the school is refused."""
    _must_be_open(visit)
    if not given.is_cleared:
        raise Invalid(
            "is_cleared", Sentence("请先确认没有需要回避的情形", "Confirm that there is no interest to declare")
        )
    join(actor, visit, given.person_id, given.role)


@operation(right="visits.notify_visit", name="supervision_visit.name_lead")
def name_lead(actor: Actor, visit: SupervisionVisit, given: MemberIn) -> None:
    """Give the lead to another inspector: the one named before cannot go."""
    _must_be_open(visit)
    if all(one.person_id != given.person_id for one in visit.team):
        join(actor, visit, given.person_id, "inspector")
    member = next(one for one in visit.team if one.person_id == given.person_id)
    if member.role != "inspector":
        raise Invalid("person", Sentence("组长由督学担任", "The lead is an inspector"))
    visit.owner_id = member.person_id
    db.session.flush()
    db.session.refresh(visit, ["owner"])


@operation(right="visits.plan_visit", name="supervision_visit.remove_member")
def remove_member(actor: Actor, visit: SupervisionVisit, given: LeavingIn) -> None:
    """Take somebody off the team; who was there stays on record."""
    _must_be_open(visit)
    member = next((one for one in visit.team if one.ref == given.member_ref), None)
    if member is None:
        raise Invalid("member", Sentence("这位成员已经不在视导组", "This person is no longer on the team"))
    if member.person_id == visit.owner_id:
        raise Invalid("member", THE_LEAD)
    member.left_on = clock.today()
    _end_duty(visit, member, clock.today() - timedelta(days=1))


@operation(right="visits.observe_visit", name="supervision_visit.declare_interest")
def declare_interest(actor: Actor, visit: SupervisionVisit, given: InterestIn) -> None:
    """A member says that he or she has to stay away; the visit does not go on until somebody else is named."""
    _must_be_open(visit)
    member = next((one for one in visit.team if one.person_id == actor.person_id), None)
    if member is None:
        raise StepRefused((NOT_A_MEMBER,))
    if not given.interest.strip():
        raise Invalid("interest", Sentence("请写需要回避的情形", "Say what keeps you from going"))
    member.interest = given.interest.strip()[:200]


def join(actor: Actor, visit: SupervisionVisit, person_id: uuid.UUID | None, role: str) -> None:
    """Put a person on the team with the duty that opens the visit, and an inspector the school; inside an act."""
    assignment = _office_of(visit, person_id, role)
    if person_id is None or assignment is None:
        raise Invalid("person", NOT_A_MEMBER)
    if any(one.person_id == person_id for one in visit.team):
        raise Invalid("person", TWICE)
    if visit_facts.with_an_interest([person_id], visit.unit_id):
        raise Invalid("person", OWN_SCHOOL)
    own = {"county_id": visit.county_id, "school_id": visit.school_id}
    with db.session.no_autoflush:
        opened = open_school(assignment.id, visit.unit_id, "visit") if role == "inspector" else None
    visit.members.append(
        VisitMember(
            id=uuid7(),
            visit_id=visit.id,
            person_id=person_id,
            role=role,
            cleared_at=clock.now(),
            cleared_by=actor.person_id,
            interest="",
            responsibility_id=opened,
            created_at=clock.now(),
            **own,
        )
    )
    db.session.add(
        CaseAssignment(
            entity=SupervisionVisit.__tablename__,
            record_id=visit.id,
            person_id=person_id,
            part="team",
            from_on=clock.today(),
            **own,
        )
    )


def handed_over(actor: Actor, visit: SupervisionVisit, successor: Person) -> None:
    """A person's open work goes to another: the lead of a visit only to an inspector who need not stay away. Raises Invalid."""
    before = next((one for one in visit.team if one.person_id == visit.owner_id), None)
    member = next((one for one in visit.team if one.person_id == successor.id), None)
    role = member.role if member is not None else "inspector"
    away = visit_facts.with_an_interest([successor.id], visit.unit_id)
    if role != "inspector" or away or _office_of(visit, successor.id, role) is None:
        raise Invalid(
            "successor",
            Sentence(
                f"{visit.number} 是视导，组长只能交给在岗、不用回避的督学。请先在视导页上换组长",
                f"{visit.number} is a visit and its lead goes only to an inspector in office without an interest. "
                "Name another lead on its page first",
            ),
        )
    if member is None:
        join(actor, visit, successor.id, role)
    if before is not None:
        before.left_on = clock.today()
        _end_duty(visit, before, clock.today() - timedelta(days=1))
    visit.owner_id = successor.id


def _office_of(visit: SupervisionVisit, person_id: uuid.UUID | None, role: str) -> RoleAssignment | None:
    if role not in ROLES or person_id is None:
        return None
    day = clock.today()
    wanted = select(RoleAssignment).where(
        RoleAssignment.person_id == person_id,
        RoleAssignment.county_id == visit.county_id,
        RoleAssignment.role == role,
        running(RoleAssignment, day),
    )
    with db.session.no_autoflush:
        return db.session.scalar(wanted.limit(1))


def end_duties(visit: SupervisionVisit, last_day: date) -> None:
    """The visit is over: what it opened to the team closes after `last_day`; inside an act."""
    for member in visit.team:
        _end_duty(visit, member, last_day)


def _end_duty(visit: SupervisionVisit, member: VisitMember, last_day: date) -> None:
    for duty in db.session.scalars(
        select(CaseAssignment).where(
            CaseAssignment.entity == SupervisionVisit.__tablename__,
            CaseAssignment.record_id == visit.id,
            CaseAssignment.person_id == member.person_id,
            CaseAssignment.to_on.is_(None),
        )
    ):
        duty.to_on = last_day
    close_school(member.responsibility_id, last_day)


def _must_be_open(visit: SupervisionVisit) -> None:
    if visit.state not in OPEN:
        raise StepRefused((NOT_NOW,))
