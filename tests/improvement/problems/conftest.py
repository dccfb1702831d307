"""The scene that the tests of problem lists begin with, and browsers of its persons."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.cast import Cast
from tests.improvement.problems.browsing import Browser
from tests.improvement.problems.scenes import Scene


@pytest.fixture
def scene(app: Flask, cast: Cast) -> Scene:
    """Everybody on stage, in a transaction that is rolled back."""
    return Scene(cast)


@pytest.fixture
def browser(app: Flask, cast: Cast) -> Callable[[str], Browser]:
    """A browser of one of the cast: browser("principal")."""
    return lambda key: Browser(app, cast, key)
