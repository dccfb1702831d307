"""Sources that disagree as workbooks: those on record, and pairs that look as if they did."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.spreadsheets import Head
from app.core.web.pages import say
from app.improvement.monitoring.models import SourceConflict
from app.improvement.monitoring.models.rulings import ONE
from app.improvement.monitoring.routes.sheets import Sheet
from app.improvement.monitoring.words import GRADES, STANDINGS, SUBJECTS, word_of


def _heads() -> list[Head]:
    return [
        Head(_("单位代码"), 14), Head(_("单位"), 26), Head(_("指标代码"), 16), Head(_("指标"), 20), Head(_("学科"), 10),
        Head(_("年级"), 10), Head(_("来源一"), 26), Head(_("来源一的数值"), 12, "number"), Head(_("来源一的人数"), 12, "number"),
        Head(_("来源二"), 26), Head(_("来源二的数值"), 12, "number"), Head(_("来源二的人数"), 12, "number"),
    ]  # fmt: skip


def sheet_of_conflicts(rows: Iterable[Any]) -> Sheet:
    """Conflicts on record with both sides, question, answer and decision, as the list shows them."""
    heads = [
        *_heads(), Head(_("问题"), 40), Head(_("提问日期"), 12, "date"), Head(_("答复"), 40), Head(_("状态"), 18),
        Head(_("采用的来源"), 12), Head(_("裁定理由"), 40), Head(_("裁定日期"), 12, "date"),
    ]  # fmt: skip
    return Sheet(heads, (_conflict_row(row) for row in rows), _("数据不一致"))


def standing_of(conflict: SourceConflict) -> str:
    """asked, answered, or how it was decided."""
    return conflict.outcome or ("answered" if conflict.answer else "asked")


def _conflict_row(row: Any) -> list[Any]:
    conflict, first, second, indicator = row[0], row[1], row[2], row[4]
    silent = second.is_near(first)
    chosen = _("来源一") if conflict.chosen_id == first.id else _("来源二")
    return [
        row.unit_code, row.unit_name, indicator.code, indicator.name, say(word_of(SUBJECTS, indicator.subject)),
        say(word_of(GRADES, first.grade)), row.first_cycle or "", first.value, first.pupils, row.second_cycle or "",
        None if silent else second.value, None if silent else second.pupils, conflict.question, _day(conflict.created_at),
        conflict.answer or "", say(STANDINGS[standing_of(conflict)]), chosen if conflict.outcome == ONE else "",
        conflict.settlement or "", _day(conflict.settled_at),
    ]  # fmt: skip


def _day(moment: Any) -> Any:
    return clock.local(moment).date() if moment else None


def sheet_of_suspects(rows: Iterable[Any]) -> Sheet:
    """Pairs of cells that lie clearly apart, and by how much in standardised units."""
    heads = [*_heads(), Head(_("相差（效应量）"), 14, "number")]
    return Sheet(heads, (_suspect_row(row) for row in rows), _("看起来不一致"))


def _suspect_row(row: Any) -> list[Any]:
    return [
        row.unit_code, row.unit_name, row.indicator_code, row.indicator_name, say(word_of(SUBJECTS, row.subject)),
        say(word_of(GRADES, row.grade)), row.first_cycle, row.first_value, row.first_n, row.second_cycle,
        row.second_value, row.second_n, round(row.gap, 3),
    ]  # fmt: skip
