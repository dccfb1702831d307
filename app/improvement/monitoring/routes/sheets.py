"""What is shown, as a workbook: results, findings, the versions of a round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.core.errors import Sentence
from app.core.spreadsheets import Head, write_workbook
from app.core.web.chips import long_date
from app.core.web.downloads import workbook_file
from app.core.web.pages import say
from app.improvement.monitoring.models import DataRelease, Indicator, MonitoringCycle
from app.improvement.monitoring.queries import Ruling
from app.improvement.monitoring.scenarios import scenario_words
from app.improvement.monitoring.words import (
    AUDIENCES,
    BENCHMARKS,
    COVERAGES,
    DIRECTIONS,
    DOMAINS,
    EVALUATION_TYPES,
    GRADES,
    LEVELS,
    OBJECTS,
    SEVERITIES,
    SOURCES,
    STAGES,
    SUBJECTS,
    VALUE_TYPES,
    VERDICTS,
    word_of,
)
from workflows.improvement.data_finding import DATA_FINDING


@dataclass(frozen=True)
class Sheet:
    """One table with its heads."""

    heads: Sequence[Head]
    rows: Iterable[Sequence[Any]]
    name: str = "数据"


def workbook_answer(sheet: Sheet, name: str) -> Response:
    """The table as a file to keep; its name holds no personal data."""
    content = write_workbook(list(sheet.heads), sheet.rows, sheet.name)
    return workbook_file(content, name)


def with_query(address: str) -> str:
    """An address with the filters of this page behind it: what is exported is what is shown."""
    query = request.query_string.decode()
    return f"{address}?{query}" if query else address


def _number(title: str) -> Head:
    return Head(title, width=12, form="number")


def sheet_of_findings(rows: Iterable[Any]) -> Sheet:
    """The list of findings as it is shown, strengths included."""
    heads = (
        Head(_("编号"), 12), Head(_("单位代码"), 14), Head(_("单位"), 26), Head(_("指标"), 20), Head(_("年级"), 10),
        Head(_("学科"), 10), _number(_("人数")), _number(_("数值")), Head(_("比较对象"), 12), _number(_("基准值")),
        _number(_("效应量")), _number(_("区间下限")), _number(_("区间上限")), _number(_("校正后 p")),
        Head(_("级别"), 8), Head(_("状态"), 12), Head(_("内容"), 50), Head(_("评价对象"), 24), Head(_("评价类型"), 12),
        Head(_("来源"), 12), Head(_("应用场景"), 24),
    )  # fmt: skip
    return Sheet(heads, (_finding_row(row) for row in rows), _("数据发现"))


def _finding_row(row: Any) -> list[Any]:
    state = VERDICTS["strength"] if row.state == "strength" else DATA_FINDING.state(row.state)
    return [
        row.number, row.unit_code, row.unit_name, row.indicator_name, say(word_of(GRADES, row.grade)),
        say(word_of(SUBJECTS, row.subject)), row.n, row.value, say(word_of(BENCHMARKS, row.benchmark_type)),
        row.benchmark_value, _short(row.effect), _short(row.effect_low), _short(row.effect_high),
        _short(row.adjusted_p, 5), say(word_of(SEVERITIES, row.severity)), say(state), row.title,
        say(word_of(OBJECTS, row.object_code)), say(word_of(EVALUATION_TYPES, row.evaluation_type)),
        say(word_of(SOURCES, row.source_type)), scenario_words(row.scenarios),
    ]  # fmt: skip


def _short(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)


def sheet_of_cycles(rows: Iterable[Any]) -> Sheet:
    """Rounds with how far each is: open findings, units asked to sign for the release and units that signed."""
    heads = (
        Head(_("周期代码"), 18), Head(_("监测"), 34), Head(_("层级"), 8), Head(_("学段"), 8), Head(_("年级"), 24),
        Head(_("学科"), 24), Head(_("范围"), 8), Head(_("测评开始"), 12, "date"), Head(_("测评结束"), 12, "date"),
        Head(_("发布日期"), 12, "date"), Head(_("改进到"), 12, "date"), _number(_("在办发现")), _number(_("要签收的单位")),
        _number(_("已签收")), Head(_("状态"), 12),
    )  # fmt: skip
    return Sheet(heads, (_cycle_row(*row) for row in rows), _("监测周期"))


def _cycle_row(cycle: MonitoringCycle, findings: int, asked: int, signed: int) -> list[Any]:
    return [
        cycle.code, cycle.name, say(word_of(LEVELS, cycle.level)), say(word_of(STAGES, cycle.stage)),
        _each(GRADES, cycle.grades), _each(SUBJECTS, cycle.subjects), say(word_of(COVERAGES, cycle.coverage)),
        cycle.starts_on, cycle.ends_on, cycle.released_on, cycle.improve_until, findings, asked, signed,
        say(cycle.standing),
    ]  # fmt: skip


def _each(words: Mapping[str, Sentence], codes: Iterable[str]) -> str:
    return str(_("、")).join(say(word_of(words, code)) for code in codes)


def sheet_of_indicators(rows: Iterable[Indicator]) -> Sheet:
    """The county's list of indicators with their definitions: its data dictionary."""
    heads = (
        Head(_("指标代码"), 18), Head(_("指标"), 24), Head(_("口径"), 50), Head(_("学科"), 10), Head(_("领域"), 16),
        Head(_("评价类型"), 12), Head(_("评价对象"), 24), Head(_("数值类型"), 10), Head(_("方向"), 12),
        Head(_("工具系列"), 18), _number(_("最低可能值")), _number(_("最高可能值")), _number(_("固定幅度")),
        Head(_("单位"), 8), Head(_("停用"), 8), Head(_("国家监测的代码"), 16),
        Head(_("省监测的代码"), 16), Head(_("市监测的代码"), 16),
    )  # fmt: skip
    return Sheet(heads, (_indicator_row(row) for row in rows), _("指标库"))


