"""Who has not signed: papers that were sent and results that were released, with the units that are still open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.calendar import last_day
from app.core.casework.deadlines import Deadline
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.disclosure.models import DocumentReceipt, LibraryDocument
from app.improvement.disclosure.queries.sendings import VIEW
from app.improvement.monitoring.models import MonitoringCycle, ReleaseAck
from app.people.directory.models import Unit

CYCLES = "monitoring.view_cycles"


@dataclass(frozen=True)
class Unsigned:
    """One paper or round with the units that have not signed; `last` is the day by which they should have."""

    label: str
    address: str
    ref: str
    last: date | None
    units: tuple[str, ...]
    asked_on: date | None
    """When the last of them was reminded; None while one of them never was."""

    @property
    def is_late(self) -> bool:
        """The day is over."""
        return self.last is not None and self.last < clock.today()

    @property
    def may_be_asked(self) -> bool:
        """Somebody is left who was not reminded today."""
        return self.asked_on != clock.today()


def papers(actor: Actor) -> list[Unsigned]:
    """Papers with open receipts that the actor may see, the first day on top: one statement."""
    r, d = DocumentReceipt, LibraryDocument
    wanted = (
        select(d.ref, d.title, r.sign_by.label("last"), r.reminded_on, Unit.short_name)
        .select_from(r)
        .join(d, d.id == r.document_id)
        .join(Unit, Unit.id == r.unit_id)
        .where(r.signed_at.is_(None))
        .order_by(r.sign_by, d.id, r.addressee, Unit.code)
    )
    return _grouped(db.session.execute(decide.visible(actor, wanted, r, VIEW)), "/library/")


def results(actor: Actor) -> list[Unsigned]:
    """Released rounds with open sign-fors, for those who see rounds: one statement."""
    a, c = ReleaseAck, MonitoringCycle
    wanted = (
        select(c.ref, c.name.label("title"), _due().label("last"), a.reminded_on, Unit.short_name)
        .select_from(a)
        .join(c, c.id == a.cycle_id)
        .join(Unit, Unit.id == a.unit_id)
        .where(a.state == "pending")
        .order_by(a.released_on, c.id, Unit.kind, Unit.code)
    )
    return _grouped(db.session.execute(decide.visible(actor, wanted, a, CYCLES)), "/monitoring/cycles/")


def _due() -> Any:
    """The last day of the clock that runs for a sign-for; it ends at the end of that day."""
    d = Deadline
    due = select(d.due_at).where(
        d.record_id == ReleaseAck.id, d.entity == ReleaseAck.__tablename__, d.closed_at.is_(None)
    )
    return due.order_by(d.due_at).limit(1).correlate(ReleaseAck).scalar_subquery()


def _grouped(rows: Iterable[Any], path: str) -> list[Unsigned]:
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.ref, []).append(row)
    return [
        Unsigned(
            some[0].title, path + ref, ref, _day(some[0].last), tuple(one.short_name for one in some),
            min((one.reminded_on for one in some), default=None) if all(one.reminded_on for one in some) else None,
        )
        for ref, some in groups.items()
    ]  # fmt: skip


def _day(last: date | datetime | None) -> date | None:
    return last_day(last) if isinstance(last, datetime) else last
