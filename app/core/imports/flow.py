"""From a file to its rows: opened, its columns proposed and mapped, checked; what operations, jobs and pages share."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.core.errors import Invalid, Sentence
from app.core.imports.checking import Choices, Progress, stage
from app.core.imports.columns import Kind
from app.core.imports.kinds import KINDS
from app.core.imports.mapping import Proposal, lacks, propose
from app.core.imports.models import ImportBatch
from app.core.imports.staged import StagedSheet
from app.core.spreadsheets import Book

GOOD = ("ok", "warned")
LONG_NUMBER = re.compile(r"\d[\d \-]{9,}[\dXx]")
COVER = "••••"
REPEATS, SENTENCES = ("typed", "examples"), ("zh", "en", "fix_zh", "fix_en")
"""Where a message or a report repeats what stands in a cell."""
ERROR = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|ERROR)")
SHORT = 3
"""A digit or two are covered where they are quoted: elsewhere they are the number of a question."""
ANY_NUMBER = re.compile(r"\d[\d \-]{4,}[\dXx]")
NO_FILE = Sentence("这个文件已按期限清除，只留下了指纹", "This file was removed in time; only its fingerprint is left.")


def masked(text: str, private: bool = False) -> str:
    """A text with the middle of phone and ID numbers covered: the last four characters are left to tell them apart.

    Of a `private` column shorter numbers too: a phone number that lacks a digit is still nearly one.
    """
    pattern = ANY_NUMBER if private else LONG_NUMBER
    return pattern.sub(lambda found: COVER + found[0][-4:], text)


def silent(part: Any, columns: Collection[str], at: str = "") -> Any:
    """What is said of rows without any cell of these columns that it repeats: place and fault are told.

    `at`: the column that the part around is about. What names no column repeats nothing either.
    """
    if isinstance(part, list):
        return [silent(each, columns, at) for each in part]
    if not isinstance(part, dict):
        return part
    at = part.get("column", at)
    about = {name: part[name] for name in REPEATS if name in part}
    cells = sorted(_texts(about, columns, not at or at in columns), key=len, reverse=True)
    return {
        name: _without(value, cells) if name in REPEATS or name in SENTENCES else silent(value, columns, at)
        for name, value in part.items()
    }


def _texts(part: Any, columns: Collection[str], hidden: bool) -> set[str]:
    """Every text in it that is to be covered; cells by column are told apart. A formula's error is no cell of anybody."""
    if isinstance(part, str):
        return {part} if part and hidden and not ERROR.fullmatch(part) else set()
    if isinstance(part, dict):
        inner = [(each, hidden if name in REPEATS else name in columns) for name, each in part.items()]
    else:
        inner = [(each, hidden) for each in part] if isinstance(part, list) else []
    return {text for each, told in inner for text in _texts(each, columns, told)}


def _without(part: Any, cells: Sequence[str]) -> Any:
    """The same with each of those texts covered."""
    if isinstance(part, str):
        if part in cells:
            return COVER
        for cell in cells:
            part = part.replace(f"“{cell}”", f"“{COVER}”")
            part = part.replace(cell, COVER) if len(cell) >= SHORT else part
        return part
    if isinstance(part, list):
        return [_without(each, cells) for each in part]
    return {name: _without(each, cells) for name, each in part.items()} if isinstance(part, dict) else part


def kind_of(batch: ImportBatch) -> Kind:
    """The columns and checks of its kind."""
    return KINDS[batch.kind]


