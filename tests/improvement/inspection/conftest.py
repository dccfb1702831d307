"""The scene that the tests of inspection indicators begin with."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.improvement.inspection.scenes import TreeScene


@pytest.fixture
def scene(app: Flask, cast: Cast) -> TreeScene:
    """Everybody on stage, in a transaction that is rolled back."""
    return TreeScene(cast)
