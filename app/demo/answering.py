"""Held to account and commended: one being heard, one decided and changed on appeal, commendations published and on notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.core.database import db
from app.core.policy.actor import SYSTEM, Actor
from app.demo.fates import Place, place_of
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.accountability.models import AccountabilityRecord
from app.improvement.accountability.operations import appeals, deciding, documents, drafting, hearing
from app.improvement.accountability.operations.appeals import AnswerIn
from app.improvement.accountability.operations.deciding import DecisionIn, Sat
from app.improvement.accountability.operations.drafting import RecordIn, RecordPlace, RecordStep
from app.improvement.accountability.operations.hearing import SayingIn
from app.improvement.accountability.queries.choosing import citable
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Unit

CLOSED = "（已销号）"
"""How a cited item that is closed ends: nobody is held to account for it."""
RULE = "《清澜县教育质量监测结果应用管理办法》第十二条"
PRAISE_RULE = "《清澜县教育质量监测结果应用管理办法》第十五条"
LATE = "问题项到期没有完成整改。办公室两次督办，学校都没有按期书面说明进展，期间也没有申请延期。"
LATE_AGAIN = "整改措施到期没有开展，视导时现场没有检查记录，三个月里没有报送进展。"
SAID = (
    "负责这一项的教导主任住院，代理的老师隔了一个月才到岗，延误属实，我校没有及时申请延期也有责任。\n"
    "现在已按周落实，附检查记录。请考虑这一情况。"
)
WEIGHED = "教导主任住院情况属实，采纳；两次督办没有书面说明，学校没有异议。综合考虑，由通报批评改为约谈。"
WHY = "问题项逾期、两次督办没有说明，事实清楚；学校陈述的客观情况属实，可以从轻。"
TOLD = "该校一项问题项逾期没有完成整改，两次督办没有书面说明。经集体研究，予以约谈，限期一个月完成整改。"
APPEAL = "约谈决定引用的第二次督办，当时我校已经通过电话向办公室说明，请调阅通话登记后复核。"
ANSWER = "通话登记显示学校当天确有电话说明，第二次督办没有回应的认定不准确，改为提醒谈话。"
TOLD_AFTER = "该校一项问题项逾期没有完成整改。经复核，予以提醒谈话，限期一个月完成整改。"
DONE = "学校按方案逐条整改，复测达到目标，问题项已经销号，做法在全县教研会上交流。"
DONE_WHY = "整改有数据、有现场核验，公示期内没有异议，符合通报表扬的条件。"
DONE_TOLD = "该校按方案逐条整改，复测达到目标，问题项已经销号，予以通报表扬。"


@dataclass(frozen=True)
class Hall:
    """Who draws up, who gives notice, who decides, who hears appeals, and the day that the story counts back from."""

    county: County
    teller: Teller
    today: date

    @property
    def office(self) -> Actor:
        """Gives notice and makes decisions known."""
        return self.county.any("office_director")

    def noticed(self, school: Place, days: int, given: RecordIn, facts: tuple[str, ...]) -> AccountabilityRecord:
        """Drawn up by the evaluator, with notice the next morning."""
        self.teller.at(self.today - timedelta(days=days), 9)
        assert school.principal.unit_id is not None
        unit = db.session.get_one(Unit, school.principal.unit_id)
        found = [one.cited for one in citable(self.office, unit) if one.cited.kind in facts]
        offers = [one for one in found if one.kind != "item" or CLOSED not in one.said][:3]
        place = RecordPlace(self.county.id, unit.id, unit.id)
        draft = RecordIn(given.title, given.account, given.basis, given.measure, given.kind, facts=tuple(offers))
        record = drafting.draft_record(self.county.any("evaluator"), place, draft)
        self.teller.later(days=1)
        hearing.notify_party(self.office, record, RecordStep())
        return record

    def heard(self, record: AccountabilityRecord) -> None:
        """The morning after the window: the system ends it."""
        assert record.statement_until is not None
        self.teller.at(record.statement_until + timedelta(days=1), 8)
        hearing.keep_time(SYSTEM, record, None)

    def decide(self, record: AccountabilityRecord, given: DecisionIn) -> None:
        """The body meets two days later and its head writes down what it decided; the office makes it known."""
        self.teller.later(days=2)
        day = self.teller.moment.date()
        decision = DecisionIn(
            day, given.reason, given.weighed, given.measure, given.level, given.public_words, self.present("dept_head")
        )
        deciding.decide_record(self.county.any("leading_group_head"), record, decision)
        self.teller.later(days=1)
        deciding.disclose_record(self.office, record, RecordStep())

    def present(self, role: str) -> tuple[Sat, ...]:
        """Two holders of a role, as those who were present."""
        people = {one.person_id: one for one in (self.county.any(role, 0), self.county.any(role, 1))}
        return tuple(Sat(one.person_id, role, one.name) for one in people.values() if one.person_id is not None)

    def printed(self, record: AccountabilityRecord) -> None:
        """Its papers are made yesterday: what is older than three weeks is not printed while the story is told."""
        self.teller.at(self.today - timedelta(days=1), 16)
        documents.print_papers(self.office, record, None)


def tell(county: County, teller: Teller) -> None:
    """Two held to account, two commended, one draft that nobody was told of."""
    hall = Hall(county, teller, teller.real.date())
    teller.at(hall.today, 9)
    late, done = _schools(county, closed=False), _schools(county, closed=True)
    if len(late) < 2 or len(done) < 2:
        return
    _appealed(hall, late[0])
    given = RecordIn("整改措施逾期没有开展", LATE_AGAIN, RULE, "interview")
    hall.noticed(late[1], 6, given, ("item", "finding"))
    _commended(hall, done[0])
    praise = RecordIn("数学整改成效突出", DONE, PRAISE_RULE, "praise", "commendation")
    hall.noticed(done[1], 3, praise, ("closure", "evaluation"))


def _appealed(hall: Hall, school: Place) -> None:
    given = RecordIn("问题项逾期没有完成整改", LATE, RULE, "circular")
    record = hall.noticed(school, 62, given, ("item", "finding"))
    hall.teller.later(days=5)
    hearing.state_case(school.principal, record, SayingIn(SAID))
    hall.heard(record)
    hall.decide(record, DecisionIn(None, WHY, WEIGHED, "interview", "county", TOLD))
    hall.teller.later(days=6)
    appeals.appeal_decision(school.principal, record, SayingIn(APPEAL))
    hall.teller.later(days=8)
    answer = AnswerIn(ANSWER, hall.present("guidance_member"), "reminder", TOLD_AFTER)
    appeals.change_decision(hall.county.any("leading_group_member"), record, answer)
    hall.printed(record)


def _commended(hall: Hall, school: Place) -> None:
    given = RecordIn("整改到位、复测达标", DONE, PRAISE_RULE, "praise", "commendation")
    record = hall.noticed(school, 40, given, ("closure", "evaluation"))
    hall.heard(record)
    hall.decide(record, DecisionIn(None, DONE_WHY, "", "praise", "public", DONE_TOLD))
    hall.printed(record)


def _schools(county: County, closed: bool) -> list[Place]:
    """Schools by how many items they closed, or by how many are open and past their day."""
    wanted = select(ProblemItem.school_id, func.count().label("many")).where(
        ProblemItem.county_id == county.id,
        ProblemItem.school_id.is_not(None),
        ProblemItem.unit_id == ProblemItem.school_id,
    )
    if closed:
        wanted = wanted.where(ProblemItem.state == "closed")
    else:
        wanted = wanted.where(ProblemItem.state.in_(("accepted", "diagnosing", "planning", "implementing")))
    rows = db.session.execute(
        wanted.group_by(ProblemItem.school_id).order_by(func.count().desc(), ProblemItem.school_id).limit(2)
    )
    return [place_of(county, row.school_id) for row in rows]
