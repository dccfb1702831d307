"""Figures of care: counted by sets, published without small cells, frozen by one person and let out by another."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.care.figures import operations, queries
from app.care.figures.models import FigureRelease, FigureSnapshot, PublishedFigure
from app.care.figures.operations import ReleaseIn, ReleasePlace, ReleaseStep
from app.care.figures.rates import figures_of, gaps
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import NotFound, StepRefused
from app.core.policy.actor import SYSTEM
from app.core.small_cells import FEW, KEPT
from tests.care.figures_of_care import fill
from tests.cast import Cast

SCHOOLS = ("shuangqiao", "yuntai", "shiyan", "chengguan", "qingxi", "shimen")
STEP = ReleaseStep()


@pytest.fixture
def county(app: Flask, cast: Cast) -> Cast:
    """Six schools of 200 students in the middle of the term."""
    fill(cast.county.id, [cast.units[key].id for key in SCHOOLS], cast["school_counselor"].person_id, 200)
    return cast


def freeze(cast: Cast) -> dict[str, Any]:
    """The week as the county's staff reads it."""
    use_context(SYSTEM.context())
    assert operations.freeze_where_due() == 1
    week = newest(cast, "psych_center_lead")
    assert week is not None
    return week.content


def newest(cast: Cast, key: str) -> FigureSnapshot | None:
    actor = cast.actor(key)
    use_context(actor.context())
    return queries.newest_week(actor)


def test_every_figure_has_its_denominator_and_interval_or_says_that_data_do_not_suffice(county: Cast) -> None:
    found = {one.code: one for one in figures_of(freeze(county))}
    coverage = found["coverage"]
    assert (coverage.done, coverage.n) == (900, 1200)
    assert coverage.low is not None and coverage.high is not None and coverage.low < 0.75 < coverage.high
    assert (found["invalid"].done, found["invalid"].n) == (60, 960)
    assert (found["refused"].done, found["refused"].n) == (60, 1200)
    assert found["confirmed"].n == 480 and found["scale_phqa"].value == 0.5
    assert (found["interval_kept"].done, found["interval_kept"].n) == (800, 1200)
    assert found["agreement"].n == 1200 and found["agreement"].value is not None
    assert found["missed"].value is None and found["missed"].why is not None
    assert {one.number for one in found.values()} == {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 13}
    assert {gap.cut for gap in gaps(freeze_content(county))} == {
        "sex",
        "grade",
        "boarding",
        "left_behind",
        "school_type",
    }


def freeze_content(cast: Cast) -> dict[str, Any]:
    week = newest(cast, "bureau_psych_officer")
    assert week is not None
    return week.content


def test_nothing_is_told_where_too_few_students_are(app: Flask, cast: Cast) -> None:
    fill(cast.county.id, [cast.units["shuangqiao"].id], cast["school_counselor"].person_id, 12)
    content = freeze(cast)
    assert all(one["line"] is None and not one["cuts"] for code, one in content.items() if code != "agreement")
    assert all(one.value is None and one.why is not None for one in figures_of(content))


def test_security_31_no_small_number_leaves_the_count_and_a_school_sees_its_own_row_of_the_same_table(
    county: Cast,
) -> None:
    content = freeze(county)
    cells = json.loads(json.dumps(content))

    def numbers(node: Any) -> list[int]:
        if isinstance(node, dict):
            return [
                n for key, one in node.items() if key not in ("groups", "value", "low", "high") for n in numbers(one)
            ]
        if isinstance(node, list):
            return [n for one in node for n in numbers(one)]
        return [node] if isinstance(node, int) and not isinstance(node, bool) else []

    assert min(numbers(cells)) >= 5
    table = content["levels"]["cuts"]["school"]
    assert [2, 3] in table["groups"], "four students of the highest level in each school are told with the level below"
    assert FEW in content["reasons"]["line"]["cells"] and KEPT in content["reasons"]["line"]["cells"]
    own = newest(county, "principal")
    assert own is not None
    school = str(county.units["shuangqiao"].id)
    assert own.content["levels"]["row"] == table["rows"][school]
    for key in county.units:
        if key in SCHOOLS and key != "shuangqiao":
            assert str(county.units[key].id) not in json.dumps(own.content)
    use_context(county.actor("principal").context())
    assert {(row.school_id, row.kind) for row in db.session.scalars(select(FigureSnapshot))} == {
        (county.units["shuangqiao"].id, "week")
    }


