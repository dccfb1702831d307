"""What follows from two sources that disagree: nothing new rests on a disputed cell, nor on the one decided against."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid, StepRefused
from app.core.outbox.deliver import drain
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring import operations
from app.improvement.monitoring.models import DataFinding, MonitoringCycle, MonitoringResult, SourceConflict
from app.improvement.monitoring.models.rulings import standing, standing_instead_of, standing_of
from app.improvement.monitoring.operations import ConfirmIn, DetectionIn, QuestionIn, SettlementIn, SupportIn
from tests.cast import Cast
from tests.factories.monitoring import (
    INTERPRETATION,
    NUMBER,
    SHAPE,
    Line,
    act_as,
    begin_cycle,
    put_in,
    release,
    released,
    verify,
)
from tests.improvement.monitoring.test_conflicts import SETTLEMENT, pair

QUESTION = "春秋两次监测相差 40 分，请核对参测名单"
AROUND = tuple(Line(school, SHAPE, 500) for school in ("yuntai", "shuangqiao", "chengguan"))


@pytest.fixture
def low_and_high(county: Cast) -> Cast:
    """Spring says 470, which becomes a candidate; autumn says 520."""
    day = clock.today() - timedelta(days=60)
    released(county, (Line("yuntai", NUMBER, 470), *AROUND), code="A", starts_on=day, ends_on=day)
    released(county, (Line("yuntai", NUMBER, 520), *AROUND), code="B")
    return county


def asked(county: Cast) -> SourceConflict:
    first, second = pair(county)
    place = SourceConflict(county_id=first.county_id, school_id=first.school_id, first_id=first.id, second_id=second.id)
    return operations.ask_data_owner(act_as(county.actor("evaluator")), place, QuestionIn(QUESTION, first.unit_id))


def settled(county: Cast, conflict: SourceConflict, chosen: int | None, outcome: str = "one") -> None:
    sides = (conflict.first_id, conflict.second_id)
    given = SettlementIn(None if chosen is None else sides[chosen], SETTLEMENT, outcome=outcome)
    operations.settle_conflict(act_as(county.actor("office_director")), conflict, given)


def finding_on(result_id: object) -> list[DataFinding]:
    held = select(DataFinding).where(DataFinding.result_id == result_id).order_by(DataFinding.number)
    return list(db.session.scalars(held.execution_options(populate_existing=True)))


def cell(result_id: object) -> MonitoringResult:
    return db.session.get_one(MonitoringResult, result_id, populate_existing=True)


def test_the_candidate_on_the_losing_cell_is_withdrawn_and_not_found_again(low_and_high: Cast) -> None:
    conflict = asked(low_and_high)
    (found,) = finding_on(conflict.first_id)
    assert found.state == "candidate"
    settled(low_and_high, conflict, 1)
    assert [one.state for one in finding_on(conflict.first_id)] == ["withdrawn"]
    fallen = cell(conflict.first_id)
    assert (fallen.verdict, fallen.not_eligible) == ("none", "disputed")
    assert cell(conflict.second_id).not_eligible is None


def test_while_two_sources_disagree_a_cell_makes_no_candidate_and_none_is_confirmed(county: Cast) -> None:
    day = clock.today() - timedelta(days=60)
    spring = released(county, (Line("yuntai", NUMBER, 520), *AROUND), code="A", starts_on=day, ends_on=day)
    released(county, (Line("yuntai", NUMBER, 470), *AROUND), code="B")
    conflict = asked(county)
    low = cell(conflict.first_id)
    (found,) = finding_on(low.id)
    with pytest.raises(StepRefused, match="等办公室裁定"):
        operations.confirm_finding(
            act_as(county.actor("subject_researcher")), found, ConfirmIn(INTERPRETATION, ("课堂练习没有分层",))
        )
    found_in = db.session.get_one(MonitoringCycle, low.cycle_id)
    operations.detect_findings(act_as(county.actor("office_director")), found_in, DetectionIn())
    assert (cell(low.id).verdict, cell(low.id).not_eligible) == ("none", "disputed")
    assert spring.id != found_in.id


def test_the_cell_that_counts_is_judged_once_it_was_decided_for(county: Cast) -> None:
    day = clock.today() - timedelta(days=60)
    released(county, (Line("yuntai", NUMBER, 520), *AROUND), code="A", starts_on=day, ends_on=day)
    autumn = begin_cycle(county, code="B")
    put_in(county, autumn, (Line("yuntai", NUMBER, 470), *AROUND))
    conflict = asked(county)
    verify(county, autumn)
    release(county, autumn)
    assert finding_on(conflict.first_id) == [], "nothing is concluded from a cell while another source says otherwise"
    settled(county, conflict, 0)
    assert [one.state for one in finding_on(conflict.first_id)] == ["candidate"]
    assert cell(conflict.second_id).not_eligible == "disputed"


def test_a_finding_that_gave_way_to_the_losing_cell_is_found_again(county: Cast) -> None:
    day = clock.today() - timedelta(days=60)
    released(county, (Line("yuntai", NUMBER, 470), *AROUND), code="A", starts_on=day, ends_on=day)
    (spring,) = db.session.scalars(select(DataFinding)).all()
    confirmed(county, spring)
    released(county, (Line("yuntai", NUMBER, 430), *AROUND), code="B")
    low, lower = db.session.scalars(
        select(MonitoringResult).where(MonitoringResult.value.in_((470, 430))).order_by(MonitoringResult.value.desc())
    ).all()
    assert finding_on(low.id)[0].state == "superseded"
    place = SourceConflict(county_id=low.county_id, school_id=low.school_id, first_id=low.id, second_id=lower.id)
    conflict = operations.ask_data_owner(act_as(county.actor("evaluator")), place, QuestionIn(QUESTION, low.unit_id))
    settled(county, conflict, 0)
    assert [one.state for one in finding_on(lower.id)] == ["withdrawn"]
    assert [one.state for one in finding_on(low.id)] == ["superseded", "candidate"]


def confirmed(county: Cast, finding: DataFinding) -> None:
    researcher = act_as(county.actor("subject_researcher"))
    operations.support_finding(researcher, finding, SupportIn("课堂观察", "两节听课记录里练习没有分层"))
    operations.confirm_finding(researcher, finding, ConfirmIn(INTERPRETATION, ("课堂练习没有分层",)))


def test_a_confirmed_finding_stays_for_a_person_to_decide_and_the_office_is_told(low_and_high: Cast) -> None:
    conflict = asked(low_and_high)
    (found,) = finding_on(conflict.first_id)
    settled_before(low_and_high, found)
    settled(low_and_high, conflict, 1)
    (found,) = finding_on(conflict.first_id)
    assert (found.state, found.cell_standing) == ("confirmed", "set_aside")
    drain()
    act_as(low_and_high.actor("office_director"))
    told = db.session.scalars(select(InboxLetter.title_zh).where(InboxLetter.kind == "conflict_settled")).all()
    assert told and all(found.number in one for one in told)


def settled_before(county: Cast, finding: DataFinding) -> None:
    """Confirmed before anybody saw that two sources disagree."""
    with trail.act(SYSTEM, "system", "test.confirmed"):
        finding.state = "confirmed"


def test_both_stand_or_neither_does(low_and_high: Cast) -> None:
    conflict = asked(low_and_high)
    sides = (conflict.first_id, conflict.second_id)
    assert [standing_of(one) for one in sides] == ["disputed", "disputed"]
    settled(low_and_high, conflict, None, "both")
    assert [standing_of(one) for one in sides] == ["stands", "stands"]
    assert [one.state for one in finding_on(conflict.first_id)] == ["candidate"]


def test_what_was_decided_for_neither_makes_no_finding_of_either(low_and_high: Cast) -> None:
    conflict = asked(low_and_high)
    settled(low_and_high, conflict, None, "neither")
    sides = (conflict.first_id, conflict.second_id)
    assert [standing_of(one) for one in sides] == ["set_aside", "set_aside"]
    assert [standing_instead_of(one) for one in sides] == [None, None]
    assert [one.state for one in finding_on(conflict.first_id)] == ["withdrawn"]


@pytest.mark.parametrize(
    ("chosen", "outcome", "told"),
    [
        (0, "one", ["stands", "set_aside"]),
        (1, "one", ["set_aside", "stands"]),
        (None, "both", ["stands", "stands"]),
        (None, "neither", ["set_aside", "set_aside"]),
    ],
)
def test_a_list_says_of_each_cell_what_its_own_page_says(
    low_and_high: Cast, chosen: int | None, outcome: str, told: list[str]
) -> None:
    conflict = asked(low_and_high)
    sides = (conflict.first_id, conflict.second_id)
    r = MonitoringResult
    said = select(r.id, standing(r.id)).where(r.id.in_(sides))
    assert {word for _, word in db.session.execute(said)} == {"disputed"}
    settled(low_and_high, conflict, chosen, outcome)
    words = {row[0]: row[1] for row in db.session.execute(said)}
    assert [words[one] for one in sides] == told == [standing_of(one) for one in sides]
    others = db.session.scalars(select(standing(r.id)).where(r.id.not_in(sides))).all()
    assert others and set(others) == {"stands"}


def test_a_side_is_chosen_exactly_where_one_counts(low_and_high: Cast) -> None:
    conflict = asked(low_and_high)
    for chosen, outcome in ((None, "one"), (0, "both"), (1, "neither"), (None, "perhaps")):
        with pytest.raises(Invalid):
            settled(low_and_high, conflict, chosen, outcome)
