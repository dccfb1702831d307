"""A child who left the roll is put back on it by hand: when that is refused, what it changes, and who sees the page."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, select, text

from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, Stale
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory import bulk, lookups, queries
from app.people.directory.models import SchoolClass, Student
from app.people.directory.operations import students
from app.people.directory.operations.students import (
    NO_LIST_RUNS,
    EnrolmentAgain,
    EnrolmentEnd,
    end_enrolment,
    enrol_again,
)
from app.people.directory.queries import StudentFilter
from app.people.directory.roster import ONE_AT_A_TIME
from tests.cast import Cast, sign_in
from tests.counting import overheard
from tests.people.directory.rolls import child

CAME, TODAY = date(2026, 9, 1), date(2026, 11, 25)
LEFT, BACK = date(2026, 10, 12), date(2026, 11, 9)
GONE, WHY = "随父母迁往外省，已办转学手续", "随父母从外省迁回，已办复学手续"
HERE, THERE = "shuangqiao", "yuntai"


@dataclass
class Roll:
    """Class 7.1 and 8.1 of one school, 7.1 of another, and a class of the year before; one child left the first."""

    cast: Cast
    clock: Any

    @property
    def child(self) -> Student:
        use_context(SYSTEM.context())
        wanted = select(Student).where(Student.school_id == self.cast.units[HERE].id, Student.student_no == number(1))
        return db.session.scalars(wanted.execution_options(populate_existing=True)).one()

    def group(self, key: str = HERE, grade: str = "G7", year: int = 2026) -> SchoolClass:
        use_context(SYSTEM.context())
        wanted = select(SchoolClass).filter_by(school_id=self.cast.units[key].id, grade=grade, school_year=year)
        return db.session.scalars(wanted.filter_by(class_no=1)).one()

    def leave(self, day: date = LEFT) -> None:
        end_enrolment(self.cast.actor("school_coordinator"), self.child, EnrolmentEnd(day, GONE))

    def back(self, who: str = "school_coordinator", **changes: Any) -> Student:
        values = {"back_on": BACK, "class_id": self.group().id, "reason": WHY}
        return enrol_again(self.cast.actor(who), self.child, EnrolmentAgain(**(values | changes)))

    def faults(self, **changes: Any) -> dict[str, str]:
        """Field → what is said there; nothing of it is kept."""
        before = (self.child.version, self.child.left_on, self.child.from_on)
        with pytest.raises(Invalid) as refused:
            self.back(**changes)
        db.session.rollback()
        assert (self.child.version, self.child.left_on, self.child.from_on) == before
        return {field: str(said) for field, said in refused.value.sentences.items()}

    def lines(self) -> list[tuple[str, str]]:
        """Step and reason of every entry about this child, the oldest first."""
        use_context(SYSTEM.context())
        asked = text(
            "select step, reason from audit.transition_log where record_id = :id and step like 'student.%' order by seq"
        )
        return [(row.step, row.reason) for row in db.session.execute(asked, {"id": self.child.id})]


def number(which: int) -> str:
    return str(child(which, "", "G7", 1)[1])


@pytest.fixture
def roll(app: Flask, cast: Cast, clock: Any) -> Roll:
    made = Roll(cast, clock)
    clock.set(datetime(2026, 11, 25, 1, tzinfo=UTC))
    here, there = cast.units[HERE].code, cast.units[THERE].code
    bulk.load_roster(cast.county.id, [child(3, here, "G7", 1)], date(2025, 9, 1))
    bulk.load_roster(
        cast.county.id,
        [child(1, here, "G7", 1), child(3, here, "G7", 1), child(2, here, "G8", 1), child(50, there, "G7", 1)],
        CAME,
    )
    made.leave()
    return made


def test_the_child_is_in_the_chosen_class_from_the_day_of_return_and_not_present_in_between(roll: Roll) -> None:
    group = roll.group(grade="G8")
    roll.back(class_id=group.id)
    found = roll.child
    assert (found.left_on, found.from_on) == (None, BACK)
    assert (found.class_id, found.grade) == (group.id, "G8")
    here = (roll.cast.units[HERE].code, "", 0)
    counted = [lookups.roster_counts(roll.cast.county.id, day)[here] for day in (BACK - timedelta(days=1), BACK, TODAY)]
    assert counted == [2, 3, 3]


def test_whose_leaving_was_recorded_by_mistake_was_never_away(roll: Roll) -> None:
    roll.back(back_on=LEFT)
    assert (roll.child.left_on, roll.child.from_on) == (None, CAME)


def test_leaving_coming_back_and_leaving_again_is_one_row_with_an_entry_for_each_and_its_reason(roll: Roll) -> None:
    first = roll.child.id
    roll.back()
    with pytest.raises(Invalid, match="不能早于入校日期"):
        roll.leave(BACK - timedelta(days=1))
    db.session.rollback()
    roll.leave(TODAY)
    assert (roll.child.id, roll.child.left_on, roll.child.from_on) == (first, TODAY, BACK)
    assert roll.lines() == [("student.leave", GONE), ("student.return", WHY), ("student.leave", GONE)]


def test_who_is_on_the_roll_cannot_come_back_to_it(roll: Roll) -> None:
    roll.back()
    assert roll.faults() == {"back_on": "这名学生在籍，没有离校登记"}


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (LEFT - timedelta(days=1), "不能早于离校的那天（2026-10-12）"),
        (TODAY + timedelta(days=1), "还没到这一天"),
    ],
)
def test_the_day_of_return_is_not_before_the_leaving_and_not_ahead(roll: Roll, day: date, said: str) -> None:
    faults = roll.faults(back_on=day)
    assert list(faults) == ["back_on"] and said in faults["back_on"]
    roll.back(back_on=TODAY)
    assert roll.child.left_on is None


def test_a_leaving_that_is_still_ahead_is_called_off_for_its_own_day_alone(roll: Roll) -> None:
    roll.back()
    ahead = TODAY + timedelta(days=5)
    roll.leave(ahead)
    for day in (TODAY, ahead + timedelta(days=1)):
        assert "登记的离校日期是 2026-11-30，还没到" in roll.faults(back_on=day)["back_on"]
    roll.back(back_on=ahead)
    assert (roll.child.left_on, roll.child.from_on) == (None, BACK)


@pytest.mark.parametrize("which", ["another school", "the year before", "none", "unknown"])
def test_the_class_is_one_of_the_same_school_in_the_running_year(roll: Roll, which: str) -> None:
    chosen = {
        "another school": lambda: roll.group(THERE).id,
        "the year before": lambda: roll.group(year=2025).id,
        "none": lambda: None,
        "unknown": uuid.uuid4,
    }[which]()
    assert roll.faults(class_id=chosen) == {"class_id": "请选本校本学年的班级"}


def test_a_reason_has_ten_characters_and_all_that_is_wrong_is_said_at_once(roll: Roll) -> None:
    assert list(roll.faults(reason=" 回来了回来了回来 ")) == ["reason"]
    assert set(roll.faults(reason="回来", class_id=None, back_on=CAME)) == {"reason", "class_id", "back_on"}


def test_who_is_on_another_schools_roll_is_released_there_first_and_nobody_is_told_which_school_it_is(
    roll: Roll, app: Flask
) -> None:
    there = roll.cast.units[THERE]
    bulk.load_roster(roll.cast.county.id, [child(1, there.code, "G7", 1)], LEFT)
    said = roll.faults()["student_no"]
    assert "另一所学校在籍" in said and "先由那所学校登记离校" in said and "全县名册" in said
    browser = sign_in(app.test_client(), roll.cast["school_coordinator"])
    answer = browser.post(f"/students/{roll.child.ref}/return", data=sent(roll))
    assert answer.status_code == 422 and "先由那所学校登记离校" in answer.text
    assert there.name not in answer.text and there.code not in answer.text

    use_context(SYSTEM.context())
    wanted = select(Student).where(Student.school_id == there.id, Student.student_no == number(1))
    there_too = db.session.scalars(wanted).one()
    end_enrolment(roll.cast.actor("yuntai_coordinator"), there_too, EnrolmentEnd(BACK, GONE))
    roll.back()
    assert roll.child.left_on is None


def test_security_26_looking_at_the_other_rolls_opens_none_of_them_for_what_comes_after(roll: Roll) -> None:
    reach: list[set[uuid.UUID]] = []

    def note(session: Any, *_rest: Any) -> None:
        reach.append(set(session.info["context"].schools))

    event.listen(db.session, "after_flush", note)
    try:
        roll.back()
    finally:
        event.remove(db.session, "after_flush", note)
    assert reach[0] == {roll.cast.units[HERE].id}


def test_no_list_and_nobody_else_moves_the_child_while_the_other_rolls_are_looked_at(roll: Roll) -> None:
    asked: list[str] = []
    with overheard(asked.append, db.sessionmaker.kw["bind"]):
        roll.back()
    beside_lists = next(at for at, one in enumerate(asked) if "pg_try_advisory_xact_lock_shared" in one)
    alone = next(at for at, one in enumerate(asked) if "pg_advisory_xact_lock(" in one)
    looked = next(at for at, one in enumerate(asked) if "EXISTS" in one and "student_no" in one)
    assert beside_lists < alone < looked


def test_the_lock_of_a_list_keeps_hands_off_without_letting_them_wait(roll: Roll) -> None:
    what, engine = {"what": f"roll:{roll.cast.other_county.id}"}, create_engine(db.engine.url)
    try:
        with engine.connect() as importing, engine.connect() as pressing:
            importing.execute(ONE_AT_A_TIME, what)
            assert pressing.scalar(NO_LIST_RUNS, what) is False
            importing.rollback()
            assert pressing.scalar(NO_LIST_RUNS, what) is True
    finally:
        engine.dispose()


def test_while_a_list_is_written_the_page_says_so_and_keeps_what_was_typed(
    roll: Roll, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(students, "NO_LIST_RUNS", text("select false where cast(:what as text) is not null"))
    answer = sign_in(app.test_client(), roll.cast["school_coordinator"]).post(
        f"/students/{roll.child.ref}/return", data=sent(roll)
    )
    assert answer.status_code == 422 and "正在导入名册" in answer.text and WHY in answer.text
    assert roll.child.left_on == LEFT


@pytest.fixture
def every_row_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row-level security holds nobody back: whoever acts is signed in with the view of everything."""
    whole = SYSTEM.context()
    monkeypatch.setattr(Actor, "context", lambda actor: whole)