def proposal_of(
    book: Book,
    kind: Kind,
    saved: Mapping[str, str] | None = None,
    header_rows: Mapping[str, Sequence[int]] | None = None,
    fixed: Mapping[str, str] | None = None,
    private: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """What was found in the file, as JSON: sheets with header rows, each label once with samples, what is missing."""
    found = propose(book, kind, saved, header_rows, fixed)
    return {
        "sheets": _sheets(found),
        "columns": _labels(found, private, bool(kind.quiet)),
        "missing": list(found.missing),
        "ready": found.ready,
    }


def _sheets(found: Proposal) -> list[dict[str, Any]]:
    return [
        {
            "name": sheet.name,
            "hidden": sheet.visibility != "visible",
            "use": sheet.use,
            "header": list(sheet.header_rows),
            "rows": max(0, sheet.data_rows),
            "labels": [column.label for column in sheet.columns if column.label],
        }
        for sheet in found.sheets
    ]


def _labels(found: Proposal, private: frozenset[str], quiet: bool) -> list[dict[str, Any]]:
    labels: dict[str, dict[str, Any]] = {}
    for sheet in found.sheets:
        for column in sheet.columns if sheet.use else ():
            entry = {
                "label": column.label,
                "letters": column.letters,
                "code": column.code,
                "suggested": column.suggested,
                "confidence": round(column.confidence, 2),
                "samples": [masked(sample, column.suggested in private)[:40] for sample in column.samples if not quiet],
                "sheet": sheet.name,
            }
            if column.label:
                labels.setdefault(column.label, entry)
    return list(labels.values())


def mapping_from(
    kind: Kind, proposal: Mapping[str, Any], headers: Mapping[str, str], used: set[str], fixed: Mapping[str, str]
) -> dict[str, Any]:
    """The mapping that `stage` takes, with the required columns that are still missing.

    headers: label → column code, "" for columns left out. Raises Invalid naming the labels when two of one sheet mean
    the same column, or when a code is none of the kind's.
    """
    known = {column.code for column in kind.columns}
    chosen = {label: code for label, code in headers.items() if code == "" or code in known}
    given = {code: text.strip() for code, text in fixed.items() if code in known and text.strip()}
    missing: dict[str, None] = {}
    for sheet in proposal.get("sheets", ()):
        if sheet["name"] in used and sheet["header"]:
            codes = _codes_of(kind, sheet["labels"], chosen)
            missing.update(dict.fromkeys(lacks(kind, codes | set(given))))
    sheets = {
        sheet["name"]: {"use": sheet["name"] in used and bool(sheet["header"]), "header": sheet["header"]}
        for sheet in proposal.get("sheets", ())
    }
    if not any(sheet["use"] for sheet in sheets.values()):
        missing.update(dict.fromkeys(lacks(kind, set(given))))
    return {"sheets": sheets, "headers": chosen, "fixed": given, "missing": list(missing)}


def _codes_of(kind: Kind, labels: Sequence[str], chosen: Mapping[str, str]) -> set[str]:
    taken: dict[str, str] = {}
    for label in labels:
        code = chosen.get(label)
        if code and code in taken:
            zh, en = kind.column(code).label
            first = taken[code]
            raise Invalid(
                "headers",
                Sentence(
                    f"“{first}”和“{label}”都对应了“{zh}”，请只留一列",
                    f"“{first}” and “{label}” both stand for “{en}”; keep one of them.",
                ),
            )
        if code:
            taken[code] = label
    return set(taken)


def ready_mapping(kind: Kind, proposal: Mapping[str, Any], fixed: Mapping[str, str]) -> dict[str, Any]:
    """The mapping as it was proposed: what is sure is taken, what is only suggested is left to a person."""
    headers = {column["label"]: column["code"] for column in proposal["columns"] if column["code"] is not None}
    used = {sheet["name"] for sheet in proposal["sheets"] if sheet["use"]}
    taken = {code for code in headers.values() if code}
    return mapping_from(kind, proposal, headers, used, {c: t for c, t in fixed.items() if c not in taken})


def staged_rows(batch: ImportBatch, book: Book, lookups: Any, progress: Progress | None = None) -> StagedSheet:
    """The rows of a batch, checked with its mapping and what people chose. Raises ImportRefused."""
    return stage(book, kind_of(batch), batch.mapping, lookups, Choices.from_json(batch.choices), progress)
