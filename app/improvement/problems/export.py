"""Lists and items as workbooks: the columns of the page, and those that only a table has room for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.policy.actor import Actor
from app.core.spreadsheets import write_workbook
from app.core.spreadsheets.writing import Head
from app.core.web.chips import word
from app.improvement.monitoring.scenarios import scenario_words
from app.improvement.problems.models import ProblemItem, Reopening
from app.improvement.problems.queries.hand_offs import Stretch, stretches, totals
from app.improvement.problems.words import CATEGORIES, LEVELS, SEVERITIES, SOURCES, TRIGGERS, goal_of, word_of


def item_workbook(actor: Actor, items: Iterable[ProblemItem]) -> bytes:
    """One row an item, in the order of the list."""
    heads = [
        Head(_("编号"), 11),
        Head(_("问题"), 44),
        Head(_("责任单位"), 26),
        Head(_("责任人"), 10),
        Head(_("类别"), 12),
        Head(_("级别"), 6),
        Head(_("来源"), 12),
        Head(_("整改目标"), 30),
        Head(_("整改标准"), 30),
        Head(_("计划复测日期"), 12, "date"),
        Head(_("状态"), 11),
        Head(_("进入这一步"), 12, "date"),
        Head(_("整改期限"), 12, "date"),
        Head(_("交办日期"), 12, "date"),
        Head(_("签收日期"), 12, "date"),
        Head(_("销号日期"), 12, "date"),
        Head(_("所在清单"), 34),
        Head(_("文号"), 20),
        Head(_("应用场景"), 24),
        Head(_("各单位用时（工作日）"), 40),
    ]
    rows = list(items)
    held = stretches(actor, rows)
    told = ([*_row(item), _held(held.get(item.id, []))] for item in rows)
    return write_workbook(heads, told, sheet=_("问题项"))


def _held(found: Sequence[Stretch]) -> str:
    return str(_("，")).join(f"{unit} {days}" for unit, days in totals(found))


def _row(item: ProblemItem) -> list[Any]:
    return [
        item.number,
        item.title,
        item.unit.name if item.unit else "",
        item.responsible_person.name if item.responsible_person else "",
        word(word_of(CATEGORIES, item.category)),
        word(word_of(SEVERITIES, item.severity)),
        word(word_of(SOURCES, item.source_type)),
        goal_of(item),
        item.criteria,
        item.target_on,
        word(item.standing),
        item.state_since.date(),
        item.due_on,
        item.issued_on,
        item.accepted_on,
        item.closed_on,
        item.problem_list.label,
        item.problem_list.document_number,
        scenario_words(item.scenarios),
    ]


def reopening_workbook(found: Iterable[Reopening]) -> bytes:
    """One row a proposal to take up a closed item again."""
    heads = [
        Head(_("编号"), 11),
        Head(_("问题"), 44),
        Head(_("责任单位"), 26),
        Head(_("级别"), 6),
        Head(_("因为"), 24),
        Head(_("依据"), 44),
        Head(_("提议日期"), 12, "date"),
        Head(_("状态"), 10),
        Head(_("复发次数"), 10, "number"),
    ]
    rows = (
        [
            one.item.number,
            one.item.title,
            one.item.unit.name if one.item.unit else "",
            word(word_of(SEVERITIES, one.item.severity)),
            word(word_of(TRIGGERS, one.trigger)),
            one.grounds,
            clock.local(one.created_at).date(),
            word(one.standing),
            one.item.recurrence_count,
        ]
        for one in found
    )
    return write_workbook(heads, rows, sheet=_("重新打开"))


def list_workbook(actor: Actor, lines: Iterable[Any]) -> bytes:
    """One row a list with its counts."""
    heads = [
        Head(_("编号"), 11),
        Head(_("版次"), 6, "number"),
        Head(_("名称"), 40),
        Head(_("层级"), 10),
        Head(_("监测周期"), 26),
        Head(_("单位"), 26),
        Head(_("状态"), 10),
        Head(_("文号"), 20),
        Head(_("交办日期"), 12, "date"),
        Head(_("问题项"), 8, "number"),
        Head(_("已销号或作废"), 12, "number"),
        Head(_("超期"), 8, "number"),
    ]
    return write_workbook(heads, (_list_row(line) for line in lines), sheet=_("问题清单"))


def _list_row(line: Any) -> list[Any]:
    held, counts = line.held, line.counts
    return [
        held.number,
        held.edition,
        held.title,
        word(word_of(LEVELS, held.level)),
        held.cycle.name if held.cycle else "",
        held.unit.name if held.unit else "",
        word(held.standing),
        held.document_number,
        held.issued_on,
        counts.total,
        counts.settled,
        counts.overdue,
    ]