def _indicator_row(row: Indicator) -> list[Any]:
    return [
        row.code, row.name, row.definition, say(word_of(SUBJECTS, row.subject)), say(word_of(DOMAINS, row.domain)),
        say(word_of(EVALUATION_TYPES, row.evaluation_type)), say(word_of(OBJECTS, row.object_code)),
        say(word_of(VALUE_TYPES, row.value_type)), say(word_of(DIRECTIONS, row.direction)), row.family, row.lowest,
        row.highest, row.index_margin, row.unit_word, _("是") if row.retired else "",
        *(row.level_codes.get(level, "") for level in ("national", "province", "city")),
    ]  # fmt: skip


def sheet_of_cells(rows: Iterable[Any], rulings: Mapping[Any, Ruling]) -> Sheet:
    """Results of a round, one row a cell, with what was decided against it, and the file, sheet and cell it came from."""
    heads = (
        Head(_("单位代码"), 14), Head(_("单位"), 26), Head(_("年级"), 10), Head(_("班级"), 8), Head(_("学科"), 10),
        Head(_("指标代码"), 16), Head(_("指标"), 20), _number(_("数值")), Head(_("比较对象"), 12), _number(_("基准值")),
        _number(_("人数")), _number(_("应测人数")), _number(_("标准差")), _number(_("效应量")),
        _number(_("效应量下限")), _number(_("效应量上限")),
        Head(_("来源不一致"), 24), Head(_("文件指纹"), 18), Head(_("工作表"), 16), Head(_("单元格"), 10),
    )  # fmt: skip
    return Sheet(heads, (_cell_row(row, rulings.get(row[0].id)) for row in rows), _("监测结果"))


def _ruled(ruling: Ruling | None) -> str:
    if ruling is None:
        return ""
    return str(_("已裁定不采用，%(day)s", day=long_date(ruling.at)) if ruling.at else _("来源不一致，等裁定"))


def _cell_row(row: Any, ruling: Ruling | None) -> list[Any]:
    cell, indicator = row[0], row[4]
    return [
        row.unit_code, row.unit_name, say(word_of(GRADES, cell.grade)), str(cell.class_no or ""),
        say(word_of(SUBJECTS, cell.subject)), indicator.code, indicator.name, cell.value,
        say(word_of(BENCHMARKS, cell.benchmark_type)), cell.benchmark_value, cell.pupils, cell.n_expected, cell.sd,
        _short(cell.effect), _short(cell.effect_low), _short(cell.effect_high), _ruled(ruling), cell.mark, cell.sheet,
        cell.cell,
    ]  # fmt: skip


