"""Topics of trainings: six themes, nineteen topics, brought in from a table; trainings of the story name one of them."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from app.core.database import db
from app.core.spreadsheets import write_workbook
from app.demo.rounds import ROUNDS
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.plans.models import TrainingTopic
from app.improvement.plans.operations.topics import TopicPlace, TopicsIn, take_topics
from app.improvement.plans.topic_sheet import HEADS, read_topics

THEMES = {
    "读懂监测报告": ("看懂本校监测报告", "均值、区间和人数怎么一起看", "从结果到问题：三步写出一条发现"),
    "归因与诊断": ("用课堂观察核实原因", "学生访谈和问卷怎么问", "五个为什么：把原因问到底", "成因与现象分开写"),
    "学科教学改进": ("单元练习的分层设计", "错因统计与订正跟踪", "阅读教学里的提问", "实验课的安全与效果"),
    "学习品质与心理": ("课堂里的学习习惯培养", "考试焦虑的班级支持", "家长会怎样谈成绩"),
    "方案与佐证": ("把目标写成能复测的数", "少而有用的佐证"),
    "成效评价": ("前后测比较要看什么", "小规模学校的数据怎么用", "增值评价结果的解读"),
}


def tell(county: County, teller: Teller) -> None:
    """The office brings the list in before the first round."""
    teller.at(ROUNDS[0].released - timedelta(days=30), 10)
    lines = [(theme, f"ZT-{theme_no}{number}", title) for theme_no, (theme, titles) in enumerate(THEMES.items(), 1)
             for number, title in enumerate(titles, 1)]  # fmt: skip
    rows = read_topics(write_workbook(HEADS, lines), "培训专题.xlsx")
    take_topics(county.any("office_director"), TopicPlace(county.id, county.units["BG"]), TopicsIn(rows))


def one_of(county_id: uuid.UUID, number: int) -> uuid.UUID | None:
    """A topic of the county's list, by turns; None where there is no list."""
    wanted = select(TrainingTopic.id).where(TrainingTopic.county_id == county_id, TrainingTopic.is_listed)
    found = db.session.scalars(wanted.order_by(TrainingTopic.position)).all()
    return found[number % len(found)] if found else None
