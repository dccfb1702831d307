"""Document 1, 问题清单: drawn in Chinese from what was frozen at issue, as PDF and as Word, with a code anybody may verify."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import segno
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app.core import pdf
from app.core.web.chips import long_date, word
from app.core.web.drawings import signed
from app.core.word import Paper
from app.improvement.monitoring.rule_set import finding_rules
from app.improvement.problems.words import (
    CATEGORIES,
    LEVEL_OF_ROUND,
    SEVERITIES,
    SOURCES,
    joined,
    target_words,
    value_words,
    word_of,
)
from workflows.improvement.problem_item import DIAGNOSE, PLAN, SIGN_FOR

WIDTHS = (9, 8, 22, 22, 5, 16, 13, 17, 11, 9)
"""Shares of the page: one a column."""


@dataclass(frozen=True)
class Line:
    """One row of the printed table, every cell in words."""

    number: str
    category: str
    problem: str
    basis: tuple[str, ...]
    severity: str
    unit: str
    person: str
    co_units: str
    target: str
    due: str


def heads() -> list[str]:
    """The columns of document 1 (domain §9.3), in their order."""
    return [
        _("项号"),
        _("类别"),
        _("问题"),
        _("数据依据（本单位 / 基准；效应量及 95% 区间）"),
        _("级别"),
        _("责任单位及责任人"),
        _("协同单位"),
        _("整改目标"),
        _("期限"),
        _("签收"),
    ]


def lines(content: dict[str, Any]) -> list[Line]:
    """The rows, from the frozen content."""
    return [_line(item) for item in content["items"]]


def _line(item: dict[str, Any]) -> Line:
    return Line(
        number=item["number"],
        category=word(word_of(CATEGORIES, item["category"])),
        problem=item["title"],
        basis=_basis(item),
        severity=word(word_of(SEVERITIES, item["severity"])),
        unit=item["unit"],
        person=item["person"],
        co_units=joined(item["co_units"]) or _("无"),
        target=_target(item),
        due=item["due_on"],
    )


def _basis(item: dict[str, Any]) -> tuple[str, ...]:
    told = []
    for one in item["basis"]:
        if one["value"] is None:
            told.append(f"{one['number']} {one['title']}")
            continue
        values = [value_words(one[name], one["value_type"]) for name in ("value", "benchmark_value")]
        told.append("\u00a0/\u00a0".join(values) + _interval(one))
    return tuple(told) or (word(word_of(SOURCES, item["source_type"])),)


def _interval(one: dict[str, Any]) -> str:
    """；−0.40（−0.65 至 −0.15）; the numbers of one interval stay on one line."""
    if one["effect"] is None:
        return ""
    low, high = one["effect_low"], one["effect_high"]
    interval = "" if low is None or high is None else f"（{signed(low)}\u00a0至\u00a0{signed(high)}）"
    return f"；{signed(one['effect'])}{interval}"


def _target(item: dict[str, Any]) -> str:
    parts = []
    if item["target"] is not None:
        on = date.fromisoformat(item["target_on"]) if item["target_on"] else None
        when = _("%(day)s复测", day=_month(on)) if on else _("复测")
        name, value_type, unit, direction = item.get("indicator") or _in_words(item)
        parts.append(f"{when} {target_words(name, item['target'], value_type, unit, direction)}")
    return str(_("；")).join([*parts, *([item["criteria"]] if item["criteria"] else [])])


def _in_words(item: dict[str, Any]) -> tuple[str, str | None, str, str]:
    """What a target without an indicator counts. A list frozen before it said so is printed as it was: by its data."""
    if item.get("measure"):
        return item["measure"], None, item["measure_unit"], item["measure_direction"]
    kinds = [one["value_type"] for one in item["basis"] if one["value_type"]]
    benchmarks = [(one["value"], one["benchmark_value"]) for one in item["basis"] if one["value"] is not None]
    lower = any(value > benchmark for value, benchmark in benchmarks if benchmark is not None)
    return "", kinds[0] if kinds else None, "", "lower" if lower else "higher"


def _month(day: date) -> str:
    return str(_("%(year)s年%(month)s月", year=day.year, month=day.month))


def meta(content: dict[str, Any]) -> list[str]:
    """Number, round, edition and how many lines: the words under the title."""
    held = content["list"]
    issued = date.fromisoformat(held["issued_on"])
    return [
        held["document_number"],
        _("监测周期：%(words)s", words=_round(held["cycle"])),
        _("第 %(n)s 版　%(day)s印发", n=held["edition"], day=long_date(issued)),
        _("共 %(n)s 项", n=len(content["items"])),
    ]


def _round(cycle: list[str] | None) -> str:
    if cycle is None:
        return str(_("不由监测周期得出"))
    name, level, coverage = cycle
    kind = _("普测") if coverage == "census" else _("抽测")
    return str(_("%(name)s（%(level)s，%(kind)s）", name=name, level=word(word_of(LEVEL_OF_ROUND, level)), kind=kind))


def notes(content: dict[str, Any]) -> list[str]:
    """What stands under the table; numbers and spans come from the rules and the deadlines."""
    rules = finding_rules()
    effect = f"−{rules.least_effect:.2f}"
    said = [
        _(
            "效应量=（本单位值−基准值）÷标准差，%(effect)s 以下且校正后 p≤%(p)s 列为问题。",
            effect=effect,
            p=rules.false_discovery_rate,
        ),
        _(
            "请于印发后 %(sign)s 个工作日内签收，签收后 %(causes)s 个工作日内完成归因诊断、%(plan)s 个工作日内整改方案获批。",
            sign=SIGN_FOR.days,
            causes=DIAGNOSE.working_days,
            plan=PLAN.working_days,
        ),
        _("本清单不作排名依据。"),
    ]
    if content["list"]["requirements"].strip():
        said.insert(0, content["list"]["requirements"].strip())
    return said


def as_pdf(content: dict[str, Any], digest: str, ref: str) -> pdf.Printed:
    """The list on A4 lying; `ref` is the code of the verify page. Raises NotPrinted where PDF is off."""
    with force_locale("zh"):
        return pdf.render(_html(content, digest, ref))


def _html(content: dict[str, Any], digest: str, ref: str) -> str:
    held = content["list"]
    template = current_app.jinja_env.get_template("documents/problem_list.html")
    address = _address(ref)
    doc = {
        "title": held["title"],
        "issuer": held["issuer"],
        "number": held["document_number"],
        "meta": meta(content),
        "signed_by": held["issuer"],
        "issued_on": date.fromisoformat(held["issued_on"]),
        "qr": segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2, light="#fff"),
        "record_number": _record_number(content),
    }
    parts = {"heads": heads(), "lines": lines(content), "notes": notes(content)}
    return template.render(doc=doc, digest=digest, language="zh", **parts)


def _address(ref: str) -> str:
    """Where anybody who holds the paper may check it."""
    return f"{current_app.extensions['bihuan.settings'].public_url}/verify/lists/{ref}"


def _record_number(content: dict[str, Any]) -> str:
    return str(_("%(list)s，项号 %(items)s", list=content["list"]["number"], items=_span(content)))


def _span(content: dict[str, Any]) -> str:
    numbers = sorted(item["number"] for item in content["items"])
    if not numbers:
        return ""
    return numbers[0] if len(numbers) == 1 else str(_("%(first)s 至 %(last)s", first=numbers[0], last=numbers[-1]))


def as_word(content: dict[str, Any], digest: str, ref: str) -> bytes:
    """The same list as a Word file that the office may edit, its labels in the same order."""
    with force_locale("zh"):
        return _paper(content, digest, ref).content()


def _paper(content: dict[str, Any], digest: str, ref: str) -> Paper:
    held = content["list"]
    paper = Paper(held["title"], landscape=True, number=held["document_number"])
    paper.paragraph("　".join(meta(content)[1:]))
    rows = [
        [
            line.number,
            line.category,
            line.problem,
            "\n".join(line.basis),
            line.severity,
            f"{line.unit}\n{line.person}",
            line.co_units,
            line.target,
            line.due,
            "",
        ]
        for line in lines(content)
    ]
    paper.table(heads(), rows, WIDTHS)
    paper.paragraph(_("说明：") + "".join(f"{n}. {words}" for n, words in enumerate(notes(content), 1)))
    paper.paragraph(_("内容指纹（SHA-256）：%(digest)s", digest=digest))
    paper.paragraph(_("核验真伪：%(address)s", address=_address(ref)))
    paper.paragraph(_("编号 %(number)s", number=_record_number(content)))
    return paper.seal(held["issuer"], long_date(date.fromisoformat(held["issued_on"])))
