"""What teachers see of the results: their own classes and subjects, from the release to the last day of the duty (domain §2.2)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring import operations
from app.improvement.monitoring.class_results import parts_of_class
from app.improvement.monitoring.models import MonitoringCycle, MonitoringResult
from app.improvement.monitoring.operations import Move
from app.improvement.monitoring.queries import class_cells
from app.people.directory.models import SchoolClass, TeachingDuty
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.factories.monitoring import (
    PASS,
    SHAPE,
    Line,
    act_as,
    begin_cycle,
    bring_in,
    put_in,
    release,
    released,
    verify,
)

HERE = "/monitoring/class-results"


def of_class(number: int, value: float, n: int = 40, school: str = "shuangqiao", **more: Any) -> Line:
    """One class of grade 7."""
    return Line(school, value=value, n=n, level="班级", class_no=f"{number}", **more)


def of_grade(value: float, n: int = 120, **more: Any) -> Line:
    """The whole grade 7."""
    return Line("shuangqiao", value=value, n=n, level="年级", **more)


LINES = (
    of_grade(501.1),
    of_class(1, 487.3),
    of_class(1, 512.4, indicator=SHAPE),
    of_class(2, 533.7),
    of_class(1, 466.9, school="chengguan"),
    Line("shuangqiao", value=498.6),
)
MINE = ("487.3", "512.4")
OTHERS = ("501.1", "533.7", "466.9", "498.6")


@pytest.fixture
def out(county: Cast) -> MonitoringCycle:
    """A released round with a whole grade, two classes of one school and one of another."""
    return released(county, LINES)


def seen(app: Flask, cast: Cast, key: str, path: str = HERE) -> Any:
    """The answer to a player."""
    return sign_in(app.test_client(), cast[key]).get(path, base_url="https://localhost")


def values(page: str) -> set[str]:
    """The values of the table, without intervals and benchmarks."""
    return set(re.findall(r">(\d{3}\.\d) <span", page))


def end(cast: Cast, key: str, last: date) -> None:
    """The duties of a player end on this day."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.end"):
        mine = update(TeachingDuty).where(TeachingDuty.person_id == cast[key].person_id)
        db.session.execute(mine.values(to_on=last).execution_options(synchronize_session=False))


def begin(cast: Cast, key: str, duty: str, subject: str | None = None, number: int = 2, **more: Any) -> None:
    """A further duty of a player in another class of the school."""
    place = cast.units["shuangqiao"]
    belongs = {"county_id": place.county_id, "school_id": place.id}
    values = {"school_year": 2026, "grade": "G7", "class_no": number, "name": f"七年级{number}班"} | more
    with trail.act(SYSTEM, "system", "test.begin"):
        made = db.session.scalar(insert(SchoolClass).values(**belongs, **values).returning(SchoolClass.id))
        given = {"person_id": cast[key].person_id, "class_id": made, "duty": duty, "subject": subject}
        db.session.execute(insert(TeachingDuty).values(**belongs, **given, from_on=clock.today()))


@pytest.mark.parametrize("key", ["homeroom_teacher", "subject_teacher"])
def test_a_teacher_sees_the_own_class_and_no_other(app: Flask, county: Cast, out: MonitoringCycle, key: str) -> None:
    page = seen(app, county, key)
    assert page.status_code == 200 and values(page.text) == set(MINE)
    assert "七年级（1）班" in page.text and "（2）班" not in page.text


def test_a_grade_leader_sees_the_grade_and_its_classes_in_their_order(
    app: Flask, county: Cast, out: MonitoringCycle
) -> None:
    text = seen(app, county, "grade_leader").text
    assert values(text) == {"501.1", "498.6", *MINE, "533.7"} and "466.9" not in text
    assert text.index("七年级全年级") < text.index("七年级（1）班") < text.index("七年级（2）班")


def test_the_classes_of_a_grade_fold_on_a_phone_and_one_class_alone_does_not(
    app: Flask, county: Cast, out: MonitoringCycle
) -> None:
    assert seen(app, county, "grade_leader").text.count('<details class="fold" open>') == 3
    assert 'class="fold"' not in seen(app, county, "homeroom_teacher").text


def test_a_subject_teacher_sees_a_class_in_the_subject_taught_there_only(
    app: Flask, county: Cast, out: MonitoringCycle
) -> None:
    begin(county, "subject_teacher", "subject", "english")
    assert values(seen(app, county, "subject_teacher").text) == set(MINE), "class 2 is taught English, not mathematics"
    begin(county, "subject_teacher", "subject", "math", 3)
    begin(county, "homeroom_teacher", "subject", "math", 4)
    assert "533.7" not in seen(app, county, "homeroom_teacher").text


def test_who_also_teaches_another_class_sees_it_as_a_subject_teacher_only(
    app: Flask, county: Cast, out: MonitoringCycle
) -> None:
    begin(county, "homeroom_teacher", "subject", "math")
    assert values(seen(app, county, "homeroom_teacher").text) == set(MINE)
    begin(county, "subject_teacher", "subject", "math", 2, school_year=2025, grade="G6")
    assert values(seen(app, county, "subject_teacher").text) == {*MINE, "533.7"}, "6 (2) of last year is 7 (2) of this"


