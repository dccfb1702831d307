"""Drawing: how many, by whom, once; who gets a list to look at; one more by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.core import clock
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed
from app.core.policy.actor import SYSTEM
from app.improvement.sampling import operations, standing
from app.improvement.sampling.chance import draw
from app.improvement.sampling.models import ListCheck, SampleFrame
from app.improvement.sampling.operations import AddIn, CheckerIn, DrawIn
from app.improvement.sampling.terms import this_term
from app.people.directory.models import SchoolResponsibility
from tests.by_hand import by_hand
from tests.improvement.sampling.scenes import SampleScene

SCHOOLS = ("shuangqiao", "yuntai", "shiyan", "chengguan")
WHY = "家长来信反映这份清单的措施没有落实"
REASON = "原来的督学请长病假，换人接着看"


def test_at_least_a_tenth_is_drawn_and_what_was_drawn_stays(scene: SampleScene) -> None:
    for n in range(11):
        scene.running(SCHOOLS[n % 4])
    with pytest.raises(Invalid, match="一成"):
        scene.drawn(1)
    made = scene.drawn(2)
    assert (made.population, made.least, made.drawn) == (11, 2, 2)
    with pytest.raises(Invalid, match="抽中的不能换"):
        scene.drawn(2)


def test_lists_that_were_issued_later_are_drawn_for_as_well(scene: SampleScene) -> None:
    for n in range(10):
        scene.running(SCHOOLS[n % 4])
    first = {check.list_id for check in scene.checks(scene.drawn(1))}
    scene.running()
    second = {check.list_id for check in scene.checks(scene.drawn(1))}
    assert len(first | second) == 2
    stands = standing.standing_of(scene.cast.county.id, this_term()[0])
    assert (stands.lists, stands.drawn, stands.short) == (11, 2, 0)


def test_drafts_county_lists_and_what_ended_before_the_term_are_not_drawn(scene: SampleScene) -> None:
    scene.issued()
    scene.school_draft()
    old, ended = scene.running("yuntai"), scene.running("shiyan")
    scene.moved(old, "archived")
    scene.moved(ended, "completed")
    with by_hand("test.long_ago"):
        old.state_since = clock.now() - timedelta(days=300)
    found = {row.id for row in standing.drawable(scene.cast.county.id, this_term()[0])}
    assert found == {ended.id}


def test_the_seed_stands_in_the_trail_and_draws_the_same_lists_again(scene: SampleScene) -> None:
    for n in range(25):
        scene.running(SCHOOLS[n % 4])
    made = scene.drawn(3)
    frame = db.session.scalars(select(SampleFrame).where(SampleFrame.draw_id == made.id)).one()
    names = [f"{check.problem_list.number}/1" for check in scene.checks(made)]
    assert frame.is_whole and draw([tuple(one) for one in frame.lists], 3, frame.seed) == names
    told = db.session.scalar(text("select body::text from audit.access_log where step = 'sample_draw.draw'"))
    assert told is not None and frame.seed in told and frame.sha256 in told


def test_the_office_draws_and_nobody_else(scene: SampleScene) -> None:
    scene.running()
    for key in ("inspector", "principal", "school_coordinator", "leading_group_head", "other_principal"):
        with pytest.raises(NotAllowed):
            scene.drawn(1, by=key)
    assert scene.drawn(1, by="evaluator").drawn == 1


def test_an_inspector_of_the_school_itself_is_never_given_its_list(scene: SampleScene) -> None:
    check = scene.check("shuangqiao")
    assert scene.key_of(check) == "inspector", "who answers for the school comes first"
    given = CheckerIn(scene.cast["own_inspector"].person_id, scene.last_day(), REASON, check.version)
    with pytest.raises(Invalid, match="不用回避"):
        operations.name_checker(scene.actor("office_director"), check, given)


def test_another_inspector_sees_the_school_only_as_long_as_the_check_is_hers(scene: SampleScene) -> None:
    check = scene.check("shuangqiao")
    for key, held in (("inspector_2", True), ("inspector_3", True), ("inspector", False)):
        given = CheckerIn(scene.cast[key].person_id, clock.today() + timedelta(days=9), REASON, check.version)
        operations.name_checker(scene.actor("office_director"), check, given)
        use_context(SYSTEM.context())
        db.session.refresh(check)
        assert (check.responsibility_id is not None) == held and check.owner_id == scene.cast[key].person_id
    running = select(SchoolResponsibility).where(
        SchoolResponsibility.school_id == check.unit_id,
        SchoolResponsibility.assignment_id.in_([scene.cast[k].assignment_id for k in ("inspector_2", "inspector_3")]),
        SchoolResponsibility.to_on.is_(None),
    )
    assert not db.session.scalars(running).all()


def test_one_more_is_added_by_hand_with_a_reason_after_chance_has_drawn(scene: SampleScene) -> None:
    extra = [scene.running(school) for school in SCHOOLS]
    person = scene.cast["inspector"].person_id
    office = scene.actor("office_director")

    def given(why: str) -> AddIn:
        taken = set(db.session.scalars(select(ListCheck.list_id)))
        free = next(held for held in extra if held.id not in taken)
        return AddIn(free.id, person, scene.last_day(), why)

    with pytest.raises(Invalid, match="先随机抽取"):
        operations.add_list(office, scene.place(), given(WHY))
    scene.drawn(1)
    with pytest.raises(Invalid, match="至少 10 个字"):
        operations.add_list(office, scene.place(), given("想看"))
    use_context(SYSTEM.context())
    made = operations.add_list(office, scene.place(), given(WHY))
    stands = standing.standing_of(scene.cast.county.id, this_term()[0])
    assert (made.kind, stands.drawn, stands.by_chance) == ("hand", 2, 1)


def test_the_day_lies_within_the_term(scene: SampleScene) -> None:
    scene.running()
    for day in (clock.today() - timedelta(days=1), scene.last_day() + timedelta(days=1), None):
        with pytest.raises(Invalid, match="本学期最后一天"):
            operations.draw_sample(scene.actor("office_director"), scene.place(), DrawIn(1, day))


def test_another_day_moves_the_clock_and_its_reminders(scene: SampleScene) -> None:
    check = scene.check()
    day = clock.today() + timedelta(days=20)
    given = CheckerIn(check.owner_id, day, "学校停课两周，推迟到复课以后再查", check.version)
    operations.name_checker(scene.actor("office_director"), check, given)
    use_context(SYSTEM.context())
    (running,) = db.session.scalars(select(Deadline).where(Deadline.record_id == check.id))
    assert clock.local(running.due_at - timedelta(microseconds=1)).date() == check.due_on == day
    assert [name for name, *_rest in running.ladder[running.taken : running.taken + 3]] == ["-14d", "-7d", "-1d"], (
        "30 days before is past"
    )
