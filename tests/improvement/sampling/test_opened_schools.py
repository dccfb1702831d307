"""A school that is opened to an inspector for a check: to whom, until when, and who learns of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.database import db, use_context
from app.core.errors import Invalid
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.citizen_letters.queries.inspectors import inspectors_by_school
from app.improvement.problems.models import ProblemItem
from app.improvement.sampling import operations, standing
from app.improvement.sampling.models import ListCheck, SampleDraw
from app.improvement.sampling.operations import CheckerIn, DrawIn
from app.improvement.sampling.terms import this_term
from app.people.directory.models import Person, RoleAssignment, SchoolResponsibility
from app.people.directory.operations import HandOverIn, SchoolsIn, assign_schools, hand_over
from app.people.identity.standing_in import acting_for
from tests.by_hand import by_hand
from tests.cast import Cast
from tests.improvement.problems.browsing import Browser
from tests.improvement.sampling.scenes import SampleScene

REASON = "原来的督学请长病假，换人接着看"
Opened = Callable[[str], Browser]


@pytest.fixture
def browser(app: Flask, scene: SampleScene) -> Opened:
    return lambda key: Browser(app, scene.cast, key)


def _give(scene: SampleScene, check: ListCheck, key: str) -> None:
    given = CheckerIn(scene.cast[key].person_id, clock.today() + timedelta(days=9), REASON, check.version)
    operations.name_checker(scene.actor("office_director"), check, given)
    use_context(SYSTEM.context())
    db.session.refresh(check)


def _actor(scene: SampleScene, key: str) -> Actor:
    """Somebody of the cast with the schools of today."""
    use_context(SYSTEM.context())
    actor = acting_for(scene.cast[key].assignment_id)
    assert actor is not None
    return actor


def _reaches(scene: SampleScene, key: str) -> set[Any]:
    """The schools that somebody of the cast may read today."""
    return set(_actor(scene, key).schools)


def _ticks(scene: SampleScene, key: str, *schools: str) -> None:
    held = db.session.get_one(RoleAssignment, scene.cast[key].assignment_id)
    assign_schools(scene.actor("office_director"), held, SchoolsIn(tuple(scene.cast.units[one] for one in schools)))
    use_context(SYSTEM.context())


def test_neither_the_school_nor_its_letter_box_names_who_checks_its_list_before_there_is_a_result(
    scene: SampleScene, browser: Opened
) -> None:
    check = scene.check("shuangqiao")
    item = check.items[0]
    _give(scene, check, "inspector_2")
    secret = db.session.get_one(Person, scene.cast["inspector_2"].person_id).name
    known = db.session.get_one(Person, scene.cast["inspector"].person_id).name
    for key in ("principal", "school_coordinator"):
        seen = browser(key).page(item.address)
        assert known in seen and secret not in seen
    use_context(SYSTEM.context())
    assert inspectors_by_school(scene.cast.county.id)[check.unit_id] == (known,)


def test_two_checks_of_one_school_open_it_twice_and_the_end_of_one_leaves_the_other(scene: SampleScene) -> None:
    for _each in range(2):
        scene.running("shuangqiao")
    one, two = scene.checks(scene.drawn(2))
    for check in (one, two):
        _give(scene, check, "inspector_2")
    assert one.responsibility_id != two.responsibility_id and one.unit_id in _reaches(scene, "inspector_2")
    operations.confirm_list(_actor(scene, "inspector_2"), one, scene.found(one))
    use_context(SYSTEM.context())
    rows = {
        row.id: row.to_on
        for row in db.session.scalars(select(SchoolResponsibility).where(SchoolResponsibility.opened_for.is_not(None)))
    }
    assert rows[one.responsibility_id] == clock.today() and rows[two.responsibility_id] is None


def test_whoever_loses_the_check_loses_the_school_the_same_day(scene: SampleScene) -> None:
    check = scene.check("shuangqiao")
    _give(scene, check, "inspector_2")
    assert check.unit_id in _reaches(scene, "inspector_2")
    _give(scene, check, "inspector_3")
    assert check.unit_id not in _reaches(scene, "inspector_2") and check.unit_id in _reaches(scene, "inspector_3")


def test_the_inspector_to_whom_a_school_is_only_opened_writes_the_result(scene: SampleScene, browser: Opened) -> None:
    check = scene.check("shuangqiao")
    _give(scene, check, "inspector_2")
    reader = browser("inspector_2")
    assert reader.get(check.address).status_code == 200 and reader.get(check.problem_list.address).status_code == 200
    use_context(SYSTEM.context())
    operations.confirm_list(_actor(scene, "inspector_2"), check, scene.found(check))
    assert check.state == "holds"


def test_ticking_the_school_gives_a_line_of_its_own_and_unticking_leaves_what_the_check_opened(
    scene: SampleScene,
) -> None:
    check = scene.check("shuangqiao")
    _give(scene, check, "inspector_2")
    own = select(SchoolResponsibility).where(
        SchoolResponsibility.assignment_id == scene.cast["inspector_2"].assignment_id,
        SchoolResponsibility.school_id == check.unit_id,
        SchoolResponsibility.opened_for.is_(None),
    )
    _ticks(scene, "inspector_2", "shuangqiao")
    assert len(db.session.scalars(own).all()) == 1
    _ticks(scene, "inspector_2", "yuntai")
    assert db.session.scalars(own).all() == [] and check.unit_id in _reaches(scene, "inspector_2")


def test_a_check_is_handed_over_only_to_an_inspector_who_is_free_and_the_school_with_it(scene: SampleScene) -> None:
    check = scene.check("shuangqiao")
    _give(scene, check, "inspector_2")
    office = scene.actor("office_director")

    def hands_over(key: str) -> None:
        use_context(office.context())
        leaving, next_one = (db.session.get_one(Person, scene.cast[one].person_id) for one in ("inspector_2", key))
        hand_over(office, leaving, HandOverIn(next_one, REASON))

    with pytest.raises(Invalid, match="只能交给在岗、不用回避的督学"):
        hands_over("evaluator")
    use_context(SYSTEM.context())
    db.session.refresh(check)
    hands_over("inspector_3")
    assert check.owner_id == scene.cast["inspector_3"].person_id
    assert check.unit_id in _reaches(scene, "inspector_3") and check.unit_id not in _reaches(scene, "inspector_2")


def test_where_no_inspector_is_left_the_list_is_drawn_and_waits_for_one(scene: SampleScene) -> None:
    with by_hand("test.gone"):
        for held in db.session.scalars(select(RoleAssignment).where(RoleAssignment.role == "inspector")):
            held.to_on = clock.today() - timedelta(days=1)
    check = scene.check("shuangqiao")
    assert check.owner_id is None and check.responsibility_id is None and check.state == "drawn"


def test_an_inspector_whose_role_has_ended_since_loses_the_school_and_another_is_named(scene: SampleScene) -> None:
    check = scene.check("shuangqiao")
    _give(scene, check, "inspector_2")
    with by_hand("test.gone"):
        held = db.session.get_one(RoleAssignment, scene.cast["inspector_2"].assignment_id)
        held.to_on = clock.today() - timedelta(days=1)
    assert acting_for(held.id) is None
    _give(scene, check, "inspector_3")
    assert check.unit_id in _reaches(scene, "inspector_3")


def test_a_list_without_items_is_not_drawn(scene: SampleScene) -> None:
    scene.running("yuntai", items=0)
    whole = scene.running("shuangqiao")
    with pytest.raises(Invalid, match="没有这么多"):
        scene.drawn(2)
    assert [check.list_id for check in scene.checks(scene.drawn(1))] == [whole.id]


def test_a_list_drawn_before_its_next_edition_is_checked_on_the_items_it_had(scene: SampleScene) -> None:
    check = scene.check("shuangqiao", items=2)
    before, stood = check.problem_list, [item.id for item in check.items]
    after = scene.running("shuangqiao")
    with by_hand("test.next_edition"):
        for item in list(before.items):
            item.list_id = after.id
        after.number, after.edition, after.previous_id = before.number, 2, before.id
        for late in db.session.scalars(select(ProblemItem).where(ProblemItem.list_id == after.id)):
            if late.id not in stood:
                late.issued_on = clock.today() + timedelta(days=1)
        before.state = "superseded"
    db.session.expire_all()
    assert {item.id for item in check.items} == set(stood)
    stands = standing.standing_of(scene.cast.county.id, this_term()[0])
    assert (stands.lists, stands.drawn, stands.free) == (1, 1, 1), "the next edition was not drawn yet"
    operations.confirm_list(scene.actor(scene.key_of(check)), check, scene.found(check))
    assert check.state == "holds" and len(check.answers) == 2


def test_two_draws_at_once_draw_once(committed: Flask, cast: Cast) -> None:
    scene = SampleScene(cast)
    for school in ("shuangqiao", "yuntai", "shiyan"):
        scene.running(school)
    db.session.commit()
    actor, place, given = cast.actor("office_director"), scene.place(), DrawIn(1, scene.last_day())
    gate = threading.Barrier(3)
    ended: list[str] = []

    def draws() -> None:
        with committed.app_context():
            use_context(SYSTEM.context())
            gate.wait()
            try:
                operations.draw_sample(actor, place, given)
                ended.append("drawn")
            except Invalid as refused:
                ended.append(str(refused))
            finally:
                db.session.close()

    threads = [threading.Thread(target=draws) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    use_context(SYSTEM.context())
    assert ended.count("drawn") == 1 and len(db.session.scalars(select(SampleDraw)).all()) == 1
    assert len(db.session.scalars(select(ListCheck)).unique().all()) == 1
