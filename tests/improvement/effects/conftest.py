"""The scene that the tests of effects begin with."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.factories.monitoring import make_indicators
from tests.improvement.effects.scenes import EffectScene


@pytest.fixture
def scene(app: Flask, cast: Cast) -> EffectScene:
    """Everybody on stage, in a transaction that is rolled back."""
    return EffectScene(cast)


@pytest.fixture
def county(app: Flask, cast: Cast) -> Cast:
    """The cast with the indicators of their county, in a transaction that is rolled back."""
    make_indicators(cast)
    return cast
