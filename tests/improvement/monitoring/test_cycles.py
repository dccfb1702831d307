"""A round from its preparation to its end: who may take which step, and what stands in the way."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.casework.deadlines import Deadline
from app.core.database import db
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.outbox.models import OutboxRow
from app.improvement.monitoring import operations
from app.improvement.monitoring.models import (
    DataFinding,
    DataRelease,
    MonitoringCycle,
    Reconciliation,
    ReleaseAck,
)
from app.improvement.monitoring.operations import Move, ReleaseIn, VerifyIn
from app.people.directory.models import Unit
from tests.cast import Cast
from tests.factories.monitoring import (
    PROBLEM,
    REMARK,
    WORKED,
    Line,
    act_as,
    begin_cycle,
    brief,
    bring_in,
    cycle_in,
    feed_back,
    put_in,
    refusal,
    release,
    released,
    verify,
)

EVERY_LINE = dict.fromkeys(("rows", "missing", "range", "numbers", "schools", "indicators"), REMARK)


def imported(county: Cast) -> MonitoringCycle:
    cycle = begin_cycle(county)
    put_in(county, cycle, WORKED)
    operations.finish_import(act_as(county.actor("assessment_member")), cycle, Move())
    return cycle


def verified(county: Cast) -> MonitoringCycle:
    cycle = begin_cycle(county)
    put_in(county, cycle, WORKED)
    verify(county, cycle)
    return cycle


def test_only_the_office_prepares_a_round(county: Cast) -> None:
    for key in ("evaluator", "assessment_member", "principal", "leading_group_head"):
        actor = act_as(county.actor(key))
        with pytest.raises(NotAllowed):
            operations.prepare_cycle(actor, db.session.get_one(Unit, county.county.id), cycle_in())


def test_an_office_cannot_prepare_a_round_of_another_county(county: Cast) -> None:
    director = act_as(county.actor("office_director"))
    with pytest.raises(NotAllowed):
        operations.prepare_cycle(director, db.session.get_one(Unit, county.other_county.id), cycle_in())


def test_the_code_of_a_round_is_used_once(county: Cast) -> None:
    begin_cycle(county)
    director = act_as(county.actor("office_director"))
    with pytest.raises(Invalid) as refused:
        operations.prepare_cycle(director, db.session.get_one(Unit, county.county.id), cycle_in())
    assert set(refused.value.sentences) == {"code"}


def test_a_round_cannot_start_without_indicators(county: Cast) -> None:
    director = act_as(county.actor("office_director"))
    place = db.session.get_one(Unit, county.county.id)
    cycle = operations.prepare_cycle(director, place, cycle_in(indicator_codes=()))
    with pytest.raises(StepRefused, match="还没有选定指标"):
        operations.start_collecting(director, cycle, Move())


def test_a_round_that_collects_is_not_described_anew(county: Cast) -> None:
    cycle = begin_cycle(county)
    with pytest.raises(StepRefused):
        operations.describe_cycle(act_as(county.actor("office_director")), cycle, cycle_in(name="另一个名称"))


def test_an_import_cannot_be_finished_without_a_batch(county: Cast) -> None:
    cycle = begin_cycle(county)
    with pytest.raises(StepRefused, match="还没有接收任何一批导入数据"):
        operations.finish_import(act_as(county.actor("assessment_member")), cycle, Move())


def test_who_finished_the_import_does_not_verify_it(county: Cast) -> None:
    cycle = imported(county)
    with pytest.raises(StepRefused, match="另一个人"):
        operations.verify_cycle(act_as(county.actor("assessment_member")), cycle, VerifyIn(EVERY_LINE))


def test_who_uploaded_the_data_does_not_verify_them_either(county: Cast) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, WORKED)
    operations.finish_import(act_as(county.actor("evaluator")), cycle, Move())
    with pytest.raises(StepRefused, match="另一个人"):
        operations.verify_cycle(act_as(county.actor("assessment_member")), cycle, VerifyIn(EVERY_LINE))


def test_a_line_that_does_not_hold_must_be_explained(county: Cast) -> None:
    cycle = imported(county)
    with pytest.raises(Invalid) as refused:
        operations.verify_cycle(act_as(county.actor("evaluator_2")), cycle, VerifyIn({}))
    assert "remark_indicators" in refused.value.sentences
    assert db.session.scalars(select(Reconciliation)).one().signed_at is None


def test_the_reconciliation_names_what_was_not_seen(county: Cast) -> None:
    cycle = imported(county)
    lines = {line["code"]: line for line in db.session.scalars(select(Reconciliation)).one().figures["lines"]}
    assert lines["indicators"]["names"] == ["问题解决"]
    assert (lines["rows"]["good"], lines["missing"]["cells"], lines["range"]["holds"]) == (8, 8, True)
    assert cycle.missing_share == 0


def test_a_round_with_many_missing_values_is_not_verified(county: Cast) -> None:
    cycle = begin_cycle(county)
    put_in(county, cycle, [*WORKED, Line("chengguan", PROBLEM, None)])
    operations.finish_import(act_as(county.actor("assessment_member")), cycle, Move())
    with pytest.raises(StepRefused, match="超过 5%"):
        operations.verify_cycle(act_as(county.actor("evaluator_2")), cycle, VerifyIn(EVERY_LINE))


def test_a_reconciliation_is_refused_only_with_a_reason(county: Cast) -> None:
    cycle = imported(county)
    evaluator = act_as(county.actor("evaluator_2"))
    with pytest.raises(Invalid):
        operations.refuse_reconciliation(evaluator, cycle, refusal("不对"))
    operations.refuse_reconciliation(evaluator, cycle, refusal())
    assert cycle.state == "collecting"


def test_nothing_is_released_before_the_versions_are_prepared(county: Cast) -> None:
    cycle = verified(county)
    with pytest.raises(StepRefused) as refused:
        operations.release_cycle(act_as(county.actor("leading_group_head")), cycle, Move())
    assert {"还有对象的发布版本没有准备好", "还有学校的数据包没有生成"} == {s.zh for s in refused.value.sentences}


def test_only_the_head_of_the_leading_group_releases(county: Cast) -> None:
    cycle = verified(county)
    director = act_as(county.actor("office_director"))
    operations.prepare_release(director, cycle, ReleaseIn())
    with pytest.raises(NotAllowed):
        operations.release_cycle(director, cycle, Move())


def test_a_refused_release_takes_the_prepared_versions_and_the_signature_with_it(county: Cast) -> None:
    cycle = verified(county)
    operations.prepare_release(act_as(county.actor("office_director")), cycle, ReleaseIn())
    operations.refuse_release(act_as(county.actor("leading_group_head")), cycle, refusal())
    assert cycle.state == "imported"
    assert db.session.scalars(select(DataRelease)).all() == []
    assert not cycle.reconciliation_signed


def test_a_release_sets_two_years_of_improvement_and_starts_the_clocks(county: Cast) -> None:
    cycle = released(county)
    today = clock.today()
    assert (cycle.released_on, cycle.improve_until.year) == (today, today.year + 2)
    act_as(county.actor("office_director"))
    names = set(db.session.scalars(select(Deadline.name).where(Deadline.record_id == cycle.id)))
    assert {"step:release.briefing", "step:release.feedback_meetings"} <= names


def test_a_round_without_lists_ends_with_a_reason(county: Cast) -> None:
    cycle = released(county)
    director = act_as(county.actor("office_director"))
    operations.close_without_list(director, cycle, Move(reason="本轮没有需要立项的问题"))
    assert cycle.state == "closed"


def test_a_withdrawal_flags_findings_calls_off_sign_fors_and_tells_the_problems(county: Cast) -> None:
    cycle = released(county)
    operations.withdraw_cycle(
        act_as(county.actor("leading_group_head")), cycle, Move(reason="测评工具印错，数据不可用")
    )
    act_as(county.actor("office_director"))
    assert cycle.state == "withdrawn"
    assert all(f.source_is_withdrawn for f in db.session.scalars(select(DataFinding)))
    assert {a.state for a in db.session.scalars(select(ReleaseAck))} == {"withdrawn"}
    assert all(r.withdrawn_at for r in db.session.scalars(select(DataRelease)))
    posted = db.session.scalars(select(OutboxRow.kind).where(OutboxRow.record_id == cycle.id)).all()
    assert "cycle_withdrawn" in posted


def test_only_a_withdrawn_round_is_done_again_under_a_new_code(county: Cast) -> None:
    cycle = released(county)
    director = act_as(county.actor("office_director"))
    place = db.session.get_one(Unit, county.county.id)
    again = cycle_in("2026-CZ-02", "2026秋七年级数学监测（重发）", replaces_id=cycle.id)
    with pytest.raises(Invalid):
        operations.prepare_cycle(director, place, again)
    operations.withdraw_cycle(
        act_as(county.actor("leading_group_head")), cycle, Move(reason="测评工具印错，数据不可用")
    )
    made = operations.prepare_cycle(act_as(county.actor("office_director")), place, again)
    assert made.replaces_id == cycle.id


def test_the_briefing_and_the_meetings_are_met_by_their_records(county: Cast) -> None:
    cycle = released(county)
    act_as(county.actor("office_director"))
    assert (cycle.briefing_held, cycle.feedback_meetings_held) == (False, False)
    brief(county, cycle)
    feed_back(county, cycle, None)
    assert (cycle.briefing_held, cycle.feedback_meetings_held) == (True, False)
    feed_back(county, cycle, "math")
    assert cycle.feedback_meetings_held


def test_a_meeting_of_tomorrow_is_not_recorded(county: Cast) -> None:
    cycle = released(county)
    with pytest.raises(Invalid):
        brief(county, cycle, clock.today() + timedelta(days=1))


def test_a_verified_round_is_prepared_twice_with_the_same_data_print(county: Cast) -> None:
    cycle = verified(county)
    director = act_as(county.actor("office_director"))
    operations.prepare_release(director, cycle, ReleaseIn())
    before = {r.audience: (r.dataset_sha256, r.snapshot_sha256) for r in db.session.scalars(select(DataRelease))}
    operations.prepare_release(director, cycle, ReleaseIn({"public": "说明"}))
    db.session.expire_all()
    after = {r.audience: (r.dataset_sha256, r.snapshot_sha256) for r in db.session.scalars(select(DataRelease))}
    assert before == after
    release(county, cycle)
