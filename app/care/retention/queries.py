"""Reads: periods with their history, what is due by class and school, rows by code number, holds, batches."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.care.retention.classes import RetentionClass, classes
from app.care.retention.due import years_of
from app.care.retention.models import PurgeBatch, RetentionDue, RetentionHold, RetentionPeriod
from app.core.database import db
from app.core.errors import NotFound, Sentence
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.people.directory.models import Person, Unit
from workflows.care.purge_batch import PURGE_BATCH

VIEW, DUE = "retention.view_periods", "retention.view_due"
PROPOSE, APPROVE = "retention.propose_period", "retention.approve_period"
HOLD, PURGE = "retention.place_hold", "retention.propose_purge"
PERIOD_STEPS = (PROPOSE, APPROVE)
PURGE_STEPS = (PURGE, "retention.approve_care_purge", "retention.approve_roll_purge")
RUNNING = tuple(one.code for one in PURGE_BATCH.states if not one.final)
NEWEST_PERIODS = ((RetentionPeriod.created_at, True), (RetentionPeriod.id, True))
NEWEST_BATCHES = ((PurgeBatch.created_at, True), (PurgeBatch.id, True))
LONGEST_DUE = ((RetentionDue.due_on, False), (RetentionDue.id, False))
HELD_FIRST = ((RetentionHold.lifted_on.is_not(None), False), (RetentionHold.until_on, True), (RetentionHold.id, False))


@dataclass(frozen=True)
class InForce:
    """A class with the years in force, where they come from, and the new period that waits."""

    one: RetentionClass
    years: int
    period: RetentionPeriod | None
    proposed: RetentionPeriod | None

    @property
    def said(self) -> Sentence:
        """The period in words."""
        return self.one.said(self.years)


def in_force(actor: Actor) -> list[InForce]:
    """Every class in the order of the settings file."""
    wanted = select(RetentionPeriod).where(RetentionPeriod.state.in_(("active", "proposed")))
    known = db.session.scalars(decide.visible(actor, wanted, RetentionPeriod, VIEW))
    by_state = {(one.class_code, one.state): one for one in known}
    return [
        InForce(one, years, by_state.get((code, "active")), by_state.get((code, "proposed")))
        for (code, one), years in zip(classes().items(), years_of(actor.county_id).values(), strict=True)
    ]


def history(actor: Actor, after: str = "") -> Sequence[RetentionPeriod]:
    """Every period that was ever proposed, the newest first; one more than a page."""
    seen = decide.visible(actor, select(RetentionPeriod), RetentionPeriod, VIEW)
    return db.session.scalars(page_of(seen, RetentionPeriod, NEWEST_PERIODS, after)).all()


def period_for(actor: Actor, ref: str) -> RetentionPeriod:
    """One of them. Raises NotFound."""
    wanted = select(RetentionPeriod).where(RetentionPeriod.ref == ref)
    found: RetentionPeriod | None = db.session.scalar(decide.visible(actor, wanted, RetentionPeriod, VIEW))
    if found is None:
        raise NotFound("retention_period", ref)
    return found


def names_of(actor: Actor, *ids: uuid.UUID | None) -> list[str]:
    """The names of persons; empty where there is none."""
    wanted = select(Person.id, Person.name).where(Person.id.in_([one for one in ids if one]))
    found: dict[Any, str] = {row.id: row.name for row in db.session.execute(wanted)}
    return [found.get(one, "") for one in ids]


@dataclass(frozen=True)
class DueClass:
    """A class with how many students' data are due, how many of them held, since when, and the batch under way."""

    one: RetentionClass
    due: int
    held: int
    first_on: date | None
    batch: PurgeBatch | None


def due_classes(actor: Actor) -> list[DueClass]:
    """Every class in the order of the settings file."""
    counted = select(
        RetentionDue.class_code, func.count().label("due"), func.count().filter(RetentionDue.hold != "").label("held"),
        func.min(RetentionDue.due_on).label("first_on"),
    ).group_by(RetentionDue.class_code)  # fmt: skip
    found = {row.class_code: row for row in db.session.execute(_due(actor, counted))}
    running = decide.visible(actor, select(PurgeBatch), PurgeBatch, DUE).where(PurgeBatch.state.in_(RUNNING))
    batches = {one.class_code: one for one in db.session.scalars(running)}
    made = []
    for code, one in classes().items():
        row = found.get(code)
        due, held, first_on = (row.due, row.held, row.first_on) if row else (0, 0, None)
        made.append(DueClass(one, due, held, first_on, batches.get(code)))
    return made


def _due(actor: Actor, wanted: Any) -> Any:
    return decide.visible(actor, wanted, RetentionDue, DUE)


def due_schools(actor: Actor, code: str) -> Sequence[Any]:
    """(name, due, held) of each school of which data of a class are due, by code."""
    if code not in classes():
        raise NotFound("retention_class", code)
    counted = (
        select(Unit.name, func.count().label("due"), func.count().filter(RetentionDue.hold != "").label("held"))
        .join(Unit, Unit.id == RetentionDue.school_id)
        .where(RetentionDue.class_code == code)
        .group_by(Unit.code, Unit.name)
        .order_by(Unit.code)
    )
    return db.session.execute(_due(actor, counted)).all()


def due_rows(actor: Actor, code: str, after: str = "") -> Sequence[Any]:
    """(row, school) by code number, what is due longest first; one more than a page."""
    wanted = select(RetentionDue, Unit.name).join(Unit, Unit.id == RetentionDue.school_id)
    shown = page_of(_due(actor, wanted), RetentionDue, LONGEST_DUE, after)
    return db.session.execute(shown.where(RetentionDue.class_code == code)).all()


def purges(actor: Actor, after: str = "") -> Sequence[PurgeBatch]:
    """Every batch, the newest first; one more than a page."""
    seen = decide.visible(actor, select(PurgeBatch), PurgeBatch, DUE)
    return db.session.scalars(page_of(seen, PurgeBatch, NEWEST_BATCHES, after)).all()


def purge_for(actor: Actor, ref: str) -> PurgeBatch:
    """One of them. Raises NotFound."""
    wanted = select(PurgeBatch).where(PurgeBatch.ref == ref)
    found: PurgeBatch | None = db.session.scalar(decide.visible(actor, wanted, PurgeBatch, DUE))
    if found is None:
        raise NotFound("purge_batch", ref)
    return found


def holds(actor: Actor, after: str = "") -> Sequence[Any]:
    """(hold, school): those that hold today first, then by their last day; one more than a page."""
    wanted = select(RetentionHold, Unit.name).outerjoin(Unit, Unit.id == RetentionHold.school_id)
    shown = page_of(decide.visible(actor, wanted, RetentionHold, DUE), RetentionHold, HELD_FIRST, after)
    return db.session.execute(shown).all()


def hold_for(actor: Actor, ref: str) -> RetentionHold:
    """One of them. Raises NotFound."""
    wanted = select(RetentionHold).where(RetentionHold.ref == ref)
    found: RetentionHold | None = db.session.scalar(decide.visible(actor, wanted, RetentionHold, DUE))
    if found is None:
        raise NotFound("retention_hold", ref)
    return found


def schools(actor: Actor) -> Sequence[Any]:
    """(id, name) of the county's schools."""
    wanted = select(Unit.id, Unit.name).where(Unit.county_id == actor.county_id, Unit.kind == "school")
    return db.session.execute(wanted.order_by(Unit.code)).all()
