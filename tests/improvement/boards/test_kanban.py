"""Items as cards: in the column of their state, the most urgent first, with lamp and due day, narrowed and counted right."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.core import clock
from app.core.audit import trail
from app.core.policy.actor import SYSTEM
from app.improvement.boards import kanban
from app.improvement.boards.kanban import Wanted
from app.improvement.problems.models import ProblemItem
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.effects.scenes import EffectScene


def column_of(
    scene: EffectScene, state: str, wanted: Wanted | None = None, key: str = "evaluator"
) -> kanban.Column | None:
    found = kanban.kanban(act_as(scene.actor(key)), wanted or Wanted())
    return next((column for column in found if column.state.code == state), None)


def test_a_card_stands_in_the_column_of_its_state_with_its_unit_and_due_day(scene: EffectScene) -> None:
    item = scene.at_work()
    column = column_of(scene, item.state)
    assert column is not None and column.n == 1
    card = column.cards[0]
    assert (card.number, card.title, card.due_on) == (item.number, item.title, item.due_on)
    assert column.url.endswith(f"state={item.state}")


def test_every_number_of_a_column_opens_as_many_rows(scene: EffectScene, app: Flask) -> None:
    scene.at_work()
    client = sign_in(app.test_client(), scene.cast["office_director"])
    for column in kanban.kanban(act_as(scene.actor("office_director")), Wanted()):
        page = client.get(column.url).get_data(as_text=True)
        assert len(set(re.findall(r'href="/items/([0-9a-f]{16})"', page))) == column.n, column.state.code


def test_the_nearest_due_day_comes_first_and_a_column_shows_twelve(
    scene: EffectScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = scene.at_work()
    with trail.act(SYSTEM, "system", "test.more_items"):
        copies = _copies(item, 4)
    monkeypatch.setattr(kanban, "CARDS", 3)
    column = column_of(scene, item.state)
    assert column is not None
    days = [card.due_on for card in column.cards]
    assert (column.n, len(days)) == (5, 3)
    assert days == sorted([item.due_on, *(one.due_on for one in copies)])[:3]


def _copies(item: ProblemItem, many: int) -> list[ProblemItem]:
    from app.core.database import db, uuid7

    left_out = {"id", "ref", "number", "position", "created_at", "due_on"}
    made = []
    for number in range(many):
        values = {c.key: getattr(item, c.key) for c in ProblemItem.__table__.columns if c.key not in left_out}
        due = clock.today() + timedelta(days=200 - 50 * number)
        one = ProblemItem(id=uuid7(), number=f"WT-9{number:03d}", position=90 + number, due_on=due, **values)
        db.session.add(one)
        made.append(one)
    return made


def test_the_board_is_narrowed_by_unit_category_and_severity(scene: EffectScene) -> None:
    item = scene.at_work()
    unit = scene.cast["principal"].unit.ref
    right = Wanted(unit, item.category or "", item.severity or "")
    column = column_of(scene, item.state, right)
    assert column is not None and column.n == 1
    for wrong in (Wanted(unit="0" * 16), Wanted(category="safety_x"), Wanted(severity="none")):
        narrowed = column_of(scene, item.state, wrong)
        assert narrowed is not None and narrowed.n == 0


def test_a_lamp_stands_on_the_card_of_a_plan_that_is_silent(scene: EffectScene) -> None:
    item = scene.at_work()
    plan = scene.plan_in_force(item)
    with trail.act(SYSTEM, "system", "test.silent"):
        plan.approved_on = clock.today() - timedelta(days=150)
    column = column_of(scene, item.state)
    assert column is not None and column.cards[0].light is not None and column.cards[0].light.red


@pytest.mark.parametrize("key", ["principal", "inspector", "subject_teacher", "auditor"])
def test_only_the_countys_desks_open_the_board(scene: EffectScene, app: Flask, key: str) -> None:
    assert sign_in(app.test_client(), scene.cast[key]).get("/boards/kanban").status_code == 404


def test_the_page_is_walked_by_links_alone(scene: EffectScene, app: Flask) -> None:
    item = scene.at_work()
    page = sign_in(app.test_client(), scene.cast["evaluator"]).get("/boards/kanban").get_data(as_text=True)
    assert f'href="/items/{item.ref}"' in page and f'href="#column-{item.state}"' in page
    assert "draggable" not in page
    other = sign_in(app.test_client(), scene.cast["other_office_director"]).get("/boards/kanban")
    assert item.number not in other.get_data(as_text=True)