@pytest.mark.usefixtures("every_row_shows")
def test_security_26_another_schools_class_is_refused_even_where_its_row_shows(roll: Roll) -> None:
    assert roll.faults(class_id=roll.group(THERE).id) == {"class_id": "请选本校本学年的班级"}


@pytest.mark.usefixtures("every_row_shows")
def test_a_child_of_the_same_number_in_another_county_is_no_hindrance(roll: Roll) -> None:
    far = roll.cast.units["other_yizhong"].code
    bulk.load_roster(roll.cast.other_county.id, [child(1, far, "G7", 1)], CAME)
    roll.back()
    assert roll.child.left_on is None


def test_a_page_that_somebody_else_overtook_changes_nothing(roll: Roll) -> None:
    seen = roll.child.version
    roll.back()
    roll.leave(TODAY)
    with pytest.raises(Stale):
        roll.back(back_on=TODAY, version=seen)
    db.session.rollback()
    assert roll.child.left_on == TODAY


@pytest.mark.parametrize("who", ["yuntai_coordinator", "homeroom_teacher", "principal", "evaluator", "sys_admin"])
def test_security_23_only_the_own_schools_coordinator_puts_a_child_back(roll: Roll, app: Flask, who: str) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        roll.back(who)
    db.session.rollback()
    browser = sign_in(app.test_client(), roll.cast[who])
    page = f"/students/{roll.child.ref}/return"
    assert [browser.get(page).status_code, browser.post(page, data=sent(roll)).status_code] == [404, 404]
    assert roll.child.left_on == LEFT


