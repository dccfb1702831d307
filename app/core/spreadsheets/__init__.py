"""Workbooks in and out: what was sent is checked before it is opened, what is written can do nothing when opened."""

from app.core.spreadsheets.book import (
    UNCOMPUTED,
    Book,
    Limits,
    Range,
    Sheet,
    Surroundings,
    Typed,
    a1,
    as_typed,
    column_letters,
    limits,
)
from app.core.spreadsheets.kept import read_again, written_down
from app.core.spreadsheets.opening import open_book
from app.core.spreadsheets.refusals import refusal
from app.core.spreadsheets.tables import Line, refuse_rows, table_lines
from app.core.spreadsheets.writing import Head, neutralise, restore, write_csv, write_workbook

__all__ = [
    "UNCOMPUTED",
    "Book",
    "Head",
    "Limits",
    "Line",
    "Range",
    "Sheet",
    "Surroundings",
    "Typed",
    "a1",
    "as_typed",
    "column_letters",
    "limits",
    "neutralise",
    "open_book",
    "read_again",
    "refusal",
    "refuse_rows",
    "restore",
    "table_lines",
    "write_csv",
    "write_workbook",
    "written_down",
]
