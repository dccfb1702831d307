"""A problem that came back is closed again: its request and its form tell the rounds apart."""

from __future__ import annotations

import io
import re
from typing import Any

from docx import Document
from flask.testing import FlaskClient
from flask_babel import force_locale

from app.core.audit import trail
from app.core.database import db
from app.core.policy.actor import SYSTEM
from app.improvement.effects import letters
from app.improvement.effects.models import ClosureRequest
from app.improvement.effects.operations import closures
from tests.cast import Cast, sign_in
from tests.improvement.effects.scenes import SUMMARY, EffectScene


def _both_rounds(scene: EffectScene) -> tuple[ClosureRequest, ClosureRequest]:
    """A closed request, and the one of the next round of its item; the second plan has a measure of its own."""
    first = scene.closure_approved()
    item = first.item
    with trail.act(SYSTEM, "system", "test.first"):
        db.session.refresh(scene.plan_of, ["actions"])
        scene.plan_of.actions[0].title = "第一轮的措施"
    scene.moved(item, "implementing")
    again = scene.plan(item, "active", edition=2)
    with trail.act(SYSTEM, "system", "test.second"):
        again.actions[0].title = "第二轮的措施"
    scene.moved(item, "pending_closure")
    return first, closures.draft_closure(scene.actor("school_coordinator"), item, closures.ClosureIn(SUMMARY))


def _facts(request: ClosureRequest) -> letters.ClosureFacts:
    with force_locale("zh"):
        return letters.facts_of(SYSTEM, request)


def _titles(request: ClosureRequest) -> tuple[list[str], list[Any]]:
    facts = _facts(request)
    return [one[0] for one in facts.measures], [one[:2] for one in facts.measures_before]


def test_the_form_lists_the_measures_of_its_own_round_and_names_those_before(scene: EffectScene) -> None:
    first, second = _both_rounds(scene)
    assert _titles(second) == (["第二轮的措施"], [(1, "第一轮的措施")])
    assert _titles(first) == (["第一轮的措施"], [])


def test_page_and_word_file_say_which_measures_are_of_an_earlier_round(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    _first, second = _both_rounds(scene)
    sign_in(client, cast["office_director"])
    shown = re.sub(r"\s+", " ", client.get(second.address).get_data(as_text=True))
    own, _sign, before = shown.partition("前几轮整改的措施")
    assert "第二轮的措施" in own and "第一轮的措施" not in own
    assert "第一轮的措施" in before and "方案第 1 版" in before
    made = Document(io.BytesIO(letters.word_of_form(_facts(second), "a" * 16, 1)))
    rows = {row.cells[0].text: row.cells[-1].text for table in made.tables for row in table.rows}
    (told,) = (text for label, text in rows.items() if label.startswith("前几轮整改的措施"))
    assert told.startswith("方案第 1 版：第一轮的措施") and "第一轮" not in rows["完成的措施"]
