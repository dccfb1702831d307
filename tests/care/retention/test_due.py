"""When each class is due, and what is held (security 73)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, update

from app.care.retention.models import RetentionDue
from app.care.retention.operations import listing, periods, purging
from app.care.retention.operations.listing import HoldIn, LiftIn
from app.care.retention.operations.periods import BureauPlace
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.retention.conftest import STEP, Left
from tests.care.retention.left import a_child

WHY = "县人民法院调取证据的函"


def due_of(scene: Left, student: uuid.UUID) -> dict[str, str]:
    """Class → why it is held, of everything of a child that is due."""
    scene.listed()
    use_context(SYSTEM.context())
    rows = db.session.execute(
        select(RetentionDue.class_code, RetentionDue.hold).where(RetentionDue.subject_id == student)
    )
    return {row.class_code: row.hold for row in rows}


def change(student: uuid.UUID, **values: Any) -> None:
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.change"):
        db.session.execute(update(Student).where(Student.id == student).values(**values))


def hold(scene: Left, **given: Any) -> Any:
    place = BureauPlace(scene.cast.county.id, scene.cast.county.id)
    values = {"ground": "legal", "reason": WHY, "until_on": core_clock.today() + timedelta(days=90)} | given
    return listing.place_hold(scene.act("dpo"), place, HoldIn(**values))


@pytest.mark.parametrize(
    ("code", "left_on", "born", "due"),
    [
        ("answers", date(2024, 7, 10), date(2009, 1, 1), date(2026, 9, 1)),
        ("answers", date(2024, 11, 20), date(2009, 1, 1), date(2027, 9, 1)),
        ("care", date(2021, 11, 30), date(2005, 1, 1), date(2026, 11, 30)),
        ("care", date(2019, 7, 1), date(2008, 12, 1), date(2026, 12, 1)),
    ],
)
def test_security_73_each_class_is_due_on_its_day_and_not_a_day_before(
    left: Left, clock: Any, code: str, left_on: date, born: date, due: date
) -> None:
    child = a_child(left.cast, left.chain, "某某某甲", left_on, born)
    for day, expected in ((due - timedelta(days=1), False), (due, True)):
        clock.set(core_clock.now().replace(year=day.year, month=day.month, day=day.day))
        assert (code in due_of(left, child)) is expected, day


def test_security_73_who_is_on_a_roll_of_the_county_is_never_due(left: Left) -> None:
    assert set(due_of(left, left.gone)) == {"answers", "care", "register"}
    elsewhere = replace(left.chain, school=left.cast.units["yuntai"])
    other = a_child(left.cast, elsewhere, "又入学的甲", None)
    change(other, student_no=db.session.scalar(select(Student.student_no).where(Student.id == left.gone)))
    assert set(due_of(left, left.gone)) == {"register"}, "the register goes by its records, not by who left"


def test_security_73_the_roll_is_due_once_every_other_class_is_cleared(left: Left) -> None:
    for code in ("answers", "register", "care"):
        assert "roll" not in due_of(left, left.gone)
        left.erased(code)
    assert set(due_of(left, left.gone)) == {"roll"}


def test_security_73_an_open_matter_holds_everything_of_the_child(left: Left) -> None:
    other = a_child(left.cast, left.chain, "还有警报的", critical_alerts="pending")
    assert set(due_of(left, other).values()) == {"open"}
    assert set(due_of(left, left.gone).values()) == {""}


def test_security_73_what_is_held_is_not_erased_even_when_it_was_approved(left: Left) -> None:
    a_child(left.cast, left.chain, "不保留的甲")
    batch = left.listed()["answers"]
    assert batch.total == 2
    purging.propose_purge(left.act("dpo"), batch, STEP)
    purging.approve_purge(left.act("psych_center_lead"), batch, STEP)
    use_context(SYSTEM.context())
    number = db.session.scalar(select(Student.student_no).where(Student.id == left.gone))
    made = hold(left, school_id=left.chain.school.id, student_no=number)
    purging.carry_out(SimpleNamespace(record_id=batch.id))  # type: ignore[arg-type]
    done = left.batches()["answers"]
    assert (done.state, done.done) == ("done", 1)
    assert due_of(left, left.gone)["answers"] == "legal"
    listing.lift_hold(left.act("dpo"), made, LiftIn())
    with pytest.raises(StepRefused):
        listing.lift_hold(left.act("dpo"), made, LiftIn())
    assert due_of(left, left.gone)["answers"] == ""
    assert left.batches()["answers"].state == "due"


def test_a_hold_ends_by_itself_after_its_last_day(left: Left, clock: Any) -> None:
    hold(left, class_code="care", until_on=core_clock.today() + timedelta(days=1))
    assert due_of(left, left.gone) == {"answers": "", "care": "legal", "register": ""}
    clock.advance(days=2)
    assert due_of(left, left.gone)["care"] == ""


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": "短"}, "reason"),
        ({"ground": "because"}, "ground"),
        ({"class_code": "nothing"}, "class_code"),
        ({"until_on": date(2026, 1, 1)}, "until_on"),
        ({"student_no": "L1"}, "school_id"),
    ],
)
def test_a_hold_says_why_and_until_when(left: Left, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        hold(left, **given)
    assert field in refused.value.sentences


def test_a_number_that_the_school_does_not_have_is_refused_and_nobody_else_holds(left: Left) -> None:
    with pytest.raises(Invalid, match="学籍号"):
        hold(left, school_id=left.chain.school.id, student_no="L330901200503010000")
    place = BureauPlace(left.cast.county.id, left.cast.county.id)
    given = HoldIn("legal", WHY, core_clock.today() + timedelta(days=9))
    with pytest.raises(NotAllowed):
        listing.place_hold(left.act("psych_center_lead"), place, given)


def test_a_longer_period_takes_what_was_due_off_the_list_and_its_batch_lapses(left: Left) -> None:
    assert left.listed()["answers"].state == "due"
    place = BureauPlace(left.cast.county.id, left.cast.county.id)
    given = periods.PeriodIn("answers", 6, "局务会纪要第 3 号，延长到六个学年")
    made = periods.propose_period(left.act("dpo"), place, given)
    change(left.gone, left_on=date(2022, 7, 1))
    periods.approve_period(left.act("leading_group_head"), made, STEP)
    assert "answers" not in due_of(left, left.gone)
    assert left.batches()["answers"].state == "lapsed"


def test_the_list_is_made_once_a_day(left: Left) -> None:
    use_context(SYSTEM.context())
    assert listing.refresh_all() > 0
    assert listing.refresh_all() == 0
