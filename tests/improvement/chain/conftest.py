"""The scene that the tests of the evidence chain begin with."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection

from app.core.database import db
from app.improvement.effects.models import ClosureRequest
from tests.cast import Cast
from tests.improvement.effects.scenes import EffectScene
from tests.standing import on_what_stands, one_transaction

Requests = tuple[Connection, uuid.UUID, uuid.UUID]


@pytest.fixture(scope="module")
def two_requests(application: Flask, _cast_of_the_worker: Cast) -> Iterator[Requests]:
    """An item that was closed and one whose closure is verified stand for all tests of a module; they take some work."""
    with one_transaction(application) as connection:
        scene = EffectScene(_cast_of_the_worker)
        yield connection, scene.closure_approved().id, scene.closure_verified().id


@pytest.fixture
def app(two_requests: Requests, application: Flask) -> Iterator[Flask]:
    """The application where these two stand; each test leaves them as they were."""
    with on_what_stands(application, two_requests[0]):
        yield application


@pytest.fixture
def scene(app: Flask, cast: Cast) -> EffectScene:
    """Everybody on stage."""
    return EffectScene(cast)


@pytest.fixture
def closed(scene: EffectScene, two_requests: Requests) -> ClosureRequest:
    """The request by which the item was closed."""
    return db.session.get_one(ClosureRequest, two_requests[1])


@pytest.fixture
def verified(scene: EffectScene, two_requests: Requests) -> ClosureRequest:
    """The request that waits for approval."""
    return db.session.get_one(ClosureRequest, two_requests[2])
