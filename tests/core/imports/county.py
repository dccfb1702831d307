"""What the county of these tests knows, and how a file is staged against it."""

import datetime as dt
from dataclasses import replace

from app.core.imports.checking import Choices, stage
from app.core.imports.columns import Kind
from app.core.imports.directory import Indicator, KnownStudent, Lookups, School
from app.core.imports.kinds import STUDENTS
from app.core.imports.mapping import propose
from app.core.imports.staged import StagedSheet
from app.core.spreadsheets import open_book
from tests.factories.workbooks import FORMS, Sent, id_number

SCHOOLS = (
    School("2133000001", "清澜县清溪小学", ("清溪小学", "清溪校区")),
    School("2133000002", "清澜县柳河镇中心小学", ("柳河小学",)),
    School("2133000003", "清澜县柳河镇第二小学"),
    School("3133000004", "清澜县第一初级中学", ("清澜一中", "城关中学")),
    School("3833000005", "清澜县石桥学校"),
    School("3433000006", "清澜中学", (), frozenset({10, 11, 12})),
    School("2133000007", "清澜县实验小学", ("实验小学",)),
    School("2133000008", "清澜县实验小学城南校区", ("实验小学",)),
)
LOOKUPS = Lookups(
    as_of=dt.date(2026, 11, 20),
    schools=SCHOOLS,
    place_names=("清澜县",),
    students={f"G{id_number(90)}": KnownStudent("王兰", "2133000001"), f"G{id_number(91)}": KnownStudent("李明", "2133000001", "transferred")},
    indicators={
        "MATH": Indicator("MATH", "mean", "higher", 0, 1000),
        "PASS": Indicator("PASS", "rate", "higher", 0, 1),
        "LOAD": Indicator("LOAD", "index", "lower"),
    },
    cycles=frozenset({"2026-JC-01"}),
    regions=frozenset({"330000"}),
    roster={("2133000001", "G6", 0): 120, ("2133000001", "G6", 3): 40, ("2133000002", "G6", 0): 80},
    staff=frozenset({("2133000001", "T0012"), ("2133000001", "T0013")}),
)  # fmt: skip


def staged(
    file: Sent, form: str = "xlsx", kind: Kind = STUDENTS, choices: Choices | None = None, **known: object
) -> StagedSheet:
    """The file written in one of the forms, read with the mapping that is proposed, checked against the county."""
    write, name = FORMS[form]
    book = open_book(write(file), name)
    return stage(book, kind, propose(book, kind).mapping(), replace(LOOKUPS, **known), choices)


def said(sheet: StagedSheet) -> list[tuple[str, str, str]]:
    """Everything that was said about cells: (address, code, level), in file order; words read as codes left out."""
    messages = (message for row in sheet.rows() for message in row.messages)
    return [(message["address"], message["code"], message["level"]) for message in messages]


def codes(sheet: StagedSheet) -> list[str]:
    """The codes of everything that was said."""
    return [code for _, code, _ in said(sheet)]
