"""Projector mode: a number of under ten and a pupil's name stay off the wall, and are there without it."""

from __future__ import annotations

import pytest
from flask import Flask, g

from app.core.policy.actor import Actor
from app.core.web import navigation
from app.core.web.pages import shared
from app.core.web.projecting import is_projecting, is_unprojected, is_within, persons, pupil_name


def test_a_wall_shows_no_number_under_ten_and_no_name(app: Flask) -> None:
    with app.test_request_context("/", headers={"Cookie": "projector=on"}):
        assert [persons(n) for n in (None, 0, 9, 10)] == ["—", "<10", "<10", "10"]
        assert is_unprojected(9) and not is_unprojected(10) and not is_unprojected(None)
        assert pupil_name("林一诺", "G330324201003070012") == "…0012"


def test_a_desk_shows_what_it_may_see(app: Flask) -> None:
    with app.test_request_context("/"):
        assert [persons(n) for n in (None, 0, 9)] == ["—", "0", "9"] and not is_unprojected(3)
        assert pupil_name("林一诺", "G330324201003070012") == "林一诺"


def test_care_leaves_the_menu_and_nothing_counts_what_waits(app: Flask) -> None:
    for role in ("principal", "school_counselor", "leading_group_head", "bureau_psych_officer"):
        titles = {}
        for said in ("on", "off"):
            with app.test_request_context("/", headers={"Cookie": f"projector={said}"}):
                titles[said] = {str(group.title) for group in navigation.menu(Actor(role=role))}
        assert titles["off"] - titles["on"] == {"心灵彩虹码"}, role


def test_on_a_wall_no_page_is_given_a_count_or_a_warning(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "COUNTERS", [lambda actor: 3])
    monkeypatch.setattr(navigation, "NOTICES", [lambda actor: ["没有病毒扫描"]])
    told = {}
    for said in ("on", "off"):
        with app.test_request_context("/", headers={"Cookie": f"projector={said}"}):
            g.actor = Actor(role="principal")
            found = shared()
            told[said] = (found["waiting_count"], found["notices"])
    assert told == {"on": (None, []), "off": (3, ["没有病毒扫描"])}


@pytest.mark.parametrize(("said", "address", "on"), [
    ("", "10.20.30.7", True), ("", "10.20.31.7", False), ("", "fd00:20::7", True), ("", "not an address", False),
    ("projector=off", "10.20.30.7", False), ("projector=on", "192.0.2.1", True), ("projector=?", "10.20.30.7", True),
])  # fmt: skip
def test_in_a_declared_classroom_the_wall_is_the_default_and_a_choice_beats_it(
    app: Flask, said: str, address: str, on: bool
) -> None:
    with app.test_request_context("/", headers={"Cookie": said}, environ_base={"REMOTE_ADDR": address}):
        assert not is_projecting() or said == "projector=on"
        g.actor = Actor(role="subject_teacher", classrooms="10.20.30.0/24 fd00:20::/64")
        assert is_projecting() is on


def test_a_declaration_that_cannot_be_read_puts_no_screen_on_a_wall() -> None:
    assert not is_within("10.20.30.7", "教室") and not is_within("", "10.20.30.0/24")
