"""What tests of suppliers begin with: a county with indicators, in the database that is rolled back."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.factories.monitoring import make_indicators


@pytest.fixture
def county(app: Flask, cast: Cast) -> Cast:
    """清澜县 with its list of indicators."""
    make_indicators(cast)
    return cast
