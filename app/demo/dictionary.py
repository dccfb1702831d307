"""The list of indicators is brought up to date by a table: two that are new, and one whose definition is said more exactly."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.core.database import db
from app.core.imports.arrival import take_in
from app.core.imports.models import ImportBatch
from app.core.spreadsheets import write_workbook
from app.demo.telling import FOR_THE_WORKER, Teller
from app.demo.tree import County
from app.improvement.monitoring.dictionary_import import told_by
from app.improvement.monitoring.models import Indicator

SENT = date(2026, 11, 13)
HEADERS = ("指标代码", "指标", "口径", "学科", "领域", "评价类型", "评价对象", "数值类型", "方向", "工具系列", "最低可能值",
           "最高可能值", "单位")  # fmt: skip
FRESH = (
    ("SLEEP-9H", "睡眠达标率", "上学日每天睡够 9 小时的学生比例", "综合", "心理与学习品质", "过程评价", "学校", "比率", "越高越好",
     "县学生问卷", "0", "1", "%"),
    ("LAB-RATE", "分组实验开出率", "应开的分组实验中实际开出的比例", "科学", "综合与管理", "过程评价", "学校", "比率", "越高越好",
     "智能巡课", "0", "1", "%"),
)  # fmt: skip
MORE_EXACT = "县数学量尺分 全县均值 500 标准差 100 缺考不计入"


def tell(county: County, teller: Teller) -> ImportBatch:
    """A member of the assessment group sends it, the office director takes it in."""
    teller.at(SENT, 10, 15)
    wanted = select(Indicator).where(Indicator.county_id == county.id, Indicator.subject == "math")
    held = told_by(db.session.scalars(wanted.order_by(Indicator.code).limit(1)).one())
    listed = ("code", "name", "definition", "subject", "domain", "evaluation_type", "object_code", "value_type", "direction",
              "family")  # fmt: skip
    changed = [held[name] for name in listed] + ["", "", ""]
    changed[2] = MORE_EXACT
    file = write_workbook(HEADERS, [changed, *FRESH], sheet="指标库")
    sender, accepter = county.any("assessment_member", 0), county.any("office_director")
    return take_in(sender, "indicators", None, file, "清澜县监测指标库（修订）.xlsx", accepter, leaving=FOR_THE_WORKER)
