"""From stored results to a comparison: the measures of both ends and the units that were not flagged."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Bundle, aliased

from app.core.database import db
from app.improvement.effects.adjustment import Peers, PupilEnds
from app.improvement.effects.measures import Measure
from app.improvement.effects.models import ValueAddedEffect, ValueAddedRun
from app.improvement.effects.outcome import Comparison
from app.improvement.effects.outcome_rules import outcome_rules
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle, MonitoringResult
from app.improvement.monitoring.models.results import same_measure
from app.improvement.monitoring.models.rulings import standing_instead_of, stands
from app.improvement.monitoring.rule_set import finding_rules

USABLE = ("verified", "released", "improving", "closed")
"""States of a round whose results may be a follow-up (A8)."""


MEASURED = ("value", "n", "value_type", "grade", "sd", "n_expected", "deff")
"""What the statistics read of a cell: of a county's peers nothing else is fetched."""


def measure_of(result: Any, indicator: Indicator, cycle: MonitoringCycle) -> Measure:
    """One stored cell, or what is MEASURED of it, as the statistics read it."""
    return Measure(
        value=result.value,
        n=result.n,
        value_type=result.value_type,
        indicator=indicator.code,
        instrument=indicator.family,
        grade_band=finding_rules().grade_band(result.grade),
        sd=result.sd,
        n_expected=result.n_expected,
        deff=result.deff,
        sampled=cycle.coverage == "sample",
        source_withdrawn=cycle.state == "withdrawn",
    )


