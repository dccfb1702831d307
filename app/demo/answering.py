"""Held to account and commended: one being heard, one decided and changed on appeal, commendations published and on notice."""

from __future__ import annotations

from app.demo import at_each_stage
from app.demo.fates import Place
from app.demo.hall import Hall, schools
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.accountability.operations import appeals, hearing
from app.improvement.accountability.operations.appeals import AnswerIn
from app.improvement.accountability.operations.deciding import DecisionIn
from app.improvement.accountability.operations.drafting import RecordIn
from app.improvement.accountability.operations.hearing import SayingIn

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


def tell(county: County, teller: Teller) -> None:
    """Two held to account, two commended, and one more at each of the other stages."""
    hall = Hall(county, teller, teller.real.date())
    teller.at(hall.today, 9)
    late, done = schools(county, closed=False), schools(county, closed=True)
    if len(late) < 2 or len(done) < 2:
        return
    _appealed(hall, late[0])
    given = RecordIn("整改措施逾期没有开展", LATE_AGAIN, RULE, "interview")
    hall.noticed(late[1], 6, given, ("item", "finding"))
    _commended(hall, done[0])
    praise = RecordIn("数学整改成效突出", DONE, PRAISE_RULE, "praise", "commendation")
    hall.noticed(done[1], 3, praise, ("closure", "evaluation"))
    at_each_stage.tell(hall, late[2:] or late)


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
