"""One search finds whatever has a number, by number or by word, and never what the reader may not open."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.database import use_context
from app.core.policy.actor import SYSTEM
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.improvement.effects.scenes import EffectScene
from tests.improvement.visits.scenes import VisitScene


@pytest.fixture
def world(app: Flask, cast: Cast) -> dict[str, tuple[str, str]]:
    """One record of each kind of 双桥中学: kind → number and address."""
    scene = EffectScene(cast)
    request, finding = scene.closure_submitted(), scene.finding(scene.round("2026-spring"), number=77)
    visit = VisitScene(cast).planned()
    use_context(SYSTEM.context())
    records = {
        "item": request.item, "closure": request, "visit": visit, "finding": finding, "list": request.item.problem_list,
    }  # fmt: skip
    return {kind: (record.number, record.address) for kind, record in records.items()}


@pytest.mark.parametrize("kind", ["item", "closure", "visit", "finding", "list"])
def test_a_number_leads_straight_to_its_record(
    kind: str, world: dict[str, tuple[str, str]], client: FlaskClient, cast: Cast
) -> None:
    number, address = world[kind]
    office = sign_in(client, cast["office_director"])
    for typed in (number, number.lower(), f" {number} ", number.replace("-", "")):
        answer = office.get("/search", query_string={"q": typed})
        assert (answer.status_code, answer.headers["Location"]) == (303, address), typed


def test_words_find_all_kinds_in_few_statements_and_say_their_state(
    world: dict[str, tuple[str, str]], client: FlaskClient, cast: Cast
) -> None:
    office = sign_in(client, cast["office_director"])
    with counted_statements() as seen:
        page = office.get("/search?q=-").text
    assert len(seen) <= 14
    for kind, (_number, address) in world.items():
        assert address in page, kind
    assert "已提交" in page


def test_nobody_finds_what_he_may_not_open(world: dict[str, tuple[str, str]], app: Flask, cast: Cast) -> None:
    for who in ("other_office_director", "yuntai_principal"):
        stranger = sign_in(app.test_client(), cast[who])
        for number, address in world.values():
            answer = stranger.get("/search", query_string={"q": number})
            assert answer.status_code == 200 and address not in answer.text, (who, number)


def test_what_is_typed_stands_nowhere_in_the_page(client: FlaskClient, cast: Cast) -> None:
    page = sign_in(client, cast["office_director"]).get("/search", query_string={"q": '<b>"%_林晓'}).text
    assert "没有找到" in page and "林晓" not in page
    assert "没有找到" in client.get("/search?q=%25").text, "a percent sign is no wildcard"
    assert "找什么" in client.get("/search").text
