"""Reckoning value added: from the pupils' rows of one file to a record for the county and one for each school and class."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import operation
from app.core.database import db, new_ref, uuid7
from app.core.errors import Invalid, Sentence
from app.core.imports.models import ImportBatch
from app.core.on_demand import on_demand
from app.core.policy.actor import Actor
from app.improvement.effects.models import ValueAddedEffect, ValueAddedRun, ValueAddedScore
from app.improvement.effects.telling import NUMBERS, TOO_NEAR, Told, is_near, told_safely
from app.improvement.effects.value_added import ASKED, Effect, Pupils, Reckoning, reckon
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.monitoring.telling import rounds_done_again
from app.improvement.provenance import inputs_digest
from app.people.directory.models import Unit

if TYPE_CHECKING:
    import numpy as np
else:
    np = on_demand("numpy")

UNKNOWN_MODEL = Sentence("请从列表里选模型", "Choose a model from the list")
NO_ROWS = Sentence(
    "这个学科没有可以计算的学生成绩：还没有接收，或已满 7 天清除；请上传成绩文件后再算",
    "There are no pupils' scores of this subject: none were accepted, or the seven days are over. Upload a file first",
)
FORBIDDEN = ("彩虹", "心理", "家庭", "监护", "低保", "孤儿", "残疾", "rainbow", "family")
FORBIDDEN_WORD = Sentence(
    "心灵彩虹码、心理和家庭情况不能进入模型，请去掉这一列",
    "Rainbow codes, psychological and family data never enter the model; leave this column out",
)
TOO_MANY = Sentence("文件里没有这么多协变量列", "The file has fewer columns of covariates than were named")


@dataclass(frozen=True)
class RunIn:
    """Which subject by which model; what each column of covariates holds, in order, none where they stay out."""

    subject: str
    model: str
    covariates: tuple[str, ...] = ()


@operation(right="effects.run_value_added", name="value_added.run")
def run_value_added(actor: Actor, cycle: MonitoringCycle, given: RunIn) -> ValueAddedRun:
    """Reckon one subject of a round from its newest file. Raises Invalid where there is nothing to reckon from."""
    if given.model not in ASKED:
        raise Invalid("model", UNKNOWN_MODEL)
    if any(word in name.casefold() for name in given.covariates for word in FORBIDDEN):
        raise Invalid("covariates", FORBIDDEN_WORD)
    batch_id, rows = _rows(cycle, given.subject)
    if batch_id is None:
        raise Invalid("subject", NO_ROWS)
    pupils = _pupils(rows, given.covariates)
    found = _told_safely(cycle, given.subject, reckon(pupils, given.model))
    run = _kept(actor, cycle, batch_id, given, rows, found)
    _keep_effects(run, cycle, found)
    deed = trail.current()
    if deed is not None:
        deed.main.extra.update(inputs=run.inputs_sha256, n=run.n, rows=run.rows, model=run.model or "")
    return run


def _told_safely(cycle: MonitoringCycle, subject: str, found: Reckoning) -> Reckoning:
    """The reckoning without what would show a pupil beside earlier ones. Raises Invalid where nothing is left of it."""
    same = select(ValueAddedRun).where(
        ValueAddedRun.cycle_id.in_([cycle.id, *rounds_done_again(cycle)]), ValueAddedRun.subject == subject
    )
    runs = {run.id: run for run in db.session.scalars(same.order_by(ValueAddedRun.id))}
    lines = select(ValueAddedEffect, Unit.code).join(Unit, Unit.id == ValueAddedEffect.unit_id)
    rows = db.session.execute(lines.where(ValueAddedEffect.run_id.in_(runs)).order_by(ValueAddedEffect.run_id))
    earlier = [Told(runs[line.run_id].model, _as_effect(line, code)) for line, code in rows]
    effects = told_safely(found.effects, found.model, earlier)
    near = any(is_near(found.n, run.n) or is_near(found.rows, run.rows) for run in runs.values())
    if effects is None or near:
        raise Invalid("subject", TOO_NEAR)
    moved = [run.found["scatter"] for run in runs.values() if (run.n, run.rows) != (found.n, found.rows)]
    return replace(found, effects=effects, scatter=moved[-1] if moved else found.scatter)


def _as_effect(line: ValueAddedEffect, code: str) -> Effect:
    return Effect(code, line.class_no, line.rows, line.n, *(getattr(line, name) for name in NUMBERS))


def _rows(cycle: MonitoringCycle, subject: str) -> tuple[uuid.UUID | None, Sequence[Any]]:
    newest = (
        select(ImportBatch.id)
        .join(ValueAddedScore, ValueAddedScore.batch_id == ImportBatch.id)
        .where(
            ValueAddedScore.cycle_id == cycle.id, ValueAddedScore.subject == subject, ImportBatch.state == "accepted"
        )
        .order_by(ImportBatch.accepted_at.desc())
        .limit(1)
    )
    batch_id = db.session.scalar(newest)
    columns = (
        Unit.code, ValueAddedScore.class_no, ValueAddedScore.pseudonym, ValueAddedScore.pre, ValueAddedScore.covariates,
        ValueAddedScore.post,
    )  # fmt: skip
    wanted = select(*columns).join(Unit, Unit.id == ValueAddedScore.school_id)
    wanted = wanted.where(ValueAddedScore.batch_id == batch_id, ValueAddedScore.subject == subject)
    return batch_id, db.session.execute(wanted.order_by(Unit.code, ValueAddedScore.pseudonym)).all()


def _pupils(rows: Sequence[Any], covariates: tuple[str, ...]) -> Pupils:
    """Columns of numbers; a covariate that is not named stays out. Raises Invalid for more names than columns."""
    measures, beside = len(rows[0].pre), len(rows[0].covariates)
    if len(covariates) > beside:
        raise Invalid("covariates", TOO_MANY)
    table = np.array([[*row.pre, *row.covariates[: len(covariates)], row.post] for row in rows], dtype=np.float64)
    if not measures:
        table = np.column_stack([np.full(len(rows), np.nan), table])
    names = (*(f"pre_{n}" for n in range(1, max(measures, 1) + 1)), *covariates)
    return Pupils(
        [row.code for row in rows], [row.class_no for row in rows], names, max(measures, 1), table[:, :-1], table[:, -1]
    )


def _kept(
    actor: Actor, cycle: MonitoringCycle, batch_id: uuid.UUID, given: RunIn, rows: Sequence[Any], found: Reckoning
) -> ValueAddedRun:
    assert actor.person_id is not None
    run = ValueAddedRun(
        id=uuid7(),
        county_id=cycle.county_id,
        cycle_id=cycle.id,
        cycle=cycle,
        batch_id=batch_id,
        subject=given.subject,
        asked=found.asked,
        model=found.model,
        rows=found.rows,
        n=found.n,
        groups=found.groups,
        coverage=found.coverage,
        found=found.as_json(),
        inputs_sha256=inputs_digest([asdict(given), [[*row] for row in rows]]),
        code_version=found.code_version,
        made_by=actor.person_id,
    )
    db.session.add(run)
    db.session.flush()
    return run


def _keep_effects(run: ValueAddedRun, cycle: MonitoringCycle, found: Reckoning) -> None:
    units = select(Unit.code, Unit.id).where(Unit.county_id == cycle.county_id, Unit.kind == "school")
    places = {row.code: row.id for row in db.session.execute(units)}
    about = {
        "cycle": cycle.name,
        "day": clock.today().isoformat(),
        "model": found.model,
        "post_sd": found.post_sd,
        "n": found.n,
        "groups": found.groups,
        "coverage": found.coverage,
        "few_groups": found.few_groups,
        "reasons": [reason.as_json() for reason in found.reasons],
    }
    if found.effects:
        lines = [_line(run, one, places[one.school], about) for one in found.effects]
        db.session.execute(insert(ValueAddedEffect), lines)


def _line(run: ValueAddedRun, one: Effect, unit_id: uuid.UUID, about: dict[str, Any]) -> dict[str, Any]:
    numbers = (
        "class_no",
        "rows",
        "n",
        "pre_mean",
        "pre_sd",
        "post_mean",
        "post_sd",
        "effect",
        "low",
        "high",
        "verdict",
    )
    return {name: getattr(one, name) for name in numbers} | {
        "id": uuid7(),
        "ref": new_ref(),
        "run_id": run.id,
        "county_id": run.county_id,
        "school_id": unit_id,
        "unit_id": unit_id,
        "subject": run.subject,
        "reason": one.reason.as_json() if one.reason else {},
        "about": about,
    }
