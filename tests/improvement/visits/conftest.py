"""The scene that the tests of visits begin with."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.improvement.visits.scenes import VisitScene


@pytest.fixture
def scene(app: Flask, cast: Cast) -> VisitScene:
    """Everybody on stage, in a transaction that is rolled back."""
    return VisitScene(cast)
