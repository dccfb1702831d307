"""A visit from the notice to its end in real browsers: self-report, checklist without a connection, draft, answer, what becomes of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Error, Page, expect
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.outbox.deliver import drain
from app.core.policy.actor import SYSTEM
from app.improvement.plans.models import RemediationAction
from app.improvement.problems.models import OnsiteCheck, Reopening
from app.improvement.visits.models import SupervisionVisit, VisitFinding
from tests.browser.conftest import NARROW, WIDE, Site, Visit, Watch, barriers, leave, picture, sideways
from tests.improvement.visits.scenes import MEASURE, REPORT, VisitScene

pytestmark = pytest.mark.browser
GROUNDS = "第二条的班级是八年级二班，不是三班"


def _planned(site: Site) -> tuple[str, dict[str, str]]:
    """A special visit to three items, its team complete, ready to be announced; address, and reference of each item."""

    def make() -> tuple[str, dict[str, str]]:
        scene = VisitScene(site.cast)
        items = {
            "open": scene.item("issued", title="错因统计没有做"),
            "working": scene.item("implementing", title="分层作业没有落实"),
            "closed": scene.item("closed", title="作业批改不及时"),
        }
        visit = scene.special(*items.values())
        return visit.address, {name: item.ref for name, item in items.items()}

    found: tuple[str, dict[str, str]] = site.inside(make)
    return found


def _the_day(site: Site, address: str) -> None:
    def move() -> None:
        scene = VisitScene(site.cast)
        scene.on_the_day(_of(address))

    site.inside(move)


def _of(address: str) -> SupervisionVisit:
    use_context(SYSTEM.context())
    return db.session.scalars(select(SupervisionVisit).where(SupervisionVisit.ref == address.rsplit("/")[-1])).one()


def _fine(page: Page, site: Site, name: str) -> None:
    """Both widths: no barrier, nothing pushed sideways, and a picture of each."""
    for size, width in ((NARROW, "390"), (WIDE, "1440")):
        page.set_viewport_size(size)
        picture(page, site, f"visits-{name}-{width}")
        assert not sideways(page), f"{page.url} pushes sideways at {width}"
        assert not barriers(page), f"{page.url} at {width}: {barriers(page)}"


def _press(page: Page, words: str) -> None:
    named = page.get_by_role("link", name=words, exact=True).or_(page.get_by_role("button", name=words, exact=True))
    leave(page, named.first)


def _find(page: Page, site: Site, address: str, kind: str, words: str, **given: str) -> None:
    page.goto(f"{site.address}{address}/findings/new")
    page.check(f"input[name=kind][value={kind}]")
    page.fill("textarea[name=text]", words)
    if given:
        page.fill("textarea[name=evidence]", "随堂听课 3 节，作业抽样 40 份")
        page.select_option("select[name=severity]", "moderate")
        page.fill("input[name=due_on]", "2027-03-31")
    for name, value in given.items():
        page.select_option(f"select[name={name}]", value)
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile("/visits/[0-9a-f]{16}$"))


def test_a_visit_walks_from_the_notice_to_its_end(site: Site, visit: Visit, tmp_path: Path) -> None:
    address, items = _planned(site)
    watch = Watch()

    office = visit("office_director", at_the_door=False)
    watch.of(office)
    office.goto(site.address + address)
    _fine(office, site, "draft")
    _press(office, "通知学校")
    office.locator("form.confirm button[type=submit], .confirm button[type=submit]").first.click()
    expect(office.locator("body")).to_contain_text("已通知，学校会在视导前交自查表")

    school = visit("principal", at_the_door=False)
    watch.of(school)
    school.goto(site.address + address)
    expect(school.locator("main")).not_to_contain_text("视导发现")
    _press(school, "提交自查表")
    _fine(school, site, "self-report")
    for box in school.locator("fieldset").all():
        box.locator("input[value=partly]").check()
    for text in school.locator("main textarea").all():
        text.fill("单元练习已分层，错因统计还没有做")
    school.click("button[name=deed][value=submit]")
    expect(school.locator("body")).to_contain_text("自查表已交")

    _the_day(site, address)
    lead = visit("inspector", NARROW, at_the_door=False)
    watch.of(lead)
    lead.goto(site.address + "/")
    expect(lead.locator("main")).to_contain_text("今天去哪所学校、查什么")
    lead.goto(site.address + address)
    _press(lead, "到校签到")
    lead.click("main form button[type=submit]")
    lead.wait_for_url(re.compile("/checklist$"))
    lead.wait_for_selector("[data-checklist][data-ready]")
    _fine(lead, site, "checklist")
    lead.set_viewport_size(NARROW)

    _offline(lead, site, tmp_path)
    kept = site.inside(lambda: [len(line.standing) for line in _of(address).lines])
    assert kept == [1, 1, 1]
    assert site.inside(lambda: sum(len(line.photos) for line in _of(address).lines)) == 1

    _find(lead, site, address, "strength", "集体备课有记录，质量好")
    _find(lead, site, address, "problem", "错因统计表只有一个月", item=items["open"], becomes="evidence")
    _find(lead, site, address, "problem", "八年级三班没有分层作业", item=items["working"], becomes="action")
    _find(lead, site, address, "problem", "课表没有公示", becomes="finding", category="management")
    _find(lead, site, address, "recurrence", "作业批改又拖了两周", item=items["closed"])
    _fine(lead, site, "findings")
    _press(lead, "反馈稿给学校看") if lead.get_by_role("link", name="反馈稿给学校看").count() else _press(lead, "Show")
    lead.locator(".confirm button[type=submit]").click()
    expect(lead.locator("body")).to_contain_text("学校已能看到反馈稿")

    school.goto(site.address + address)
    expect(school.locator("main")).to_contain_text("八年级三班没有分层作业")
    _press(school, "提出申辩")
    school.fill("textarea[name=grounds]", GROUNDS)
    school.click("main form button[type=submit]")
    expect(school.locator("body")).to_contain_text("办公室 5 个工作日内答复")
    _fine(school, site, "objection")

    office.goto(site.address + address)
    expect(office.locator("main")).to_contain_text(GROUNDS)
    _press(office, "不采纳申辩")
    office.fill("textarea[name=reason]", "听课记录和作业样本都是三班的")
    office.locator(".confirm button[type=submit]").click()
    expect(office.locator("body")).to_contain_text("学校会看到理由")

    lead.goto(site.address + address)
    _press(lead, "印发反馈单")
    lead.check("input[name=disclosure][value=county]")
    lead.click("main form button[type=submit]")
    expect(lead.locator("body")).to_contain_text("学校 15 个工作日内回应")
    site.inside(lambda: (use_context(SYSTEM.context()), drain()))
    assert site.inside(lambda: _reopened(items["closed"])) == ["recurrence"]

    school.goto(site.address + address)
    expect(school.locator("main")).to_contain_text("第 1 版")
    _press(school, "回应反馈")
    _fine(school, site, "response")
    for box in school.locator("fieldset").all():
        box.locator("input[value=accepted]").check()
    for text in school.locator("main textarea").all():
        text.fill(MEASURE)
    school.click("main form button[type=submit]")
    expect(school.locator("body")).to_contain_text("接受的问题已转入后续办理")
    assert site.inside(lambda: _became(address)) == {"evidence", "action", "finding", "reopening"}

    school.goto(f"{site.address}{address}/rectification")
    school.fill("textarea[name=text]", REPORT)
    school.click("main form button[type=submit]")
    expect(school.locator("body")).to_contain_text("整改报告已交")

    lead.goto(site.address + address)
    _press(lead, "办结视导")
    lead.fill("textarea[name=text]", "四项都已转入后续办理")
    lead.click("main form button[type=submit]")
    expect(lead.locator("body")).to_contain_text("视导已办结")
    _fine(lead, site, "closed")
    office.goto(f"{site.address}/items/{items['working']}")
    expect(office.locator("main")).to_contain_text("视导")
    picture(office, site, "visits-item")
    for path, name in (("/visits", "list"), ("/visit-programme", "programme"), ("/visits/new", "new")):
        office.goto(site.address + path)
        _fine(office, site, name)
    assert not [one for one in watch.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def _offline(lead: Page, site: Site, folder: Path) -> None:
    """The line is cut; three records and a photo wait on the phone, survive a reload, and go up once it is back."""
    lead.wait_for_selector("[data-checklist][data-kept]")
    lead.context.set_offline(True)
    lines = lead.locator("details[data-line]")
    for number, seen in enumerate(("partly", "not_seen", "not_seen")):
        line = lines.nth(number)
        expect(line).to_have_attribute("open", "")  # the first by itself, the next once the one before is kept
        line.locator(f"label.tile:has(input[value={seen}])").click()
        line.locator("[data-note]").fill(f"第 {number + 1} 项：抽查了三个班")
        if number == 0:
            shot = folder / "教室.jpg"
            Image.new("RGB", (800, 600), (90, 120, 90)).save(shot, "JPEG")
            line.locator("[data-photo]").set_input_files(shot)
        line.locator("[data-save]").click()
    expect(lead.locator("[data-bar]")).to_contain_text("4 条待上传")
    lead.reload()
    lead.wait_for_selector("[data-checklist][data-ready]")
    expect(lead.locator("[data-bar]")).to_contain_text("4 条待上传")
    expect(lines.nth(1).locator("[data-note]")).to_have_value("第 2 项：抽查了三个班")
    picture(lead, site, "visits-offline")
    lead.context.set_offline(False)
    expect(lead.locator("[data-bar]")).to_be_hidden()
    lead.reload()
    lead.wait_for_selector("[data-checklist][data-ready]")
    expect(lead.locator("[data-seen-count]")).to_have_text("3")


def _reopened(ref: str) -> list[str]:
    use_context(SYSTEM.context())
    found = db.session.scalars(select(Reopening))
    return [one.trigger for one in found if one.item.ref == ref]


def _became(address: str) -> set[str | None]:
    held = _of(address)
    rows: list[VisitFinding] = held.to_answer
    for one in rows:
        if one.carried_as == "evidence":
            assert db.session.get_one(OnsiteCheck, one.check_id).item_id == one.item_id
        if one.carried_as == "action":
            assert db.session.get_one(RemediationAction, one.action_id).plan.item_id == one.item_id
    return {one.carried_as for one in rows}


def _on_site(site: Site) -> str:
    """A visit under way, made if there is none: nobody leads one at the same school again and again."""
    use_context(SYSTEM.context())
    known = select(SupervisionVisit).where(SupervisionVisit.state == "on_site")
    inspector = site.cast["inspector"].person_id
    led = (one for one in db.session.scalars(known) if inspector in {member.person_id for member in one.team})
    found: SupervisionVisit = next(led, None) or VisitScene(site.cast).visit("on_site")
    return found.address


def test_what_waits_on_a_phone_is_not_lost_when_its_page_is_closed(site: Site, visit: Visit) -> None:
    address: str = site.inside(lambda: _on_site(site))
    page = visit("inspector", NARROW, at_the_door=False)
    page.goto(f"{site.address}{address}/checklist")
    page.wait_for_selector("[data-checklist][data-ready]")
    page.route("**/observations", lambda route: route.abort())
    line = page.locator("details[data-line]").first
    line.locator("label.tile:has(input[value=seen])").click()
    line.locator("[data-note]").fill("课表贴在门厅")
    line.locator("[data-save]").click()
    expect(page.locator("[data-bar]")).to_contain_text("1 条待上传")
    assert site.inside(lambda: [len(one.standing) for one in _of(address).lines]) == [0]
    other = page.context.new_page()
    page.close()
    other.goto(f"{site.address}{address}/checklist")
    other.wait_for_selector("[data-checklist][data-ready]")
    expect(other.locator("[data-bar]")).to_be_hidden()
    kept = site.inside(lambda: [(one.seen, one.note) for line in _of(address).lines for one in line.standing])
    assert kept == [("seen", "课表贴在门厅")]


KEPT = "async () => (await (await caches.open('bihuan-checklist')).keys()).map((one) => new URL(one.url).pathname)"


def _kept(page: Page) -> list[str]:
    return [path for path in page.evaluate(KEPT) if not path.startswith("/static/")]


def test_security_15_who_is_signed_out_leaves_no_checklist_on_the_phone(site: Site, visit: Visit) -> None:
    address: str = site.inside(lambda: _on_site(site))
    checklist = f"{site.address}{address}/checklist"
    page = visit("inspector", NARROW, at_the_door=False)
    page.goto(checklist)
    page.wait_for_selector("[data-checklist][data-kept]")
    assert _kept(page) == [f"{address}/checklist"], "this page and nothing else"
    page.goto(site.address + "/")
    page.locator("form[action$='/sign-out']").first.evaluate("form => form.submit()")
    page.wait_for_url(re.compile("/sign-in"))
    assert page.evaluate("async () => caches.keys()") == []
    page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(checklist)
    ended = visit("inspector", NARROW, at_the_door=False)
    ended.goto(checklist)
    ended.wait_for_selector("[data-checklist][data-kept]")
    ended.context.clear_cookies()
    ended.goto(checklist)
    expect(ended).to_have_url(re.compile("/sign-in"))
    assert _kept(ended) == [], "the server said that nobody is signed in"
