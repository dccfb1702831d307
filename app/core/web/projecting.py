"""Projector mode: a wall before many eyes shows no cell of fewer than ten persons and no name of a pupil."""

from __future__ import annotations

from flask import Flask, has_request_context, request

FEWEST = 10


def is_projecting() -> bool:
    """The browser of this request says that its screen is on a wall."""
    return has_request_context() and request.cookies.get("projector") == "on"


def is_unprojected(n: int | None) -> bool:
    """Whether a cell of `n` persons stays off the wall; never outside projector mode."""
    return is_projecting() and n is not None and n < FEWEST


def persons(n: int | None) -> str:
    """A number of persons as the screen may show it; a dash where none is given."""
    if n is None:
        return "—"
    return f"<{FEWEST}" if is_unprojected(n) else str(n)


def pupil_name(name: str, student_no: str) -> str:
    """A pupil's name, on a wall the end of the student number."""
    return f"…{student_no[-4:]}" if is_projecting() else name


def register(app: Flask) -> None:
    """Give the templates the filter `persons`, the test `unprojected` and `pupil_name(name, number)`."""
    app.jinja_env.filters["persons"] = persons
    app.jinja_env.tests["unprojected"] = is_unprojected
    app.jinja_env.globals["pupil_name"] = pupil_name
