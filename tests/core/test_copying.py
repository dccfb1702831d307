"""Bulk loading writes every value as it is, whatever signs it holds."""

import sys
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError

from app.core.copying import AT_A_TIME, carry_over, copy_in
from app.core.database import db

KINDS = {
    "id": "uuid", "note": "text", "day": "date", "whole": "int4", "share": "float8", "yes": "bool", "sealed": "bytea",
}  # fmt: skip
ODD = ("", r"\N", "\\", "tab\there", "two\nlines", "\r", "“引号”,|\u3000", "\\x41", r"\.")


def test_signs_that_copy_reads_as_its_own_arrive_as_they_were_written(app: Flask) -> None:
    rows = [
        (UUID(int=n), note, date(2026, 9, 1), n, n / 3, n % 2 == 0, note.encode() + b"\0\xff")
        for n, note in enumerate(ODD)
    ]
    rows.append((UUID(int=99), None, None, None, None, None, None))

    assert copy_in("odd_signs", KINDS, rows, ("id",)) == len(rows)

    found = db.session.execute(text("select id, note, day, whole, share, yes, sealed from odd_signs order by id"))
    assert [tuple(row) for row in found] == rows


def test_more_rows_than_are_written_together_all_arrive_in_order(app: Flask) -> None:
    many = 2 * AT_A_TIME + 1

    assert copy_in("many_rows", {"n": "int8"}, ((n,) for n in range(many))) == many

    found = db.session.execute(text("select count(*), sum(n), max(n) from many_rows")).one()
    assert tuple(found) == (many, many * (many - 1) // 2, many - 1)


def test_a_column_type_that_nobody_knows_is_refused(app: Flask) -> None:
    with pytest.raises(ValueError, match="no such column type"):
        copy_in("odd_type", {"n": "int4; drop table units"}, [])


def portions(*each: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    for one in each:
        yield [one]


def test_portions_are_taken_one_after_the_other_each_alone_and_while_the_next_is_made(app: Flask) -> None:
    db.session.execute(text("create temporary table taken (n int, portion int) on commit drop"))
    seen = []

    def take(line: Connection) -> None:
        seen.append(line.execute(text("select array_agg(n order by n) from coming")).scalar_one())
        line.execute(text("insert into taken select n, :portion from coming"), {"portion": len(seen)})

    assert carry_over("coming", {"n": "int4"}, portions((3, 1), (2,), (5, 4)), take) == 5

    assert seen == [[1, 3], [2], [4, 5]]
    found = db.session.execute(text("select n, portion from taken order by n")).all()
    assert [tuple(row) for row in found] == [(1, 1), (2, 2), (3, 1), (4, 3), (5, 3)]


def test_what_goes_wrong_with_one_portion_ends_the_work_and_is_said(app: Flask) -> None:
    made, turns, usual = [], set(), sys.getswitchinterval()

    def many() -> Iterator[list[tuple[int, ...]]]:
        for number in range(9):
            made.append(number)
            turns.add(sys.getswitchinterval())
            yield [(number,)]

    with db.session.begin_nested() as point:
        with pytest.raises(DataError, match="division by zero"):
            carry_over(
                "coming", {"n": "int4"}, many(), lambda line: line.execute(text("select 1 / (n - 2) from coming"))
            )
        point.rollback()
    assert len(made) < 9
    assert max(turns) < usual == sys.getswitchinterval(), (
        "threads take short turns while they share the work, and only then"
    )
    assert db.session.execute(text("select 1")).scalar_one() == 1
