"""The scene that the tests of accountability begin with."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.improvement.accountability.scenes import AccountabilityScene


@pytest.fixture
def scene(app: Flask, cast: Cast) -> AccountabilityScene:
    """Everybody on stage, in a transaction that is rolled back."""
    return AccountabilityScene(cast)
