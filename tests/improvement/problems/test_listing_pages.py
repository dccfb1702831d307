"""Lists of problem lists and items: filtered, sorted, exported, in both languages, and how much the database is asked."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event

from app.core import clock, round_trip
from app.core.database import db
from app.improvement.monitoring.operations import TagsIn, tag_finding
from app.improvement.problems import panels
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import notes
from app.improvement.problems.queries import item_lists as queries
from tests.by_hand import by_hand
from tests.counting import counted_statements as counted
from tests.improvement.problems.browsing import Browser, words
from tests.improvement.problems.scenes import Scene

Open = Callable[[str], Browser]


def test_items_are_filtered_sorted_paged_and_exported(scene: Scene, browser: Open) -> None:
    held = scene.issued({"title": "签收前的问题"})
    scene.many(held, 90)
    office = browser("office_director")
    first = office.page("/items")
    assert "第 1–50 项，共 91 项" in first
    seen: list[str] = []
    address = "/items"
    for _ in range(4):
        page = office.page(address)
        seen += re.findall(r"WT-\d+", page)
        more = re.search(r'href="([^"]*after=[^"]*)" rel="next"', page)
        if more is None:
            break
        address = more[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 91
    back = re.search(r'href="([^"]*before=[^"]*)" rel="prev"', office.page(address))
    assert back is not None and "第 1–50 项" in office.page(back[1].replace("&amp;", "&"))
    due = re.findall(r"WT-\d+", office.page("/items?sort=-due"))
    assert due == list(reversed(seen))[:50]
    severe = office.page("/items?severity=severe&state=implementing&unit=" + scene.cast.units["shuangqiao"].ref)
    assert "8 项符合" in severe and "去掉这个条件" in severe
    nothing = office.page("/items?severity=severe&state=closed")
    assert "没有符合条件的问题项" in nothing and "去掉“已销号”" in nothing and "有 30 条" in nothing
    assert "签收前的问题" in office.page("/items?q=%E7%AD%BE%E6%94%B6%E5%89%8D") and "双桥" in office.page(
        "/items?q=shuangqiao"
    )
    book = openpyxl.load_workbook(io.BytesIO(office.get("/items.xlsx?severity=severe").data))
    assert book.active.max_row == 31 and book.active["A1"].value == "编号"


@pytest.mark.parametrize("sort", ["due", "-due", "since", "-since", "number", "unit"])
def test_an_item_that_moves_while_pages_are_turned_takes_no_other_with_it(
    scene: Scene, browser: Open, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(queries.items_page, "__defaults__", (3,))
    held = scene.issued({"title": "签收前的问题"})
    scene.many(held, 9)
    office, seen, address = browser("office_director"), list[str](), f"/items?sort={sort}"
    whole, far = {row.number for row in db.session.query(ProblemItem).all()}, -900 if sort[0] == "-" else 900
    turned = 0
    while address:
        page = office.page(address)
        assert not turned or 'rel="prev"' in page
        shown = list(dict.fromkeys(re.findall(r'href="/items/([0-9a-f]{16})"', page)))
        seen += re.findall(r"WT-\d+", page)
        more = re.search(r'href="([^"]*after=[^"]*)" rel="next"', page)
        address, turned = more[1].replace("&amp;", "&") if more else "", turned + 1
        with by_hand("test.moved"):
            item = db.session.query(ProblemItem).filter_by(ref=shown[-1]).one()
            item.due_on = clock.today() + timedelta(days=far)
            item.state_since = clock.now() + timedelta(days=far)
        assert turned < 9
    assert set(seen) == whole and turned > 3


def test_a_cursor_that_is_a_mere_reference_still_leads_behind_its_item(scene: Scene, browser: Open) -> None:
    held = scene.issued({"title": "签收前的问题"})
    scene.many(held, 9)
    office = browser("office_director")
    refs = list(dict.fromkeys(re.findall(r'href="/items/([0-9a-f]{16})"', office.page("/items?sort=due"))))
    behind = office.page(f"/items?sort=due&after={refs[3]}")
    assert list(dict.fromkeys(re.findall(r'href="/items/([0-9a-f]{16})"', behind))) == refs[4:]


def test_the_menu_opens_the_items_that_are_still_open(scene: Scene, browser: Open) -> None:
    item = scene.item()
    over = scene.item("closed", title="已经销号的问题")
    office = browser("office_director")
    link = re.search(r'<a[^>]* href="(/items\?[^"]*)"', office.page("/").partition("<main")[0])
    assert link is not None
    opened = office.page(link[1])
    assert item.number in opened and over.number not in opened
    assert over.number in office.page("/items")


def test_overdue_and_my_own_items_are_found(scene: Scene, browser: Open, clock: object) -> None:
    item = scene.item()
    scene.item("accepted", title="另一个问题")
    clock.advance(days=10)  # type: ignore[attr-defined]
    late = browser("office_director").page("/items?flag=overdue&state=issued")
    assert item.number in late and "另一个问题" not in late and "超" in late
    mine = browser("school_coordinator").page("/items?flag=mine")
    assert "另一个问题" in mine and item.number not in mine


def test_lists_are_filtered_and_exported(scene: Scene, browser: Open) -> None:
    cycle = scene.round()
    scene.issued(cycle_id=cycle.id)
    scene.draft("还在起草的清单")
    office = browser("office_director")
    assert "还在起草的清单" in office.page("/lists?state=draft")
    issued = office.page(f"/lists?cycle={cycle.ref}&level=county&year={clock_year()}")
    assert "还在起草的清单" not in issued and "2026秋八年级数学问题清单" in issued
    assert "没有符合条件的清单" in office.page("/lists?level=school")
    book = openpyxl.load_workbook(io.BytesIO(office.get("/lists.xlsx").data))
    assert book.active.max_row == 3


def clock_year() -> int:
    return clock.today().year


@pytest.mark.parametrize("role", ["office_director", "principal", "inspector", "subject_researcher", "dept_head"])
def test_every_page_of_a_list_and_an_item_opens_in_both_languages(scene: Scene, browser: Open, role: str) -> None:
    item = scene.item("evaluating")
    seen = browser(role)
    for language in ("zh", "en"):
        seen.client.post("/language", data={"language": language, "then": "/items"})
        seen.page("/items")
        seen.page("/lists")
        if role != "dept_head":
            seen.page(item.address)
            seen.page(f"{item.address}/story")
            seen.page(item.problem_list.address)


def test_lists_and_items_ask_the_database_little(scene: Scene, browser: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for held_in in ("PANELS", "OFFERS", "PEOPLE"):
        monkeypatch.setattr(panels, held_in, [])  # what later features show is counted in their own tests
    held = scene.issued()
    scene.many(held, 60)
    item = scene.item("evaluating")
    scene.outcome(item, "no_change")
    notes.remark(scene.actor("evaluator"), item, notes.RemarkIn("请补材料"))
    office = browser("office_director")
    office.page("/items")
    with counted() as asked:
        office.page("/items?sort=unit")
    base = _frame(office)
    assert len(asked) - base <= 12, "\n".join(asked)
    with counted() as asked:
        office.page("/lists")
    assert len(asked) - base <= 12, "\n".join(asked)
    with counted() as asked:
        office.page(held.address)
    assert len(asked) - base <= 14, "\n".join(asked)
    with counted() as asked:
        office.page(item.address)
    assert len(asked) <= 30, "\n".join(asked)


def _frame(seen: Browser) -> int:
    """What every signed-in page asks for its frame."""
    seen.page("/me")
    with counted() as asked:
        seen.page("/me")
    return len(asked)


def test_of_forty_thousand_items_a_page_brings_its_own_rows_only(
    scene: Scene, browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = scene.issued()
    scene.plenty(held, 40_000)
    office = browser("office_director")
    office.page("/items")
    base = _frame(office)
    brought: list[int] = []
    read = round_trip._Known.rows_of

    def note(_connection: Any, cursor: Any, *_rest: Any) -> None:
        brought.append(cursor.rowcount)

    def note_ready(known: Any, statement: round_trip.Ready, answer: Any) -> list[Any]:
        brought.append(answer.ntuples)
        return read(known, statement, answer)

    monkeypatch.setattr(round_trip._Known, "rows_of", note_ready)
    event.listen(db.engine, "after_cursor_execute", note)
    for address in ("/items", "/items?severity=severe&flag=open", "/items?sort=-since", "/items?q=shuangqiao"):
        brought.clear()
        with counted() as asked:
            office.page(address)
        assert len(asked) - base <= 12, "\n".join(asked)
        assert 50 <= max(brought) <= 100, address
    event.remove(db.engine, "after_cursor_execute", note)


def test_an_item_has_the_scenarios_of_its_findings_on_its_page_in_the_list_and_in_the_sheet(
    scene: Scene, browser: Open
) -> None:
    held = scene.draft(cycle_id=scene.round().id)
    cycle = scene.round("2026-winter")
    findings = [scene.finding(cycle, number=n) for n in (1, 2)]
    for finding, tags in zip(findings, (("resources",), ("supervision", "resources")), strict=True):
        tag_finding(scene.actor("evaluator"), finding, TagsIn(tags))
    item = scene.converted(held, *findings)
    scene.issue(held)
    office = browser("office_director")
    assert "督导、数字资源" in words(office.page(item.address))
    assert item.number in office.page("/items?scenario=supervision&scenario=health")
    assert item.number not in office.page("/items?scenario=health")
    book = openpyxl.load_workbook(io.BytesIO(office.get("/items.xlsx?scenario=resources").data))
    row = {head.value: cell.value for head, cell in zip(book.active[1], book.active[2], strict=True)}
    assert row["应用场景"] == "督导、数字资源"