def test_security_31_one_student_more_changes_nothing_that_is_told_a_week_later(county: Cast, clock: Any) -> None:
    first = freeze(county)
    clock.set(clock.now() + timedelta(days=7))
    move = text(
        """update rainbow_tiers set tier = 'red' where student_id =
           (select student_id from rainbow_tiers where tier = 'green' and county_id = :county order by student_id limit 1)"""
    )
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.move"):
        db.session.execute(move, {"county": county.county.id})
    second = freeze(county)
    assert second["levels"]["line"] == first["levels"]["line"]
    assert {cut: table["rows"] for cut, table in second["levels"]["cuts"].items()} == {
        cut: table["rows"] for cut, table in first["levels"]["cuts"].items()
    }


def test_a_week_is_frozen_once_and_never_changed(county: Cast) -> None:
    freeze(county)
    assert operations.freeze_where_due() == 0
    use_context(SYSTEM.context())
    with pytest.raises(DBAPIError, match="never changed"), trail.act(SYSTEM, "system", "test.change"):
        db.session.execute(text("update figure_snapshots set school_year = 1999"))


def prepared(cast: Cast, replaces: str = "", who: str = "bureau_psych_officer") -> FigureRelease:
    actor = cast.actor(who)
    use_context(actor.context())
    place = ReleasePlace(cast.county.id, cast.county.id)
    return operations.prepare_release(actor, place, ReleaseIn("2026 年秋季学期", "第一次发布", replaces))


def approve(cast: Cast, release: FigureRelease, who: str = "psych_center_lead") -> None:
    actor = cast.actor(who)
    use_context(actor.context())
    operations.approve_release(actor, release, STEP)


def seen(cast: Cast, key: str = "leading_group_head") -> list[tuple[str, int, int]]:
    actor = cast.actor(key)
    use_context(actor.context())
    return [(one.state, one.number, one.version_no) for one in queries.releases(actor)]


def test_the_leading_group_reads_only_what_one_person_froze_and_another_published(county: Cast) -> None:
    freeze(county)
    release = prepared(county)
    ref = release.ref
    assert seen(county) == []
    assert newest(county, "leading_group_head") is None
    actor = county.actor("leading_group_head")
    with pytest.raises(NotFound):
        queries.release_for(actor, ref)
    use_context(actor.context())
    assert not db.session.scalars(select(FigureRelease.ref)).all(), "nor by SQL before it is out"
    use_context(SYSTEM.context())
    with pytest.raises(StepRefused, match="另一个人"):
        approve(county, release, "bureau_psych_officer")
    approve(county, release)
    assert seen(county) == seen(county, "leading_group_member") == [("published", 1, 1)]
    assert "school" not in release.content["measures"]["levels"]["cuts"]
    assert "school" in release.content["measures"]["coverage"]["cuts"]
    numbers = db.session.scalars(
        select(PublishedFigure).where(PublishedFigure.release_id == release.id, PublishedFigure.audience == "group")
    ).all()
    told = {one.code: one for one in numbers}
    assert (told["coverage"].value, told["coverage"].n, told["coverage"].period) == (0.75, 1200, "2026 年秋季学期")


def test_a_correction_is_a_new_version_and_a_withdrawal_leaves_its_reason(county: Cast) -> None:
    freeze(county)
    first = prepared(county)
    approve(county, first)
    second = prepared(county, first.ref, "psych_center_lead")
    approve(county, second, "bureau_psych_officer")
    assert sorted(seen(county)) == [("published", 1, 2), ("superseded", 1, 1)]
    actor = county.actor("psych_center_lead")
    use_context(actor.context())
    operations.withdraw_release(actor, second, ReleaseStep("一所学校的名册有误，要重新统计"))
    assert sorted(seen(county)) == [("superseded", 1, 1), ("withdrawn", 1, 2)]
    with pytest.raises(StepRefused):
        prepared(county, second.ref)
    third = prepared(county)
    assert (third.number, third.version_no) == (2, 1)
    use_context(SYSTEM.context())
    with pytest.raises((DBAPIError, IntegrityError), match="never changed"), trail.act(SYSTEM, "system", "test.change"):
        db.session.execute(text("update figure_releases set content = '{}' where id = :id"), {"id": first.id})


def test_what_was_changed_behind_the_pages_is_not_published(county: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(county)
    release = prepared(county)
    monkeypatch.setattr("app.care.figures.models.digest_of", lambda content: "0" * 64)
    with pytest.raises(StepRefused, match="没有被改动"):
        approve(county, release)


def test_no_release_or_week_holds_a_student(county: Cast) -> None:
    freeze(county)
    release = prepared(county)
    use_context(SYSTEM.context())
    everything = [json.dumps(release.content), *map(json.dumps, db.session.scalars(select(FigureSnapshot.content)))]
    students = db.session.execute(
        text("select id, student_no, name from students where county_id = :c"), {"c": county.county.id}
    )
    keys = [str(value) for row in students for value in row]
    assert len(keys) == 3600
    assert not [key for key in keys if any(key in content for content in everything)]