def sent(roll: Roll, **changes: Any) -> dict[str, Any]:
    """What the form sends."""
    given = {"version": roll.child.version, "back_on": str(BACK), "class_id": roll.group().ref, "reason": WHY}
    return given | changes


def test_the_register_leads_to_who_left_and_the_page_puts_the_child_back(roll: Roll, app: Flask) -> None:
    browser = sign_in(app.test_client(), roll.cast["school_coordinator"])
    nobody = browser.get(f"/students?q={number(1)}").text
    link = re.search(r'href="(/students\?[^"]*left=yes[^"]*)"[^>]*>看已离校的<span class="count">有 1 条', nobody)
    assert link is not None
    ref = roll.child.ref
    assert f'href="/students/{ref}"' in browser.get(link[1].replace("&amp;", "&")).text
    assert f'href="/students/{ref}/return"' in browser.get(f"/students/{ref}").text
    form = browser.get(f"/students/{ref}/return").text
    assert "登记离校" not in form and 'name="back_on"' in form and f'value="{roll.group().ref}"' in form
    assert f'value="{roll.group(year=2025).ref}"' not in form
    kept = browser.post(f"/students/{ref}/return", data=sent(roll, reason="回来了", back_on="2026-10-01"))
    assert kept.status_code == 422 and 'value="2026-10-01"' in kept.text and "至少 10 个字" in kept.text
    done = browser.post(f"/students/{ref}/return", data=sent(roll))
    assert (done.status_code, done.headers["Location"]) == (303, f"/students/{ref}")
    after = browser.get(f"/students/{ref}").text
    assert "已登记重新在籍" in after and "登记离校" in after and f"/students/{ref}/return" not in after
    assert f'href="/students/{ref}"' in browser.get("/students").text


