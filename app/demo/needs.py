"""Figures that schools and sections ask of one another: one need in each state."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from flask import current_app

from app.core.policy.actor import Actor
from app.core.storage import Stored
from app.demo.fates import place_of
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.disclosure.models import DataNeed
from app.improvement.disclosure.operations import data_needs
from app.improvement.disclosure.operations.data_needs import DataNeedIn, DataNeedPlace, DeliveryIn
from app.improvement.disclosure.operations.disclosures import DisclosureStep

ASKED = (
    ("近三年体质健康达标率", "年级\n达标率\n参测人数", "03", "confirmed"),
    ("课后服务参加人数", "年级\n参加人数\n开课门数", "01", "delivered"),
    ("实验课开出率", "学科\n应开\n实开", "02", "accepted"),
    ("图书借阅量", "年级\n生均册数", "01", "submitted"),
    ("校车安全检查结果", "月份\n检查次数\n问题数", "03", "refused"),
    ("教师培训学时", "学科\n人均学时", "04", "withdrawn"),
    ("作业时间调查", "年级\n平均分钟\n样本数", "01", "sent_back"),
)
"""What is asked for, its fields, of which department, and how far it has come."""
TABLES = {
    "近三年体质健康达标率": "年级,达标率,参测人数 四年级,0.93,214 五年级,0.90,208 六年级,0.92,221",
    "课后服务参加人数": "年级,参加人数,开课门数 四年级,186,7 五年级,179,8 六年级,164,6",
    "作业时间调查": "年级,平均分钟,样本数 四年级,52,60 五年级,58,60",
}
"""What was delivered, a line for each grade; of the last one a grade is missing, and it is sent back."""


def tell(county: County, teller: Teller) -> None:
    """Each of some schools asks a department once."""
    today, schools = teller.real.date(), list(county.schools.values())
    for number, (title, fields, code, fate) in enumerate(ASKED):
        school, _kind, short = schools[number % len(schools)]
        teller.at(today - timedelta(days=14 - number), 9)
        who = place_of(county, school).coordinator
        assert who.unit_id is not None
        place = DataNeedPlace(county.id, who.unit_id, who.school_id)
        given = DataNeedIn(
            title,
            county.units[code],
            f"{short}分析在办问题项的原因，需要对照本校情况。",
            fields,
            today + timedelta(days=12 + number),
        )
        _answered(county, teller, who, data_needs.ask_for_data(who, place, given), code, fate)


def _answered(county: County, teller: Teller, who: Actor, need: DataNeed, code: str, fate: str) -> None:
    head, step = county.at("dept_head", code), DisclosureStep()
    teller.later(days=1)
    if fate == "refused":
        data_needs.refuse_need(head, need, DisclosureStep(reason="检查记录由公安交警部门保存，请向他们了解"))
    if fate == "withdrawn":
        data_needs.withdraw_need(who, need, step)
    if fate in ("submitted", "refused", "withdrawn"):
        return
    data_needs.accept_need(head, need, step)
    if fate == "accepted":
        return
    teller.later(days=2)
    data_needs.deliver_data(head, need, DeliveryIn("按本学期统计口径，汇总到年级。", _table(need.title)))
    teller.later(days=1)
    if fate == "confirmed":
        data_needs.confirm_delivery(who, need, step)
    if fate == "sent_back":
        data_needs.send_back_delivery(who, need, DisclosureStep(reason="缺六年级的数据，请补上再交付"))


def _table(title: str) -> Stored:
    text = io.StringIO()
    csv.writer(text).writerows(line.split(",") for line in TABLES[title].split())
    stored: Stored = current_app.extensions["bihuan.shelf"].keep(
        text.getvalue().encode("utf-8-sig"), f"{title}.csv", "text/csv"
    )
    return stored
