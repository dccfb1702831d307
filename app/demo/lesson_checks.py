"""月报 of equipment and lesson checks (班班通, 实验, 数字化学习, 智能巡课): a wrong file that is taken back, the right one after it."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from app.core.database import db
from app.core.imports import operations as imports
from app.core.imports.arrival import take_in
from app.core.imports.models import ImportBatch
from app.core.imports.operations import StepIn
from app.core.outbox import deliver
from app.core.spreadsheets import write_workbook
from app.demo import words
from app.demo.telling import FOR_THE_WORKER, Teller
from app.demo.tree import County
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.operations import findings

SENT = date(2026, 11, 17)
HEADERS = ("学校代码", "检查内容", "发现的问题", "检查日期", "依据", "类别", "级别", "学科", "年级", "具体情况")
FOUND = (
    ("班班通设备管理", "班班通月开机不足两成", "资源", "轻", "", "", "应开 160 次，实开 29 次；三间教室连续两周没有开机"),
    ("实验管理", "科学课分组实验开出率不到五成", "学科", "中", "科学", "", "本月应开 12 次，实开 5 次，实验记录缺 3 次"),
    ("数字化学习管理", "学习平台作业布置后没有批阅反馈", "管理", "轻", "", "", "抽查 40 份线上作业，27 份没有教师反馈"),
    ("智能巡课", "后两排学生长时间没有参与课堂", "教师", "中", "", "", "巡课 18 节，11 节后两排提问为零"),
    ("智能巡课", "音体美课被占用作讲评课", "学生发展", "中", "", "", "一周内 6 节课表与实际不符"),
    ("班班通设备管理", "触控屏报修超过一个月没有处理", "资源", "轻", "", "", "报修单 4 张，最早一张在 9 月 28 日"),
)  # fmt: skip
WRONG_MONTH = "这一份是九月的月报，日期填错了，十月的另外报"


def tell(county: County, teller: Teller) -> None:
    """The assessment group sends the month's file, an evaluator takes it in; the first one was of the wrong month."""
    teller.at(SENT, 9, 20)
    wrong = _brought(county, SENT - timedelta(days=48), "设备与巡课月报（9月）.xlsx")
    imports.roll_back(county.any("evaluator", 0), wrong, StepIn(reason=WRONG_MONTH))
    deliver.drain(leaving=FOR_THE_WORKER)
    teller.at(SENT + timedelta(days=1), 10, 5)
    batch = _brought(county, SENT - timedelta(days=20), "设备与巡课月报（10月）.xlsx")
    teller.at(SENT + timedelta(days=5), 14, 30)
    of_file = select(DataFinding).where(DataFinding.batch_id == batch.id, DataFinding.category == "management")
    for finding in db.session.scalars(of_file).all():
        support = findings.SupportIn("现场核查记录", words.ON_SITE[0])
        given = findings.ConfirmIn(words.OTHER_INTERPRETATIONS[0], ("学校没有把平台使用写进教研要求",), support)
        findings.confirm_finding(county.any("evaluator", 1), finding, given)


def _brought(county: County, day: date, name: str) -> ImportBatch:
    schools = sorted(county.schools)[4:28:4]
    paper = f"设备与巡课月报〔{day.year}〕{day.month:02d}号"
    rows = [
        (code, topic, title, day.isoformat(), paper, category, severity, subject, grade, details)
        for code, (topic, title, category, severity, subject, grade, details) in zip(schools, FOUND, strict=True)
    ]
    file = write_workbook(HEADERS, rows, sheet="月报")
    sender, accepter = county.any("assessment_member", 0), county.any("evaluator", 0)
    return take_in(sender, "findings", None, file, name, accepter, leaving=FOR_THE_WORKER)
