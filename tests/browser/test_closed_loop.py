"""E1 of domain §11 in a real browser: from the county's workbook to a closed problem, and back when it comes again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.chain.graph import Chain
from app.improvement.chain.queries import trace
from app.improvement.chain.queries.trace import STAGES
from app.improvement.effects.models import EffectEvaluation, Recheck
from app.improvement.problems.models import ProblemItem
from app.improvement.visits.models import VisitFinding
from tests.browser.conftest import Site, Visit, serving
from tests.browser.loop import closing, plans, problems, rounds, visits
from tests.browser.loop.desk import Desk
from tests.browser.loop.rounds import Round
from tests.factories.monitoring import NUMBER, Line

pytestmark = [pytest.mark.browser]
AUTUMN = Round(
    "2026-CZ-01", "2026秋七年级数学监测", date(2026, 11, 16), ("数与运算", "图形与几何", "问题解决", "达标率"),
    remark="问题解决这一轮没有命题，教研室有书面说明，下一轮再测",
)  # fmt: skip
SPRING = Round("2027-CZ-01", "2027春七年级数学复测", date(2027, 6, 14), ("数与运算",))
AGAIN = Round("2028-CZ-01", "2028春七年级数学监测", date(2028, 4, 17), ("数与运算",))


def lines(**values: tuple[float, int]) -> list[Line]:
    """A round of one indicator: school → mean and number of pupils."""
    return [Line(school, NUMBER, value, n=n) for school, (value, n) in values.items()]


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Path) -> Iterator[Site]:
    """A county with its people and nothing else, on the evening before the story: its days stand, whatever day it is now."""
    evening = datetime(2026, 11, 30, 18, tzinfo=clock.SHANGHAI) - clock.machine_now()
    clock.set_offset_source(lambda: evening)
    try:
        with serving(cluster, worker, keys) as running:
            yield running
    finally:
        clock.set_offset_source(None)


@pytest.fixture
def desk(site: Site, visit: Visit) -> Iterator[Desk]:
    """The office, with letters, jobs and deadlines going their way."""
    with Desk(site, visit, at_the_door=True).running() as office:
        yield office


def test_a_problem_goes_from_the_workbook_to_its_closure_and_comes_again(desk: Desk) -> None:
    _from_the_workbook_to_the_list(desk)
    _from_the_list_to_the_measures(desk)
    assert desk.site.inside(_returned) == ["分层练习与错因台账"]
    assert desk.site.inside(_came_of_the_visit) == ["evidence", "action", "finding", "reopening"]
    _from_new_data_to_the_closure(desk)
    assert desk.site.inside(_closed) == ("closed", "achieved", date(2027, 6, 23), date(2027, 12, 20))
    _half_a_year_later(desk)
    assert desk.site.inside(_item) == ("reopened", 1)
    _the_whole_chain(desk)


def _from_the_workbook_to_the_list(desk: Desk) -> None:
    desk.on(date(2026, 12, 1))
    rounds.indicators(desk)
    rounds.whole(desk, AUTUMN, rounds.FIRST, matched_by_hand=True)
    problems.read(desk, AUTUMN.name)
    problems.confirm(desk, "FX-0001", "FX-0002", "FX-0003")
    problems.draft(desk, AUTUMN.name, {"数与运算": 500, "达标率": 0.66, "图形与几何": 490})
    problems.approve(desk)
    desk.on(date(2026, 12, 3))
    problems.issue(desk, "清监办〔2026〕17号")


def _from_the_list_to_the_measures(desk: Desk) -> None:
    """The school begins; a visit comes between and adds a third measure to the two."""
    desk.on(date(2026, 12, 8))
    problems.sign_for(desk)
    problems.diagnose(desk)
    plans.draw_up(desk)
    desk.on(date(2026, 12, 10))
    plans.approve(desk)
    desk.on(date(2026, 12, 14))
    plans.begin(desk)
    visits.closed_before(desk)
    address = visits.announce(desk)
    desk.on(date(2027, 1, 15))
    visits.report(desk, address)
    desk.on(visits.DAY)
    visits.look(desk, address)
    visits.find(desk, address)
    visits.answer(desk, address)
    visits.decide(desk)
    desk.on(date(2027, 3, 15))
    plans.report(desk)
    plans.judge(desk)
    visits.carry_out(desk)
    closing.start_evaluation(desk)


def _from_new_data_to_the_closure(desk: Desk) -> None:
    desk.on(date(2027, 6, 21))
    rounds.whole(desk, SPRING, lines(yuntai=(503, 118), chengguan=(497, 60), shuangqiao=(505, 110), shimen=(501, 2900)))
    closing.compute(desk)
    closing.decide(desk)
    closing.ask(desk)
    closing.verify(desk)
    desk.on(date(2027, 6, 23))
    closing.approve(desk)


def _half_a_year_later(desk: Desk) -> None:
    desk.on(date(2027, 12, 20))
    closing.recheck(desk)
    desk.on(date(2028, 4, 24))
    rounds.whole(desk, AGAIN, lines(yuntai=(503, 118), chengguan=(497, 60), shuangqiao=(466, 115), shimen=(501, 2900)))
    problems.reopen(desk, date(2029, 3, 30))


def _the_whole_chain(desk: Desk) -> None:
    """From the page of the item to its chain: every kind of record of the loop stands there, the visit's own among them, but for the check of a list, which has a story of its own."""
    page = desk.sits("office_director").follows("完整链条", "main").reads("现场所见", *visits.OF_THE_ITEM)
    page.keeps("loop-chain")
    found = desk.site.inside(_chain)
    assert {node.kind for node in found.nodes} == set(STAGES) - {"list_check"}, "nobody drew a list"
    assert len(found.links) >= 11
    cells = found.of("cell")
    assert len(cells) == 3 and all(cell.facts["file_sha256"] and cell.facts["cell"] for cell in cells)
    assert {node.key for node in found.nodes} == found.part_of(found.items[0])


def _returned() -> list[str]:
    use_context(SYSTEM.context())
    steps = text(
        "select a.title from audit.transition_log l join remediation_actions a on a.id = l.record_id"
        " where l.step = 'remediation_action.return_action'"
    )
    return list(db.session.scalars(steps))


def _came_of_the_visit() -> list[str | None]:
    use_context(SYSTEM.context())
    return [
        one.carried_as
        for one in db.session.scalars(select(VisitFinding).order_by(VisitFinding.position))
        if one.wants_answer
    ]


def _closed() -> tuple[str, str | None, date | None, date]:
    use_context(SYSTEM.context())
    item = db.session.scalars(select(ProblemItem).where(ProblemItem.number == problems.NUMBER)).one()
    outcome = db.session.scalars(select(EffectEvaluation).where(EffectEvaluation.item_id == item.id)).one()
    again = db.session.scalars(select(Recheck).where(Recheck.item_id == item.id)).one()
    return item.state, outcome.outcome, item.closed_on, again.due_on


def _chain() -> Chain:
    use_context(SYSTEM.context())
    item = db.session.scalars(select(ProblemItem).where(ProblemItem.number == problems.NUMBER)).one()
    return trace(SYSTEM, item)


def _item() -> tuple[str, int]:
    use_context(SYSTEM.context())
    item = db.session.scalars(select(ProblemItem).where(ProblemItem.number == problems.NUMBER)).one()
    return item.state, item.recurrence_count
