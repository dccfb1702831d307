"""A special visit in the middle of the work: listed, announced, seen on the spot, answered, ended; what it found goes on."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.loop import plans
from tests.browser.loop.desk import Desk, Paper
from tests.browser.loop.problems import NUMBER
from tests.improvement.visits.scenes import VisitScene

DAY = date(2027, 1, 20)
TITLE = "数学问题整改专项视导"
OLD = "作业批改不及时"
"""A problem of the same school that was closed before the visit is planned."""
FOUND = {
    "记入已有问题项": "分层练习看到了，错因统计只有一个月",
    "列入整改措施": "两个新教师没有参加集体备课",
    "登记为新发现": "课表没有公示",
}
"""What becomes of a problem once the school accepts it → what was found."""
OF_THE_ITEM = (FOUND["记入已有问题项"], FOUND["列入整改措施"])
"""What the visit found of the item of the walk; the third belongs to no item yet."""
AGAIN = "作业批改又拖了两周"
MEASURE = FOUND["列入整改措施"]
SAID = "从下周起每周检查一次，教导处负责"


def closed_before(desk: Desk) -> None:
    """The school has one problem behind it; inspectors may look whether it came again."""
    desk.site.inside(lambda: VisitScene(desk.site.cast).item("closed", title=OLD) and None)


def announce(desk: Desk) -> str:
    """The office enters the visit in next year's list, plans it from the school's items, names three and tells the school."""
    page = desk.sits("office_director").opens("/visit-programme/new")
    page.writes(
        kind="专项视导", title=TITLE, basis="清教督〔2027〕1号", from_on=date(2027, 1, 11), to_on=date(2027, 1, 29),
        schools="双桥中学",
    ).presses("保存")  # fmt: skip
    page.presses("安排视导").writes(visit_on=DAY, lead="唐慕白", items=NUMBER)
    page.writes(items=_numbered(page, OLD)).presses("保存").reads("已安排，请确定视导组")
    address = page.page.url
    page.follows("改视导组", "main")
    for name in ("纪怀远 · 督学", "闻人月 · 督学"):
        page.writes(person=name, is_cleared=None).presses("加入视导组")
    page.opens(address).presses("通知学校").presses("通知学校").reads("已通知，学校会在视导前交自查表")
    return address


def _numbered(page: Paper, title: str) -> str:
    words: str = page.page.locator("main label.tick, main li label").filter(has_text=title).first.inner_text()
    return words.strip().split()[0]


def report(desk: Desk, address: str) -> None:
    """The principal says how far the school is, item by item."""
    page = desk.sits("principal").opens(address).presses("提交自查表")
    for box in page.page.locator("main fieldset").all():
        box.locator("input[value=partly]").check()
    for words in page.page.locator("main textarea").all():
        words.fill("练习已分三层，错因统计刚开始")
    page.presses("提交自查表").reads("自查表已交")


def look(desk: Desk, address: str) -> None:
    """The lead signs in at the school and keeps what was seen of every line, on the phone."""
    page = desk.sits("inspector").opens(address)
    page.page.set_viewport_size(NARROW)
    page.presses("到校签到").presses("签到，开始检查")
    page.page.wait_for_selector("[data-checklist][data-ready]")
    for line in page.page.locator("details[data-line]").all():
        expect(line).to_have_attribute("open", "")
        line.locator("label.tile:has(input[value=partly])").click()
        line.locator("[data-note]").fill("听课 3 节，作业抽样 40 份")
        line.locator("[data-save]").click()
        expect(line.locator("[data-said]")).to_have_text("已上传")  # the bar shows only once something waits
    expect(page.page.locator("[data-bar]")).to_be_hidden()


def find(desk: Desk, address: str) -> None:
    """A strength, three problems that go three ways, and the old problem come again; the school reads the draft."""
    page = desk.sits("inspector")
    _write(page, address, "亮点", "集体备课有记录")
    for becomes, words in FOUND.items():
        _write(page, address, "问题", words, "" if becomes == "登记为新发现" else NUMBER, becomes)
    _write(page, address, "复发", AGAIN, OLD)
    page.presses("反馈稿给学校看").presses("给学校看").reads("学校已能看到反馈稿")
    page = desk.sits("principal").opens(address).reads(*FOUND.values()).presses("对反馈稿没有意见")
    page.presses("没有意见").reads("已告知组长")


def _write(page: Paper, address: str, kind: str, words: str, item: str = "", becomes: str = "") -> None:
    page.opens(f"{address}/findings/new").writes(kind=kind, text=words)
    if kind != "亮点":
        page.writes(evidence="随堂听课 3 节，作业抽样 40 份", severity="中", due_on=date(2027, 3, 31))
    if item:
        option = page.page.locator("main select[name=item] option").filter(has_text=item)
        page.writes(item=option.inner_text().strip())
    if becomes:
        page.writes(becomes=becomes)
    if becomes == "登记为新发现":
        page.writes(category="管理")
    page.presses("写入反馈稿").reads("已写入反馈稿")


def answer(desk: Desk, address: str) -> None:
    """The lead issues the feedback, the school accepts and reports, the lead ends the visit."""
    page = desk.sits("inspector").opens(address).presses("印发反馈单")
    page.writes(disclosure="县内工作人员").presses("印发反馈单").reads("学校 15 个工作日内回应")
    school = desk.sits("principal").opens(address).presses("回应反馈")
    for box in school.page.locator("main fieldset").all():
        box.locator("input[value=accepted]").check()
    for words in school.page.locator("main textarea").all():
        words.fill(SAID)
    school.presses("提交回应").reads("接受的问题已转入后续办理")
    school.presses("交书面整改报告").writes(
        text="一月起新教师参加集体备课，错因统计每月一次，课表已贴在门厅，作业批改每周抽查。"
    )
    school.presses("提交报告").reads("整改报告已交")
    page.opens(address).presses("办结视导").writes(text="各项都已转入后续办理").presses("办结视导").reads("视导已办结")
    page.keeps("loop-visit")


def decide(desk: Desk) -> None:
    """The office agrees that the old problem came again: it is open once more, on the proposal of the visit."""
    page = desk.takes_up("office_director", OLD).reads(AGAIN)
    page.writes(due_on=date(2028, 1, 19), reason="视导看到复发，同意重新打开").presses("同意重新打开")


def carry_out(desk: Desk) -> None:
    """The measure that the visit put into the plan is begun, shown and judged like any other."""
    page = desk.takes_up("school_coordinator", MEASURE).presses("开始措施").presses("开始措施")
    page.presses("添加佐证").writes(link="https://example.invalid/qiandao")
    plans.words(desk, "两名新教师每周参加集体备课", date(2027, 2, 26), by="school_coordinator")
    plans.done(desk, MEASURE, "新教师参加集体备课 6 次", by="school_coordinator")
    page = desk.takes_up("evaluator", MEASURE).presses("核验措施").presses("开始审核").presses("采信")
    page.writes(checklist=plans.CHECKED).presses("核验通过")
