"""The scene that the tests of problem lists begin with."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.improvement.problems.scenes import Scene


@pytest.fixture
def scene(app: Flask, cast: Cast) -> Scene:
    """Everybody on stage, in a transaction that is rolled back."""
    return Scene(cast)
