"""What screening misses is told from talks with those whom chance drew, with its interval, and stays in the county."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.care.figures.models import PublishedFigure
from app.care.figures.rates import Figure, figures_of, gaps
from app.care.figures.region import for_the_region
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.intervals import wilson
from app.core.policy.actor import SYSTEM
from tests.care.figures_of_care import fill
from tests.care.test_figures import SCHOOLS, approve, freeze, prepared
from tests.cast import Cast, sign_in

DRAWN = text(
    """insert into rainbow_assessments (county_id, school_id, unit_id, student_id, computation, rule_set, proposed, decided,
           priority, sampled, interviewed_on, decided_on, state)
       select county_id, school_id, school_id, student_id, number, rule_set, 'green',
           case when n <= :missed then 'yellow' else 'green' end, 3, true, case when n <= :talked then current_date - 8 end,
           current_date - 8, 'effective'
       from (select *, row_number() over (order by number) as n from rainbow_computations
               where county_id = :county and tier = 'green') c
       where n <= :drawn"""
)


@pytest.fixture
def county(app: Flask, cast: Cast) -> Cast:
    """Six schools of 200 students in the middle of the term."""
    fill(cast.county.id, [cast.units[key].id for key in SCHOOLS], cast["school_counselor"].person_id, 200)
    return cast


def drawn(cast: Cast, many: int, talked: int, missed: int) -> None:
    use_context(SYSTEM.context())
    given = {"county": cast.county.id, "drawn": many, "talked": talked, "missed": missed}
    with trail.act(SYSTEM, "system", "test.draw"):
        db.session.execute(DRAWN, given)


def told(content: dict[str, Any]) -> dict[str, Figure]:
    return {one.code: one for one in figures_of(content)}


def test_the_share_missed_is_that_of_those_who_were_drawn_and_talked_with(county: Cast) -> None:
    drawn(county, 320, 300, 30)
    found = told(freeze(county))
    missed = found["missed"]
    assert (missed.done, missed.n, missed.value) == (30, 300, 0.1)
    assert (missed.low, missed.high) == wilson(0.1, 300)
    assert found["confirmed"].n == 480, "a talk by chance says nothing of whom the rules pointed out"


def test_what_screening_sees_is_bounded_by_the_interval_of_what_it_misses(county: Cast) -> None:
    drawn(county, 300, 300, 30)
    content = freeze(county)
    seen, missed = told(content)["seen"], told(content)["missed"]
    green, *rest = content["levels"]["line"]["cells"]
    supported = sum(rest)
    assert seen.n == supported and seen.value == supported / (supported + 0.1 * green)
    assert missed.low is not None and missed.high is not None
    assert (seen.low, seen.high) == (
        supported / (supported + missed.high * green),
        supported / (supported + missed.low * green),
    )
    assert seen.low is not None and seen.high is not None and seen.value is not None
    assert seen.low < seen.value < seen.high


@pytest.mark.parametrize(("talked", "missed"), [(0, 0), (19, 6), (200, 3)])
def test_too_few_talks_or_too_few_found_tell_nothing(county: Cast, talked: int, missed: int) -> None:
    drawn(county, 300, talked, missed)
    found = told(freeze(county))
    for code in ("missed", "seen"):
        assert found[code].value is None and found[code].done is None and found[code].why is not None, code


def test_security_31_of_a_sample_no_number_leaves_the_county(county: Cast) -> None:
    drawn(county, 300, 300, 30)
    freeze(county)
    approve(county, prepared(county))
    use_context(SYSTEM.context())
    rows = db.session.execute(select(PublishedFigure.audience, PublishedFigure.code)).all()
    assert {code for audience, code in rows if audience == "group"} >= {"missed", "seen"}
    assert not {code for audience, code in rows if audience == "region"} & {"missed", "seen"}
    exact = Figure(5, "missed", told({})["missed"].name, told({})["missed"].counted, done=100, n=1000)
    assert not list(for_the_region([exact], []))


def test_who_of_those_talked_with_is_confirmed_is_shown_group_by_group(county: Cast, app: Flask) -> None:
    content = freeze(county)
    found = {gap.cut: gap for gap in gaps(content, "confirmed")}
    assert {"sex", "boarding"} <= set(found)
    for gap in found.values():
        for _key, one in gap.groups:
            assert one.why is not None or (one.low is not None and one.high is not None and one.n >= 20)
    page = sign_in(app.test_client(), county["psych_center_lead"]).get("/care-figures", base_url="https://localhost")
    assert page.status_code == 200 and "各组差别：面谈后确认" in page.text
