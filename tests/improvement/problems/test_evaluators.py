"""An outside evaluator reads one item with all that belongs to it, for as long as the office said, and nothing else (decisions §3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.core.policy.assignments import CaseAssignment
from tests.cast import Cast
from tests.improvement.problems.browsing import Browser
from tests.policy.records import Chain, write

PARTS = {
    "problem_items": "/items/",
    "remediation_plans": "/plans/",
    "remediation_actions": "/actions/",
    "evidence": "/evidence/",
    "effect_evaluations": "/evaluations/",
    "closure_requests": "/closures/",
}
UNTIL = timedelta(days=60)


@pytest.fixture
def chain(cast: Cast) -> Chain:
    """An issued item of a school with plan, measure, evidence, evaluation and closure."""
    school = cast.units["shuangqiao"]
    return write(cast, cast["principal"], school, school, "八年级数学作业没有分层")


def seen(browser: Callable[[str], Browser], chain: Chain) -> dict[str, int]:
    """What the evaluator's pages of the chain answer."""
    visitor = browser("external_evaluator")
    return {table: visitor.get(address + chain.refs[table]).status_code for table, address in PARTS.items()}


def ask(browser: Callable[[str], Browser], cast: Cast, chain: Chain, until: date, key: str = "office_director") -> int:
    """The office opens the item to the evaluator; what it is answered."""
    given = {"evaluator": cast["external_evaluator"].person_ref, "until": until.isoformat(), "version": "1"}
    answer = browser(key).post(f"/items/{chain.refs['problem_items']}/evaluator", **given)
    return int(answer.status_code)


def test_the_office_opens_an_item_with_all_its_parts_and_nothing_else(
    browser: Callable[[str], Browser], cast: Cast, chain: Chain
) -> None:
    place = cast.units["chengguan"]
    other = write(cast, cast["chengguan_principal"], place, place, "别的学校", beside=chain)
    assert set(seen(browser, chain).values()) == {404}
    assert "合同到" in browser("office_director").page(f"/items/{chain.refs['problem_items']}/evaluator")
    assert ask(browser, cast, chain, clock.today() + UNTIL) == 303
    assert set(seen(browser, chain).values()) == {200}, seen(browser, chain)
    assert set(seen(browser, other).values()) == {404}
    assert "八年级数学作业没有分层" in browser("external_evaluator").page("/")
    mine = browser("external_evaluator").page(f"/items/{chain.refs['problem_items']}")
    assert "/lists" not in mine.partition("<main")[2], "no link to a list that is not shown"
    assert cast["external_evaluator"].name in browser("office_director").page(f"/items/{chain.refs['problem_items']}")


def test_the_evaluator_leaves_an_opinion_that_the_school_reads(
    browser: Callable[[str], Browser], cast: Cast, chain: Chain
) -> None:
    ask(browser, cast, chain, clock.today() + UNTIL)
    address = f"/items/{chain.refs['problem_items']}"
    browser("external_evaluator").sent(f"{address}/remarks", text="措施与归因对得上，建议附上作业样本")
    assert "建议附上作业样本" in browser("principal").page(address)
    assert browser("external_evaluator").post(f"{address}/evaluator").status_code == 404


def test_security_25_the_item_is_gone_the_day_after_the_last(
    browser: Callable[[str], Browser], cast: Cast, chain: Chain
) -> None:
    ask(browser, cast, chain, clock.today())
    assert seen(browser, chain)["evidence"] == 200, "the last day counts"
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.end"):
        mine = update(CaseAssignment).where(CaseAssignment.part == "evaluator")
        yesterday = clock.today() - timedelta(days=1)
        db.session.execute(mine.values(to_on=yesterday).execution_options(synchronize_session=False))
    assert set(seen(browser, chain).values()) == {404}


@pytest.mark.parametrize("days", [-1, 181])
def test_a_day_in_the_past_or_beyond_the_contract_is_refused(
    browser: Callable[[str], Browser], cast: Cast, chain: Chain, days: int
) -> None:
    assert ask(browser, cast, chain, clock.today() + timedelta(days=days)) == 422
    assert set(seen(browser, chain).values()) == {404}


def test_only_the_office_of_the_county_opens_an_item(
    browser: Callable[[str], Browser], cast: Cast, chain: Chain
) -> None:
    for key in ("principal", "evaluator", "leading_group_head", "other_office_director"):
        assert ask(browser, cast, chain, clock.today() + UNTIL, key) in (403, 404), key
    assert set(seen(browser, chain).values()) == {404}
