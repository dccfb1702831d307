"""The board's hand-offs: whom items wait for, average working days, what is past its promise; each number opens its rows."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.calendar import working_days_between
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.boards import counted, helping
from app.improvement.problems.models import ItemErrand, ItemHandOff, ProblemItem
from app.improvement.problems.operations.hand_offs import GiveBackIn, PassIn, give_back, pass_item
from app.improvement.problems.queries.errands import errands
from tests.cast import Cast, sign_in
from tests.factories.monitoring import act_as
from tests.improvement.effects.scenes import EffectScene

COUNTED = re.compile(r'<a data-counted href="([^"]+)">(\d+)</a>')
LISTED = re.compile(r'id="rows">\s*<div class="card-head"><h2>[^<]*</h2><span class="count">(\d+)')


@pytest.fixture
def world(scene: EffectScene) -> EffectScene:
    """Of three items one lies with a school, past its promise; one with a section; one came back from the school."""
    for helper, days_ago in (("yuntai", 21), ("basic_education", 7), ("yuntai", 14)):
        item = scene.item("accepted", co_units=[str(scene.cast.units[helper].id)])
        _hand(scene, item, helper, days_ago)
    last = errands(act_as(scene.actor("yuntai_principal")))[-1]
    give_back(act_as(scene.actor("yuntai_principal")), last, GiveBackIn("听了两节课，当面说了建议"))
    use_context(SYSTEM.context())
    return scene


def _hand(scene: EffectScene, item: ProblemItem, helper: str, days_ago: int) -> None:
    """As if it had been handed over so many days ago, to be back within ten days."""
    unit = scene.cast.units[helper].id
    pass_item(act_as(scene.actor("principal")), item, PassIn(unit, "请帮助听两节讲评课"))
    use_context(SYSTEM.context())
    since = timedelta(days=days_ago)
    with trail.act(SYSTEM, "system", "test.earlier"):
        for row in db.session.scalars(select(ItemHandOff).where(ItemHandOff.item_id == item.id)):
            row.handed_at -= since
            row.promised_on = clock.today() - since + timedelta(days=10)
        for errand in db.session.scalars(select(ItemErrand).where(ItemErrand.item_id == item.id)):
            errand.promised_on = clock.today() - since + timedelta(days=10)


def test_average_working_days_and_what_is_past_its_promise_by_type_of_units(world: EffectScene) -> None:
    rows = helping.helped(act_as(world.actor("office_director")))
    lines = {line.label: line for line in helping.by_kind(rows)}
    today = clock.today()
    schools = [working_days_between(today - timedelta(days=days), today) for days in (21, 14)]
    assert lines["school"].days == sum(schools) / 2
    assert [lines["school"].all.n, lines["school"].open.n, lines["school"].late.n] == [2, 1, 2]
    assert [lines["department"].all.n, lines["department"].open.n, lines["department"].late.n] == [1, 1, 0]
    assert [(line.label, line.all.n) for line in helping.by_unit(rows)] == [("云台学校", 1), ("基础教育科", 1)]


def test_every_number_opens_its_rows(world: EffectScene, client: FlaskClient, cast: Cast) -> None:
    office = sign_in(client, cast["office_director"])
    shown = office.get("/boards/hand-offs").get_data(as_text=True)
    numbers = set(COUNTED.findall(shown))
    assert len(numbers) >= 7
    for address, number in numbers:
        listed = LISTED.search(office.get(html.unescape(address).partition("#")[0]).get_data(as_text=True))
        assert listed and listed[1] == number, address


def test_what_is_given_back_while_pages_are_turned_pulls_none_over_their_edge(
    world: EffectScene, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted, "PAGE", 1)
    office = sign_in(client, cast["office_director"])
    first = office.get("/boards/hand-offs?standing=open").get_data(as_text=True)
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following
    (last,) = errands(act_as(world.actor("yuntai_principal")))
    give_back(act_as(world.actor("yuntai_principal")), last, GiveBackIn("听了两节课，当面说了建议"))
    for address in (html.unescape(following[1]), "/boards/hand-offs?after=2"):
        rows = office.get(address).get_data(as_text=True)
        assert len(re.findall(r'class="t-title"><a href="/items/[0-9a-f]{16}/hand-offs">', rows)) == 1
    unknown = office.get("/boards/hand-offs?after=0000000000000000").get_data(as_text=True)
    assert "这一页没有记录" in unknown and "回到第一页" in unknown


def test_the_board_says_how_many_wait_with_helping_units(world: EffectScene, client: FlaskClient, cast: Cast) -> None:
    lying, past = helping.waiting(act_as(world.actor("office_director")))
    assert (lying.n, past.n) == (2, 1)
    shown = sign_in(client, cast["office_director"]).get("/boards").get_data(as_text=True)
    assert re.search(r'href="/boards/hand-offs\?standing=open#rows"><b>2</b></a><span>其中超过约定 1', shown)


def test_a_board_without_hand_offs_says_where_they_begin(client: FlaskClient, cast: Cast) -> None:
    shown: Any = sign_in(client, cast["office_director"]).get("/boards/hand-offs").get_data(as_text=True)
    assert "还没有转给协办单位的问题项" in shown
