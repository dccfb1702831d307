"""A closed item is taken up again by a proposal that another person decides; later rounds propose by themselves, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core import clock as business
from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring.models import DataFinding
from app.improvement.problems import letters
from app.improvement.problems.models import ProblemItem, Reopening
from app.improvement.problems.models.reopenings import two_years_after
from app.improvement.problems.operations import items, reopenings
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.handlers import AcceptIn, name_handler
from app.improvement.problems.operations.reopenings import DecisionIn, ReopeningIn
from tests.improvement.problems.scenes import REFUSED, Scene

WHY = "视导时同一问题再次出现，需要重新整改"
AGREED = "问题确实复发，同意重新打开"


def _proposed(scene: Scene, item: ProblemItem) -> Reopening:
    return reopenings.propose_reopening(scene.actor("inspector"), item, ReopeningIn("recurrence", WHY))


def _closed_with_finding(scene: Scene) -> tuple[ProblemItem, DataFinding]:
    """An item that rests on the round of 2025 and was closed; and a finding of the round of 2026 on the same thing."""
    first = scene.finding(scene.round("2025-autumn", date(2025, 9, 1)))
    held = scene.draft()
    item = scene.converted(held, first)
    db.session.refresh(held)
    scene.issue(held)
    for step in ("accepted", "diagnosing", "planning", "implementing", "evaluating", "pending_closure", "closed"):
        getattr(scene, f"to_{step}")(item)
    return item, scene.finding(scene.round("2026-autumn", date(2026, 9, 1)), number=2)


def test_an_item_walks_through_its_second_round(scene: Scene) -> None:
    item = scene.item("closed")
    made = _proposed(scene, item)
    reopenings.approve_reopening(scene.actor("office_director"), made, Submission(reason=AGREED))
    assert (item.state, item.recurrence_count, made.state) == ("reopened", 1, "approved")
    handler = scene.actor("school_coordinator")
    with pytest.raises(StepRefused, match="新的经办人"):
        items.diagnose_again(handler, item, Submission())
    cast = scene.cast
    anew = AcceptIn(cast["school_coordinator_2"].person_id, cast["school_coordinator"].person_id)
    name_handler(scene.actor("principal"), item, anew)
    items.diagnose_again(scene.actor("school_coordinator_2"), item, Submission())
    assert (item.state, item.iteration, item.outcome, item.closed_on) == ("diagnosing", 2, None, None)
    assert item.causes == [] and len(item.all_causes) == 2, "the causes of the first round are kept beside"
    assert set(item.chain_gaps) == {"整改方案", "完成的措施", "采信的佐证", "成效评价"}


def test_who_proposes_does_not_decide(scene: Scene) -> None:
    made = _proposed(scene, scene.item("closed"))
    for other in ("inspector", "principal", "leading_group_head"):
        with pytest.raises(REFUSED):
            reopenings.approve_reopening(scene.actor(other), made, Submission(reason=AGREED))
    both = replace(scene.actor("office_director"), person_id=scene.cast["inspector"].person_id)
    with pytest.raises(StepRefused, match="另一个人"):
        reopenings.approve_reopening(both, made, Submission(reason=AGREED))


def test_a_severe_problem_is_decided_by_the_group_head(scene: Scene) -> None:
    item = scene.item("closed")
    scene.seen_on_site(item)
    with trail.act(SYSTEM, "system", "test.severe"):
        item.severity = "severe"
    made = _proposed(scene, item)
    with pytest.raises(NotAllowed):
        reopenings.approve_reopening(scene.actor("office_director"), made, Submission(reason=AGREED))
    reopenings.dismiss_reopening(scene.actor("leading_group_head"), made, Submission(reason="个别情况，作为新发现登记"))
    assert (made.state, item.state) == ("dismissed", "closed")


def test_only_a_closed_item_is_proposed_and_only_once_at_a_time(scene: Scene) -> None:
    with pytest.raises(StepRefused, match="还没有销号"):
        _proposed(scene, scene.item("evaluating"))
    item = scene.item("closed")
    _proposed(scene, item)
    with pytest.raises(Invalid, match="已经有人提议"):
        _proposed(scene, item)


@pytest.mark.parametrize(("days", "taken"), [(729, True), (732, False)])
def test_a_closure_is_taken_up_again_within_24_months(scene: Scene, days: int, taken: bool) -> None:
    item = scene.item("closed")
    with trail.act(SYSTEM, "system", "test.long_ago"):
        item.closed_on = business.today() - timedelta(days=days)
    if taken:
        assert _proposed(scene, item).state == "proposed"
    else:
        with pytest.raises(StepRefused, match="24 个月"):
            _proposed(scene, item)


def test_24_months_after_a_leap_day_is_the_last_of_february() -> None:
    assert two_years_after(date(2024, 2, 29)) == date(2026, 2, 28)
    assert two_years_after(date(2024, 1, 31)) == date(2026, 1, 31)


def test_a_reopening_has_a_due_date_that_lies_ahead(scene: Scene) -> None:
    item = scene.item("closed")
    with trail.act(SYSTEM, "system", "test.due"):
        item.due_on = business.today()
    made, office = _proposed(scene, item), scene.actor("office_director")
    with pytest.raises(Invalid, match="新的完成期限"):
        reopenings.approve_reopening(office, made, Submission(reason=AGREED))
    later = business.today() + timedelta(days=200)
    reopenings.approve_reopening(office, made, DecisionIn(reason=AGREED, due_on=later))
    assert (item.state, item.due_on) == ("reopened", later)


def _told(finding: DataFinding, **data: object) -> None:
    letters.finding_recurred(OutboxRow(id=1, kind="finding_confirmed", record_id=finding.id, data=data))


def test_a_later_round_proposes_the_closed_item_once(scene: Scene) -> None:
    item, finding = _closed_with_finding(scene)
    for _ in range(2):
        _told(finding, item=str(item.id), trigger="detected")
    made = db.session.scalars(select(Reopening)).one()
    assert (made.item_id, made.trigger, made.finding_id, made.proposed_by) == (item.id, "next_cycle", finding.id, None)
    reopenings.dismiss_reopening(scene.actor("office_director"), made, Submission(reason="本轮只差一分，先观察一学期"))
    _told(finding, item=str(item.id), trigger="confirmed")
    assert len(db.session.scalars(select(Reopening)).all()) == 1, "the same finding does not propose it again"


def test_the_same_round_another_school_and_another_item_propose_nothing(scene: Scene) -> None:
    item, _finding = _closed_with_finding(scene)
    own_round = db.session.scalars(select(DataFinding).where(DataFinding.number == "FX-0001")).one()
    _told(own_round)
    elsewhere = scene.finding(scene.round("2027-autumn", date(2027, 9, 1)), "yuntai", number=3)
    _told(elsewhere)
    assert db.session.scalar(select(Reopening)) is None and item.state == "closed"


def test_false_evidence_proposes_it_only_where_the_item_is_closed(scene: Scene) -> None:
    closed, open_one = scene.item("closed"), scene.item("implementing")
    with trail.act(SYSTEM, "system", "test.false"):
        for item in (closed, open_one):
            reopenings.propose_by_system(item, ReopeningIn("evidence_false", "佐证判为不实"))
            reopenings.propose_by_system(item, ReopeningIn("failed_recheck", "复查未通过"))
    assert [one.item_id for one in db.session.scalars(select(Reopening))] == [closed.id]


def test_the_items_of_a_withdrawn_round_are_suspended_by_the_worker(scene: Scene) -> None:
    cycle = scene.round()
    held = scene.draft()
    item = scene.converted(held, scene.finding(cycle))
    scene.issue(held)
    row = OutboxRow(id=2, kind="cycle_withdrawn", record_id=cycle.id, data={})
    for _ in range(2):
        letters.cycle_withdrawn(row)
    db.session.refresh(item)
    assert (item.state, item.source_withdrawn_on) == ("suspended", business.today())
