"""Questions that a scale lets be left out: skipped by a link, missing from no hand-in, while the others are all asked for."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.care.screening.models import ScaleResponse, ScaleResult
from app.care.screening.operations import answering
from app.care.screening.operations.answering import Answer
from app.care.screening.operations.scales import ScaleIn
from app.core.database import db
from app.core.errors import StepRefused
from tests.care.screening.scales import Shelf, content
from tests.care.taking_part import door, send
from tests.care.terms import BORN, GOOD, TASK, Term

NAME, HTTPS = "学生00", "https://localhost"


@pytest.fixture
def optional(term: Term, desk: Shelf) -> Term:
    """A campaign whose second scale lets its first and its last question be left out."""
    items: list[Any] = [{"id": n, "zh": f"句子{n}", "required": n not in (1, 7)} for n in range(1, 8)]
    one = [{"id": "total", "items": "all", "max_missing": 2}]
    desk.in_force(desk.draft(ScaleIn(content(items=items, scores=one), "两题可以不答")))
    term.opened(scales=("phq9 1.0.0", "gad7 1.1.0"))
    term.agree(NAME)
    return term


def test_a_form_is_handed_in_without_what_may_be_left_out_and_not_without_the_rest(optional: Term) -> None:
    term = optional
    term.answer(NAME, {"phq9": GOOD["phq9"]}, hand_in=False)
    holder, task = term.student(NAME)
    for number, item in enumerate((2, 3, 4, 5), 20):
        answering.save_answer(holder.actor, task, Answer("gad7", item, 1, number, 2500))
    db.session.refresh(task)
    with pytest.raises(StepRefused, match="每道题"):
        answering.submit_answers(holder.actor, task, TASK)
    holder, task = term.student(NAME)
    answering.save_answer(holder.actor, task, Answer("gad7", 6, 1, 30, 2500))
    db.session.refresh(task)
    answering.submit_answers(holder.actor, task, TASK)
    assert term.task(NAME).state == "submitted"
    assert {one.scale_code: one.answered for one in term.all(ScaleResponse)} == {"phq9": 9, "gad7": 5}
    assert term.all(ScaleResult) == []


def test_where_everything_has_to_be_answered_nothing_is_left_out(term: Term) -> None:
    term.opened()
    term.agree(NAME)
    term.answer(NAME, {"phq9": GOOD["phq9"], "gad7": GOOD["gad7"][:6]}, hand_in=False)
    assert not term.task(NAME).complete


def test_by_the_pages_it_is_skipped_by_a_link_and_the_others_have_none(optional: Term, client: FlaskClient) -> None:
    term = optional
    assert door(client, term.slips[NAME, "student"], BORN).status_code == 303
    address = term.task(NAME).address
    assert send(client, f"{address}/begin", {}, address).status_code == 303
    page = client.get(address, base_url=HTTPS).text
    assert page.count("跳过这题") == 2 and f'data-skip href="{address}?at=10"' in page
    term.answer(NAME, {"phq9": GOOD["phq9"]}, hand_in=False)
    shown = client.get(address, base_url=HTTPS).text.split('<section data-question  aria-labelledby="q')[1]
    assert shown.startswith("9"), "what may be left out is offered all the same"
    holder, task = term.student(NAME)
    for number, item in enumerate(range(2, 7), 20):
        answering.save_answer(holder.actor, task, Answer("gad7", item, 1, number, 2500))
    assert send(client, f"{address}/submit", {}, address).status_code == 303
    assert "谢谢你" in client.get(address, base_url=HTTPS).text
