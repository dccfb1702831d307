"""The scene that the tests of the boards begin with."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.improvement.effects.scenes import EffectScene


@pytest.fixture
def scene(app: Flask, cast: Cast) -> EffectScene:
    """Everybody on stage, in a transaction that is rolled back."""
    return EffectScene(cast)
