"""Scores and answers of one student for who may see them, with the purpose said first; kinds of facts for the lead."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.care.access import words
from app.care.access.forms import PurposeForm
from app.care.access.queries import answers as queries
from app.care.access.queries import openings
from app.care.access.routes.blueprint import SECONDS, bp
from app.care.rainbow.queries.observed import student_for
from app.care.rainbow.routes.blueprint import asked_to_show, for_a_minute
from app.core.audit import trail
from app.core.policy import decide
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.core.web.projecting import is_projecting

READ, FACTORS = "access.read_answers", "access.view_factors"


@bp.get("/support/students/<ref>/results")
@needs(READ)
def results(ref: str) -> Response:
    """Scores of the scales, for a minute after a click."""
    actor, shown = current_actor(), asked_to_show()
    student = student_for(actor, ref, READ)
    rows = queries.results(actor, student) if shown else []
    trail.saw(actor, student, "results.shown" if shown else "results.page")
    hidden = url_for("access.results", ref=ref)
    answer = page(
        "care/access/results.html", student=student, rows=rows, scales=queries.titles(actor, rows) if rows else {},
        shown=shown, seconds=SECONDS, hidden_url=hidden, show_url=url_for("access.results", ref=ref, shown=1),
        answers_url=url_for("access.answers", ref=ref),
    )  # fmt: skip
    return for_a_minute(answer, hidden) if shown else answer


@bp.get("/support/students/<ref>/answers")
@needs(READ)
def answers(ref: str) -> Any:
    """Why first, then the answers for a minute; whose child it is not finds the way of an emergency instead."""
    actor = current_actor()
    student = student_for(actor, ref, READ)
    purpose = request.args.get("purpose", "")
    opening = openings.running_for(actor, student)
    shown = purpose in words.PURPOSES and not is_projecting()
    found = queries.answers(actor, student) if shown else []
    trail.saw(actor, student, f"answers.{purpose}" if found else "answers.page")
    hidden = url_for("access.answers", ref=ref)
    answer = page(
        "care/access/answers.html", student=student, found=found, shown=shown, opening=opening, seconds=SECONDS,
        form=PurposeForm(formdata=None, meta={"csrf": False}), hidden_url=hidden,
        may_open=opening is None and not found and decide.may(actor, "access.open_in_emergency", student),
        emergency_url=url_for("access.emergency", ref=ref) if actor.role == "school_counselor" else "",
        results_url=url_for("access.results", ref=ref),
    )  # fmt: skip
    return for_a_minute(answer, hidden) if found else answer


@bp.get("/support/students/<ref>/factors")
@needs(FACTORS)
def factors(ref: str) -> Response:
    """Which kinds of facts a level rests on: no fact, no value."""
    actor, shown = current_actor(), asked_to_show()
    student = student_for(actor, ref, FACTORS)
    on, found = queries.kinds_of_facts(actor, student) if shown else (None, [])
    trail.saw(actor, student, "factors.shown" if shown else "factors.page")
    hidden = url_for("access.factors", ref=ref)
    answer = page(
        "care/access/factors.html", student=student, found=found, on=on, shown=shown, seconds=SECONDS,
        hidden_url=hidden, show_url=url_for("access.factors", ref=ref, shown=1), back_url=url_for("support.levels"),
        looked_url=url_for("access.looked", ref=ref),
    )  # fmt: skip
    return for_a_minute(answer, hidden) if shown else answer
