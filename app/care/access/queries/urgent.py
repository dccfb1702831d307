"""Those who need help at once: by name for the head of the school, by code number for the county until a name is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select, text

from app.care.access.models import IdentityGrant
from app.care.access.operations.identities import CasePlace
from app.care.rainbow.models import RainbowAssessment, RainbowTier
from app.care.screening.models import CriticalAlert
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.policy.assignments import CaseAssignment
from app.core.registers import late, page_of
from app.people.directory.models import Person, RoleAssignment, Unit

VIEW, ASSIGN, ASK = "access.view_urgent", "access.assign_expert", "access.ask_identity"
SIGNED_BY = ((late(RainbowAssessment.together_by_at), False), (RainbowAssessment.id, False))
ACCEPTED_BY = ((late(CriticalAlert.accept_by), False), (CriticalAlert.id, False))
NAMES = text("select tier_id, ref, name, student_no, class_name from care.at_once()")


@dataclass(frozen=True)
class Urgent:
    """One case: the level's row, the school, the expert if there is one, and the name where it may be known."""

    tier: RainbowTier
    school: str
    expert: str | None
    name: str | None
    student_no: str
    class_name: str
    student_ref: str
    asked: str | None
    """State of the actor's own request for the name."""

    @property
    def ref(self) -> str:
        """The reference of the case."""
        return self.tier.ref

    @property
    def number(self) -> str:
        """The code number."""
        return self.tier.ref[:6].upper()


def _expert_of(model: Any) -> Any:
    day = clock.today()
    running = and_(CaseAssignment.from_on <= day, or_(CaseAssignment.to_on.is_(None), CaseAssignment.to_on >= day))
    return (
        select(Person.name)
        .join(CaseAssignment, CaseAssignment.person_id == Person.id)
        .where(
            CaseAssignment.entity == "students",
            CaseAssignment.record_id == model.student_id,
            CaseAssignment.part == "expert",
            running,
        )
        .limit(1)
        .scalar_subquery()
    )


def in_need(actor: Actor, after: str = "") -> list[Urgent]:
    """Cases of the own school or county: those without an expert first, then the longest known; one more than a page."""
    expert = _expert_of(RainbowTier)
    asked = (
        select(IdentityGrant.state)
        .where(
            IdentityGrant.student_id == RainbowTier.student_id,
            IdentityGrant.owner_id == actor.person_id,
            IdentityGrant.state.in_(("requested", "granted")),
        )
        .scalar_subquery()
    )
    wanted = (
        select(RainbowTier, Unit.name, expert, asked)
        .join(Unit, Unit.id == RainbowTier.school_id)
        .where(RainbowTier.tier == "red")
    )
    order = ((expert.is_not(None), False), (RainbowTier.since, False), (RainbowTier.id, False))
    shown = page_of(decide.visible(actor, wanted, RainbowTier, VIEW), RainbowTier, order, after)
    rows = db.session.execute(shown).all()
    names = {row.tier_id: row for row in db.session.execute(NAMES)} if rows else {}
    return [Urgent(tier, school, expert, *_name(names.get(tier.id)), state) for tier, school, expert, state in rows]


def _name(row: Any) -> tuple[str | None, str, str, str]:
    return (row.name, row.student_no or "", row.class_name or "", row.ref or "") if row else (None, "", "", "")


def without_expert(actor: Actor, after: str = "") -> Sequence[Any]:
    """(reference, school) of proposals signed by a counsellor that wait for an expert whom nobody has named.

    What has to be signed first is first; one more than a page.
    Columns only: the student, whom a proposal brings along, stands behind the county's wall.
    """
    expert = _expert_of(RainbowAssessment)
    wanted = (
        select(RainbowAssessment.ref, Unit.name)
        .join(Unit, Unit.id == RainbowAssessment.unit_id)
        .where(
            RainbowAssessment.state == "proposed", RainbowAssessment.proposed == "red", expert.is_(None),
            RainbowAssessment.first_signer_id.is_not(None),
        )
    )  # fmt: skip
    seen = decide.visible(actor, wanted, RainbowAssessment, ASSIGN)
    return db.session.execute(page_of(seen, RainbowAssessment, SIGNED_BY, after)).all()


def unaccepted(actor: Actor, after: str = "") -> Sequence[Any]:
    """(alert, when, school) that nobody at the school took on, although two levels were told; one more than a page."""
    wanted = (
        select(CriticalAlert.ref, CriticalAlert.accept_by, Unit.name)
        .join(Unit, Unit.id == CriticalAlert.school_id)
        .where(CriticalAlert.state == "pending", CriticalAlert.told > 2)
    )
    seen = decide.visible(actor, wanted, CriticalAlert, ASSIGN)
    return db.session.execute(page_of(seen, CriticalAlert, ACCEPTED_BY, after)).all()


def case_for(actor: Actor, ref: str, model: Any = RainbowTier, right: str = ASSIGN) -> CasePlace:
    """One case by its reference. Raises NotFound."""
    wanted = select(model.ref, model.county_id, model.school_id, model.student_id).where(model.ref == ref)
    if model is RainbowTier:
        wanted = wanted.where(RainbowTier.tier == "red")
    row = db.session.execute(decide.visible(actor, wanted, model, right)).first()
    if row is None:
        raise NotFound("case", ref)
    return CasePlace(row.ref, row.county_id, row.school_id, row.student_id)


def experts(actor: Actor) -> Sequence[Any]:
    """(ref, name) of the county's psychology experts."""
    day = clock.today()
    wanted = (
        select(Person.ref, Person.name)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.role == "psych_expert", RoleAssignment.county_id == actor.county_id,
            RoleAssignment.from_on <= day, or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
        )
        .order_by(Person.pinyin)
        .distinct()
    )  # fmt: skip
    return db.session.execute(wanted.add_columns(Person.pinyin)).all()
