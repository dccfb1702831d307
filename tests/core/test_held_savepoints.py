"""The savepoints of the tests' own transaction: held back until something is said, and true all the same."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.core.database import db
from tests.savepoints import BACK, RELEASE, SET, hold

MAKE = text("create temporary table held_points (n int) on commit drop")
PUT, COUNT = text("insert into held_points values (1)"), text("select count(*) from held_points")


@pytest.fixture
def line(app: Flask) -> Connection:
    connection: Connection = db.sessionmaker.kw["bind"]
    connection.execute(MAKE)
    return connection


def test_what_was_written_after_a_savepoint_goes_with_it_and_what_came_before_stays(line: Connection) -> None:
    line.execute(PUT)
    outer = line.begin_nested()
    line.execute(PUT)
    inner = line.begin_nested()
    line.execute(PUT)
    inner.rollback()
    assert line.scalar(COUNT) == 2
    outer.rollback()
    assert line.scalar(COUNT) == 1


def test_a_savepoint_that_nobody_used_and_one_that_is_kept_change_nothing(line: Connection) -> None:
    line.begin_nested().rollback()
    kept = line.begin_nested()
    line.execute(PUT)
    kept.commit()
    line.begin_nested().commit()
    assert line.scalar(COUNT) == 1


def test_the_transaction_lives_on_after_a_fault_behind_a_savepoint(line: Connection) -> None:
    line.execute(PUT)
    point = line.begin_nested()
    with pytest.raises(DBAPIError):
        line.execute(text("select 1 / 0"))
    point.rollback()
    assert line.scalar(COUNT) == 1


def test_copying_in_bulk_comes_after_the_savepoint_that_was_set_before_it(line: Connection) -> None:
    point = line.begin_nested()
    raw = line.connection.dbapi_connection
    assert raw is not None
    with raw.cursor().copy("copy held_points from stdin") as copy:  # type: ignore[attr-defined]
        copy.write_row((1,))
    assert line.scalar(COUNT) == 1
    point.rollback()
    assert line.scalar(COUNT) == 0


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ([(SET, "a"), (SET, "b"), (BACK, "a")], [(SET, "a")]),
        ([(SET, "a"), (SET, "b"), (RELEASE, "a")], []),
        ([(SET, "b"), (BACK, "a")], [(BACK, "a")]),
        ([(BACK, "b"), (BACK, "a"), (SET, "c")], [(BACK, "a"), (SET, "c")]),
        ([(RELEASE, "b"), (SET, "c"), (RELEASE, "c"), (RELEASE, "a")], [(RELEASE, "b"), (RELEASE, "a")]),
    ],
)
def test_words_that_another_makes_needless_are_not_said(
    said: list[tuple[str, str]], left: list[tuple[str, str]]
) -> None:
    held: list[tuple[str, str]] = []
    for word in said:
        hold(held, *word)
    assert held == left
