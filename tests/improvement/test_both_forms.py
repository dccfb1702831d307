"""Word and PDF of one document carry the same labels in the same order."""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from pypdf import PdfReader
from sqlalchemy import select

from app.core import pdf
from app.core.database import db
from app.core.policy.actor import SYSTEM
from app.improvement.effects import letters
from app.improvement.effects.operations import closures
from app.improvement.plans import printing
from app.improvement.plans.models import PlanDocument
from app.improvement.plans.queries import plans
from app.improvement.problems import documents
from app.improvement.problems.models import ListSnapshot
from app.improvement.visits import sheet
from tests import labels
from tests.cast import Cast
from tests.improvement.accountability.scenes import AccountabilityScene
from tests.improvement.effects.scenes import EffectScene
from tests.improvement.plans import world
from tests.improvement.visits.scenes import VisitScene

REF = "a" * 16
Drawn = tuple[Callable[[], Any], Callable[[], bytes]]
"""How the PDF and how the Word file of the same document is made."""


def _list(cast: Cast, clock: Any) -> Drawn:
    scene = EffectScene(cast)
    cycle = scene.round()
    held = scene.draft(cycle_id=cycle.id, requirements="请各单位对照问题查明原因。")
    scene.converted(held, scene.finding(cycle))
    scene.issue(held)
    kept = db.session.scalars(select(ListSnapshot).where(ListSnapshot.list_id == held.id)).one()
    return (
        lambda: documents.as_pdf(kept.content, kept.sha256, REF).content,
        lambda: documents.as_word(kept.content, kept.sha256, REF),
    )


def _plan(cast: Cast, clock: Any) -> Drawn:
    plan = plans.plan_for(SYSTEM, world.in_force(cast).ref)
    document = PlanDocument(plan_id=plan.id, ref=REF, number="X", edition=1, title="整改方案", part_count=1)
    document.asked_by = cast["principal"].person_id
    with force_locale("zh"):
        sheets, marks = [printing.paper_of(plan)], printing._marks(document, "0" * 64)
    return (
        lambda: printing._as_pdf(document, sheets, marks)[0],
        lambda: printing._as_word(document, sheets, marks),
    )


def _visit(cast: Cast, clock: Any) -> Drawn:
    scene = VisitScene(cast)
    visit = scene.visit("on_site")
    scene.see(visit)
    scene.find(visit)
    scene.to_shown(visit)
    scene.to_issued(visit)
    facts = sheet.facts_of(SYSTEM, scene.again(visit))
    return lambda: sheet.as_pdf(facts, REF, 1), lambda: sheet.as_word(facts, REF, 1)


def _closure(cast: Cast, clock: Any) -> Drawn:
    facts = letters.facts_of(SYSTEM, EffectScene(cast).closure_approved())
    return lambda: letters.pdf_of_form(facts, REF, 1), lambda: letters.word_of_form(facts, REF, 1)


def _second_closure(cast: Cast, clock: Any) -> Drawn:
    """The form of an item that was closed before names the measures of that round as such."""
    scene = EffectScene(cast)
    item = scene.closure_approved().item
    scene.moved(item, "implementing")
    scene.plan(item, "active", edition=2)
    scene.moved(item, "pending_closure")
    request = closures.draft_closure(scene.actor("school_coordinator"), item, closures.ClosureIn("再次完成"))
    facts = letters.facts_of(SYSTEM, request)
    assert facts.measures_before
    return lambda: letters.pdf_of_form(facts, REF, 2), lambda: letters.word_of_form(facts, REF, 2)


def _accountability(cast: Cast, clock: Any, paper: str) -> Drawn:
    from app.improvement.accountability import papers
    from app.improvement.accountability.operations import hearing

    scene = AccountabilityScene(cast)
    record = scene.notified()
    if paper == "decision":
        scene.said(record)
        scene.days_on(record, lambda later: clock.advance(days=later.days))
        hearing.keep_time_of_all()
        db.session.refresh(record)
        scene.decide(record)
    facts = papers.facts_of(record, paper, [])
    return lambda: papers.as_pdf(facts, REF, 1), lambda: papers.as_word(facts, REF, 1)


KINDS: dict[str, Callable[[Cast, Any], Drawn]] = {
    "问题清单": _list,
    "整改方案": _plan,
    "视导反馈单": _visit,
    "问题销号审批表": _closure,
    "问题销号审批表（第二轮）": _second_closure,
    "告知书": lambda cast, clock: _accountability(cast, clock, "notice"),
    "决定书": lambda cast, clock: _accountability(cast, clock, "decision"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_word_and_pdf_carry_the_same_labels_in_the_same_order(
    app: Flask, cast: Cast, clock: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with force_locale("zh"):
        as_pdf, as_word = KINDS[kind](cast, clock)
        pages = labels.drawn(monkeypatch)
        as_pdf()
        (html,) = pages
        printed, typed = labels.of_html(html), labels.of_word(as_word())
    assert printed == typed
    assert len(printed) > 8


@pytest.mark.parametrize("kind", ["问题清单", "问题销号审批表"])
def test_the_paper_itself_shows_them_in_that_order(app: Flask, cast: Cast, clock: Any, kind: str) -> None:
    with force_locale("zh"):
        as_pdf, as_word = KINDS[kind](cast, clock)
        pages = PdfReader(io.BytesIO(as_pdf())).pages
        wanted = labels.of_word(as_word())
    text, place = re.sub(r"\s+", "", "".join(page.extract_text() for page in pages)), 0
    for label in wanted:
        place = text.find(label, place)
        assert place >= 0, (label, text)
        place += len(label)
    pdf.close()


def test_every_document_with_a_word_form_is_looked_at() -> None:
    root = Path(printing.__file__).parents[2]
    drawing = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "from app.core.word import Paper" in path.read_text("utf-8") and "demo" not in path.parts
    }
    both = {inspect.getsourcefile(module) for module in (documents, printing, sheet, letters)}
    assert drawing - {str(Path(one or "").relative_to(root)) for one in both} == {
        "improvement/accountability/papers.py",
        "care/yearly/papers.py",  # looked at by tests/care/yearly
        "core/audit/notices.py",  # Word alone
    }
