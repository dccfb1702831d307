"""School districts and the list of indicators in the demo: told with the county's people, without its years."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo import dictionary, districts, others, rounds, sampling, story, tree, words
from app.demo.fates import Fate
from app.demo.telling import Teller
from app.improvement.monitoring.models import IndicatorVersion
from app.improvement.problems.models import Cause, ProblemItem
from app.improvement.problems.models.citable import citable
from app.improvement.sampling.models import ListCheck


@pytest.fixture(autouse=True)
def no_names_are_taken(app: Flask) -> None:
    """The accounts of the cast, where a test before this one asked for it, are called otherwise while the demo's are made."""
    with trail.act(SYSTEM, "system", "test.renamed"):
        db.session.execute(text("update accounts set name = 'cast.' || name"))


def test_each_district_has_the_line_one_has_begun_with_it(app: Flask) -> None:
    use_context(SYSTEM.context())
    county, teller = tree.build_main(), Teller()
    try:
        districts.tell(county, teller)
    finally:
        teller.end()
    use_context(SYSTEM.context())
    held = db.session.scalars(select(ProblemItem).where(ProblemItem.addressee == "district")).all()
    every = db.session.scalars(select(ProblemItem).where(ProblemItem.title == districts.PROBLEM)).all()
    assert {one.unit_id for one in every} == {county.units["XQ-01"], county.units["XQ-02"]}
    assert sorted(one.state for one in every) == ["accepted", "diagnosing"] and len(held) == 1


def test_the_list_of_indicators_is_brought_up_to_date_and_keeps_what_it_said(app: Flask) -> None:
    use_context(SYSTEM.context())
    county, teller = tree.build_main(), Teller()
    try:
        rounds.add_indicators(county)
        batch = dictionary.tell(county, teller)
    finally:
        teller.end()
    use_context(SYSTEM.context())
    assert (batch.state, batch.outcome, batch.rows_blocked) == ("accepted", {"added": 2, "changed": 1}, 0)
    assert db.session.scalars(select(IndicatorVersion.version)).all() == [1]


def test_of_the_schools_own_lists_some_are_drawn_and_partly_looked_at(app: Flask) -> None:
    use_context(SYSTEM.context())
    county, teller = tree.build_main(), Teller()
    try:
        others.school_lists(county, teller)
        sampling.tell(county, teller)
    finally:
        teller.end()
    use_context(SYSTEM.context())
    found = [(one.draw.kind, one.state) for one in db.session.scalars(select(ListCheck)).unique()]
    assert sorted(found) == [("chance", "drawn"), ("chance", "holds"), ("hand", "failing")]


def test_causes_of_what_came_from_elsewhere_cite_the_check_and_the_finding_of_their_item(app: Flask) -> None:
    use_context(SYSTEM.context())
    county, teller = tree.build_main(), Teller()
    try:
        found = others.register(county, teller, others.SECOND_ISSUED, 2, 75)
        teller.at(others.SECOND_ISSUED)
        made = story.issue_list(county, None, "清单", "清教督办〔2026〕1号", found, date(2027, 9, 1), Random(1))
        told = [story.item_story(county, one, others.SECOND_ISSUED, None, Fate("diagnosing"), 1) for one in made]
        teller.tell(told, others.SECOND_ISSUED + timedelta(days=30))
    finally:
        teller.end()
    use_context(SYSTEM.context())
    causes = db.session.scalars(select(Cause)).all()
    items = set(db.session.scalars(select(Cause.item_id)))
    chains = {item: {known.id: known for known in citable(item)} for item in items}
    cited = [chains[cause.item_id][cause.cites] for cause in causes if cause.cites is not None]
    assert sorted(one.kind for one in cited) == ["finding", "finding", "support", "support"]
    assert all(one.address for one in cited) and len(chains) == 2
    taught = {statement for _category, statement in words.CAUSES}
    assert not taught & {cause.statement for cause in causes}, "a petition about fees is not explained by exercises"
