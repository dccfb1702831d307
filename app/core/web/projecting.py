"""Projector mode: a wall before many eyes shows no cell of fewer than ten persons and no name of a pupil.

Nothing of care stands in its menu, no counts of what waits, and named values of schools stay covered until the presenter
opens a row. It is on by default in the classrooms whose network a school declares.
"""

from __future__ import annotations

import ipaddress

from flask import Flask, g, has_request_context, request

from app.core.policy.actor import NOBODY

FEWEST = 10


def is_projecting() -> bool:
    """The browser of this request says that its screen is on a wall; says it nothing, a classroom's address does."""
    if not has_request_context():
        return False
    said = request.cookies.get("projector")
    return said == "on" if said in ("on", "off") else _in_a_classroom()


def _in_a_classroom() -> bool:
    declared = g.get("actor", NOBODY).classrooms
    return bool(declared) and is_within(request.remote_addr or "", declared)


def is_within(address: str, networks: str) -> bool:
    """Whether an address lies in one of the networks, parted by spaces; False for what is none."""
    try:
        here = ipaddress.ip_address(address)
        return any(here in ipaddress.ip_network(network) for network in networks.split())
    except ValueError:
        return False


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
    """Give the templates the filter `persons`, the test `unprojected`, `pupil_name(name, number)` and `is_projecting()`."""
    app.jinja_env.filters["persons"] = persons
    app.jinja_env.tests["unprojected"] = is_unprojected
    app.jinja_env.globals["pupil_name"] = pupil_name
    app.jinja_env.globals["is_projecting"] = is_projecting
