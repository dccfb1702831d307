"""Nobody is held to account unheard: notice, window, a decision by a body, an appeal heard by others, and the lapse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.core import clock as core_clock
from app.core.audit import trail
from app.core.calendar.days import working_days_between
from app.core.casework.deadlines import Deadline, sweep
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.policy.actor import SYSTEM
from app.core.policy.improvement import ACCOUNTABILITY
from app.improvement.accountability.models import AccountabilityRecord
from app.improvement.accountability.numbers import accountability_numbers
from app.improvement.accountability.operations import appeals, deciding, drafting, hearing
from app.improvement.accountability.operations.drafting import RecordStep
from app.improvement.accountability.operations.hearing import ObjectionIn, ObjectionPlace
from app.improvement.disclosure.models import PublicPage
from tests.conftest import Clock
from tests.improvement.accountability.scenes import REASON, SAID, AccountabilityScene
from workflows.improvement.accountability_record import ACCOUNTABILITY_RECORD

Travel = Callable[[timedelta], None]


@pytest.fixture
def travel(clock: Clock) -> Travel:
    """Let so much time pass."""
    return lambda amount: clock.offset(core_clock.offset() + amount)


@pytest.fixture
def ready(scene: AccountabilityScene, travel: Travel) -> AccountabilityRecord:
    """Heard, and the window over."""
    record = scene.said(scene.notified())
    scene.days_on(record, travel)
    assert hearing.keep_time_of_all() == 1
    db.session.refresh(record)
    return record


def test_from_facts_over_notice_and_statement_a_named_body_decides_and_an_appeal_is_heard_by_others(
    scene: AccountabilityScene, ready: AccountabilityRecord, travel: Travel
) -> None:
    assert (ready.state, ready.unheard, ready.sayings[0].words) == ("ready", False, SAID)
    scene.decide(ready)
    assert (ready.state, ready.measure, ready.body) == ("decided", "interview", scene.cast.units["leading_group"].name)
    assert [(seat.name, seat.is_chair) for seat in ready.seats if seat.is_chair] == [("韩其琛", True)]
    deciding.disclose_record(scene.actor("office_director"), ready, RecordStep())
    scene.appealed(ready)
    assert ready.state == "appealed"
    appeals.change_decision(scene.actor("leading_group_member"), ready, scene.answer(measure="reminder"))
    assert (ready.state, ready.measure, ready.appeal_outcome) == ("disclosed", "reminder", "changed")
    assert [notice.is_open for notice in scene.notices_of(ready)] == [False, True]
    assert ready.lapses_on is not None
    travel(ready.lapses_on - core_clock.today())
    hearing.keep_time_of_all()
    db.session.refresh(ready)
    assert ready.state == "lapsed" and not any(notice.is_open for notice in scene.notices_of(ready))


def test_the_window_is_counted_in_working_days_of_the_county(scene: AccountabilityScene) -> None:
    record = scene.notified()
    assert record.statement_until is not None and record.notified_on == core_clock.today()
    days = working_days_between(record.notified_on, record.statement_until)
    assert days == accountability_numbers().statement_days


def test_nobody_decides_before_the_last_day_of_the_window_is_past(scene: AccountabilityScene) -> None:
    record = scene.said(scene.notified())
    assert hearing.keep_time_of_all() == 0
    with pytest.raises(StepRefused):
        scene.decide(record)
    db.session.refresh(record)
    assert record.state == "hearing" and record.decided_on is None


def test_the_system_does_not_end_the_window_on_its_last_day(scene: AccountabilityScene, travel: Travel) -> None:
    record = scene.notified()
    assert record.statement_until is not None
    travel(record.statement_until - core_clock.today())
    assert hearing.keep_time_of_all() == 0
    hearing.keep_time(SYSTEM, record, None)
    scene.said(record)
    assert record.state == "hearing" and not record.window_is_over


EARLY = (
    "update accountability_records set state='decided', decided_on=statement_until, body='x', reasons='x', weighed='x'"
)


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        (EARLY, "heard_first"),
        ("update accountability_records set state='decided'", "decided"),
        (EARLY.replace("=statement_until", "=statement_until + 1").replace("body='x'", "body=''"), "body_and_reasons"),
        (EARLY.replace("=statement_until", "=statement_until + 1").replace("weighed='x'", "weighed=''"), "weighed"),
    ],
)
def test_the_database_refuses_a_decision_without_its_window_its_body_or_what_was_heard(
    ready: AccountabilityRecord, changes: str, broken: str
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_accountability_records_{broken}"):
        _by_hand(changes)


def test_the_database_refuses_to_shorten_a_window_that_is_open(scene: AccountabilityScene) -> None:
    scene.notified()
    with pytest.raises(ProgrammingError, match="window to be heard is not moved"):
        _by_hand("update accountability_records set statement_until = notified_on + 1")


def _by_hand(statement: str) -> None:
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.by_hand"), db.session.begin_nested():
        db.session.execute(text(statement))


def test_after_the_window_the_party_is_not_heard_any_more(scene: AccountabilityScene, travel: Travel) -> None:
    record = scene.notified()
    scene.days_on(record, travel)
    with pytest.raises(StepRefused, match="已经结束"):
        scene.said(record)


def test_a_window_that_ended_without_a_statement_is_recorded(scene: AccountabilityScene, travel: Travel) -> None:
    record = scene.notified()
    scene.days_on(record, travel)
    hearing.keep_time_of_all()
    db.session.refresh(record)
    assert record.unheard
    scene.decide(record, weighed="")
    assert record.state == "decided"


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"weighed": ""}, "采纳了没有"),
        ({"met_on": None}, "会议日期"),
        ({"present": ()}, "到会人数"),
    ],
)
def test_a_decision_needs_body_day_quorum_and_an_answer_to_what_was_said(
    scene: AccountabilityScene, ready: AccountabilityRecord, changes: dict[str, object], wanted: str
) -> None:
    with pytest.raises(StepRefused, match=wanted):
        scene.decide(ready, **changes)


def test_a_decision_needs_reasons(scene: AccountabilityScene, ready: AccountabilityRecord) -> None:
    with pytest.raises(Invalid):
        scene.decide(ready, reason="同意")


@pytest.mark.parametrize("key", ["evaluator", "office_director"])
def test_who_drew_up_the_facts_or_gave_notice_does_not_sit(
    scene: AccountabilityScene, ready: AccountabilityRecord, key: str
) -> None:
    with pytest.raises(StepRefused, match="回避"):
        scene.decide(ready, present=scene.seats("dept_head", key))


def test_a_person_concerned_does_not_sit(scene: AccountabilityScene, travel: Travel) -> None:
    record = scene.notified(person_id=scene.cast["health_head"].person_id)
    scene.days_on(record, travel)
    hearing.keep_time_of_all()
    db.session.refresh(record)
    with pytest.raises(StepRefused, match="回避"):
        scene.decide(record)


def test_one_of_the_leading_group_stays_out_to_hear_an_appeal(
    scene: AccountabilityScene, ready: AccountabilityRecord
) -> None:
    with pytest.raises(StepRefused, match="至少留一名"):
        scene.decide(ready, present=scene.seats("dept_head", "leading_group_member"))


def test_who_decided_does_not_hear_the_appeal(scene: AccountabilityScene, ready: AccountabilityRecord) -> None:
    scene.decide(ready)
    scene.appealed(ready)
    with pytest.raises(StepRefused, match="另一个人"):
        appeals.uphold_decision(scene.actor("leading_group_head"), ready, scene.answer())
    with pytest.raises(StepRefused, match="没有参加决定"):
        member = scene.actor("leading_group_member")
        appeals.uphold_decision(member, ready, scene.answer(present=scene.seats("dept_head")))


def test_an_appeal_is_made_once_and_in_its_time(
    scene: AccountabilityScene, ready: AccountabilityRecord, travel: Travel
) -> None:
    scene.decide(ready)
    scene.appealed(ready)
    appeals.uphold_decision(scene.actor("leading_group_member"), ready, scene.answer())
    assert ready.state == "decided"
    with pytest.raises(StepRefused, match="申诉"):
        scene.appealed(ready)


def test_after_its_time_a_decision_is_not_appealed(
    scene: AccountabilityScene, ready: AccountabilityRecord, travel: Travel
) -> None:
    scene.decide(ready)
    assert ready.appeal_until is not None
    travel(ready.appeal_until + timedelta(days=1) - core_clock.today())
    with pytest.raises(StepRefused, match="申诉"):
        scene.appealed(ready)


def test_a_clock_for_the_appeal_ends_with_its_time_and_never_looks_late(
    scene: AccountabilityScene, ready: AccountabilityRecord, travel: Travel
) -> None:
    scene.decide(ready)
    running = select(Deadline.name).where(Deadline.record_id == ready.id, Deadline.closed_at.is_(None))
    assert set(db.session.scalars(running)) == {"decided.appeal", "decided.lapse"}
    assert ready.appeal_until is not None
    travel(ready.appeal_until + timedelta(days=1) - core_clock.today())
    use_context(SYSTEM.context())
    sweep()
    use_context(SYSTEM.context())
    assert set(db.session.scalars(running)) == {"decided.lapse"}
    db.session.refresh(ready)
    deciding.disclose_record(scene.actor("office_director"), ready, RecordStep())
    assert set(db.session.scalars(running)) == {"disclosed.lapse"}


def test_on_appeal_a_decision_is_revoked_and_what_was_public_is_emptied(
    scene: AccountabilityScene, ready: AccountabilityRecord
) -> None:
    scene.decide(ready, level="public")
    deciding.disclose_record(scene.actor("office_director"), ready, RecordStep())
    page = db.session.query(PublicPage).filter_by(record_id=ready.id).one()
    assert page.is_open
    scene.appealed(ready)
    appeals.revoke_on_appeal(scene.actor("leading_group_member"), ready, scene.answer())
    db.session.refresh(page)
    assert ready.state == "revoked" and not page.is_open and page.content == {}
    assert [notice.words for notice in scene.notices_of(ready)] == [""]


def test_what_is_made_known_names_no_person(scene: AccountabilityScene, ready: AccountabilityRecord) -> None:
    scene.decide(ready, public_words="双桥中学沈砚秋校长予以约谈。")
    with pytest.raises(StepRefused, match="人名"):
        deciding.disclose_record(scene.actor("office_director"), ready, RecordStep())


def test_what_only_the_party_gets_is_not_disclosed(scene: AccountabilityScene, ready: AccountabilityRecord) -> None:
    scene.decide(ready, level="party")
    with pytest.raises(StepRefused, match="不公开"):
        deciding.disclose_record(scene.actor("office_director"), ready, RecordStep())


def test_notice_needs_a_fact_of_the_system(scene: AccountabilityScene) -> None:
    record = drafting.draft_record(scene.actor("evaluator"), scene.place(), scene.given(None))
    with pytest.raises(StepRefused, match="至少引用一条"):
        scene.notified(record)


def test_the_body_may_decide_that_nothing_follows(scene: AccountabilityScene, ready: AccountabilityRecord) -> None:
    deciding.dismiss_record(scene.actor("leading_group_head"), ready, scene.decision())
    assert (ready.state, ready.level, bool(ready.reasons)) == ("dismissed", "party", True)


def test_a_commendation_is_on_public_notice_and_others_object(scene: AccountabilityScene, travel: Travel) -> None:
    record = scene.notified(scene.praised())
    notice = scene.notices_of(record)[0]
    unit = scene.cast["chengguan_principal"].unit
    place = ObjectionPlace(unit.county_id, unit.id, unit.school_id)
    said = hearing.object_to(
        scene.actor("chengguan_principal"), place, ObjectionIn(notice, "复测时有两个班没有参加，请核实")
    )
    assert said.kind == "objection"
    scene.days_on(record, travel)
    hearing.keep_time_of_all()
    db.session.refresh(record)
    assert (record.state, record.unheard) == ("ready", False)
    with pytest.raises(StepRefused, match="公示期"):
        hearing.object_to(
            scene.actor("chengguan_principal"),
            place,
            ObjectionIn(scene.notices_of(record)[0], "再提一次异议，还要核实"),
        )
    scene.decide(record, measure="praise", present=scene.seats("dept_head", "leading_group_member"))
    deciding.disclose_record(scene.actor("office_director"), record, RecordStep())
    deciding.revoke_record(scene.actor("leading_group_head"), record, RecordStep(reason="复测数据核实后不成立"))
    assert record.state == "revoked"


@pytest.mark.parametrize("key", ["school_coordinator", "chengguan_principal", "subject_teacher", "evaluator"])
def test_only_the_party_speaks_for_itself(scene: AccountabilityScene, key: str) -> None:
    record = scene.notified()
    with pytest.raises((NotAllowed, NotFound)):
        scene.said(record, by=key)


def test_a_person_concerned_speaks_for_himself(scene: AccountabilityScene) -> None:
    record = scene.notified(person_id=scene.cast["subject_teacher"].person_id)
    assert scene.said(record, by="subject_teacher").state == "hearing"


def test_nothing_in_the_code_decides_by_itself() -> None:
    for name in ("decide", "dismiss", "uphold", "change", "revoke_on_appeal", "revoke", "disclose", "notify"):
        step = ACCOUNTABILITY_RECORD.step(name)
        assert not step.system and step.rights, f"{name} is taken by a person"
    assert {step.name for step in ACCOUNTABILITY_RECORD.steps if step.system} == {"end_hearing", "lapse"}
    assert set(ACCOUNTABILITY["accountability.decide_record"]) == {"leading_group_head", "leading_group_member"}


def test_the_reason_is_kept_with_the_decision(scene: AccountabilityScene, ready: AccountabilityRecord) -> None:
    scene.decide(ready)
    assert ready.reasons == REASON