def rows_of(ids: Sequence[Any]) -> list[tuple[MonitoringResult, Indicator, MonitoringCycle]]:
    """The cells with their indicator and round, oldest round first; one query."""
    wanted = [uuid.UUID(str(one)) for one in ids]
    query = (
        select(MonitoringResult, Indicator, MonitoringCycle)
        .join(Indicator, Indicator.id == MonitoringResult.indicator_id)
        .join(MonitoringCycle, MonitoringCycle.id == MonitoringResult.cycle_id)
        .where(MonitoringResult.id.in_(wanted))
        .order_by(MonitoringCycle.starts_on)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def peers_of(before: MonitoringResult, after: MonitoringResult) -> Peers:
    """Both ends of every unit that was measured twice on the indicator and not flagged at baseline (decision 43).

    A unit one of whose ends is disputed, or was decided against, is no peer: its other source is of another round.
    A finding that gave way to a newer round's was a finding all the same: whoever was chosen for a low baseline is no peer.
    """
    first, second = aliased(MonitoringResult), aliased(MonitoringResult)
    indicator = db.session.get_one(Indicator, before.indicator_id)
    earlier, later = (db.session.get_one(MonitoringCycle, one.cycle_id) for one in (before, after))
    flagged = exists().where(DataFinding.result_id == first.id, DataFinding.verdict == "candidate")
    query = (
        select(_measured("first", first), _measured("second", second))
        .select_from(first)
        .join(
            second,
            (second.unit_id == first.unit_id)
            & (second.indicator_id == first.indicator_id)
            & (second.scope_level == first.scope_level)
            & (second.grade.is_not_distinct_from(after.grade))
            & (second.class_no.is_not_distinct_from(first.class_no)),
        )
        .where(
            first.cycle_id == before.cycle_id,
            second.cycle_id == after.cycle_id,
            first.indicator_id == before.indicator_id,
            first.scope_level == before.scope_level,
            first.grade.is_not_distinct_from(before.grade),
            first.superseded_at.is_(None),
            second.superseded_at.is_(None),
            stands(first.id),
            stands(second.id),
            first.unit_id != before.unit_id,
            ~flagged,
        )
    )
    pairs = [
        (measure_of(row.first, indicator, earlier), measure_of(row.second, indicator, later))
        for row in db.session.execute(query)
    ]
    return Peers.of(pairs, outcome_rules())


def _measured(name: str, cell: Any) -> Bundle[Any]:
    return Bundle(name, *(getattr(cell, column) for column in MEASURED))


def pupils_of(before: MonitoringResult, after: MonitoringResult) -> PupilEnds | None:
    """The unit and its unflagged peers by their pupils' scores in the newest reckoning of the follow-up's subject.

    None where nothing was reckoned, coverage was too low, or the unit is no whole school.
    """
    if after.school_id is None or after.class_no is not None or after.direction != "higher":
        return None
    run = db.session.scalar(
        select(ValueAddedRun)
        .where(
            ValueAddedRun.cycle_id == after.cycle_id,
            ValueAddedRun.subject == after.subject,
            ValueAddedRun.model.is_not(None),
        )
        .order_by(ValueAddedRun.id.desc())
        .limit(1)
    )
    if run is None:
        return None
    flagged = exists().where(
        DataFinding.unit_id == ValueAddedEffect.unit_id,
        DataFinding.indicator_id == before.indicator_id,
        DataFinding.cycle_id == before.cycle_id,
        DataFinding.verdict == "candidate",
    )
    query = select(ValueAddedEffect, flagged.label("flagged")).where(
        ValueAddedEffect.run_id == run.id, ValueAddedEffect.class_no.is_(None), ValueAddedEffect.effect.is_not(None)
    )
    rows = db.session.execute(query).all()
    own = next((row[0] for row in rows if row[0].unit_id == after.unit_id), None)
    if own is None:
        return None
    others = [_pupil_ends(row[0]) for row in rows if row[0].unit_id != after.unit_id and not row.flagged]
    return PupilEnds(*_pupil_ends(own), Peers.of(others, outcome_rules()), run.ref)


def _pupil_ends(effect: ValueAddedEffect) -> tuple[Measure, Measure]:
    ends = ((effect.pre_mean, effect.pre_sd), (effect.post_mean, effect.post_sd))
    before, after = (
        Measure(value=mean, n=effect.n, value_type="mean", indicator="", instrument="", grade_band="", sd=sd)
        for mean, sd in ends
    )
    return before, after


def comparison_for(
    baseline_id: uuid.UUID,
    follow_up_ids: Sequence[str],
    *,
    design: str,
    min_effect: float,
    target: float | None,
    equated: bool = False,
    earlier_ids: Sequence[str] = (),
) -> Comparison:
    """The comparison of one item: its baseline cell against the re-measured one, or pooled rounds for small groups."""
    before = rows_of([baseline_id, *earlier_ids])
    after = rows_of(list(follow_up_ids))
    alone = len(before) == 1 and len(after) == 1
    return Comparison(
        baseline=tuple(measure_of(*row) for row in before),
        follow_up=tuple(measure_of(*row) for row in after),
        direction=before[0][0].direction,
        min_effect=min_effect,
        target=target,
        design=design,
        equated=equated,
        peers=peers_of(before[0][0], after[0][0]) if alone else None,
        pupils=pupils_of(before[0][0], after[0][0]) if alone else None,
    )


def candidates_for_follow_up(
    baseline_id: uuid.UUID, after: date | None
) -> list[tuple[MonitoringResult, MonitoringCycle]]:
    """Those of `later_rounds` that were measured after the day on which the work took effect; none before it did."""
    return [(cell, cycle) for cell, cycle in later_rounds(baseline_id) if after is not None and cycle.starts_on > after]


def later_rounds(baseline_id: uuid.UUID) -> list[tuple[MonitoringResult, MonitoringCycle]]:
    """Cells of the same unit and indicator measured after the baseline, newest first."""
    base = aliased(MonitoringResult)
    base_cycle = aliased(MonitoringCycle)
    query = (
        select(MonitoringResult, MonitoringCycle)
        .join(MonitoringCycle, MonitoringCycle.id == MonitoringResult.cycle_id)
        .join(base, base.id == baseline_id)
        .join(base_cycle, base_cycle.id == base.cycle_id)
        .where(
            *same_measure(base),
            stands(MonitoringResult.id),
            MonitoringCycle.starts_on > base_cycle.starts_on,
            MonitoringCycle.state.in_(USABLE),
        )
        .order_by(MonitoringCycle.starts_on.desc(), MonitoringResult.grade)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def standing_baseline(baseline_id: uuid.UUID, counts_after: date | None) -> uuid.UUID | None:
    """The baseline cell, or the one that the office chose in its place; None where nothing stands for it.

    counts_after: the day on which the work took effect. What was measured after it is no baseline of that work.
    """
    found = standing_instead_of(baseline_id)
    if found is None or found == baseline_id or counts_after is None:
        return found
    began = select(MonitoringCycle.starts_on).join(MonitoringResult, MonitoringResult.cycle_id == MonitoringCycle.id)
    return found if db.session.scalars(began.where(MonitoringResult.id == found)).one() <= counts_after else None


def earlier_rounds(baseline_id: uuid.UUID) -> list[tuple[MonitoringResult, MonitoringCycle]]:
    """Rounds before the baseline that may be pooled with it for a small group, newest first."""
    base, base_cycle = aliased(MonitoringResult), aliased(MonitoringCycle)
    query = (
        select(MonitoringResult, MonitoringCycle)
        .join(MonitoringCycle, MonitoringCycle.id == MonitoringResult.cycle_id)
        .join(base, base.id == baseline_id)
        .join(base_cycle, base_cycle.id == base.cycle_id)
        .where(
            *same_measure(base),
            stands(MonitoringResult.id),
            MonitoringCycle.starts_on < base_cycle.starts_on,
            MonitoringCycle.state.in_(USABLE),
        )
        .order_by(MonitoringCycle.starts_on.desc(), MonitoringResult.grade)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
