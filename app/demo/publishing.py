"""What the county shows to everybody: results approved and out, one withdrawn, others still on their way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.core.database import db
from app.core.policy.actor import Actor
from app.demo.fates import place_of
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.disclosure.models import ResultDisclosure
from app.improvement.disclosure.operations import disclosures, showcase
from app.improvement.disclosure.operations.disclosures import DisclosureIn, DisclosurePlace, DisclosureStep, Source
from app.improvement.effects.models import InterpretationReport
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.problems.models import ProblemItem
from app.improvement.visits.models import SupervisionVisit

RESULTS = (
    "本次监测覆盖全县四年级和八年级，公布的是全县情况，不公布任何学校和学生的成绩。\n"
    "怎么看：基准是全省同类地区的平均水平；人数少于 10 的格子不显示，避免认出个人。\n"
    "接下来：低于基准的方面已经列入整改，整改结果会在这里继续公布。"
)
READING = (
    "我们把学生的起点考虑进来，看一年里的进步，不比名次。\n多数学校看不出和全县同起点学生有差别，少数学校高于或低于预期，"
    "人数少的学校不下结论。\n家长如有疑问，可以向学校教导处了解本校的改进安排。"
)
VISITED = "教育督导组到校视导，反馈意见和整改进展如下。学校已逐条回应，县教育督导办公室继续跟踪。"
OWN = (
    "根据监测结果，我校八年级数学计算题失分较多。\n本学期每周安排一次分层作业，错因统计每月一次，期末抽样核对。\n"
    "欢迎家长开放日来校了解。"
)
TWO_ROUNDS = "正文把两轮监测的数字放在一起比，两轮试卷不同，改好再公开"
TAKEN_BACK = "附表中有一个指标的基准年份写错，更正后重新公开"


@dataclass(frozen=True)
class Desk:
    """Who prepares and who approves, and the day that the story counts back from."""

    county: County
    teller: Teller
    today: date

    def begin(
        self,
        who: Actor,
        days: int,
        title: str,
        words: str,
        source: Source,
        about: object = None,
        start: int = 0,
        stays: int = 180,
    ) -> ResultDisclosure:
        """A draft, `days` days ago, for a period that begins `start` days from then."""
        day = self.today - timedelta(days=days)
        self.teller.at(day, 9)
        assert who.unit_id is not None
        place = DisclosurePlace(self.county.id, who.unit_id, getattr(about, "school_id", None) or who.school_id)
        first = day + timedelta(days=start)
        given = DisclosureIn(title, words, first, first + timedelta(days=stays), source)
        return disclosures.draft_disclosure(who, place, given)

    def hand_in(self, who: Actor, found: ResultDisclosure) -> ResultDisclosure:
        """Submitted an hour later."""
        self.teller.later(hours=1)
        disclosures.submit_disclosure(who, found, DisclosureStep())
        return found

    def let_out(self, who: Actor, found: ResultDisclosure) -> ResultDisclosure:
        """Approved the next hour."""
        self.teller.later(hours=2)
        disclosures.approve_disclosure(who, found, DisclosureStep())
        return found


def tell(county: County, teller: Teller) -> None:
    """Every state of a disclosure, the newest round among them."""
    desk = Desk(county, teller, teller.real.date())
    office, head, evaluator = county.any("office_director"), county.any("leading_group_head"), county.any("evaluator")
    teller.at(desk.today, 9)
    cycle = db.session.scalars(
        select(MonitoringCycle).where(MonitoringCycle.code == "2025-COUNTY").order_by(MonitoringCycle.id)
    ).first()
    report = db.session.scalars(select(InterpretationReport).where(InterpretationReport.state == "published")).first()
    visit = db.session.scalars(select(SupervisionVisit).where(SupervisionVisit.disclosure == "public")).first()
    if cycle is not None:
        source = Source("results", cycle.id)
        first = desk.let_out(
            head, desk.hand_in(office, desk.begin(office, 15, "2025 年县级监测结果（初次公布）", RESULTS, source))
        )
        teller.at(desk.today - timedelta(days=13), 10)
        disclosures.withdraw_disclosure(office, first, DisclosureStep(reason=TAKEN_BACK))
        desk.let_out(head, desk.hand_in(office, desk.begin(office, 12, "2025 年县级监测结果", RESULTS, source)))
    if report is not None:
        source = Source("interpretation", report.id)
        desk.let_out(head, desk.hand_in(evaluator, desk.begin(evaluator, 9, "八年级数学一年的进步", READING, source)))
    if visit is not None:
        found = desk.begin(evaluator, 8, f"{visit.unit.short_name}视导反馈", VISITED, Source("visit", visit.id), visit)
        desk.let_out(head, desk.hand_in(evaluator, found))
    _over(desk, office, head)
    _on_their_way(desk, office, head, evaluator)


def _over(desk: Desk, office: Actor, head: Actor) -> None:
    """One whose time ran out, one that was given up before anybody saw it."""
    words = Source("statement")
    desk.let_out(head, desk.hand_in(office, desk.begin(office, 60, "暑期整改安排说明", RESULTS, words, stays=30)))
    desk.teller.at(desk.today - timedelta(days=29), 8)
    disclosures.keep_time_of_all()
    given_up = desk.begin(office, 20, "各校整改进度对照说明", RESULTS, words)
    disclosures.cancel_disclosure(office, given_up, DisclosureStep(reason="逐校对照会变成排名，不公开"))


def _on_their_way(desk: Desk, office: Actor, head: Actor, evaluator: Actor) -> None:
    words = Source("statement")
    desk.let_out(head, desk.hand_in(office, desk.begin(office, 4, "年度整改情况说明", RESULTS, words, start=20)))
    desk.hand_in(evaluator, desk.begin(evaluator, 3, "学习品质监测结果说明", RESULTS, words))
    back = desk.hand_in(evaluator, desk.begin(evaluator, 5, "两年数学监测对比说明", RESULTS, words))
    desk.teller.later(hours=3)
    disclosures.return_disclosure(head, back, DisclosureStep(reason=TWO_ROUNDS))
    desk.begin(office, 1, "体质健康监测结果说明", RESULTS, words)
    schools = [place_of(desk.county, school) for school, _kind, _short in list(desk.county.schools.values())[:3]]
    for number, school in enumerate(schools):
        found = desk.begin(school.coordinator, 7 - number, "本校数学教学改进说明", OWN, words)
        if number < 2:
            desk.hand_in(school.principal, found)
        if number < 1:
            desk.let_out(office, found)


EXAMPLES = (
    ("precision_teaching", "分层作业让计算题少失分", "published"),
    ("evaluation", "一次单元小测，一张错因表", "published"),
    ("teacher_dev", "同课异构带动课堂追问", "withdrawn"),
    ("quality_monitoring", "每月一次看数据的教研会", "agreed"),
    ("research", "从错题里找教研题目", "returned"),
    ("resources", "校本题库按难度重排", "draft"),
    ("supervision", "随堂听课后的三条追踪", "cancelled"),
)
"""Scenario, title, and how far it has come."""
PRACTICE = (
    "教导处把作业分成基础、提高两层，每周一次，学生自己选起点。\n每个单元做一张错因表，备课组按错因调整下一周的练习。\n"
    "每月用半天看一次数据，只看变化，不排名次。"
)
RESULT = "复测达到方案定的目标，学生订正更及时。做法已写进学校教学常规。"


def show(county: County, teller: Teller) -> None:
    """Closed problems told as examples, one in each state; the last one goes when its problem is open again."""
    desk = Desk(county, teller, teller.real.date())
    teller.at(desk.today, 9)
    closed = db.session.scalars(
        select(ProblemItem)
        .where(ProblemItem.state == "closed", ProblemItem.school_id.is_not(None))
        .order_by(ProblemItem.number)
        .limit(len(EXAMPLES) * 4)
    ).all()
    whole = [item for item in closed if not item.chain_gaps]
    for number, (item, (scenario, title, fate)) in enumerate(zip(whole, EXAMPLES, strict=False)):
        teller.at(desk.today - timedelta(days=16 - number), 9)
        _told(
            county,
            teller,
            item,
            showcase.ShowcaseIn(title, scenario, item.description or item.title, PRACTICE, RESULT),
            fate,
        )


def _told(county: County, teller: Teller, item: ProblemItem, given: showcase.ShowcaseIn, fate: str) -> None:
    office, step = county.any("office_director"), DisclosureStep()
    assert item.school_id is not None
    school = place_of(county, item.school_id)
    entry = showcase.draft_showcase(school.coordinator, item, given)
    if fate == "cancelled":
        showcase.cancel_showcase(school.coordinator, entry, DisclosureStep(reason="追踪还没有做完，做完再写"))
    if fate in ("draft", "cancelled"):
        return
    teller.later(days=1)
    showcase.agree_to_showcase(school.principal, entry, step)
    if fate == "returned":
        showcase.return_showcase(office, entry, DisclosureStep(reason="成效一段请写清楚比的是哪两次监测"))
    if fate in ("published", "withdrawn"):
        teller.later(days=1)
        showcase.publish_showcase(office, entry, step)
    if fate == "withdrawn":
        teller.later(days=3)
        showcase.withdraw_showcase(school.principal, entry, DisclosureStep(reason="做法这学期有调整，更新后再展示"))
