"""Whom a flagged unit is compared with: units that were not flagged at its baseline, whatever became of the findings since."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import insert

from app.core.audit import trail
from app.core.database import db, new_ref, use_context, uuid7
from app.core.policy.actor import SYSTEM
from app.improvement.effects.comparing import peers_of
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.operations import evaluations
from app.improvement.effects.operations.evaluations import PrepareIn
from app.improvement.monitoring.models import MonitoringCycle, MonitoringResult
from app.people.directory.models import Unit
from tests.cast import Place
from tests.improvement.effects.scenes import EffectScene

PEERS, CHOSEN = 24, 3
BEFORE, AFTER = date(2025, 9, 1), date(2026, 9, 1)


def more_schools(scene: EffectScene, number: int) -> list[str]:
    """So many more schools of the county, known to this scene alone."""
    county, places = scene.cast.county, {}
    for at in range(number):
        identity, name = uuid7(), f"第{at + 11}小学"
        places[f"more{at}"] = Place(
            f"more{at}", identity, new_ref(), "school", f"29{at:02}", name, county.id, identity
        )  # fmt: skip
    scene.cast = replace(scene.cast, units=scene.cast.units | places)
    rows = [
        {
            "id": place.id, "ref": place.ref, "county_id": county.id, "parent_id": county.id, "kind": "school",
            "code": place.code, "name": place.name, "short_name": place.name, "pinyin": "", "school_type": "P",
        }
        for place in places.values()
    ]  # fmt: skip
    with trail.act(SYSTEM, "system", "test.schools"):
        db.session.execute(insert(Unit), rows)
    return list(places)


@pytest.fixture
def measured_twice(scene: EffectScene) -> tuple[EffectEvaluation, MonitoringResult, MonitoringResult]:
    """An evaluation, its baseline and its re-measured cell, beside 24 units that were not flagged and 3 that were.

    Units return half of their distance to 500 on their own; the three that were flagged came 40 points further, and
    their findings have given way to those of the newer round.
    """
    evaluation = scene.planned()
    before = db.session.get_one(MonitoringResult, evaluation.baseline_result_id)
    first = db.session.get_one(MonitoringCycle, before.cycle_id)
    later = scene.round("2026-again", AFTER)
    keys = more_schools(scene, PEERS + CHOSEN)
    for at, key in enumerate(keys):
        start = 450.0 + 4 * at if at < PEERS else 455.0
        end = (start + 500) / 2 + (2 if at % 2 else -2) if at < PEERS else 520.0
        if at < PEERS:
            scene.cell(BEFORE, start, 100, school=key, cycle=first)
        else:
            scene.finding(first, key, start, state="superseded", number=5000 + at)
        scene.cell(AFTER, end, 100, school=key, cycle=later)
    return evaluation, before, scene.cell(AFTER, 505.0, 110, cycle=later)


def test_units_whose_findings_gave_way_to_newer_ones_are_no_peers(
    scene: EffectScene, measured_twice: tuple[EffectEvaluation, MonitoringResult, MonitoringResult]
) -> None:
    evaluation, _before, after = measured_twice
    evaluations.prepare_evaluation(scene.actor("assessment_member"), evaluation, PrepareIn((str(after.id),)))
    adjustment = evaluation.computed["adjustment"]
    assert (adjustment["adjusted"], adjustment["peers"], adjustment["source"]) == (True, PEERS, "cells")
    assert adjustment["slope"] == pytest.approx(0.5, abs=0.05)
    assert adjustment["change"] == pytest.approx(505 - 485, abs=1.5), "what the unflagged with 470 had is 485"


def test_each_end_has_the_sampling_error_of_its_own_round(
    scene: EffectScene, measured_twice: tuple[EffectEvaluation, MonitoringResult, MonitoringResult]
) -> None:
    _evaluation, before, after = measured_twice
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.sampled"):
        db.session.get_one(MonitoringCycle, after.cycle_id).coverage = "sample"
        for cell in db.session.query(MonitoringResult).filter(
            MonitoringResult.cycle_id.in_([before.cycle_id, after.cycle_id])
        ):
            cell.deff = None
    peers = peers_of(before, after)
    assert np.allclose(peers.baseline_variance, 100.0**2 / 100), "everybody sat the first round"
    assert np.allclose(peers.follow_up_variance, 2 * 100.0**2 / 100), "a sample of classes sat the second"
