"""Reads of value added: runs, one run with its effects in code order, a school's own effects over time, pupils' scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, literal_column, select

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.effects.models import ValueAddedEffect, ValueAddedRun, ValueAddedScore
from app.improvement.monitoring.models import MonitoringCycle
from app.people.directory.models import Unit

VIEW, OWN, SCORES = "effects.view_value_added", "effects.view_own_value_added", "effects.view_pupil_scores"
RUN = "effects.run_value_added"
MAKER: Any = literal_column("(select p.name from persons p where p.id = value_added_runs.made_by)").label("maker")
PAGE, PUPILS = 50, 200


def runs(actor: Actor, cycle: MonitoringCycle | None = None, after: str = "") -> Sequence[Any]:
    """Reckonings, the newest first, with who made them; one more than a page."""
    found: Any = decide.visible(actor, select(ValueAddedRun, MAKER), ValueAddedRun, VIEW)
    if cycle is not None:
        found = found.where(ValueAddedRun.cycle_id == cycle.id)
    if after:
        edge = select(ValueAddedRun.id).where(ValueAddedRun.ref == after).scalar_subquery()
        found = found.where(ValueAddedRun.id < edge)
    return db.session.execute(found.order_by(ValueAddedRun.id.desc()).limit(PAGE + 1)).all()


def run_for(actor: Actor, ref: str) -> ValueAddedRun:
    """One reckoning. Raises NotFound."""
    found: Any = select(ValueAddedRun).where(ValueAddedRun.ref == ref)
    run: ValueAddedRun | None = db.session.scalar(decide.visible(actor, found, ValueAddedRun, VIEW))
    if run is None:
        raise NotFound("value_added_run", ref)
    return run


def maker_of(actor: Actor, run: ValueAddedRun) -> str:
    """Who made a run that the actor has loaded."""
    return str(db.session.scalar(select(MAKER).where(ValueAddedRun.id == run.id)) or "")


def effects_of(actor: Actor, run: ValueAddedRun) -> Sequence[Any]:
    """Effect, code, name and reference of each school of a run, in code order."""
    wanted: Any = (
        select(ValueAddedEffect, Unit.code, Unit.short_name, Unit.name, Unit.ref)
        .join(Unit, Unit.id == ValueAddedEffect.unit_id)
        .where(ValueAddedEffect.run_id == run.id, ValueAddedEffect.class_no.is_(None))
    )
    return db.session.execute(decide.visible(actor, wanted, ValueAddedEffect, VIEW).order_by(Unit.code)).all()


def school_for(actor: Actor, ref: str) -> Unit:
    """A school that has effects which the actor may see. Raises NotFound."""
    found: Any = select(Unit).join(ValueAddedEffect, ValueAddedEffect.unit_id == Unit.id).where(Unit.ref == ref)
    right = OWN if decide.holds(actor, OWN) else VIEW
    school: Unit | None = db.session.scalar(decide.visible(actor, found, ValueAddedEffect, right).limit(1))
    if school is None:
        raise NotFound("unit", ref)
    return school


def effects_over_time(actor: Actor, school_id: Any = None) -> Sequence[ValueAddedEffect]:
    """Effects of one school and its classes, by subject, the newest first; without an id those of the actor's school."""
    right = OWN if decide.holds(actor, OWN) else VIEW
    found: Any = decide.visible(actor, select(ValueAddedEffect), ValueAddedEffect, right)
    if school_id is not None:
        found = found.where(ValueAddedEffect.unit_id == school_id)
    newest = (ValueAddedEffect.subject, ValueAddedEffect.run_id.desc(), ValueAddedEffect.class_no.nulls_first())
    return db.session.scalars(found.order_by(*newest)).all()


def waiting_scores(actor: Actor, cycle: MonitoringCycle) -> Sequence[Any]:
    """Per subject how many pupils' rows of a round are there, how many have both ends, and how many covariates."""
    if not decide.may(actor, SCORES, cycle):
        return []
    linked = ValueAddedScore.post.is_not(None) & (
        func.coalesce(func.jsonb_typeof(ValueAddedScore.pre[0]), "null") == "number"
    )
    wanted = (
        select(
            ValueAddedScore.subject,
            func.count().label("rows"),
            func.count().filter(linked).label("linked"),
            func.max(func.jsonb_array_length(ValueAddedScore.covariates)).label("covariates"),
            func.max(func.jsonb_array_length(ValueAddedScore.pre)).label("measures"),
        )
        .where(ValueAddedScore.cycle_id == cycle.id)
        .group_by(ValueAddedScore.subject)
        .order_by(ValueAddedScore.subject)
    )
    return db.session.execute(wanted).all()


def scores_of(actor: Actor, cycle: MonitoringCycle, after: int = 0) -> Sequence[Any]:
    """Pupils' rows of a round under their pseudonyms, in the order of the file; only for who may read them."""
    found: Any = (
        select(ValueAddedScore, Unit.short_name)
        .join(Unit, Unit.id == ValueAddedScore.school_id)
        .where(ValueAddedScore.cycle_id == cycle.id, ValueAddedScore.id > after)
    )
    visible = decide.visible(actor, found, ValueAddedScore, SCORES)
    return db.session.execute(visible.order_by(ValueAddedScore.id).limit(PUPILS + 1)).all()
