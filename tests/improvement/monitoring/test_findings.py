"""What people make of findings: confirmed with grounds, explained with the school's word, merged, or overtaken by newer data."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from app.core import clock, registers
from app.core.audit import trail
from app.core.casework.deadlines import Deadline
from app.core.database import db, uuid7
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle
from app.improvement.monitoring.operations import (
    CommentIn,
    ConfirmIn,
    DetectionIn,
    FindingIn,
    MergeIn,
    Move,
    RejectIn,
    SupportIn,
)
from app.improvement.problems.models import ItemFinding, ProblemItem, ProblemList
from tests.cast import Cast
from tests.factories.monitoring import INTERPRETATION, NUMBER, SHAPE, WORKED, Line, act_as, released
from workflows.improvement.data_finding import MANUAL_SOURCES

SUPPORT = SupportIn("9月单元检测", "同类题得分率 0.52，比年级其他内容低 0.2")
GIVEN = ConfirmIn(INTERPRETATION, ("单元练习没有分层",), SUPPORT)
REASON = "本校去年接收两个教学点，生源变化大"
LOW = (Line("yuntai", NUMBER, 470), *(Line(key, NUMBER, 503) for key in ("shuangqiao", "chengguan", "shimen")))


def one(county: Cast, school: str, indicator: str, cycle: MonitoringCycle | None = None) -> DataFinding:
    act_as(county.actor("office_director"))
    found = (
        select(DataFinding)
        .join(Indicator, Indicator.id == DataFinding.indicator_id)
        .where(DataFinding.unit_id == county.units[school].id, Indicator.code == indicator)
    )
    return db.session.scalars(found.where(DataFinding.cycle_id == cycle.id) if cycle else found).one()


def confirmed(county: Cast, finding: DataFinding) -> DataFinding:
    operations.confirm_finding(act_as(county.actor("subject_researcher")), finding, GIVEN)
    return finding


def manual(source: str = "safety", **changes: object) -> FindingIn:
    given: dict[str, object] = {
        "title": "晚托期间两个楼层无人巡查",
        "source_type": source,
        "source_reference": "安全检查通报〔2026〕12号",
        "category": "management",
        "severity": "moderate",
        "known_on": clock.today(),
    }
    return FindingIn(**given | changes)  # type: ignore[arg-type]


def place(county: Cast, school: str = "shuangqiao", subject: str | None = None) -> DataFinding:
    unit = county.units[school]
    return DataFinding(county_id=unit.county_id, school_id=unit.school_id, unit_id=unit.id, subject=subject)


def test_a_researcher_confirms_with_interpretation_cause_and_evidence(county: Cast) -> None:
    released(county)
    finding = confirmed(county, one(county, "yuntai", NUMBER))
    assert (finding.state, finding.confirmed_by) == ("confirmed", county["subject_researcher"].person_id)
    assert [s.source for s in finding.supporting_evidence] == ["9月单元检测"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (ConfirmIn("差距明显", ("练习没有分层",), SUPPORT), "解读至少写 50 个字"),
        (ConfirmIn(INTERPRETATION, ("  ",), SUPPORT), "至少写一条可能的原因"),
        (ConfirmIn(INTERPRETATION, ("练习没有分层",)), "至少要有一份其他来源的佐证"),
    ],
)
def test_nothing_is_confirmed_with_a_part_missing(county: Cast, given: ConfirmIn, sentence: str) -> None:
    released(county)
    finding = one(county, "yuntai", NUMBER)
    with pytest.raises(StepRefused, match=sentence):
        operations.confirm_finding(act_as(county.actor("subject_researcher")), finding, given)
    assert one(county, "yuntai", NUMBER).supporting_evidence == []


@pytest.mark.parametrize("key", ["evaluator", "office_director", "leading_group_head", "assessment_member"])
def test_a_finding_of_a_subject_is_confirmed_by_its_researcher_alone(county: Cast, key: str) -> None:
    released(county)
    finding = one(county, "yuntai", NUMBER)
    with pytest.raises(NotAllowed):
        operations.confirm_finding(act_as(county.actor(key)), finding, GIVEN)


def test_a_researcher_of_another_subject_does_not_see_it(county: Cast) -> None:
    released(county)
    ref = one(county, "yuntai", NUMBER).ref
    actor = county.actor("subject_researcher")
    assert queries.finding_for(act_as(actor), ref).ref == ref
    other = type(actor)(**{**vars(actor), "subjects": ("chinese",)})
    with pytest.raises(NotFound):
        queries.finding_for(act_as(other), ref)


def test_a_school_sees_its_own_findings_and_no_others(county: Cast) -> None:
    released(county)
    own, foreign = one(county, "yuntai", NUMBER).ref, one(county, "chengguan", SHAPE).ref
    principal = act_as(county.actor("yuntai_principal"))
    assert queries.finding_for(principal, own).unit.name == "清澜县云台乡九年一贯制学校"
    with pytest.raises(NotFound):
        queries.finding_for(principal, foreign)


def test_an_explained_finding_rests_on_the_comment_of_the_school(county: Cast) -> None:
    released(county)
    finding, researcher = one(county, "yuntai", NUMBER), county.actor("subject_researcher")
    with pytest.raises(StepRefused, match="要附上学校的意见"):
        operations.reject_finding(act_as(researcher), finding, RejectIn("explained", REASON))
    operations.comment_finding(act_as(county.actor("yuntai_principal")), finding, CommentIn(REASON))
    operations.reject_finding(act_as(researcher), finding, RejectIn("explained", REASON))
    assert (finding.state, finding.rejection_kind) == ("rejected", "explained")


def test_a_rejection_needs_a_reason(county: Cast) -> None:
    released(county)
    finding = one(county, "yuntai", NUMBER)
    with pytest.raises(Invalid):
        operations.reject_finding(act_as(county.actor("subject_researcher")), finding, RejectIn("dismissed", "不用管"))


def test_a_school_comments_on_its_own_findings_only(county: Cast) -> None:
    released(county)
    finding = one(county, "yuntai", NUMBER)
    with pytest.raises(NotAllowed):
        operations.comment_finding(act_as(county.actor("subject_researcher")), finding, CommentIn(REASON))


def test_a_finding_is_merged_into_another_open_one(county: Cast) -> None:
    released(county)
    first, second = one(county, "shuangqiao", NUMBER), one(county, "yuntai", NUMBER)
    researcher = act_as(county.actor("subject_researcher"))
    with pytest.raises(Invalid):
        operations.merge_finding(researcher, first, MergeIn(first.id))
    operations.merge_finding(researcher, first, MergeIn(second.id))
    assert (first.state, first.merged_into_id) == ("merged", second.id)


def test_a_candidate_waits_fifteen_working_days_and_a_watch_has_no_clock(county: Cast) -> None:
    released(county)
    clocks = select(func.count()).select_from(Deadline)
    for school, indicator, number in (("yuntai", NUMBER, 1), ("shuangqiao", NUMBER, 0)):
        finding = one(county, school, indicator)
        assert db.session.scalar(clocks.where(Deadline.record_id == finding.id)) == number


def test_running_the_rules_again_adds_nothing(county: Cast) -> None:
    cycle = released(county)
    found = operations.detect_findings(act_as(county.actor("evaluator")), cycle, DetectionIn())
    assert (found.candidates, found.watches, found.known) == (0, 0, 5)
    act_as(county.actor("office_director"))
    assert db.session.scalar(select(func.count()).select_from(DataFinding)) == 5


def test_one_run_is_one_deed_with_an_entry_for_each_finding(county: Cast) -> None:
    cycle = released(county)
    rows = db.session.execute(
        text("select step, kind from audit.transition_log where step like 'data_finding.%' or step = :step"),
        {"step": "monitoring_cycle.release"},
    ).all()
    steps = sorted(row.step for row in rows)
    assert steps.count("data_finding.detect") == 3
    assert steps.count("data_finding.keep_watching") == 2
    assert steps.count("monitoring_cycle.release") == 1
    assert cycle.state == "released"


def earlier(county: Cast, lines: tuple[Line, ...] = LOW) -> MonitoringCycle:
    day = clock.today() - timedelta(days=400)
    return released(county, lines, code="2024-CZ-01", name="2024秋七年级数学监测", starts_on=day, ends_on=day)


def test_a_cell_that_was_flagged_the_round_before_is_one_grade_graver(county: Cast) -> None:
    earlier(county)
    assert one(county, "yuntai", NUMBER).severity == "minor"
    later = released(county, LOW)
    assert one(county, "yuntai", NUMBER, later).severity == "moderate"
    assert one(county, "yuntai", NUMBER, later).provenance["flagged_before"] is True


def test_what_was_watched_expires_when_the_next_round_is_released(county: Cast) -> None:
    before = earlier(county, WORKED)
    released(county, LOW)
    assert one(county, "shuangqiao", NUMBER, before).state == "expired"
    assert one(county, "chengguan", SHAPE, before).state == "candidate", "only a watch expires"


def test_a_confirmed_finding_gives_way_to_a_newer_one(county: Cast) -> None:
    before = earlier(county)
    finding = confirmed(county, one(county, "yuntai", NUMBER))
    later = released(county, LOW)
    newer = one(county, "yuntai", NUMBER, later)
    older = one(county, "yuntai", NUMBER, before)
    assert (older.id, older.state, older.superseded_by_id) == (finding.id, "superseded", newer.id)


def closed_item(county: Cast, finding: DataFinding, months_ago: int = 6) -> ProblemItem:
    common = {"county_id": county.county.id, "unit_id": finding.unit_id, "level": "county"}
    director = county["office_director"].person_id
    day = clock.today() - timedelta(days=30 * months_ago)
    with trail.act(SYSTEM, "system", "test.close"):
        keeper = ProblemList(id=uuid7(), number="QD-0001", title="清单", owner_id=director, state="completed", **common)
        item = ProblemItem(
            id=uuid7(), number="WT-0001", title="数与运算偏低", list_id=keeper.id, state="closed", closed_on=day,
            indicator_id=finding.indicator_id, school_id=finding.school_id, **common,
        )  # fmt: skip
        db.session.add(keeper)
        db.session.flush()
        db.session.add(item)
        db.session.flush()
        db.session.add(ItemFinding(item_id=item.id, finding_id=finding.id))
    return item


def pointed_out(county: Cast) -> list[tuple[str, str]]:
    act_as(county.actor("office_director"))
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "finding_confirmed").order_by(OutboxRow.id))
    return [(row.data["item"], row.data["trigger"]) for row in rows]


def test_a_problem_closed_before_is_pointed_out_at_detection_and_at_confirmation(county: Cast) -> None:
    earlier(county)
    item = closed_item(county, one(county, "yuntai", NUMBER))
    later = released(county, LOW)
    assert pointed_out(county) == [(str(item.id), "detected")]
    confirmed(county, one(county, "yuntai", NUMBER, later))
    assert pointed_out(county) == [(str(item.id), "detected"), (str(item.id), "confirmed")]


def test_a_problem_closed_more_than_two_years_ago_is_left_alone(county: Cast) -> None:
    earlier(county)
    closed_item(county, one(county, "yuntai", NUMBER), months_ago=30)
    released(county, LOW)
    assert pointed_out(county) == []


def test_a_finding_whose_data_were_withdrawn_is_not_confirmed(county: Cast) -> None:
    cycle = released(county)
    finding = one(county, "yuntai", NUMBER)
    head = act_as(county.actor("leading_group_head"))
    operations.withdraw_cycle(head, cycle, Move(reason="测评工具印错，数据不可用"))
    with pytest.raises(StepRefused, match="数据来源已撤回"):
        confirmed(county, finding)


@pytest.mark.parametrize("source", sorted(MANUAL_SOURCES))
def test_the_office_registers_findings_of_every_source(county: Cast, source: str) -> None:
    made = operations.register_finding(act_as(county.actor("evaluator")), place(county), manual(source))
    assert (made.state, made.source_type, made.number) == ("candidate", source, "FX-0001")


@pytest.mark.parametrize(
    ("key", "school", "subject"),
    [
        ("inspector", "yuntai", None),
        ("principal", "shuangqiao", None),
        ("office_director", "shimen", None),
        ("subject_researcher", "shimen", "math"),
    ],
)
def test_others_register_within_their_reach(county: Cast, key: str, school: str, subject: str | None) -> None:
    made = operations.register_finding(act_as(county.actor(key)), place(county, school, subject), manual())
    assert made.registered_by == county[key].person_id


@pytest.mark.parametrize(
    ("key", "school", "subject"),
    [
        ("inspector", "shimen", None),
        ("principal", "yuntai", None),
        ("subject_researcher", "shimen", "chinese"),
        ("dept_head", "shimen", None),
        ("subject_teacher", "shuangqiao", None),
        ("other_evaluator", "shuangqiao", None),
        ("sys_admin", "shuangqiao", None),
    ],
)
def test_nobody_registers_beyond_it(county: Cast, key: str, school: str, subject: str | None) -> None:
    with pytest.raises(NotAllowed):
        operations.register_finding(act_as(county.actor(key)), place(county, school, subject), manual())


def test_a_registered_finding_names_its_document_and_a_known_source(county: Cast) -> None:
    evaluator = act_as(county.actor("evaluator"))
    with pytest.raises(StepRefused, match="写明依据"):
        operations.register_finding(evaluator, place(county), manual(source_reference=" "))
    with pytest.raises(Invalid):
        operations.register_finding(evaluator, place(county), manual("monitoring"))


def test_who_registered_a_finding_does_not_confirm_it(county: Cast) -> None:
    made = operations.register_finding(act_as(county.actor("evaluator")), place(county), manual())
    with pytest.raises(StepRefused, match="另一个人"):
        operations.confirm_finding(act_as(county.actor("evaluator")), made, GIVEN)
    operations.confirm_finding(act_as(county.actor("evaluator_2")), made, GIVEN)
    assert made.state == "confirmed"


def test_the_list_stands_in_code_order_with_strengths_beside_the_findings(county: Cast) -> None:
    lines = (*WORKED, Line("shimen", SHAPE, 540, n=200))
    cycle = released(county, lines)
    evaluator = act_as(county.actor("evaluator"))
    rows = queries.finding_rows(evaluator, queries.Wanted(cycle=cycle.ref))
    assert [row.unit_code for row in rows] == sorted(row.unit_code for row in rows)
    assert [(row.unit_code, row.state) for row in rows if row.state == "strength"] == [("3433000106", "strength")]
    assert queries.finding_count(evaluator, queries.Wanted()) == (6, 0)
    assert queries.finding_count(evaluator, queries.Wanted(states=("candidate",))) == (3, 0)
    assert queries.finding_count(evaluator, queries.Wanted(severities=("moderate",))) == (1, 0)
    assert queries.finding_count(evaluator, queries.Wanted(words="yuntai")) == (1, 0)


def test_pages_of_the_list_join_without_a_gap(county: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    released(county)
    evaluator = act_as(county.actor("evaluator"))
    whole = [row.ref for row in queries.finding_rows(evaluator, queries.Wanted(), whole=True)]
    monkeypatch.setattr(registers, "PAGE", 2)
    first = queries.finding_rows(evaluator, queries.Wanted())
    second = queries.finding_rows(evaluator, queries.Wanted(), registers.cursor_behind(first[1].ref))
    assert [row.ref for row in (*first[:2], *second[:2])] == whole[:4]
