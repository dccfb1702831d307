"""The county's inspection indicators: one version in force since before the yearly list, and a draft of the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from app.core.database import db
from app.demo.telling import Story
from app.demo.tree import County
from app.improvement.inspection import operations
from app.improvement.inspection.models import InspectionTree
from app.improvement.inspection.operations import TreeIn, TreeStep
from app.improvement.inspection.rows import Row, Rows
from app.people.directory.models import Unit

STAGES = ("primary", "junior", "senior")
BRANCHES = {"routine": ("B1", "B4"), "special": ("B2", "B3"), "project": ("B5",)}
"""Kind of visit → the branches that its entry of the yearly list chooses."""
INDICATORS = (
    ("1", "A1", "", "依法规范办学"), ("2", "B1", "A1", "课程实施"), ("3", "C1", "B1", "开齐开足课程"),
    ("3", "C2", "B1", "课后服务"), ("2", "B2", "A1", "减负提质"), ("3", "C3", "B2", "作业管理"),
    ("3", "C4", "B2", "考试管理"), ("1", "A2", "", "教学质量"), ("2", "B3", "A2", "教学改进"), ("3", "C5", "B3", "集体备课"),
    ("3", "C6", "B3", "学困生帮扶"), ("1", "A3", "", "安全与健康"), ("2", "B4", "A3", "校园安全"), ("3", "C7", "B4", "日常管理"),
    ("3", "C8", "B4", "体育与心理"), ("1", "A4", "", "队伍与治理"), ("2", "B5", "A4", "教师发展"), ("3", "C9", "B5", "校本研修"),
)  # fmt: skip
POINTS = (
    ("C1.1", "C1", "课表与实际上课一致", "看公示课表，随机看三个班", "现场查看", "", ""),
    ("C1.2", "C1", "体育、艺术、劳动课时不被挤占", "抽两周教学日志", "查阅资料", "", ""),
    ("C2.1", "C2", "课后服务按公示的安排开展", "看当天课后服务", "现场查看", "小学、初中", "课后服务"),
    ("C2.2", "C2", "课后服务不上新课", "访谈学生五名", "访谈", "小学、初中", "课后服务"),
    ("C3.1", "C3", "作业总量有统筹、有公示", "抽三个班一周作业", "查阅资料", "", "双减"),
    ("C3.2", "C3", "作业分层，教师全批全改", "抽四十份作业", "查阅资料", "", "双减"),
    ("C3.3", "C3", "一、二年级没有书面家庭作业", "访谈学生五名", "访谈", "小学", "双减"),
    ("C4.1", "C4", "考试次数符合规定，不排名不公布", "看考试安排和班级公示栏", "查阅资料、现场查看", "", "双减"),
    ("C5.1", "C5", "集体备课有主题、有记录", "看近两个月记录", "查阅资料", "", ""),
    ("C5.2", "C5", "课堂落实备课的改进点", "随堂听课两节", "随堂听课", "", ""),
    ("C6.1", "C6", "每名学困生有帮扶记录", "抽十名学生的记录", "查阅资料", "", ""),
    ("C6.2", "C6", "监测查出的问题逐项有措施", "对照整改方案", "查阅资料、数据核对", "", "监测整改"),
    ("C7.1", "C7", "外来人员逐人登记", "看门卫登记本", "现场查看", "", "安全"),
    ("C7.2", "C7", "每月一次隐患排查并销账", "看排查台账", "查阅资料", "", "安全"),
    ("C8.1", "C8", "每天校园体育活动一小时", "看大课间和体育课", "现场查看", "", ""),
    ("C8.2", "C8", "心理辅导室按时开放、有值班表", "看值班表和开放时间", "现场查看", "", ""),
    ("C9.1", "C9", "校本研修计划落实到人", "看研修档案三份", "查阅资料", "", ""),
    ("C9.2", "C9", "新教师有导师、有听课记录", "访谈新教师两名", "访谈、查阅资料", "", ""),
    ("C9.3", "C9", "骨干教师带教有成果", "看带教记录", "查阅资料", "", ""),
    ("C9.4", "C9", "教师会用监测数据改进教学", "访谈备课组长", "访谈", "", "监测整改"),
)  # fmt: skip


def rows() -> tuple[Row, ...]:
    """18 indicators and 20 observation points as they would stand in the sheet."""
    found = [Row(0, *given) for given in INDICATORS]
    for number, parent, title, look_for, proofs, stages, topics in POINTS:
        lists = (tuple(one for one in text.split("、") if one) for text in (proofs, stages, topics))
        found.append(Row(0, "观测点", number, parent, title, look_for, *lists))
    return tuple(replace(row, place=place) for place, row in enumerate(found, 2))


def of_branches(*numbers: str) -> tuple[Row, ...]:
    """The rows of some second-level indicators with what stands above and below them."""
    every = {row.number: row for row in rows()}

    def line(row: Row) -> set[str]:
        return {row.number} | (line(every[row.parent]) if row.parent else set())

    chosen = [line(row) for row in every.values() if line(row) & set(numbers)]
    wanted = set().union(*chosen)
    return tuple(row for row in every.values() if row.number in wanted)


def next_rows() -> tuple[Row, ...]:
    """What the next version changes: one title, one kind of proof, one point gone, one new."""
    kept = [row for row in rows() if row.number != "C9.3"]
    changed = {
        "C7.1": {"title": "外来人员逐人登记、核对预约"}, "C8.2": {"proofs": ("现场查看", "问卷")},
    }  # fmt: skip
    found = [replace(row, **changed.get(row.number, {})) for row in kept]  # type: ignore[arg-type]
    new = Row(99, "观测点", "C8.3", "C8", "近视防控有课间、有检查", "看眼操和课间", ("现场查看",), ("小学", "初中"), ())
    return (*found, new)


def stories(county: County, today: date) -> list[Story]:
    """Filed before the first visits of the yearly list; the draft is a week old, beside it versions at each stage."""
    return [_in_force(county, today), _draft(county, today), _beside(county, today)]


def _in_force(county: County, today: date) -> Story:
    first = min(date(today.year, 1, 4), today - timedelta(days=140))
    yield first - timedelta(days=60)
    place = db.session.get_one(Unit, county.id)
    trial = TreeIn(
        f"{first.year - 1}-1", "中小学督导指标体系（试行）", f"清教督〔{first.year - 1}〕9号", "先试行一个学期",
        STAGES, Rows(of_branches("B1", "B2", "B4")),
    )  # fmt: skip
    _put_in_force(county, operations.draft(county.any("office_director"), place, trial))
    yield first
    given = TreeIn(
        f"{first.year}-1", "中小学督导指标体系", f"清教督〔{first.year}〕1号", "按新课程方案和双减要求修订",
        STAGES, Rows(rows()),
    )  # fmt: skip
    _put_in_force(county, operations.draft(county.any("office_director"), place, given))


def _put_in_force(county: County, tree: InspectionTree) -> None:
    operations.submit(county.any("office_director"), tree, TreeStep())
    operations.approve(county.any("leading_group_member"), tree, TreeStep())
    operations.activate(county.any("leading_group_head"), tree, TreeStep())


def _beside(county: County, today: date) -> Story:
    """Special indicators on their way: one approved, one being reviewed, one returned, one given up for the next version."""
    yield today - timedelta(days=20)
    place, year, office = db.session.get_one(Unit, county.id), today.year + 1, county.any("office_director")

    def brought_in(number: int, title: str, note: str, stages: tuple[str, ...], *branches: str) -> InspectionTree:
        given = TreeIn(f"{year}-{number}", title, "", note, stages, Rows(of_branches(*branches)))
        return operations.draft(office, place, given)

    given_up = brought_in(2, "作业管理专项指标", "只查作业管理", STAGES, "B2")
    approved = brought_in(3, "普通高中督导指标", "高中单列，明年春季启用", ("senior",), "B1", "B3")
    returned = brought_in(4, "校园安全专项指标", "只查校园安全", STAGES, "B4")
    waiting = brought_in(5, "校本研修专项指标", "配合教师发展年", ("primary", "junior"), "B5")
    yield today - timedelta(days=15)
    operations.withdraw(office, given_up, TreeStep())
    for tree in (approved, returned, waiting):
        operations.submit(office, tree, TreeStep())
    yield today - timedelta(days=11)
    operations.approve(county.any("leading_group_member"), approved, TreeStep())
    why = "消防和食品安全要有单独的观测点，现在并在日常管理里，查不清楚。"
    operations.return_tree(county.any("leading_group_member"), returned, TreeStep(reason=why))


def _draft(county: County, today: date) -> Story:
    yield today - timedelta(days=7)
    place, year = db.session.get_one(Unit, county.id), today.year + 1
    given = TreeIn(
        f"{year}-1", "中小学督导指标体系", f"清教督〔{year}〕1号（征求意见）", "补近视防控，门卫登记加预约核对",
        STAGES, Rows(next_rows()),
    )  # fmt: skip
    operations.draft(county.any("evaluator", 0), place, given)
