"""Two sources that disagree, before and after the decision: the list, the pages that still show the value, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.improvement.monitoring import operations
from app.improvement.monitoring.models import DataFinding, MonitoringResult, ReleaseAck, SourceConflict
from app.improvement.monitoring.operations import AnswerIn, QuestionIn
from tests.browser.conftest import NARROW, WIDE, Site, Visit, barriers, picture, sideways, speak
from tests.factories.monitoring import NUMBER, SHAPE, Line, act_as, make_indicators, released

pytestmark = pytest.mark.browser
SCHOOLS = ("shuangqiao", "yuntai", "chengguan")


def _staged(site: Site) -> dict[str, str]:
    """Spring and autumn: two pairs far apart that were asked about, one that nobody asked about yet."""

    def furnish() -> dict[str, str]:
        cast, day = site.cast, clock.today() - timedelta(days=60)
        make_indicators(cast)
        low = [Line(key, NUMBER, value) for key, value in zip(SCHOOLS, (455, 470, 440), strict=True)]
        high = [Line(key, NUMBER, value) for key, value in zip(SCHOOLS, (525, 521, 523), strict=True)]
        even = [Line(key, SHAPE, 500) for key in SCHOOLS]
        name = "2026春七年级数学监测"
        spring = released(cast, (*low, *even), code="SPRING", name=name, starts_on=day, ends_on=day)
        released(cast, (*high, *even), code="AUTUMN")
        refs: dict[str, str] = {"matrix": f"{spring.address}/results"}
        for key in ("yuntai", "shuangqiao"):
            act_as(cast.actor("office_director"))
            cells = select(MonitoringResult).where(
                MonitoringResult.unit_id == cast.units[key].id, MonitoringResult.value.not_in((500,))
            )
            first, second = db.session.scalars(cells.order_by(MonitoringResult.value)).all()
            place = SourceConflict(
                county_id=first.county_id, school_id=first.school_id, first_id=first.id, second_id=second.id
            )
            words = QuestionIn("春秋两次监测相差六七十分，请核对参测名单和施测时间", first.unit_id)
            conflict = operations.ask_data_owner(act_as(cast.actor("evaluator")), place, words)
            refs |= {key: f"/monitoring/conflicts/{conflict.ref}", f"{key}-cell": f"/monitoring/cells/{first.ref}"}
            found = db.session.scalars(select(DataFinding).where(DataFinding.result_id == first.id)).one()
            refs[f"{key}-finding"] = found.address
        ack = select(ReleaseAck).where(
            ReleaseAck.cycle_id == spring.id, ReleaseAck.unit_id == cast.units["shuangqiao"].id
        )
        refs["school"] = db.session.scalars(ack).one().address
        answer = AnswerIn("春季有一个班没有参加，名单已经逐班核对。")
        act_as(cast.actor("office_director"))
        ref = refs["shuangqiao"].rsplit("/", 1)[1]
        held = db.session.scalars(select(SourceConflict).where(SourceConflict.ref == ref)).one()
        operations.answer_conflict(act_as(cast.actor("principal")), held, answer)
        return refs

    return site.inside(furnish)  # type: ignore[no-any-return]


def test_the_office_decides_and_every_page_marks_the_value_that_does_not_count(site: Site, visit: Visit) -> None:
    refs = _staged(site)
    office = visit("office_director", at_the_door=False)
    office.set_viewport_size(WIDE)  # type: ignore[arg-type]
    office.goto(f"{site.address}{refs['shuangqiao']}")
    picture(office, site, "conflict-open")
    office.get_by_label("以来源二为准").check()
    office.fill("[name=settlement]", "秋季按花名册核对过参测学生，以秋季为准")
    office.get_by_role("button", name="裁定").click()
    expect(office.locator("main")).to_contain_text("已裁定：以来源二为准")
    office.goto(f"{site.address}{refs['shuangqiao-finding']}")
    expect(office.locator("main")).to_contain_text("这条发现随之撤下")
    principal = visit("principal", at_the_door=False)
    principal.goto(f"{site.address}{refs['school']}")
    expect(principal.locator("main")).to_contain_text("已裁定不采用")
    shown = {office: ("yuntai", "shuangqiao", "matrix", *(f"{key}-{page}" for key in ("yuntai", "shuangqiao")
                      for page in ("cell", "finding"))), principal: ("school",)}  # fmt: skip
    for page, names in shown.items():
        for language in ("zh", "en"):
            speak(page, site, language)
            addresses = {name: refs[name] for name in names} | (
                {"list": "/monitoring/conflicts"} if page is office else {}
            )
            for name, address in addresses.items():
                page.goto(f"{site.address}{address}")
                for size, width in ((NARROW, "390"), (WIDE, "1440")):
                    page.set_viewport_size(size)  # type: ignore[arg-type]
                    picture(page, site, f"rulings-{name}-{language}-{width}")
                    assert not sideways(page), f"{page.url} pushes sideways at {width}"
                    assert not barriers(page), f"{page.url} at {width}: {barriers(page)}"
