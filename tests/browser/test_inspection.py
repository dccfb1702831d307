"""Inspection indicators in a real browser: a version that waits, the refusal of a bad table, the checklist by branch, the effect."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.demo.inspection import next_rows, rows
from app.improvement.inspection.rows import write_book
from tests.browser.conftest import NARROW, WIDE, Site, Visit, Watch, barriers, picture, sideways, speak
from tests.improvement.inspection.scenes import TreeScene, changed
from tests.improvement.visits.scenes import VisitScene

pytestmark = pytest.mark.browser


def _staged(site: Site) -> dict[str, str]:
    """A tree of the demo in force, a draft of the next, a visit whose feedback is answered, one that is on site."""

    def make() -> dict[str, str]:
        trees, visits = TreeScene(site.cast), VisitScene(site.cast)
        tree, draft = trees.tree(rows=rows()), trees.tree("under_review", next_rows(), code="2027-1", note="补近视防控")
        day = visits.given().visit_on
        entry = visits.entry(
            "routine",
            basis="",
            title="责任督学常规视导",
            branches=("B1", "B4"),
            from_on=day,
            to_on=day.replace(month=12, day=31),
        )
        found = {"tree": tree.address, "draft": draft.address, "entry": entry.address}
        for name in ("follow_up", "on_site"):
            visit = visits.planned(visits.item("implementing"), entry_id=entry.id, kind="routine")
            found[name] = visit.address
            for state in ("notified", "self_reported", "on_site"):
                getattr(visits, f"to_{state}")(visit)
            if name == "follow_up":
                visits.find(visit, text="课后服务没有按公示的课表上")
                for state in ("shown", "issued", "follow_up"):
                    getattr(visits, f"to_{state}")(visit)
        return found

    staged: dict[str, str] = site.inside(make)
    return staged


def _fine(page: Page, site: Site, address: str, name: str) -> None:
    """Both languages and widths: no barrier, nothing pushed sideways, and a picture of each."""
    for language in ("zh", "en"):
        speak(page, site, language)
        page.goto(site.address + address)
        for size, width in ((NARROW, "390"), (WIDE, "1440")):
            page.set_viewport_size(size)
            picture(page, site, f"inspection-{name}-{language}-{width}")
            assert not sideways(page), f"{page.url} pushes sideways at {width}"
            assert not barriers(page), f"{page.url} at {width}: {barriers(page)}"


def test_the_indicators_are_read_brought_in_and_used_on_the_phone(site: Site, visit: Visit, tmp_path: Path) -> None:
    staged, watch = _staged(site), Watch()
    office = visit("office_director", at_the_door=False)
    watch.of(office)
    for name, address in (
        ("list", "/inspection-trees"), ("tree", staged["tree"]), ("draft", staged["draft"]), ("entry", staged["entry"]),
        ("year", "/visit-programme"), ("entry-form", "/visit-programme/new"), ("effect", staged["follow_up"]),
    ):  # fmt: skip
        _fine(office, site, address, name)
    speak(office, site, "zh")
    office.goto(f"{site.address}/inspection-trees/new")
    table = tmp_path / "指标.xlsx"
    table.write_bytes(write_book(changed("B3", rows(), level="2", parent="A7")))
    for name, words in (("code", "2027-9"), ("title", "中小学督导指标体系"), ("note", "试一试")):
        office.fill(f"[name={name}]", words)
    office.set_input_files("input[type=file]", str(table))
    office.click("main form button[type=submit]")
    expect(office.locator("main")).to_contain_text("上级编号 A7 在表里没有")
    picture(office, site, "inspection-refused-zh-1440")
    member = visit("leading_group_member", at_the_door=False)
    watch.of(member)
    member.goto(f"{site.address}{staged['draft']}/steps/approve")
    member.click("main form button[type=submit]")
    member.wait_for_url(re.compile("/inspection-trees/[0-9a-f]{16}$"))
    inspector = visit("inspector", at_the_door=False)
    watch.of(inspector)
    _fine(inspector, site, f"{staged['on_site']}/checklist", "checklist")
    assert not [one for one in watch.complaints if "422" not in one]
