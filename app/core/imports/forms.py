"""The forms of imports: what a person fills in to send a file, to match its columns, to mend it, to take it back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from app.core.errors import Invalid, Sentence
from app.core.imports.checking import Choices
from app.core.imports.reading import Place
from app.core.web.forms import offered

ROWS = re.compile(r"\d{1,3}(?:\s*[,，、\-–—至]\s*\d{1,3})?")
HEADER_ROWS = Sentence(
    "表头行请写行号，如 3；两行表头写 3,4；不读的表留空",
    "Write the number of the header row, such as 3; 3,4 for a header of two rows; leave a sheet that is not read empty.",
)
SHORTEST_REASON = 5
REASON = Sentence("请写明为什么移出这些行", "Say why these rows are left out.")


class UploadForm(FlaskForm):
    """A file with who sent it, the supplier it comes from, and the accepted file it replaces."""

    file = FileField(_("表格文件"), [FileRequired(_("请选择一个文件"))])
    sender = StringField(
        _("谁发来的表"),
        [Optional(), Length(max=60, message=_("最多 60 个字"))],
        description=_("同一来源的表，列名下次不用再对应"),
    )
    supplier = SelectField(
        _("来自哪个供应商或平台"),
        [Optional()],
        default="",
        validate_choice=False,
        description=_("局里自己的系统导出的不选；供应商要有在有效期内的保密协议"),
    )
    supersedes = SelectField(_("和已接收的表是什么关系"), [Optional()], default="", validate_choice=False)

    def offer(self, suppliers: Sequence[tuple[str, str]]) -> None:
        """Put the suppliers into the list, the bureau's own systems first."""
        self.supplier.choices = offered(suppliers, _("局里自己的系统"))


class StepForm(FlaskForm):
    """A step on the version that was seen, with a reason where one is asked for."""

    version = IntegerField(widget=HiddenInput())
    reason = TextAreaField(_("理由"), [Optional(), Length(max=2000)])


@dataclass(frozen=True)
class Matched:
    """What was chosen on the mapping page."""

    headers: dict[str, str]
    used: set[str]
    header_rows: dict[str, list[int]]
    fixed: dict[str, str]


def matched(form: MultiDict[str, str], proposal: Mapping[str, Any]) -> Matched:
    """Read the mapping page: only what the proposal knows of is looked at. Raises Invalid("header_rows", …)."""
    headers = {}
    for number, column in enumerate(proposal.get("columns", ())):
        chosen = form.get(f"column-{number}", "?")
        if chosen != "?":
            headers[column["label"]] = chosen
    used, rows = set(), {}
    for number, sheet in enumerate(proposal.get("sheets", ())):
        if form.get(f"use-{number}"):
            used.add(sheet["name"])
        rows[sheet["name"]] = _rows(form.get(f"rows-{number}", ""))
    fixed = {name.removeprefix("fixed-"): form[name] for name in form if name.startswith("fixed-")}
    return Matched(headers, used, rows, fixed)


def _rows(typed: str) -> list[int]:
    typed = typed.strip()
    if not typed:
        return []
    if not ROWS.fullmatch(typed):
        raise Invalid("header_rows", HEADER_ROWS)
    numbers = [int(part) for part in re.findall(r"\d+", typed)]
    if any(number < 1 for number in numbers) or numbers != sorted(set(numbers)):
        raise Invalid("header_rows", HEADER_ROWS)
    return numbers


def chosen(form: MultiDict[str, str], report: Mapping[str, Any], before: Mapping[str, Any]) -> Choices:
    """What was chosen on the report page, on top of what was chosen before.

    Raises Invalid("drop_reason", …) when rows are left out without a reason.
    """
    kept = Choices.from_json(before)
    values = {column: dict(words) for column, words in kept.values.items()}
    keep, dropped = dict(kept.keep), dict(kept.dropped)
    reason = form.get("drop_reason", "").strip()
    for number, spot in spots(report):
        answer = form.get(f"choice-{number}")
        if form.get(f"drop-{number}"):
            if len(reason) < SHORTEST_REASON:
                raise Invalid("drop_reason", REASON)
            dropped.update({Place(spot["sheet"], row): reason for row in spot["rows"]})
        elif answer:
            _answer(spot, answer, values, keep)
    return Choices(values, keep, dropped)


def spots(report: Mapping[str, Any]) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """The places of a report that a person may mend, each with its number on the page."""
    return [
        (f"{i}-{j}", spot) for i, cause in enumerate(report.get("causes", ())) for j, spot in enumerate(cause["spots"])
    ]


def _answer(
    spot: Mapping[str, Any], answer: str, values: dict[str, dict[str, str]], keep: dict[str, Place | None]
) -> None:
    if spot["pick"] and spot["key"]:
        places = {str(n): Place(each["sheet"], each["row_no"]) for n, each in enumerate(spot["pick"])}
        if answer == "none" or answer in places:
            keep[spot["key"]] = places.get(answer)
    elif answer in {value for value, _label in spot["choices"]} and spot["typed"]:
        values.setdefault(spot["column"], {})[spot["typed"][0]] = answer
