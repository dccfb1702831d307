"""Trees that the tests begin with: a small one in words, and one led to any state by the persons who may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.core.database import db, use_context
from app.improvement.inspection import operations, queries
from app.improvement.inspection.models import InspectionTree
from app.improvement.inspection.operations import TreeIn, TreeStep
from app.improvement.inspection.rows import Row, Rows
from app.people.directory.models import Unit
from tests.cast import Cast

ROWS = (
    Row(2, "一级", "A1", "", "依法办学"),
    Row(3, "二级", "B1", "A1", "课程实施"),
    Row(4, "三级", "C1", "B1", "开齐开足"),
    Row(5, "观测点", "C1.1", "C1", "课表与实际上课一致", "看公示课表，随机看三个班", ("现场查看", "查阅资料"), (), ()),
    Row(6, "观测点", "C1.2", "C1", "作业总量有公示", "", ("查阅资料",), ("小学", "初中"), ("双减",)),
    Row(7, "二级", "B2", "A1", "校园安全"),
    Row(8, "观测点", "B2.1", "B2", "门卫登记完整", "", ("现场查看",)),
    Row(9, "一级", "A2", "", "教师发展"),
    Row(10, "二级", "B3", "A2", "校本教研"),
    Row(11, "观测点", "B3.1", "B3", "教研活动有主题有记录", "", ("查阅资料", "访谈")),
)
STATES = ("draft", "under_review", "approved", "active")


class TreeScene:
    """Leads a tree from the file to its term."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def given(self, rows: tuple[Row, ...] = ROWS, **changes: Any) -> TreeIn:
        wanted: dict[str, Any] = {
            "code": "2026-1", "title": "中小学督导指标体系", "basis": "清教督〔2026〕1号", "note": "第一版",
            "stages": ("primary", "junior"),
        }  # fmt: skip
        return TreeIn(**(wanted | changes), rows=Rows(rows))

    def tree(self, state: str = "active", rows: tuple[Row, ...] = ROWS, **changes: Any) -> InspectionTree:
        place = db.session.get_one(Unit, self.cast.county.id)
        tree: InspectionTree = operations.draft(self.cast.actor("office_director"), place, self.given(rows, **changes))
        steps = (("office_director", operations.submit), ("leading_group_member", operations.approve),
                 ("leading_group_head", operations.activate))  # fmt: skip
        for who, step in steps[: STATES.index(state)]:
            step(self.cast.actor(who), tree, TreeStep())
        return tree

    def look(self, key: str) -> Any:
        """The actor, with what a request of theirs may see of the database."""
        actor = self.cast.actor(key)
        use_context(actor.context())
        return actor

    def in_force(self, key: str = "office_director") -> dict[str, str]:
        """Stage → the version in force today."""
        return {stage: one.code for stage, one in queries.in_force(self.look(key)).items()}


def without(number: str, rows: tuple[Row, ...] = ROWS) -> tuple[Row, ...]:
    """The rows without one."""
    return tuple(row for row in rows if row.number != number)


def changed(which: str, rows: tuple[Row, ...] = ROWS, **changes: Any) -> tuple[Row, ...]:
    """The rows with one changed."""
    return tuple(replace(row, **changes) if row.number == which else row for row in rows)
