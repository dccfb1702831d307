"""Projector mode: a number of under ten and a pupil's name stay off the wall, and are there without it."""

from __future__ import annotations

from flask import Flask

from app.core.web.projecting import is_unprojected, persons, pupil_name


def test_a_wall_shows_no_number_under_ten_and_no_name(app: Flask) -> None:
    with app.test_request_context("/", headers={"Cookie": "projector=on"}):
        assert [persons(n) for n in (None, 0, 9, 10)] == ["—", "<10", "<10", "10"]
        assert is_unprojected(9) and not is_unprojected(10) and not is_unprojected(None)
        assert pupil_name("林一诺", "G330324201003070012") == "…0012"


def test_a_desk_shows_what_it_may_see(app: Flask) -> None:
    with app.test_request_context("/"):
        assert [persons(n) for n in (None, 0, 9)] == ["—", "0", "9"] and not is_unprojected(3)
        assert pupil_name("林一诺", "G330324201003070012") == "林一诺"