def test_the_page_of_a_child_on_the_roll_and_a_foreign_class_are_not_there(roll: Roll, app: Flask) -> None:
    browser = sign_in(app.test_client(), roll.cast["school_coordinator"])
    ref = roll.child.ref
    foreign = browser.post(f"/students/{ref}/return", data=sent(roll, class_id=roll.group(THERE).ref))
    assert foreign.status_code == 422 and roll.child.left_on == LEFT
    roll.back()
    page = f"/students/{ref}/return"
    assert [browser.get(page).status_code, browser.post(page, data=sent(roll)).status_code] == [404, 404]


def test_the_class_teacher_sees_the_child_again_in_the_new_class(roll: Roll) -> None:
    def seen() -> int:
        actor = roll.cast.actor("homeroom_teacher")
        use_context(actor.context())
        return queries.student_count(actor, StudentFilter())

    assert seen() == 1
    roll.back()
    assert seen() == 2


def test_in_english_the_page_and_every_refusal_are_english(roll: Roll, app: Flask) -> None:
    browser = sign_in(app.test_client(), roll.cast["school_coordinator"])
    browser.post("/language", data={"language": "en"})
    bad = sent(roll, reason="short", back_on="2026-10-01")
    answer = browser.post(f"/students/{roll.child.ref}/return", data=bad)
    assert answer.status_code == 422 and "at least 10 characters" in answer.text
    assert "Not before the day of leaving (2026-10-12)" in answer.text and "Back on the roll" in answer.text


def test_a_list_that_still_names_who_left_brings_neither_the_child_nor_a_teachers_view_back(roll: Roll) -> None:
    teacher = roll.cast.actor("homeroom_teacher")
    bulk.load_roster(roll.cast.county.id, [child(1, roll.cast.units[HERE].code, "G7", 1)], TODAY)
    assert roll.child.left_on == LEFT
    use_context(teacher.context())
    assert queries.student_count(teacher, StudentFilter()) == 1
