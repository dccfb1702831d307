"""Scenarios, sources, types, objects and the four parts of an effect in a real browser: both languages, phone and desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.improvement.monitoring import operations
from app.improvement.monitoring.models import Indicator
from tests.browser.conftest import NARROW, WIDE, Site, Visit, Watch, barriers, picture, sideways, speak
from tests.factories.monitoring import act_as, indicator_in, make_indicators
from tests.improvement.effects.scenes import EffectScene
from tests.improvement.monitoring.test_findings import manual, place
from tests.improvement.monitoring.test_findings_import import BOARD, LAB, bring, found

pytestmark = pytest.mark.browser


def _staged(site: Site) -> dict[str, str]:
    """Findings of a file and one by hand, indicators of every object, an effect that waits for its decision."""

    def make() -> dict[str, str]:
        cast, scene = site.cast, EffectScene(site.cast)
        make_indicators(cast)
        person = indicator_in("TE-1", "师德师风学生评教", object_code="teacher", evaluation_type="process")
        director = act_as(cast.actor("office_director"))
        operations.add_indicator(director, Indicator(county_id=cast.county.id), person)
        number = operations.add_indicator(
            director,
            Indicator(county_id=cast.county.id),
            indicator_in("MATH-X", "数学应用", national_code="GJ-1", province_code="SC-SX-01"),
        )
        bring(cast, BOARD, LAB)
        by_hand = operations.register_finding(
            act_as(cast.actor("evaluator")), place(cast), manual("device", scenarios=("supervision", "resources"))
        )
        imported = next(one for one in found(cast) if one.batch_id)
        return {
            "imported": imported.address,
            "by-hand": by_hand.address,
            "tags": f"{by_hand.address}/scenarios",
            "indicator": f"/monitoring/indicators/{number.ref}",
            "evaluation": scene.proposed().address,
        }

    staged: dict[str, str] = site.inside(make)
    return staged


def _fine(page: Page, site: Site, address: str, name: str) -> None:
    """Both languages and widths: no barrier, nothing pushed sideways, and a picture of each."""
    for language in ("zh", "en"):
        speak(page, site, language)
        page.goto(site.address + address)
        for size, width in ((NARROW, "390"), (WIDE, "1440")):
            page.set_viewport_size(size)
            picture(page, site, f"rows-{name}-{language}-{width}")
            assert not sideways(page), f"{page.url} pushes sideways at {width}"
            assert not barriers(page), f"{page.url} at {width}: {barriers(page)}"


def test_findings_indicators_and_effects_say_what_they_are(site: Site, visit: Visit) -> None:
    staged, watch = _staged(site), Watch()
    office = visit("office_director", at_the_door=False)
    watch.of(office)
    for name, address in {
        "findings": "/monitoring/findings?source=device",
        "findings-of-type": "/monitoring/findings?object=teacher&type=process",
        "effects-of-object": "/evaluations?object=school",
        "finding-form": "/monitoring/findings/new",
        "indicators": "/monitoring/indicators",
        "evaluations": "/evaluations?type=value_added",
        "import": "/imports/new?kind=findings",
        **staged,
    }.items():
        _fine(office, site, address, name)
    speak(office, site, "zh")
    office.goto(site.address + staged["tags"])
    office.get_by_label("质量监测").check()
    office.click("main form button[type=submit]")
    expect(office.locator("main")).to_contain_text("督导、质量监测、数字资源")
    head = visit("leading_group_head", at_the_door=False)
    watch.of(head)
    _fine(head, site, f"{staged['evaluation']}/decision", "decision")
    assert not watch.complaints
    speak(head, site, "zh")
    head.goto(f"{site.address}{staged['evaluation']}/decision")
    for box in head.locator("input[name=uses]").all():
        box.uncheck()
    head.fill("[name=judgement]", "同意评价员意见，达到目标")
    head.click("main form button[type=submit]")
    expect(head.locator("main")).to_contain_text("请选择结果怎么用，至少一项")
