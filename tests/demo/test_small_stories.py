"""School districts and the list of indicators in the demo: told with the county's people, without its years."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo import dictionary, districts, others, rounds, sampling, tree
from app.demo.telling import Teller
from app.improvement.monitoring.models import IndicatorVersion
from app.improvement.problems.models import ProblemItem
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
