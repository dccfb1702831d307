"""What the head of the leading group reads of care beside coverage: consent in force, how long alerts wait, open red cases."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.care.figures.measures import LONGER
from app.care.figures.models import FigureSnapshot, PublishedFigure
from app.care.figures.rates import Figure, between, figures_of
from app.care.figures.region import for_the_region
from app.core.audit import trail
from app.core.clock import today
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.core.small_cells import FEW, KEPT
from tests.care.figures_of_care import fill
from tests.care.test_figures import approve, freeze, prepared
from tests.cast import Cast, sign_in

SCHOOLS = ("shuangqiao", "yuntai", "shiyan", "chengguan", "qingxi", "shimen")
HTTPS = "https://localhost"
ALERTS = """
insert into critical_alerts (county_id, school_id, student_id, kind, raised_on, created_at, accept_by, accepted_at, told, state)
select county_id, school_id, id, 'O1a', :day, cast(:day as date) + interval '8 hours', cast(:day as date) + interval '9 hours',
    case when :minutes > 0 then cast(:day as date) + interval '8 hours' + make_interval(mins => :minutes) end, :told,
    case when :minutes > 0 then 'closed' else 'pending' end
from (select *, row_number() over (order by student_no) as n from students where county_id = :county) s
where n > :after and n <= :after + :many
"""


@pytest.fixture
def county(app: Flask, cast: Cast) -> Cast:
    """Six schools of 200 students in the middle of the term, nothing frozen."""
    fill(cast.county.id, [cast.units[key].id for key in SCHOOLS], cast["school_counselor"].person_id, 200)
    return cast


def alerts(cast: Cast, many: int, minutes: int, *, after: int = 0, ago: int = 5, told: int = 1) -> None:
    """Alerts of so many students that were taken on after so many minutes; 0: nobody took them on."""
    use_context(SYSTEM.context())
    given = {"county": cast.county.id, "day": today() - timedelta(days=ago), "told": told}
    with trail.act(SYSTEM, "system", "test.alerts"):
        db.session.execute(text(ALERTS), given | {"many": many, "minutes": minutes, "after": after})


def figure(content: dict[str, Any], code: str) -> Figure:
    return next(one for one in figures_of(content) if one.code == code)


def reasons(*cells: Any, total: int, covered: int = 1200) -> dict[str, Any]:
    """A county whose coverage is told and of whose reasons these cells are."""
    line = {"total": total, "cells": list(cells), "carried": False}
    taking = {"total": covered, "cells": [covered - total, total], "carried": False}
    return {"coverage": {"line": taking, "cuts": {}}, "reasons": {"line": line, "cuts": {}}}


def test_consent_in_force_is_a_share_of_those_with_a_task_and_its_interval_holds_the_truth(county: Cast) -> None:
    one = figure(freeze(county), "consented")
    assert one.n == 1200, "sixty did not reply, sixty did not agree, nobody took back: 1080 are left"
    assert one.value is not None and abs(one.value - 1080 / 1200) <= 8 / 1200
    assert one.low is not None and one.high is not None and one.low < 1080 / 1200 < one.high
    assert one.done is None, "how many took back is under five, so the number itself is not told"


def test_consent_is_reckoned_from_cells_that_stand_beside_it_and_from_nothing_else() -> None:
    exact = figure(reasons(20, 60, 40, 30, 50, 10, 90, total=300), "consented")
    assert (exact.done, exact.n, exact.value) == (1110, 1200, 1110 / 1200)
    by_sum = figure(reasons(20, 60, 40, KEPT, 50, FEW, 90, total=300), "consented")
    assert (by_sum.done, by_sum.value) == (1110, 1110 / 1200), "what the other reasons leave of the sum"
    unclear = figure(reasons(KEPT, 60, 40, 30, 50, FEW, 90, total=300), "consented")
    assert unclear.done is None and unclear.value == pytest.approx(1 - 84 / 1200)
    hidden = figure(reasons(KEPT, 60, 40, KEPT, 50, FEW, 90, total=300), "consented")
    assert hidden.value is None and hidden.why is not None and hidden.n == 1200


def test_a_share_of_consent_that_cannot_be_told_closely_is_not_told_at_all() -> None:
    few = figure(reasons(KEPT, 6, 4, 30, FEW, FEW, FEW, total=60, covered=120), "consented")
    assert few.value is None and few.why is not None
    nobody = figure(reasons(0, 0, 0, 0, 0, 0, 0, total=0, covered=12), "consented")
    assert nobody.value is None and nobody.n == 12
    content = reasons(total=15, covered=1200)
    content["reasons"]["line"] = None
    almost_all = figure(content, "consented")
    assert almost_all.value is not None and almost_all.high is not None and 0.987 < almost_all.value < 1
    assert figure({}, "consented").value is None


def test_what_a_reader_can_tell_of_cells_is_the_narrower_of_two_ways() -> None:
    line = {"total": 100, "cells": [FEW, 40, KEPT, 20], "carried": False}
    assert between(line, (0, 1)) == (40, 48)
    assert between(line, (2, 3)) == (52, 60), "a sum less what stands elsewhere"
    assert between(line, (1, 3)) == (60, 60)
    assert between({**line, "cells": [KEPT, 40, KEPT, 20]}, (0, 1)) is None


def test_half_of_the_alerts_were_taken_on_within_the_median_rounded_up_to_five_minutes(county: Cast) -> None:
    alerts(county, 15, 7)
    alerts(county, 10, 22, after=15)
    alerts(county, 16, 200, after=25)
    one = figure(freeze(county), "waits")
    assert (one.value, one.n, one.kind) == (25, 41, "minutes")
    assert (one.low, one.high) == (10, 200)


def test_the_newest_alert_of_a_student_counts_and_a_late_one_that_nobody_took_on_comes_last(county: Cast) -> None:
    alerts(county, 12, 300, ago=9)
    alerts(county, 12, 10, ago=3)
    alerts(county, 11, 0, after=12, told=2)
    alerts(county, 30, 0, after=30, told=1)
    one = figure(freeze(county), "waits")
    assert (one.value, one.n, one.high) == (10, 23, LONGER), "those that wait in time are not counted yet"


def test_a_median_of_fewer_than_twenty_is_not_told(county: Cast) -> None:
    alerts(county, 19, 7)
    content = freeze(county)
    assert content["waits"] == {"n": None} and figure(content, "waits").value is None


def test_security_31_one_alert_more_moves_no_median_and_five_more_do(county: Cast, clock: Any) -> None:
    alerts(county, 21, 10)
    first = freeze(county)["waits"]
    for day, more, moved in ((7, 4, False), (14, 25, True)):
        clock.set(clock.now() + timedelta(days=7))
        alerts(county, more, 600, after=40 * day, ago=2)
        assert (freeze(county)["waits"] != first) is moved


def test_open_red_cases_are_the_cell_of_the_levels_and_no_second_count(county: Cast) -> None:
    content = freeze(county)
    cell = content["levels"]["line"]["cells"][-1]
    one = figure(content, "open_red")
    assert (one.done, one.value, one.n) == (cell, cell, 1200) and cell == 24
    content["levels"]["line"]["cells"][-1] = FEW
    small = figure(content, "open_red")
    assert small.value is None and small.why is not None


def test_the_head_finds_the_three_figures_on_the_first_page_and_no_way_to_a_case(app: Flask, county: Cast) -> None:
    alerts(county, 25, 12)
    freeze(county)
    client = sign_in(app.test_client(), county["leading_group_head"])
    before = client.get("/", base_url=HTTPS).text
    assert "警报接手用时的中位数" not in before, "nothing that was not let out"
    approve(county, prepared(county))
    page = client.get("/", base_url=HTTPS).text
    panel = page[page.index("学生心理工作</h2>") :].split("</section>")[0].split("</table>")[0]
    told = " ".join(re.sub(r"<[^>]+>", " ", panel).split())
    assert re.search(r"同意有效的占比 (89|90)\.\d% 1200 人", told)
    assert "警报接手用时的中位数 15 分钟 25 人" in told and "在办的红色个案（层级：需要马上帮助） 24 人" in told
    links = re.findall(r'href="([^"]+)"', panel)
    assert all(link.startswith("/care-figures/releases/") for link in links), "to the release alone"
    with client.session_transaction(base_url=HTTPS) as session:
        session["language"] = "en"
    english = client.get("/", base_url=HTTPS).text
    assert "Median time until an alert is taken on" in english and "Open red cases (level: Help at once)" in english


def test_a_small_number_of_red_cases_is_told_as_few(app: Flask, county: Cast) -> None:
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.calm"):
        calm = "update rainbow_tiers set tier = 'orange' where tier = 'red' and county_id = :county"
        db.session.execute(text(calm), {"county": county.county.id})
    freeze(county)
    approve(county, prepared(county))
    page = sign_in(app.test_client(), county["leading_group_head"]).get("/", base_url=HTTPS).text
    told = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert (
        "在办的红色个案（层级：需要马上帮助） &lt;5 人" in told or "在办的红色个案（层级：需要马上帮助） <5 人" in told
    )
    kept = select(PublishedFigure.code).where(PublishedFigure.audience == "group")
    use_context(SYSTEM.context())
    assert "open_red" not in db.session.scalars(kept).all()


@pytest.mark.parametrize("key", ["leading_group_head", "leading_group_member"])
def test_security_31_the_leading_group_reaches_none_of_the_rows_behind_the_figures(
    app: Flask, county: Cast, key: str
) -> None:
    alerts(county, 25, 12)
    freeze(county)
    approve(county, prepared(county))
    actor = county.actor(key)
    use_context(actor.context())
    for table in ("critical_alerts", "consents", "screening_tasks", "rainbow_tiers", "figure_snapshots"):
        assert db.session.scalar(text(f"select count(*) from {table}")) == 0, table
    client = sign_in(app.test_client(), county[key])
    for address in ("/alerts", "/consents", "/care-figures/"):
        assert client.get(address, base_url=HTTPS).status_code in (403, 404), address


def test_published_numbers_hold_the_new_figures_and_city_and_province_get_none_of_them(county: Cast) -> None:
    alerts(county, 25, 12)
    freeze(county)
    release = prepared(county)
    approve(county, release)
    use_context(SYSTEM.context())
    rows = db.session.execute(
        select(PublishedFigure.audience, PublishedFigure.code, PublishedFigure.kind, PublishedFigure.value).where(
            PublishedFigure.release_id == release.id
        )
    ).all()
    told = {(row.audience, row.code): (row.kind, row.value) for row in rows}
    assert told["group", "waits"] == ("minutes", 15) and told["group", "open_red"] == ("count", 24)
    assert told["group", "consented"][0] == "share"
    assert not {code for audience, code in told if audience == "region"} & {"waits", "open_red", "consented"}
    names = figure(reasons(20, 60, 40, 30, 50, 10, 90, total=300), "consented")
    assert names.done is not None and not list(for_the_region([names], [])), "nor where the number is exact"


def test_no_week_holds_a_time_of_one_alert(county: Cast) -> None:
    alerts(county, 25, 12)
    alerts(county, 1, 1234, after=40)
    freeze(county)
    use_context(SYSTEM.context())
    for content in db.session.scalars(select(FigureSnapshot.content)):
        waits = json.dumps(content.get("waits", {}))
        assert "1235" not in waits and "cells" not in waits
