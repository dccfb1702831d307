"""Lists as workbooks, and clocks of pages."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response
from flask_babel import gettext as _

from app.core.spreadsheets import Head, write_workbook
from app.core.web.chips import word
from app.core.web.downloads import workbook_file
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.words import DESIGNS, OUTCOMES, SEEN, USES, VERDICTS, said
from app.improvement.monitoring.words import EVALUATION_TYPES, OBJECTS, VALUE_TYPES
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.routes.drawing import chips_of as chips_of
from app.improvement.problems.words import SEVERITIES, joined, word_of

Sheet = tuple[list[Head], Iterable[Sequence[Any]], str]


def workbook_answer(sheet: Sheet, name: str) -> Response:
    """A table as a file to keep; its name holds no personal data."""
    return workbook_file(write_workbook(*sheet), name)


def _item_heads() -> list[Head]:
    return [Head(_("编号"), 11), Head(_("问题"), 44), Head(_("责任单位"), 26), Head(_("级别"), 6)]


def _item_cells(item: ProblemItem) -> list[Any]:
    unit = item.unit.name if item.unit else ""
    return [item.number, item.title, unit, word(word_of(SEVERITIES, item.severity))]


def evaluation_sheet(rows: Iterable[EffectEvaluation], objects: Mapping[uuid.UUID | None, str]) -> Sheet:
    """Evaluations with their numbers; `objects` says what each indicator evaluates."""
    heads = [
        *_item_heads(), Head(_("评价方式"), 16), Head(_("评价对象"), 24), Head(_("评价类型"), 12),
        Head(_("状态"), 10), Head(_("变化"), 10, "number"),
        Head(_("95% 区间下限"), 12, "number"), Head(_("95% 区间上限"), 12, "number"), Head(_("基线人数"), 10, "number"),
        Head(_("复测人数"), 10, "number"), Head(_("计算结果"), 12), Head(_("定论"), 12), Head(_("定论日期"), 12, "date"),
        Head(_("结果怎么用"), 40),
    ]  # fmt: skip
    return heads, (_evaluation_row(row, objects.get(row.indicator_id)) for row in rows), _("成效评价")


def _evaluation_row(row: EffectEvaluation, whom: str | None) -> list[Any]:
    numbers = row.computed.get("estimate") or {}
    low, high = numbers.get("ci95") or (None, None)
    decided = row.outcome if row.state == "decided" else None
    return [
        *_item_cells(row.item), word(word_of(DESIGNS, row.design)), word(word_of(OBJECTS, whom or "school")),
        word(word_of(EVALUATION_TYPES, row.evaluation_type)), word(row.standing), _short(row.delta), _short(low),
        _short(high), numbers.get("baseline_n"), numbers.get("follow_up_n"), word(word_of(OUTCOMES, row.computed_outcome)),
        word(word_of(OUTCOMES, decided)), row.decided_on, joined(USES[use] for use in row.uses),
    ]  # fmt: skip


def closure_sheet(rows: Iterable[ClosureRequest]) -> Sheet:
    """Closure requests with what was measured before and after; a rate as a share, criteria as how many were met."""
    heads = [
        Head(_("申请编号"), 11), *_item_heads(), Head(_("成效定论"), 12), Head(_("数值种类"), 10),
        Head(_("整改前"), 10, "number"), Head(_("整改后"), 10, "number"), Head(_("变化"), 10, "number"),
        Head(_("95% 区间下限"), 12, "number"), Head(_("95% 区间上限"), 12, "number"), Head(_("整改前人数"), 10, "number"),
        Head(_("整改后人数"), 10, "number"), Head(_("达到的标准"), 12), Head(_("状态"), 10),
        Head(_("提交日期"), 12, "date"), Head(_("现场核验"), 10), Head(_("批准日期"), 12, "date"),
    ]  # fmt: skip
    lines = (
        [
            row.number, *_item_cells(row.item), word(word_of(OUTCOMES, row.before_after.get("outcome"))),
            *_before_after(row.before_after), word(row.standing), row.submitted_on,
            _("是") if row.verified_on_site else _("否"), row.approved_on,
        ]
        for row in rows
    )  # fmt: skip
    return heads, lines, _("销号申请")


def _before_after(kept: Mapping[str, Any]) -> list[Any]:
    before, after = ([*(kept.get("ends") or ()), {}, {}])[:2]
    numbers = kept.get("estimate") or {}
    low, high = numbers.get("ci95") or (None, None)
    criteria = kept.get("criteria") or ()
    met = f"{sum(bool(one.get('met')) for one in criteria)} / {len(criteria)}" if criteria else ""
    return [
        word(word_of(VALUE_TYPES, before.get("value_type"))), _short(before.get("value")), _short(after.get("value")),
        _short(numbers.get("delta")), _short(low), _short(high), before.get("n"), after.get("n"), met,
    ]  # fmt: skip


def recheck_sheet(rows: Iterable[Recheck]) -> Sheet:
    """Rechecks."""
    heads = [
        *_item_heads(), Head(_("销号日期"), 12, "date"), Head(_("复核日期"), 12, "date"), Head(_("状态"), 10),
        Head(_("办理日期"), 12, "date"), Head(_("看到的情况"), 16), Head(_("记录"), 44),
    ]  # fmt: skip
    lines = (
        [
            *_item_cells(row.item), row.item.closed_on, row.due_on, word(row.standing), row.checked_on,
            word(word_of(SEEN, row.seen)), row.note,
        ]
        for row in rows
    )  # fmt: skip
    return heads, lines, _("复核")


def value_added_sheet(rows: Iterable[Any]) -> Sheet:
    """Effects of schools in code order; no effect without its interval."""
    heads = [
        Head(_("学校代码"), 14), Head(_("学校"), 30), Head(_("文件里的学生"), 12, "number"), Head(_("两次都有"), 10, "number"),
        Head(_("前测均分"), 10, "number"), Head(_("后测均分"), 10, "number"), Head(_("增值"), 10, "number"),
        Head(_("95% 区间下限"), 12, "number"), Head(_("95% 区间上限"), 12, "number"), Head(_("和全县比"), 14), Head(_("说明"), 40),
    ]  # fmt: skip
    lines = (
        [
            code, name, one.rows, one.n, _short(one.pre_mean), _short(one.post_mean), _short(one.effect), _short(one.low),
            _short(one.high), word(VERDICTS[one.verdict or "unsaid"]), said(one.reason) if one.reason else "",
        ]
        for one, code, _short_name, name, _ref in rows
    )  # fmt: skip
    return heads, lines, _("增值评价")


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
