"""The sweep counts for large counties: the same numbers as the page's own, for those who see all, and never for long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.database import db, keep, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.boards import tally as counting
from app.improvement.boards.models import CountyTally
from app.improvement.problems.models import ProblemItem
from tests.cast import Cast, sign_in
from tests.factories.monitoring import act_as
from tests.improvement.effects.scenes import EffectScene


@pytest.fixture
def large(scene: EffectScene, monkeypatch: pytest.MonkeyPatch) -> EffectScene:
    """A county that counts as large with its few items."""
    monkeypatch.setattr(counting, "LIVE_UP_TO", 0)
    scene.at_work()
    return scene


def test_the_count_of_the_sweep_is_the_count_of_the_page(large: EffectScene) -> None:
    live = counting.tally(act_as(large.actor("evaluator")))
    assert live.made_at is None and sum(line.n for line in live.of("units")) > 0
    assert counting.tally_large_counties() == 1
    kept = counting.tally(act_as(large.actor("evaluator")))
    assert kept.made_at is not None
    assert sorted(map(repr, kept.lines)) == sorted(map(repr, live.lines))


def test_a_small_county_is_counted_by_its_pages_alone(scene: EffectScene) -> None:
    scene.at_work()
    assert counting.tally_large_counties() == 0
    assert counting.tally(act_as(scene.actor("evaluator"))).made_at is None


def test_whoever_sees_a_part_of_the_county_counts_that_part_anew(large: EffectScene) -> None:
    counting.tally_large_counties()
    for key in ("principal", "dept_head", "inspector", "other_office_director"):
        assert counting.tally(act_as(large.actor(key))).made_at is None, key


def test_a_count_is_made_again_after_a_minute_and_is_not_shown_for_longer_than_it_is_good(large: EffectScene) -> None:
    assert counting.tally_large_counties() == 1
    assert counting.tally_large_counties() == 0
    use_context(SYSTEM.context())
    keep(update(CountyTally).values(made_at=clock.now() - counting.GOOD_FOR - timedelta(seconds=1)))
    assert counting.tally(act_as(large.actor("evaluator"))).made_at is None
    assert counting.tally_large_counties() == 1


def test_a_long_count_is_made_the_more_rarely(large: EffectScene) -> None:
    counting.tally_large_counties()
    use_context(SYSTEM.context())
    keep(update(CountyTally).values(made_at=clock.now() - timedelta(seconds=90), seconds=20.0))
    assert counting.tally_large_counties() == 0
    keep(update(CountyTally).values(seconds=1.0))
    assert counting.tally_large_counties() == 1


def test_the_pages_say_when_their_numbers_were_counted(large: EffectScene, app: Flask) -> None:
    client = sign_in(app.test_client(), large.cast["office_director"])
    for address in ("/", "/boards"):
        assert "数字数到" not in client.get(address).get_data(as_text=True)
    counting.tally_large_counties()
    for address in ("/", "/boards"):
        assert "数字数到" in client.get(address).get_data(as_text=True), address


def test_counting_writes_no_entry_of_the_trail_and_touches_no_item(large: EffectScene, cast: Cast) -> None:
    use_context(SYSTEM.context())
    versions = select(ProblemItem.id, ProblemItem.version).order_by(ProblemItem.id)
    before = db.session.execute(versions).all()
    counting.tally_large_counties()
    use_context(SYSTEM.context())
    assert db.session.execute(versions).all() == before
