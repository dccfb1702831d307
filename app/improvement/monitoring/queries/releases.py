"""Reads of releases: the four versions, who signed for them, what a school was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import joinedload, undefer

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.improvement.monitoring.audiences import READ, audiences_of
from app.improvement.monitoring.models import DataRelease, MonitoringCycle, ReleaseAck
from app.people.directory.models import Person, Unit

VIEW = "monitoring.view_cycles"
OWN = ("monitoring.view_release", "monitoring.view_results")
SENT_ON = func.coalesce(ReleaseAck.released_on, date(1970, 1, 1))


def releases_of(actor: Actor, cycle: MonitoringCycle) -> dict[str, DataRelease]:
    """The versions of a round that are for the actor, by audience, without their contents."""
    found: Any = select(DataRelease).where(
        DataRelease.cycle_id == cycle.id, DataRelease.audience.in_(audiences_of(actor))
    )
    return {r.audience: r for r in db.session.scalars(decide.visible(actor, found, DataRelease, VIEW))}


def version_for(actor: Actor, ref: str, audience: str) -> tuple[MonitoringCycle, DataRelease]:
    """A round and its version for one audience, with the contents; who does not see rounds gets it while it is out.

    Raises NotFound where there is none or it is for others.
    """
    found: Any = (
        select(MonitoringCycle, DataRelease)
        .join(DataRelease, DataRelease.cycle_id == MonitoringCycle.id)
        .where(MonitoringCycle.ref == ref, DataRelease.audience == audience)
        .options(undefer(DataRelease.snapshot))
    )
    if not decide.holds(actor, VIEW):
        found = found.where(DataRelease.released_at.is_not(None), DataRelease.withdrawn_at.is_(None))
    row = db.session.execute(decide.visible(actor, found, DataRelease, READ.get(audience, ""))).one_or_none()
    if row is None:
        raise NotFound("data_release", audience)
    return row[0], row[1]


def acks_of(actor: Actor, cycle: MonitoringCycle) -> Sequence[Any]:
    """Who was asked to sign for a round, in code order: sign-for, unit code, unit name, who signed."""
    found: Any = (
        select(ReleaseAck, Unit.code, Unit.name, Unit.kind, Person.name.label("signer"))
        .join(Unit, Unit.id == ReleaseAck.unit_id)
        .outerjoin(Person, Person.id == ReleaseAck.acknowledged_by)
        .where(ReleaseAck.cycle_id == cycle.id)
    )
    return db.session.execute(decide.visible(actor, found, ReleaseAck, VIEW).order_by(Unit.code)).all()


def _own(actor: Actor) -> Any:
    scopes = {scope for right in OWN for scope in decide.scopes_of(actor, right)}
    return or_(false(), *(scope.where(actor, ReleaseAck) for scope in scopes))


@dataclass(frozen=True)
class Sent:
    """What the list of packages is narrowed to: refs of units, names of rounds, states, and the last row of the page before."""

    units: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    after: str = ""


def own_acks(actor: Actor, wanted: Sent) -> Sequence[Any]:
    """What was sent to the actor's unit, or to the schools the actor answers for: newest round first, in code order.

    Rows (sign-for, name and kind of the unit), one more than a page where more follow.
    """
    order = ((SENT_ON, True), (Unit.code, False), (ReleaseAck.id, False))
    found = page_of(_sent(actor, select(ReleaseAck, Unit.name, Unit.kind)), ReleaseAck, order, wanted.after)
    for column, values in (
        (Unit.ref, wanted.units),
        (ReleaseAck.cycle_name, wanted.rounds),
        (ReleaseAck.state, wanted.states),
    ):
        if values:
            found = found.where(column.in_(values))
    return db.session.execute(found).all()


def sent_to(actor: Actor) -> Sequence[Any]:
    """Ref and name of each unit, and each round, of which the actor was sent something; in code order, newest first."""
    found = _sent(actor, select(Unit.ref, Unit.name, ReleaseAck.cycle_name, Unit.code, SENT_ON.label("sent_on")))
    return db.session.execute(found.order_by(Unit.code, SENT_ON.desc())).all()


def _sent(actor: Actor, columns: Any) -> Any:
    found = columns.join(Unit, Unit.id == ReleaseAck.unit_id)
    return found if actor.system else found.where(_own(actor))


def newest_package(actor: Actor) -> ReleaseAck | None:
    """The newest results that were sent to the actor's own school or department and are in use, with their package."""
    mine = ReleaseAck.unit_id == actor.unit_id if actor.school_id is None else ReleaseAck.school_id == actor.school_id
    found: Any = select(ReleaseAck).where(_own(actor), mine)
    newest = found.where(ReleaseAck.state != "withdrawn").order_by(ReleaseAck.released_on.desc()).limit(1)
    ack: ReleaseAck | None = db.session.scalar(newest.options(undefer(ReleaseAck.package)))
    return ack


def ack_for(actor: Actor, ref: str) -> ReleaseAck:
    """One sign-for with its package and unit. Raises NotFound."""
    found: Any = select(ReleaseAck).where(ReleaseAck.ref == ref)
    if not actor.system:
        found = found.where(_own(actor))
    ack: ReleaseAck | None = db.session.scalar(found.options(undefer(ReleaseAck.package), joinedload(ReleaseAck.unit)))
    if ack is None:
        raise NotFound("release_ack", ref)
    return ack


def analysis_behind(actor: Actor, ack: ReleaseAck) -> DataRelease | None:
    """The version for departments of the round that a department signs for; None for a school."""
    if ack.school_id is not None:
        return None
    found: Any = select(DataRelease).where(DataRelease.cycle_id == ack.cycle_id, DataRelease.audience == "analysis")
    release: DataRelease | None = db.session.scalar(found.options(undefer(DataRelease.snapshot)))
    return release
