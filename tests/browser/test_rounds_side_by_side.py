"""One indicator of a school through the rounds, as the office and the school read it: wide, narrow, in English."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.improvement.monitoring.models import MonitoringResult, ReleaseAck
from tests.browser.conftest import NARROW, WIDE, Site, Visit, barriers, picture, sideways, speak
from tests.factories.monitoring import Line, act_as, make_indicators, released

pytestmark = pytest.mark.browser

VALUES = ((455, "市学业水平测评"), (462, "县学业水平测评"), (470, "县学业水平测评"), (481, "县学业水平测评"))


def addresses(site: Site) -> dict[str, str]:
    """Four rounds, the first with another instrument; pages of the newest."""

    def furnish() -> dict[str, str]:
        make_indicators(site.cast)
        cycle: Any = None
        for place, (value, instrument) in enumerate(VALUES):
            last = clock.today() - timedelta(days=8 + 180 * (len(VALUES) - place))
            lines = [
                Line("shuangqiao", value=value, n=96, expected=100),
                *(Line("shuangqiao", value=value + 9 * n, n=30 + n, level="班级", class_no=f"{n}") for n in (1, 2, 3)),
                *(Line(school, value=value + 20, n=80) for school in ("yuntai", "chengguan", "shimen")),
            ]
            name = f"第{place + 1}次全县七年级数学学业水平监测"
            about = {"instrument": instrument, "starts_on": last, "ends_on": last}
            cycle = released(site.cast, lines, code=f"PAST-{place}", name=name, **about)
        act_as(site.cast.actor("office_director"))
        unit = site.cast.units["shuangqiao"].id
        own = select(MonitoringResult.ref).where(
            MonitoringResult.unit_id == unit, MonitoringResult.scope_level == "school"
        )
        sent = select(ReleaseAck).where(ReleaseAck.cycle_id == cycle.id, ReleaseAck.unit_id == unit)
        ref = db.session.scalars(own.where(MonitoringResult.cycle_id == cycle.id)).one()
        ack = db.session.scalars(sent).one()
        return {"cell": f"/monitoring/cells/{ref}", "school": ack.address, "matrix": f"{cycle.address}/results",
                "analysis": f"{cycle.address}/versions/analysis"}  # fmt: skip

    return site.inside(furnish)  # type: ignore[no-any-return]


def test_the_rounds_are_read_wide_and_narrow_in_both_languages(site: Site, visit: Visit) -> None:
    pages = addresses(site)
    for key, names in (("office_director", ("cell", "matrix", "analysis")), ("principal", ("school", "cell"))):
        page = visit(key, at_the_door=False)
        for size, width, language in ((WIDE, "wide", "zh"), (NARROW, "narrow", "zh"), (NARROW, "narrow-en", "en")):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            speak(page, site, language)
            for name in names:
                page.goto(f"{site.address}{pages[name]}")
                assert not sideways(page), (name, width)
                assert not barriers(page), (name, width)
                picture(page, site, f"rounds-{key}-{name}-{width}")
                if name in ("cell", "school"):
                    assert page.locator("#past tbody tr").count() == len(VALUES)
                    assert page.locator("#past svg.over-time circle").count() == len(VALUES)
                    assert ("Not comparable" if language == "en" else "不可比") in page.locator(
                        "#past tbody"
                    ).inner_text()
