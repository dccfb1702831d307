"""How far schools and classes lie apart: the middle half with the interval of its median, and a school's own classes."""

from __future__ import annotations

import re
from math import comb
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from app.core.audit import trail
from app.core.database import db
from app.core.intervals import median_interval
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring.models import DataRelease, MonitoringCycle, ReleaseAck
from app.improvement.monitoring.spread import spread_of
from tests.cast import Cast, sign_in
from tests.factories.monitoring import NUMBER, Line, act_as, released

SCHOOLS = ("shuangqiao", "yuntai", "chengguan", "shimen")


def of_class(school: str, number: int, value: float, n: int = 40) -> Line:
    return Line(school, value=value, n=n, level="班级", class_no=f"{number}")


def cell(value: float | None, level: str = "class", number: int = 1, **more: Any) -> dict[str, Any]:
    """A cell of a frozen data set."""
    named = {"indicator": NUMBER, "indicator_name": "数与运算", "grade": "G7", "subject": "math", "value_type": "mean"}
    return {**named, "level": level, "value": value, "class_no": number, **more}


@pytest.fixture
def out(county: Cast) -> MonitoringCycle:
    """Twelve classes of four schools, given from the highest value to the lowest; one class of four pupils beside them."""
    lines = [
        of_class(school, 3 - n, 600 - 10 * (3 * place + n)) for place, school in enumerate(SCHOOLS) for n in range(3)
    ]
    return released(
        county, (*lines, *(Line(school, value=550) for school in SCHOOLS), of_class("yuntai", 4, 417.3, n=4))
    )


def seen(app: Flask, county: Cast, key: str, path: str) -> str:
    answer = sign_in(app.test_client(), county[key]).get(path, base_url="https://localhost")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def package_of(county: Cast, school: str) -> ReleaseAck:
    act_as(county.actor("office_director"))
    found = select(ReleaseAck).where(ReleaseAck.unit_id == county.units[school].id).options(undefer(ReleaseAck.package))
    return db.session.scalars(found).one()


def test_quartiles_leave_out_what_is_not_told_and_need_ten_units() -> None:
    values = [float(n) for n in range(1, 12)]
    groups = {("class", NUMBER, "G7"): [cell(value) for value in (*reversed(values), None)]}
    assert spread_of(groups, 10)[0]["quartiles"] == [3.5, 6, 8.5] and spread_of(groups, 10)[0]["units"] == 11
    few = spread_of({("school", NUMBER, "G7"): [cell(value, "school") for value in values[:9]]}, 10)[0]
    assert (few["units"], few["quartiles"], few["median"]) == (9, None, None)
    assert spread_of({("region", NUMBER, "G7"): [cell(1.0, "region")]}, 1) == []


@pytest.mark.parametrize("number", [6, 10, 11, 25, 56])
def test_the_interval_of_a_median_holds_it_in_95_of_100_and_is_as_narrow_as_that_allows(number: int) -> None:
    low, high = median_interval([float(n) for n in range(1, number + 1)]) or (0, 0)
    skipped = int(low)
    assert high == number + 1 - skipped
    outside = [2 * sum(comb(number, k) for k in range(most)) / 2**number for most in (skipped, skipped + 1)]
    assert outside[0] <= 0.05 < outside[1]


def test_too_few_values_have_no_interval_of_their_median() -> None:
    assert median_interval([1, 2, 3, 4, 5]) is None and median_interval([]) is None


def test_the_analysis_shows_the_middle_half_of_the_classes_and_none_of_four_schools(
    app: Flask, county: Cast, out: MonitoringCycle
) -> None:
    text = seen(app, county, "evaluator", f"{out.address}/versions/analysis")
    part = text[text.index("学校之间、班级之间的差距") :]
    assert "班级 12 517.5 至 572.5" in part, "the class of four is not counted"
    assert "学校 4 单位不到 10 个，不显示" in part
    assert not any(county.units[school].name in part for school in SCHOOLS)


def test_a_school_reads_its_classes_in_their_order_beside_the_countys_and_no_others(
    app: Flask, county: Cast, out: MonitoringCycle
) -> None:
    text = seen(app, county, "yuntai_principal", package_of(county, "yuntai").address)
    part = text[text.index("各班与全县各班") : text.index("历次：")]
    places = [part.index(f"（{number}）班 ") for number in (1, 2, 3, 4)]
    assert places == sorted(places) and "417.3" not in part
    assert re.search(r"（3）班 40 570\.0 （539\.0 至 601\.0） \d", part)
    assert not any(value in part for value in ("600.0", "540.0", "510.0", "490.0"))


def test_in_a_package_the_whole_school_comes_first_and_its_classes_are_folded(
    app: Flask, county: Cast, out: MonitoringCycle
) -> None:
    ack = package_of(county, "yuntai")
    html = sign_in(app.test_client(), county["yuntai_principal"]).get(ack.address, base_url="https://localhost").text
    whole, _, rest = html.partition('<details class="chart-data">')
    folded = rest.partition("</details>")[0]
    levels = [cell["class_no"] for cell in ack.package["cells"]]
    rows = re.compile(r'<td class="t-title"><a href="[^"]*of=')
    assert len(rows.findall(whole)) == levels.count(None) > 0
    assert len(rows.findall(folded)) == len(levels) - levels.count(None) > 0


def test_a_department_reads_quartiles_and_no_class(app: Flask, county: Cast, out: MonitoringCycle) -> None:
    text = seen(app, county, "dept_head", package_of(county, "basic_education").address)
    assert "学校之间、班级之间的差距" in text and "）班" not in text


def test_versions_and_packages_from_before_quartiles_were_reckoned_stay_readable(
    app: Flask, county: Cast, out: MonitoringCycle
) -> None:
    ack = package_of(county, "yuntai")
    with trail.act(SYSTEM, "system", "test.before"):
        plain = update(DataRelease).values(snapshot=DataRelease.snapshot.op("-")("spread"))
        db.session.execute(plain.execution_options(synchronize_session=False))
        sent = update(ReleaseAck).values(package=ReleaseAck.package.op("-")("spread"))
        db.session.execute(sent.execution_options(synchronize_session=False))
    db.session.expire_all()
    for key, path in (("evaluator", f"{out.address}/versions/analysis"), ("yuntai_principal", ack.address)):
        text = seen(app, county, key, path)
        assert "数与运算" in text and "中间一半 " not in text and "各班与全县各班" not in text
