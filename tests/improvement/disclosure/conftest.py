"""The scene that the tests of disclosure begin with."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.factories.monitoring import make_indicators
from tests.improvement.disclosure.scenes import DisclosureScene


@pytest.fixture
def scene(app: Flask, cast: Cast) -> DisclosureScene:
    """Everybody on stage, in a transaction that is rolled back."""
    return DisclosureScene(cast)


@pytest.fixture
def county(app: Flask, cast: Cast) -> Cast:
    """The cast with the indicators of their county."""
    make_indicators(cast)
    return cast
