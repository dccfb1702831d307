"""Two sources disagree: seen, asked, answered by the owner of the data, settled by the office."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.models import MonitoringResult, SourceConflict
from app.improvement.monitoring.operations import AnswerIn, QuestionIn, SettlementIn
from tests.cast import Cast
from tests.factories.monitoring import NUMBER, SHAPE, Line, act_as, released

QUESTION = QuestionIn("春秋两次监测相差 40 分，请核对参测名单", None)
SETTLEMENT = "秋季按花名册核对过参测学生，以秋季为准"


@pytest.fixture
def two_rounds(county: Cast) -> Cast:
    day = clock.today() - timedelta(days=60)
    released(county, (Line("yuntai", NUMBER, 470), Line("yuntai", SHAPE, 500)), code="A", starts_on=day, ends_on=day)
    released(county, (Line("yuntai", NUMBER, 520), Line("yuntai", SHAPE, 505)), code="B")
    return county


def pair(county: Cast) -> tuple[MonitoringResult, MonitoringResult]:
    act_as(county.actor("office_director"))
    cells = db.session.scalars(
        select(MonitoringResult).where(MonitoringResult.value.in_((470, 520))).order_by(MonitoringResult.value)
    ).all()
    return cells[0], cells[1]


def asked(county: Cast) -> SourceConflict:
    first, second = pair(county)
    place = SourceConflict(county_id=first.county_id, school_id=first.school_id, first_id=first.id, second_id=second.id)
    given = QuestionIn(QUESTION.question, first.unit_id)
    return operations.ask_data_owner(act_as(county.actor("evaluator")), place, given)


def test_only_clear_differences_between_two_rounds_are_suspected(two_rounds: Cast) -> None:
    found = queries.suspected(act_as(two_rounds.actor("office_director")))
    assert [(row.indicator_name, row.first_value, row.second_value) for row in found] == [("数与运算", 470, 520)]
    asked(two_rounds)
    assert queries.suspected(act_as(two_rounds.actor("office_director"))) == []


def test_the_school_answers_and_the_office_settles(two_rounds: Cast) -> None:
    conflict = asked(two_rounds)
    operations.answer_conflict(
        act_as(two_rounds.actor("yuntai_principal")), conflict, AnswerIn("春季有两个班没有参加，名单已核对。")
    )
    director = act_as(two_rounds.actor("office_director"))
    operations.settle_conflict(director, conflict, SettlementIn(conflict.second_id, SETTLEMENT))
    assert (conflict.chosen_id, conflict.settled_by) == (conflict.second_id, director.person_id)
    with pytest.raises(StepRefused, match="已经裁定"):
        operations.settle_conflict(director, conflict, SettlementIn(conflict.first_id, SETTLEMENT))


def test_only_the_office_settles(two_rounds: Cast) -> None:
    conflict = asked(two_rounds)
    with pytest.raises(NotAllowed):
        operations.settle_conflict(
            act_as(two_rounds.actor("evaluator")), conflict, SettlementIn(conflict.first_id, SETTLEMENT)
        )


def test_a_side_and_a_reason_are_needed(two_rounds: Cast) -> None:
    conflict = asked(two_rounds)
    director = act_as(two_rounds.actor("office_director"))
    for given in (SettlementIn(None, SETTLEMENT), SettlementIn(conflict.first_id, "秋季")):
        with pytest.raises(Invalid):
            operations.settle_conflict(director, conflict, given)


def test_cells_of_two_things_are_no_conflict(two_rounds: Cast) -> None:
    first, _second = pair(two_rounds)
    other = db.session.scalars(select(MonitoringResult).where(MonitoringResult.value == 505)).one()
    place = SourceConflict(county_id=first.county_id, school_id=first.school_id, first_id=first.id, second_id=other.id)
    with pytest.raises(Invalid):
        operations.ask_data_owner(act_as(two_rounds.actor("evaluator")), place, QUESTION)


def test_another_school_does_not_see_it(two_rounds: Cast) -> None:
    ref = asked(two_rounds).ref
    assert queries.conflict_for(act_as(two_rounds.actor("yuntai_principal")), ref).ref == ref
    for key in ("principal", "other_office_director", "dept_head"):
        with pytest.raises(NotFound):
            queries.conflict_for(act_as(two_rounds.actor(key)), ref)
