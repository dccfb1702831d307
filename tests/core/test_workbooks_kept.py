"""What was opened once is read again as it was: every cell with its kind, and everything told around the cells."""

import datetime as dt
from dataclasses import fields

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.core.audit import trail
from app.core.database import db
from app.core.imports import files
from app.core.imports.files import book_of, file_of
from app.core.imports.models import ImportFile
from app.core.policy.actor import SYSTEM
from app.core.spreadsheets import Book, Range, Sheet, Surroundings, Typed, open_book, read_again, written_down
from tests.cast import Cast
from tests.core.imports.rosters import accepted, checked, roll, uploaded
from tests.people.directory.rolls import workbook

NUMBERS = st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from((0, 0.0, 1, 1.0, True)))
TIMES = st.one_of(st.dates(), st.datetimes(), st.times(), st.timedeltas())
CELLS: st.SearchStrategy[Typed] = st.one_of(st.text(st.characters(codec="utf-8")), NUMBERS, TIMES)
PLACES = st.tuples(st.integers(0, 1_048_575), st.integers(0, 16_383))
AROUND = st.builds(
    Surroundings, st.frozensets(st.integers(0, 1_048_575)), st.frozensets(st.integers(0, 16_383)),
    st.dictionaries(PLACES, st.sampled_from(("#REF!", "#N/A"))), st.frozensets(PLACES), st.integers(0), st.integers(0),
)  # fmt: skip


@st.composite
def _sheets(draw: st.DrawFn) -> Sheet:
    wide, high = draw(st.integers(0, 5)), draw(st.integers(0, 6))
    cells = [[draw(CELLS) for _ in range(wide)] for _ in range(high)]
    merged = draw(st.lists(st.builds(Range, *[st.integers(0, 99)] * 4), max_size=2))
    return Sheet(
        draw(st.text(max_size=31)), cells, draw(st.sampled_from(("visible", "hidden"))), tuple(merged), draw(AROUND)
    )


BOOKS = st.builds(
    Book, st.text(), st.just("xlsx"), st.just("0" * 64), st.integers(0), st.lists(_sheets(), max_size=3).map(tuple),
    st.booleans(), st.just(""), st.just(""), st.integers(0, 3),
)  # fmt: skip


def _kinds(book: Book) -> list[list[list[tuple[type, str]]]]:
    return [[[(type(cell), repr(cell)) for cell in row] for row in sheet.cells] for sheet in book.sheets]


@settings(max_examples=200, deadline=None)
@given(BOOKS)
def test_a_book_is_read_again_cell_by_cell_and_kind_by_kind(book: Book) -> None:
    again = read_again(written_down(book))
    assert [getattr(again, field.name) for field in fields(Book)] == [
        getattr(book, field.name) for field in fields(Book)
    ]
    assert [[[type(cell) for cell in row] for row in sheet.cells] for sheet in again.sheets] == [
        [[type(cell) for cell in row] for row in sheet.cells] for sheet in book.sheets
    ]


def test_a_column_of_very_many_different_contents_is_read_again() -> None:
    for many in (256, 257, 65_537):
        book = Book("表.xlsx", "xlsx", "", 0, (Sheet("甲", [[f"L{n}", 1.0] for n in range(many)]),))
        assert read_again(written_down(book)) == book


def test_a_day_a_moment_and_a_span_keep_their_kinds() -> None:
    row: list[Typed] = [
        dt.date(2026, 9, 1),
        dt.datetime(2026, 9, 1, 8),
        dt.time(8, 30),
        dt.timedelta(hours=30),
        True,
        1,
        1.0,
    ]
    book = Book("表.xlsx", "xlsx", "", 0, (Sheet("甲", [row, row[::-1]]),))
    assert _kinds(read_again(written_down(book))) == _kinds(book)


def test_a_workbook_is_opened_once_and_its_cells_lie_sealed_until_it_is_taken_in(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = uploaded(cast, workbook(roll(cast)))
    number = roll(cast)[0][4].encode()
    kept = db.session.scalar(select(ImportFile.stored_sha256).where(ImportFile.part == "opened"))
    with app.extensions["bihuan.shelf"].open(kept) as file:
        assert number not in file.read()
    assert number in file_of(batch, "opened")
    assert book_of(batch) == open_book(file_of(batch), batch.file_name)

    monkeypatch.setattr(files, "open_book", None)
    assert checked(cast, batch).rows_good == 40
    assert accepted(cast, batch).state == "accepted"
    assert list(db.session.scalars(select(ImportFile.part).where(ImportFile.batch_id == batch.id))) == ["sent"]


def test_a_workbook_that_came_before_its_cells_were_kept_is_opened_anew(app: Flask, cast: Cast) -> None:
    batch = uploaded(cast, workbook(roll(cast)))
    with trail.act(SYSTEM, "system", "test.forget"):
        db.session.execute(delete(ImportFile).where(ImportFile.batch_id == batch.id, ImportFile.part == "opened"))
    assert checked(cast, batch).rows_good == 40
