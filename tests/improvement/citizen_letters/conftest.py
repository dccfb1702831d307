"""The scene that the tests of citizens' letters begin with."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.improvement.citizen_letters.scenes import LetterScene


@pytest.fixture
def scene(app: Flask, cast: Cast) -> LetterScene:
    """Everybody on stage and every school with its box, in a transaction that is rolled back."""
    return LetterScene(cast)
