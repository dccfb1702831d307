"""Uploaded files leave from an origin without cookies, on a pass for one minute; and there is nothing else there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock as core_clock
from app.core.errors import Invalid, NotFound
from app.core.policy.actor import Actor
from app.core.storage import Stored
from app.core.uploads import count_stream, count_upload
from app.core.web.sent_in import give_out
from tests.cast import Cast, sign_in
from tests.conftest import Clock

ORIGIN = "https://files.bihuan.example.cn"
MEGABYTE = 1024 * 1024


@pytest.fixture
def apart(app: Flask) -> Iterator[Flask]:
    """The application with an origin for files."""
    before = app.extensions["bihuan.settings"]
    app.extensions["bihuan.settings"] = replace(before, content_url=ORIGIN)
    yield app
    app.extensions["bihuan.settings"] = before


@pytest.fixture
def kept(app: Flask) -> Stored:
    return app.extensions["bihuan.shelf"].keep(b"%PDF-1.7 evidence", "佐证.pdf", "application/pdf")


def way(app: Flask, kept: Stored, media_type: str = "application/pdf", inline: bool = False) -> str:
    with app.test_request_context():
        answer = give_out(kept.sha256, kept.name, media_type, inline=inline)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def fetch(client: FlaskClient, address: str) -> Any:
    parts = urlsplit(address)
    return client.get(parts.path, base_url=f"{parts.scheme}://{parts.netloc}")


def test_security_52_an_upload_leaves_from_an_origin_that_gets_and_sets_no_cookie(
    apart: Flask, client: FlaskClient, kept: Stored
) -> None:
    address = way(apart, kept)
    assert address.startswith(f"{ORIGIN}/sent-in/") and "佐证" not in address and kept.sha256 not in address
    answer = fetch(client, address)
    assert (answer.status_code, answer.data) == (200, b"%PDF-1.7 evidence")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"


def test_security_52_a_picture_may_be_shown_on_our_pages_and_stays_sandboxed(
    apart: Flask, client: FlaskClient, kept: Stored
) -> None:
    answer = fetch(client, way(apart, kept, "image/png", inline=True))
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    assert f"img-src 'self' {ORIGIN} data: blob:;" in policy and "script-src 'self';" in policy


def test_security_52_on_the_origin_of_files_there_is_no_page_and_on_ours_no_file(
    apart: Flask, client: FlaskClient, cast: Cast, kept: Stored
) -> None:
    sign_in(client, cast["principal"])
    for path in ("/", "/sign-in", "/todo", "/verify/visits/0000"):
        there = client.get(path, base_url=ORIGIN)
        assert (there.status_code, there.data) == (404, b"") and "Set-Cookie" not in there.headers
    assert client.get(urlsplit(way(apart, kept)).path).status_code == 404


def test_security_52_a_pass_is_for_one_file_and_one_minute(
    apart: Flask, client: FlaskClient, kept: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = way(apart, kept)
    middle = len(address) - 20
    changed = address[:middle] + ("A" if address[middle] != "A" else "B") + address[middle + 1 :]
    assert fetch(client, changed).status_code == 404
    now = core_clock.machine_now()
    monkeypatch.setattr(core_clock, "machine_now", lambda: now + timedelta(seconds=59))
    assert fetch(client, address).status_code == 200
    monkeypatch.setattr(core_clock, "machine_now", lambda: now + timedelta(seconds=62))
    assert fetch(client, address).status_code == 404


def test_a_file_that_is_not_there_gets_no_pass(apart: Flask) -> None:
    with apart.test_request_context(), pytest.raises(NotFound):
        give_out("0" * 64, "nothing.pdf", "application/pdf")


@pytest.fixture
def small(app: Flask) -> Iterator[Flask]:
    """Four megabytes a person, six a school."""
    before = app.extensions["bihuan.settings"]
    app.extensions["bihuan.settings"] = replace(before, person_day_mb=4, school_day_mb=6)
    yield app
    app.extensions["bihuan.settings"] = before


def test_security_52_one_person_sends_in_so_much_a_day_and_more_tomorrow(
    small: Flask, cast: Cast, clock: Clock
) -> None:
    teacher: Actor = cast.actor("subject_teacher")
    count_upload(teacher, 3 * MEGABYTE)
    with pytest.raises(Invalid) as refused:
        count_upload(teacher, 2 * MEGABYTE)
    assert "4 MB" in str(refused.value.sentences["file"].zh) and "明天" in refused.value.sentences["file"].zh
    count_stream(teacher, io.BytesIO(b"x" * MEGABYTE))
    clock.advance(days=1)
    count_upload(teacher, 2 * MEGABYTE)


def test_security_52_all_of_a_school_together_send_in_so_much_a_day(small: Flask, cast: Cast) -> None:
    teacher, principal = cast.actor("subject_teacher"), cast.actor("principal")
    assert teacher.school_id == principal.school_id
    count_upload(teacher, 4 * MEGABYTE)
    count_upload(principal, 2 * MEGABYTE)
    with pytest.raises(Invalid) as refused:
        count_upload(principal, 1)
    assert "6 MB" in refused.value.sentences["file"].zh and "单位" in refused.value.sentences["file"].zh
    count_upload(cast.actor("office_director"), MEGABYTE)


def test_security_52_a_flood_of_tiny_files_is_bounded_too(small: Flask, cast: Cast) -> None:
    teacher = cast.actor("subject_teacher")
    for _ in range(64):
        count_upload(teacher, 10)
    with pytest.raises(Invalid):
        count_upload(teacher, 10)
