"""The scene that the tests of effects begin with."""

from __future__ import annotations

import pytest
from flask import Flask

from app.improvement.effects.models import ValueAddedRun
from app.improvement.effects.operations.value_added import RunIn, run_value_added
from app.improvement.monitoring.models import MonitoringCycle
from tests.cast import Cast
from tests.factories.monitoring import act_as, begin_cycle, make_indicators
from tests.improvement.effects.scenes import EffectScene
from tests.improvement.effects.score_files import rows_of, send


@pytest.fixture
def scene(app: Flask, cast: Cast) -> EffectScene:
    """Everybody on stage, in a transaction that is rolled back."""
    return EffectScene(cast)


@pytest.fixture
def county(app: Flask, cast: Cast) -> Cast:
    """The cast with the indicators of their county, in a transaction that is rolled back."""
    make_indicators(cast)
    return cast


@pytest.fixture
def cycle(county: Cast) -> MonitoringCycle:
    """A round that collects."""
    return begin_cycle(county)


@pytest.fixture
def reckoned(county: Cast, cycle: MonitoringCycle) -> ValueAddedRun:
    """Mathematics of that round, reckoned."""
    assert send(county, cycle, rows_of(county)).state == "accepted"
    return run_value_added(act_as(county.actor("assessment_member")), cycle, RunIn("math", "multilevel"))
