"""Staff: the list, roles asked for, deputies, leaving, handing work over, and who stands in for the office."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.outbox import deliver
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.assignments import CaseAssignment
from app.core.policy.scopes import SCHOOL
from app.people.directory import bulk, operations, queries
from app.people.directory.models import Person, RoleAssignment, RoleRequest, TeachingDuty, Unit
from app.people.directory.operations import HandOverIn, LeaveIn, PersonIn, RoleWish, StandInWish
from app.people.directory.queries import StaffFilter
from tests.cast import Cast, sign_in
from tests.factories.monitoring import begin_cycle, make_indicators

REASON = "调往教师发展中心工作，即日起离任"
TODAY = core_clock.today


def seen_by(cast: Cast, key: str) -> Actor:
    actor = cast.actor(key)
    use_context(actor.context())
    return actor


def unit(cast: Cast, key: str) -> Unit:
    return db.session.get_one(Unit, cast.units[key].id)


def person(cast: Cast, key: str) -> Person:
    return db.session.get_one(Person, cast[key].person_id, populate_existing=True)


def test_a_school_sees_its_own_staff_and_the_county_office_everybody(app: Flask, cast: Cast) -> None:
    own = queries.staff(seen_by(cast, "principal"), StaffFilter(), 100)
    assert {each.school_id for each, _roles in own} == {cast.units["shuangqiao"].id}

    whole = queries.staff(seen_by(cast, "office_director"), StaffFilter(), 100)
    assert {each.county_id for each, _roles in whole} == {cast.county.id}
    assert len(whole) > len(own)


@pytest.mark.parametrize("words", ["沈砚", "shenyanqiu", "syq"])
def test_somebody_is_found_by_name_pinyin_and_initials(app: Flask, cast: Cast, words: str) -> None:
    found = queries.staff(seen_by(cast, "office_director"), StaffFilter(words))
    assert [(each.name, roles) for each, roles in found] == [("沈砚秋", ["principal"])]


def test_the_list_is_narrowed_by_role_and_unit(app: Flask, cast: Cast) -> None:
    director = seen_by(cast, "office_director")
    assert queries.staff_count(director, StaffFilter(roles=["evaluator"])) == 2
    assert queries.staff_count(director, StaffFilter(roles=["principal"], units=[cast.units["yuntai"].ref])) == 1


def test_staff_numbers_are_unique_within_a_school_not_beyond(app: Flask, cast: Cast) -> None:
    coordinator = seen_by(cast, "school_coordinator")
    operations.add_person(coordinator, unit(cast, "shuangqiao"), PersonIn("S001", "赵一鸣", phone="13900000001"))
    with pytest.raises(Invalid, match="工号"):
        operations.add_person(coordinator, unit(cast, "shuangqiao"), PersonIn("S001", "钱多多"))
    other = seen_by(cast, "yuntai_coordinator")
    operations.add_person(other, unit(cast, "yuntai"), PersonIn("S001", "孙悦"))


def test_security_36_a_phone_number_is_sealed_and_found_by_its_index_only(app: Flask, cast: Cast) -> None:
    made = operations.add_person(
        seen_by(cast, "school_coordinator"), unit(cast, "shuangqiao"), PersonIn("S002", "钱多多", phone="13900000002")
    )
    ring = app.extensions["bihuan.vault"]
    assert made.phone_sealed is not None and b"13900000002" not in made.phone_sealed
    assert made.phone_index == ring.index(made.school_id, "phone", "139 0000 0002")
    assert made.phone_index != ring.index(cast.units["yuntai"].id, "phone", "13900000002")
    row = db.session.execute(
        text("select to_jsonb(p)::text from persons p where id = :id"), {"id": made.id}
    ).scalar_one()
    assert "13900000002" not in row


def test_a_coordinator_cannot_add_staff_to_another_school(app: Flask, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        operations.add_person(seen_by(cast, "school_coordinator"), unit(cast, "yuntai"), PersonIn("S009", "冒名"))


def test_a_unit_asks_for_a_role_and_the_security_administrator_hears_of_it(app: Flask, cast: Cast) -> None:
    principal = seen_by(cast, "principal")
    wish = operations.request_role(
        principal, unit(cast, "shuangqiao"), RoleWish(person(cast, "subject_teacher"), "grade_leader", TODAY())
    )
    deliver.drain()

    assert wish.decision is None and wish.requested_by == principal.person_id
    letters = db.session.scalars(
        select(InboxLetter).where(InboxLetter.person_id == cast["security_admin"].person_id)
    ).all()
    assert [letter.address for letter in letters if letter.kind == "role_requested"] == [f"/role-requests/{wish.ref}"]


@pytest.mark.parametrize(
    ("who", "role", "sentence"),
    [
        ("principal", "grade_leader", "不能为自己申请岗位"),
        ("subject_teacher", "evaluator", "这个岗位不能在这个单位设"),
        ("subject_teacher", "sys_admin", "这个岗位不能在这个单位设"),
        ("other_principal", "grade_leader", "不在本县"),
        ("grade_leader", "grade_leader", "已经有这个岗位"),
    ],
)
def test_a_wish_that_does_not_fit_is_refused_in_words(
    app: Flask, cast: Cast, who: str, role: str, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        operations.request_role(
            seen_by(cast, "principal"), unit(cast, "shuangqiao"), RoleWish(person(cast, who), role, TODAY())
        )


def test_a_deputy_is_named_until_a_day(app: Flask, cast: Cast) -> None:
    principal, school = seen_by(cast, "principal"), unit(cast, "shuangqiao")
    with pytest.raises(Invalid, match="到哪一天为止"):
        operations.name_deputy(principal, school, RoleWish(person(cast, "grade_leader"), "principal", TODAY()))
    until = TODAY() + timedelta(days=200)
    wish = operations.name_deputy(
        principal, school, RoleWish(person(cast, "grade_leader"), "principal", TODAY(), until)
    )
    assert (wish.role, wish.is_deputy, wish.to_on, wish.decision) == ("principal", True, until, None)


def test_nobody_settles_a_wish_that_he_made_or_gains_by(app: Flask, cast: Cast) -> None:
    wish = operations.request_role(
        seen_by(cast, "principal"),
        unit(cast, "shuangqiao"),
        RoleWish(person(cast, "subject_teacher"), "grade_leader", TODAY()),
    )
    from sqlalchemy.exc import IntegrityError

    for by in (cast["principal"].person_id, cast["subject_teacher"].person_id):
        with pytest.raises(IntegrityError), trail.act(SYSTEM, "system", "test.grant"):
            db.session.add(db.session.get_one(RoleRequest, wish.id).grant(by))


@pytest.mark.parametrize("who", ["principal", "leading_group_member"])
def test_the_head_alone_names_a_member_to_stand_in(app: Flask, cast: Cast, who: str) -> None:
    actor = seen_by(cast, who)
    with pytest.raises(NotAllowed):
        operations.name_stand_in(
            actor, queries.own_bureau(actor), StandInWish(person(cast, "leading_group_member"), TODAY())
        )


def test_the_head_names_one_member_at_a_time_and_until_a_day(app: Flask, cast: Cast) -> None:
    head = seen_by(cast, "leading_group_head")
    bureau, member = queries.own_bureau(head), person(cast, "leading_group_member")
    with pytest.raises(Invalid, match="领导小组成员"):
        operations.name_stand_in(head, bureau, StandInWish(person(cast, "evaluator"), TODAY()))
    with pytest.raises(Invalid, match="今天或以后"):
        operations.name_stand_in(head, bureau, StandInWish(member, TODAY() - timedelta(days=1)))
    operations.name_stand_in(head, bureau, StandInWish(member, TODAY()))
    later = operations.name_stand_in(head, bureau, StandInWish(member, TODAY() + timedelta(days=30)))
    assert [(named.id, one.name) for named, one in queries.stand_ins(head, bureau)] == [(later.id, "宋知远")]


def test_the_head_names_the_member_on_the_page_of_the_bureau(app: Flask, cast: Cast) -> None:
    browser, member = sign_in(app.test_client(), cast["leading_group_head"]), cast["leading_group_member"]
    bureau = f"/units/{cast.county.ref}"
    assert "领导小组组长还没有指定成员" in browser.get(bureau).get_data(as_text=True)
    assert "宋知远" in browser.get("/stand-in/new").get_data(as_text=True)
    assert browser.post("/stand-in/new", data={"person": member.person_ref}).status_code == 422
    given = {"person": member.person_ref, "to_on": str(TODAY())}
    assert browser.post("/stand-in/new", data=given).headers["Location"] == bureau
    assert "宋知远，到 " in browser.get(bureau).get_data(as_text=True)


def test_everything_in_hand_goes_to_the_successor_in_one_act_and_what_was_done_stays(app: Flask, cast: Cast) -> None:
    make_indicators(cast)
    cycle = begin_cycle(cast)
    with trail.act(SYSTEM, "system", "test.own"):
        cycle.owner_id = cast["evaluator"].person_id
        db.session.add(
            CaseAssignment(
                county_id=cast.county.id, entity="monitoring_cycles", record_id=cycle.id, part="handler",
                person_id=cast["evaluator"].person_id, from_on=TODAY() - timedelta(days=30),
            )
        )  # fmt: skip
    director = seen_by(cast, "office_director")
    moved = operations.hand_over(director, person(cast, "evaluator"), HandOverIn(person(cast, "evaluator_2"), REASON))

    assert (moved.records, moved.assignments) == (1, 1)
    db.session.refresh(cycle)
    assert cycle.owner_id == cast["evaluator_2"].person_id
    terms = db.session.execute(
        select(CaseAssignment.person_id, CaseAssignment.from_on, CaseAssignment.to_on).order_by(CaseAssignment.from_on)
    ).all()
    assert [(term.person_id, term.to_on) for term in terms] == [
        (cast["evaluator"].person_id, TODAY()),
        (cast["evaluator_2"].person_id, None),
    ]
    use_context(SYSTEM.context())
    told = db.session.execute(
        text("select changes from audit.transition_log where record_id = :id order by seq desc limit 1"),
        {"id": cycle.id},
    ).scalar_one()
    assert told["owner_id"] == [str(cast["evaluator"].person_id), str(cast["evaluator_2"].person_id)]


def test_work_goes_only_to_somebody_of_the_same_place(app: Flask, cast: Cast) -> None:
    with pytest.raises(Invalid, match="同单位或同校"):
        operations.hand_over(
            seen_by(cast, "principal"),
            person(cast, "grade_leader"),
            HandOverIn(person(cast, "yuntai_principal"), REASON),
        )


def test_a_class_goes_over_when_asked_for(app: Flask, cast: Cast) -> None:
    moved = operations.hand_over(
        seen_by(cast, "principal"), person(cast, "homeroom_teacher"),
        HandOverIn(person(cast, "subject_teacher"), REASON, duties=True),
    )  # fmt: skip
    assert moved.duties == 1
    duties = db.session.execute(
        select(TeachingDuty.person_id, TeachingDuty.to_on).where(
            TeachingDuty.class_id == cast.classes["shuangqiao"], TeachingDuty.duty == "homeroom"
        )
    ).all()
    assert {(duty.person_id, duty.to_on) for duty in duties} == {
        (cast["homeroom_teacher"].person_id, TODAY()),
        (cast["subject_teacher"].person_id, None),
    }


def test_nobody_leaves_with_work_in_hand_nor_an_administrator_with_the_role(app: Flask, cast: Cast) -> None:
    make_indicators(cast)
    cycle = begin_cycle(cast)
    with trail.act(SYSTEM, "system", "test.own"):
        cycle.owner_id = cast["grade_leader"].person_id
        cycle.school_id = cast.units["shuangqiao"].id
    with pytest.raises(StepRefused, match="请先移交"):
        operations.leave(seen_by(cast, "school_coordinator"), person(cast, "grade_leader"), LeaveIn(TODAY(), REASON))
    with pytest.raises(StepRefused, match="管理员岗位"):
        operations.leave(seen_by(cast, "sys_admin"), person(cast, "security_admin"), LeaveIn(TODAY(), REASON))
    with pytest.raises(StepRefused, match="给自己"):
        operations.leave(
            seen_by(cast, "school_coordinator"), person(cast, "school_coordinator"), LeaveIn(TODAY(), REASON)
        )


def test_security_25_leaving_ends_roles_and_duties_with_the_last_day(app: Flask, cast: Cast, clock: Any) -> None:
    operations.leave(seen_by(cast, "school_coordinator"), person(cast, "homeroom_teacher"), LeaveIn(TODAY(), REASON))
    deliver.drain()

    use_context(SYSTEM.context())
    role = db.session.scalars(
        select(RoleAssignment).where(RoleAssignment.person_id == cast["homeroom_teacher"].person_id)
    ).one()
    duty = db.session.scalars(select(TeachingDuty).where(TeachingDuty.person_id == role.person_id)).one()
    db.session.refresh(role)
    db.session.refresh(duty)
    assert role.to_on == duty.to_on == TODAY()
    clock.advance(days=1)
    assert sign_in(app.test_client(), cast["homeroom_teacher"]).get("/students").status_code in (303, 403, 404)


def test_the_pages_of_staff_work_and_keep_what_was_typed(app: Flask, cast: Cast) -> None:
    browser = sign_in(app.test_client(), cast["school_coordinator"])
    school = cast.units["shuangqiao"].ref
    refused = browser.post(f"/staff/new?unit={school}", data={"name": "赵一鸣", "staff_no": "S001", "phone": "12"})
    assert refused.status_code == 422 and 'value="赵一鸣"' in refused.text and "手机号应为 11 位" in refused.text
    made = browser.post(
        f"/staff/new?unit={school}", data={"name": "赵一鸣", "staff_no": "S001", "phone": "13900000001"}
    )
    assert made.status_code == 303
    page = browser.get(made.headers["Location"])
    assert "已登记，加密保存" in page.text and "13900000001" not in page.text

    boss = sign_in(app.test_client(), cast["principal"])
    wish = {
        "role": "grade_leader",
        "from_on": str(TODAY()),
        "person": db.session.scalar(select(Person.ref).where(Person.staff_no == "S001")),
    }
    assert boss.get(f"/units/{school}/role-requests/new").status_code == 200
    assert boss.post(f"/units/{school}/role-requests/new", data=wish).status_code == 303
    assert "已申请：年级组长" in boss.get(made.headers["Location"]).text


def test_a_list_of_staff_fills_the_directory_and_its_roles_become_wishes(app: Flask, cast: Cast) -> None:
    from app.core.imports import arrival
    from app.core.spreadsheets import write_workbook

    code = cast.units["shuangqiao"].code
    heads = ["学校代码", "工号", "姓名", "手机号", "岗位", "任教学科"]
    lines = [
        [code, f"S{n:03}", name, f"1390000{n:04}", "任课教师", "数学"] for n, name in enumerate(("赵一鸣", "钱多多"), 1)
    ]
    batch = arrival.take_in(
        seen_by(cast, "school_coordinator"),
        "staff",
        None,
        write_workbook(heads, lines),
        "教职工.xlsx",
        cast.actor("principal"),
    )
    use_context(SYSTEM.context())
    assert batch.outcome == {"added": 2}
    wishes = db.session.scalars(select(RoleRequest).where(RoleRequest.role == "subject_teacher")).all()
    assert len(wishes) == 2 and all(wish.subjects == ["math"] for wish in wishes)


def test_a_list_of_classes_names_the_homeroom_teachers_and_can_be_taken_back(app: Flask, cast: Cast) -> None:
    from app.core.imports import arrival
    from app.core.imports import operations as importing
    from app.core.imports.operations import StepIn
    from app.core.spreadsheets import write_workbook

    code = cast.units["shuangqiao"].code
    heads = ["学校代码", "年级", "班级", "班级名称", "班主任工号", "任职日期"]
    lines = [[code, "七年级", "1班", "七年级（1）班", cast["subject_teacher"].staff_no, "2026-11-01"],
             [code, "七年级", "2班", "", cast["grade_leader"].staff_no, "2026-11-01"]]  # fmt: skip
    batch = arrival.take_in(
        seen_by(cast, "school_coordinator"),
        "classes",
        None,
        write_workbook(heads, lines),
        "班级.xlsx",
        cast.actor("principal"),
    )
    assert batch.outcome == {"added": 1, "changed": 1}
    now = _homeroom(cast)
    assert now == {cast["subject_teacher"].person_id}

    importing.roll_back(cast.actor("principal"), batch, StepIn(reason="班主任名单还没有定下来，先撤回"))
    deliver.drain()
    assert _homeroom(cast) == {cast["homeroom_teacher"].person_id}


def _homeroom(cast: Cast) -> set[Any]:
    use_context(SYSTEM.context())
    day = date(2026, 11, 20)
    running = (TeachingDuty.from_on <= day) & (TeachingDuty.to_on.is_(None) | (TeachingDuty.to_on >= day))
    wanted = select(TeachingDuty.person_id).where(
        TeachingDuty.class_id == cast.classes["shuangqiao"], TeachingDuty.duty == "homeroom", running
    )
    return set(db.session.scalars(wanted))


def test_bulk_staff_of_a_whole_county_is_written_by_one_act(app: Flask, cast: Cast) -> None:
    rows = [(s.code, f"S{n:03}", f"教师{n}", None, [], [], None, None) for s in cast.schools for n in range(20)]
    assert bulk.load_staff(cast.county.id, rows, date(2026, 9, 1)).as_dict() == {"added": 120}
    assert bulk.load_staff(cast.county.id, rows, date(2026, 9, 1)).as_dict() == {"same": 120}
    assert db.session.scalar(select(func.count()).select_from(Person).where(Person.staff_no == "S001")) == 6
    assert SCHOOL.name == "school"