def test_another_cohort_that_had_the_same_number_is_not_the_own_class(app: Flask, county: Cast) -> None:
    last_year = date(clock.today().year, 5, 20)
    assert last_year < date(2026, 9, 1)
    released(county, LINES, starts_on=last_year, ends_on=last_year)
    assert "还没有你所教班级的结果" in seen(app, county, "homeroom_teacher").text


def test_the_import_says_the_cohort_of_each_cell(county: Cast) -> None:
    cycle = begin_cycle(county)
    bring_in(county, cycle, (of_class(1, 487.3), of_grade(501.1), Line("yuntai", grade="")))
    cells = db.session.execute(select(MonitoringResult.grade, MonitoringResult.cohort)).all()
    assert set(map(tuple, cells)) == {("G7", 2020), (None, None)}


def test_nothing_is_seen_before_the_release_nor_after_the_data_were_withdrawn(app: Flask, county: Cast) -> None:
    cycle = begin_cycle(county)
    put_in(county, cycle, LINES)
    verify(county, cycle)
    for _time in range(2):
        page = seen(app, county, "homeroom_teacher")
        assert "还没有你所教班级的结果" in page.text and not values(page.text)
        assert seen(app, county, "homeroom_teacher", f"{HERE}/{cycle.ref}").status_code == 404
        if cycle.state == "verified":
            release(county, cycle)
            assert values(seen(app, county, "homeroom_teacher", f"{HERE}/{cycle.ref}").text) == set(MINE)
            head = act_as(county.actor("leading_group_head"))
            operations.withdraw_cycle(head, cycle, Move(reason="试卷有误，数据作废，另行组织补测"))


def test_security_25_the_results_are_gone_the_day_after_the_duty_ends(
    app: Flask, county: Cast, out: MonitoringCycle
) -> None:
    end(county, "homeroom_teacher", clock.today())
    assert values(seen(app, county, "homeroom_teacher").text) == set(MINE), "the last day counts"
    end(county, "homeroom_teacher", clock.today() - timedelta(days=1))
    page = seen(app, county, "homeroom_teacher")
    assert "你现在没有登记任教的班级" in page.text and not values(page.text)
    assert seen(app, county, "homeroom_teacher", f"{HERE}/{out.ref}").status_code == 404
    assert HERE + "/" not in seen(app, county, "homeroom_teacher", "/").text


def test_the_first_page_of_a_teacher_leads_to_the_newest_round(app: Flask, county: Cast, out: MonitoringCycle) -> None:
    for key in ("homeroom_teacher", "subject_teacher", "grade_leader"):
        assert f"{HERE}/{out.ref}" in seen(app, county, key, "/").text
    for key in ("principal", "office_director", "inspector"):
        assert seen(app, county, key).status_code == 404 and HERE not in seen(app, county, key, "/").text


def test_values_of_fewer_than_five_pupils_are_not_shown(app: Flask, county: Cast) -> None:
    released(county, (of_class(1, 455.5, n=4), of_class(1, 511.5, n=5, indicator=SHAPE)))
    text = seen(app, county, "homeroom_teacher").text
    assert "455.5" not in text and "人数太少，不显示" in text and "&lt;5" in text and values(text) == {"511.5"}


def test_a_small_class_is_not_reckoned_from_the_grade_and_the_others(app: Flask, county: Cast) -> None:
    lines = (of_grade(500.5, n=84), of_class(1, 510.1, n=44), of_class(2, 490.2, n=36), of_class(3, 470.3, n=4))
    cycle = released(county, lines)
    text = seen(app, county, "grade_leader").text
    assert values(text) == {"500.5", "510.1"} and "为了不让人数太少的班被推算出来，不显示" in text
    parts = parts_of_class(class_cells(act_as(county.actor("grade_leader")), cycle), cycle, 5)
    shown = {part.class_no: part.cells[0].shown for part in parts}
    assert shown == {None: True, 1: True, 2: False, 3: False}
    assert not values(seen(app, county, "homeroom_teacher").text) - {"510.1"}


def test_a_small_class_without_the_grade_beside_it_hides_no_other(app: Flask, county: Cast) -> None:
    cycle = released(county, (of_class(1, 510.1), of_class(2, 490.2), of_class(3, 470.3, n=4)))
    parts = parts_of_class(class_cells(act_as(county.actor("grade_leader")), cycle), cycle, 5)
    assert [part.cells[0].shown for part in parts] == [True, True, False]


def test_a_rate_has_its_interval_and_forty_rows_take_as_many_queries_as_two(app: Flask, county: Cast) -> None:
    released(county, (of_class(1, 0.55, 60, indicator=PASS, kind="比率"),))
    seen(app, county, "homeroom_teacher")
    with counted_statements() as few:
        text = seen(app, county, "homeroom_teacher").text
    assert "55.0%" in text and "（42.5% 至 66.9%）" in text
    released(county, [of_grade(500)] + [of_class(n, 500 + n) for n in range(1, 40)], code="2026-CZ-02")
    with counted_statements() as many:
        assert len(values(seen(app, county, "homeroom_teacher").text)) == 1
    assert len(many) == len(few)
