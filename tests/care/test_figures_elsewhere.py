"""Counts of care for those who look from beside and from above: inspector, city and province, first pages of the leading group and the principal."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.care.figures import operations
from app.care.figures.models import FigureRelease, FigureSnapshot, PublishedFigure
from app.care.figures.rates import Figure
from app.care.figures.region import for_the_region
from app.core.audit import trail
from app.core.clock import today
from app.core.database import db, use_context
from app.core.errors import Sentence
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Unit
from tests.care.figures_of_care import fill
from tests.care.test_figures import approve, prepared
from tests.cast import Cast, sign_in

SCHOOLS = ("shuangqiao", "yuntai", "shiyan", "chengguan", "qingxi", "shimen")
HTTPS = "https://localhost"
DUTIES = """
insert into care_duties (county_id, school_id, unit_id, student_id, code, for_class, due_at, done_on, state)
select county_id, school_id, school_id, student_id, 'talk', false, cast(:day as date) - 2,
    case when n % 10 <> 9 then cast(:day as date) - 3 end, case when n % 10 <> 9 then 'done' else 'due' end
from (select *, row_number() over (partition by school_id order by student_id) as n from rainbow_tiers where county_id = :county) t
"""
LATE = """
update rainbow_assessments set decide_by_at = case when computation % 5 = 0 then decided_on - 2 else decided_on + 2 end
where county_id = :county and decided_on is not null
"""
LEVEL_WORDS = ("需要马上帮助", "紧急关注", "常规支持", "重点关注")


@pytest.fixture
def county(app: Flask, cast: Cast) -> Cast:
    """Six schools of 200 students with decisions and tasks in time and late, frozen."""
    fill(cast.county.id, [cast.units[key].id for key in SCHOOLS], cast["school_counselor"].person_id, 200)
    with trail.act(SYSTEM, "system", "test.late"):
        for statement in (DUTIES, LATE):
            db.session.execute(text(statement), {"county": cast.county.id, "day": today()})
    use_context(SYSTEM.context())
    operations.freeze_where_due()
    return cast


def opened(app: Flask, cast: Cast, key: str, address: str) -> Any:
    return sign_in(app.test_client(), cast[key]).get(address, base_url=HTTPS)


def short(cast: Cast, *keys: str) -> list[str]:
    """The names of schools as tables tell them."""
    use_context(SYSTEM.context())
    ids = [cast.units[key].id for key in keys]
    return list(db.session.scalars(select(Unit.short_name).where(Unit.id.in_(ids))))


def main_of(page: str) -> str:
    return page[page.index("<main") :]


def test_what_was_done_in_time_is_counted_by_student_with_its_denominator(county: Cast) -> None:
    use_context(SYSTEM.context())
    week = db.session.scalar(select(FigureSnapshot).where(FigureSnapshot.school_id.is_(None)))
    assert week is not None
    duties, settled = week.content["duties"]["line"], week.content["settled"]["line"]
    assert (duties["cells"], duties["total"]) == ([1080, 120], 1200)
    assert settled["total"] == 480 and sum(settled["cells"]) == 480 and settled["cells"][1] == 96


def test_security_31_an_inspector_reads_process_facts_of_the_own_schools_and_no_level(county: Cast, app: Flask) -> None:
    shown = main_of(opened(app, county, "inspector", "/care-figures/process").text)
    assert all(name in shown for name in short(county, "shuangqiao", "yuntai"))
    assert not [name for name in short(county, "shiyan") if name in shown]
    assert "75.0%" in shown and "150 / 200" in shown and "90.0%" in shown and "180 / 200" in shown
    assert not [word for word in LEVEL_WORDS if word in shown]
    use_context(county.actor("inspector").context())
    rows = db.session.scalars(select(FigureSnapshot)).all()
    mine = {county.units[key].id for key in ("shuangqiao", "yuntai")}
    assert {row.school_id for row in rows} == mine and {row.kind for row in rows} == {"process"}
    assert not [row for row in rows if set(row.content) - {"coverage", "settled", "duties"}]


def test_an_inspector_finds_a_reason_where_nothing_can_be_shown(app: Flask, cast: Cast) -> None:
    assert "还没有冻结过数据" in opened(app, cast, "inspector", "/care-figures/process").text
    fill(cast.county.id, [cast.units["shiyan"].id, cast.units["yuntai"].id], cast["school_counselor"].person_id, 200)
    use_context(SYSTEM.context())
    operations.freeze_where_due()
    assert "人数少，不单列" in opened(app, cast, "inspector", "/care-figures/process").text


def test_security_31_city_and_province_read_released_shares_of_ten_and_more(county: Cast, app: Flask) -> None:
    for key in ("city_officer", "province_viewer"):
        assert "县里还没有发布过数据" in opened(app, county, key, "/care-figures/region").text
    release = prepared(county)
    assert "县里还没有发布过数据" in opened(app, county, "city_officer", "/care-figures/region").text
    approve(county, release)
    shown = main_of(opened(app, county, "city_officer", "/care-figures/region").text)
    assert "75.0%" in shown and "1200" in shown and "90.0%" in shown
    assert not [word for word in LEVEL_WORDS if word in shown]
    assert not [name for name in short(county, *SCHOOLS) if name in shown]
    use_context(county.actor("city_officer").context())
    for model in (FigureSnapshot, FigureRelease, PublishedFigure):
        assert not db.session.scalars(select(model)).all(), "the region reads numbers, never a table"
    rows = db.session.execute(text("select code, value, n from care.region_figures()")).all()
    assert rows and all(10 <= round(value * n) <= n - 10 for _code, value, n in rows)


def test_what_was_taken_back_is_gone_for_city_and_province_too(county: Cast, app: Flask) -> None:
    release = prepared(county)
    approve(county, release)
    actor = county.actor("psych_center_lead")
    use_context(actor.context())
    operations.withdraw_release(actor, release, operations.ReleaseStep("一所学校的名册有误，要重新统计"))
    assert "75.0%" not in opened(app, county, "city_officer", "/care-figures/region").text


def test_a_number_for_the_region_moves_by_ten_or_not_at_all_and_none_is_under_ten() -> None:
    name = Sentence("覆盖", "Coverage")

    def told(done: int, n: int, before: list[tuple[str, int, int]]) -> list[tuple[int | None, int]]:
        one = Figure(1, "coverage", name, name, "share", done / n, 0.0, 1.0, done, n)
        return [(found.done, found.n) for found in for_the_region([one], before)]

    assert told(60, 100, []) == [(60, 100)]
    assert told(9, 100, []) == [] and told(91, 100, []) == []
    assert told(66, 106, [("coverage", 60, 100)]) == [(60, 100)]
    assert told(75, 115, [("coverage", 60, 100)]) == [(75, 115)]
    assert told(69, 109, [("coverage", 60, 100), ("coverage", 75, 115)]) in ([(60, 100)], [(75, 115)])


def test_the_database_takes_no_number_under_ten_for_the_region(county: Cast) -> None:
    release = prepared(county)
    row = {"county": county.county.id, "release": release.id}
    use_context(SYSTEM.context())
    with pytest.raises(DBAPIError, match="audience"), trail.act(SYSTEM, "system", "test.small"):
        db.session.execute(
            text(
                "insert into published_figures (county_id, release_id, unit_id, code, audience, kind, period, value, n)"
                " values (:county, :release, :county, 'x', 'region', 'share', '秋季', 0.5, 9)"
            ),
            row,
        )


def test_the_leading_group_finds_published_counts_on_its_first_page(county: Cast, app: Flask) -> None:
    assert "还没有发布过数据" in opened(app, county, "leading_group_head", "/").text
    approve(county, prepared(county))
    shown = opened(app, county, "leading_group_head", "/").text
    assert "学生心理工作" in shown and "75.0%" in shown and "900 / 1200" in shown and "层级：" in shown
    assert "学生心理工作" not in main_of(opened(app, county, "office_director", "/").text)


def test_the_principal_finds_the_own_schools_counts_on_the_first_page(county: Cast, app: Flask) -> None:
    shown = main_of(opened(app, county, "principal", "/").text)
    assert "本校学生心理工作" in shown and "/ 200" in shown
    assert "本校学生心理工作" not in main_of(opened(app, county, "school_coordinator", "/").text)


def test_on_a_wall_the_first_pages_show_no_figures_of_care(county: Cast, app: Flask) -> None:
    client = sign_in(app.test_client(), county["principal"])
    client.set_cookie("projector", "on", domain="localhost")
    assert "本校学生心理工作" not in main_of(client.get("/", base_url=HTTPS).text)


def test_process_rows_are_frozen_with_their_week_and_hold_no_student(county: Cast, clock: Any) -> None:
    use_context(SYSTEM.context())
    rows = db.session.scalars(select(FigureSnapshot).where(FigureSnapshot.kind == "process")).all()
    assert len(rows) == len(SCHOOLS)
    students = db.session.execute(
        text("select id, student_no, name from students where county_id = :c"), {"c": county.county.id}
    )
    told = json.dumps([row.content for row in rows])
    assert not [value for row in students for value in row if str(value) in told]
    clock.set(clock.now() + timedelta(days=7))
    assert operations.freeze_where_due() == 1
