"""The scene that the tests of checks of schools' own lists begin with."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.improvement.sampling.scenes import SampleScene


@pytest.fixture
def scene(app: Flask, cast: Cast) -> SampleScene:
    """Everybody on stage, in a transaction that is rolled back."""
    return SampleScene(cast)