COLUMNS = {
    "basic": ("cells", ("unit_code", "unit", "grade", "class_no", "subject", "indicator", "indicator_name", "value",
                        "value_low", "value_high", "benchmark_type", "benchmark", "n", "n_expected", "sd", "effect",
                        "effect_low", "effect_high", "verdict", "ruling")),
    "analysis": ("indicators", ("subject", "grade", "indicator", "indicator_name", "county", "benchmark_type",
                                "benchmark", "units", "n")),
    "public": ("indicators", ("subject", "grade", "indicator", "indicator_name", "county", "benchmark_type",
                              "benchmark", "n", "units", "below", "near", "above")),
}  # fmt: skip


def sheet_of_version(release: DataRelease, cells: Sequence[Mapping[str, Any]]) -> Sheet:
    """One version as rows; what is not shown stays empty. cells: those of the basic version with what was decided on each."""
    if release.audience == "topic":
        return _sheet_of_topics(release.snapshot["topics"])
    part, columns = COLUMNS[release.audience]
    kept = cells if part == "cells" else release.snapshot[part]
    rows = ([_plain(row.get(column), column) for column in columns] for row in kept)
    return Sheet(_heads(columns), rows, say(AUDIENCES[release.audience]))


def _heads(columns: Sequence[str]) -> list[Head]:
    return [Head(str(TITLES[column]), 16, "text" if column in TEXTS else "number") for column in columns]


TITLES = {
    "unit_code": lazy_gettext("单位代码"),
    "unit": lazy_gettext("单位"),
    "grade": lazy_gettext("年级"),
    "class_no": lazy_gettext("班级"),
    "subject": lazy_gettext("学科"),
    "indicator": lazy_gettext("指标代码"),
    "indicator_name": lazy_gettext("指标"),
    "value": lazy_gettext("数值"),
    "value_low": lazy_gettext("95% 区间下限"),
    "value_high": lazy_gettext("95% 区间上限"),
    "county": lazy_gettext("全县数值"),
    "benchmark_type": lazy_gettext("比较对象"),
    "benchmark": lazy_gettext("基准值"),
    "n": lazy_gettext("人数"),
    "n_expected": lazy_gettext("应测人数"),
    "sd": lazy_gettext("标准差"),
    "effect": lazy_gettext("效应量"),
    "effect_low": lazy_gettext("效应量下限"),
    "effect_high": lazy_gettext("效应量上限"),
    "verdict": lazy_gettext("规则判断"),
    "ruling": lazy_gettext("来源不一致"),
    "standing": lazy_gettext("规则判断"),
    "units": lazy_gettext("单位数"),
    "below": lazy_gettext("低于基准的单位数"),
    "near": lazy_gettext("相近的单位数"),
    "above": lazy_gettext("高于基准的单位数"),
}
WORDS = {"grade": GRADES, "subject": SUBJECTS, "benchmark_type": BENCHMARKS, "verdict": VERDICTS, "standing": VERDICTS}
TEXTS = frozenset(
    "unit_code unit grade class_no subject indicator indicator_name benchmark_type verdict ruling standing".split()
)


def _plain(value: Any, column: str) -> Any:
    if value is None or column not in TEXTS:
        return value
    if isinstance(value, Ruling):
        return _ruled(value)
    return say(word_of(WORDS[column], value)) if column in WORDS else str(value)


def _sheet_of_topics(topics: Iterable[Any]) -> Sheet:
    columns = (
        "subject",
        "grade",
        "indicator",
        "indicator_name",
        "standing",
        "unit_code",
        "unit",
        "n",
        "value",
        "effect",
        "effect_low",
        "effect_high",
    )
    rows = (
        [
            _plain(value, column)
            for column, value in zip(
                columns,
                (topic["subject"], each["grade"], each["indicator"], each["indicator_name"], standing)
                + tuple(unit[key] for key in columns[5:]),
                strict=True,
            )
        ]
        for topic in topics
        for each in topic["indicators"]
        for standing in ("candidate", "strength")
        for unit in each[standing]
    )
    return Sheet(_heads(columns), rows, say(AUDIENCES["topic"]))
