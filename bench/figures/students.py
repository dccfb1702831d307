"""Figure 8: a roster of 40,000 students from the file to the last row, beside COPY of the finished rows, one by one."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from types import SimpleNamespace
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import text

from app.core.database import db, use_context
from app.core.imports import arrival, jobs, operations
from app.core.imports.models import ImportBatch
from app.core.imports.operations import CheckIn, StepIn
from app.core.policy.actor import SYSTEM, Actor
from app.demo import names
from app.demo.roll import identity_number
from bench.context import Context
from bench.county import County
from bench.rounds import figure, interleave, seconds

STUDENTS, ROUNDS = 40_000, 5
HEADERS = (
    "学校代码", "学籍号", "姓名", "证件类型", "证件号码", "性别", "出生日期", "年级", "班级", "入学年份", "是否住校",
    "监护人1姓名", "监护人1关系", "监护人1电话",
)  # fmt: skip
CLEARED = "students, school_classes, import_batches"


def run(context: Context) -> list[dict[str, Any]]:
    """Students per second; a row that was not written, or written in another's place, raises AssertionError."""
    county, app = context.county, context.app
    code = next(iter(county.tree.schools))
    rows = list(students(code, STUDENTS))
    data = as_csv(rows)
    assert context.servers.postgres is not None
    line = psycopg.connect(context.servers.postgres.url("postgres", "bihuan").replace("+psycopg", ""))
    context.at_the_end(line.close)
    plain = Plain(line)
    parts: list[dict[str, float]] = []

    def ours() -> float:
        line.execute(f"truncate {CLEARED} cascade")
        line.commit()
        with app.app_context():
            parts.append(_import(county, code, data))
            use_context(SYSTEM.context())
            _check(rows)
            db.session.close()
        return STUDENTS / sum(parts[-1].values())

    rounds = interleave(ours, lambda: STUDENTS / plain.seconds(), rounds=ROUNDS, warm=0)
    told = ", ".join(f"{name} {median(part[name] for part in parts):.2f} s" for name in parts[0])
    method = (
        f"a CSV of {STUDENTS:,} students of a school through upload, structural and cell checks, the staged report, "
        f"acceptance by another person, sealed numbers, pinyin, classes and trail; every student number and name is "
        f"there afterwards; {told}; partner: the same finished rows, typed and sealed already, written by COPY one "
        f"write_row at a time into an ordinary, durable table with the same columns, a primary key and one unique index "
        f"(school, student number), and nothing else: {median(rounds.partner):,.0f} rows/s in the same rounds"
    )
    value = median(rounds.ours)
    return [figure("8 roster import", value, "rows/s", rounds=rounds, goal=(">=", 0.25), stretch=0.5, method=method)]


def students(code: str, many: int) -> Iterator[tuple[str, ...]]:
    """Invented pupils of a primary school, six grades of sixty classes, each with a lawful number never issued."""
    import random

    dice = random.Random(many)
    for number in range(many):
        grade, order = number % 6 + 1, number // (6 * 365)
        born = date(2020 - grade, 9, 1) - timedelta(days=number // 6 % 365)
        card = identity_number("330000", born, order)
        yield (
            code, f"G{card}", names.person(dice), "身份证", card, "男" if order % 2 else "女", born.isoformat(),
            f"G{grade}", str(number // 6 % 60 + 1), str(2027 - grade), "否", names.person(dice), "父亲", f"139{number:08d}",
        )  # fmt: skip


def as_csv(rows: list[tuple[str, ...]]) -> bytes:
    """The file that a school sends."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADERS, *rows])
    return out.getvalue().encode()


def _import(county: County, code: str, data: bytes) -> dict[str, float]:
    """The way of a file as people and the worker take it, without the letters; seconds of each part."""
    coordinator, principal = county.tree.at("school_coordinator", code), county.tree.at("principal", code)
    took, began = {}, time.perf_counter()

    def over(part: str) -> None:
        nonlocal began
        took[part], began = time.perf_counter() - began, time.perf_counter()

    use_context(coordinator.context())
    batch = arrival.place_of(coordinator, "students", None)
    batch = operations.upload(coordinator, batch, arrival.receive(coordinator, batch, data, "roster.csv"))
    operations.check(coordinator, batch, CheckIn())
    over("upload")
    _job(jobs.check_rows, batch, "ready")
    assert (batch.rows_blocked, batch.rows_good) == (0, STUDENTS), _counts(batch)
    over("checks")
    _by(principal)
    operations.accept(principal, batch, StepIn())
    _job(jobs.take_in, batch, "accepted")
    over("acceptance")
    return took


def _by(actor: Actor) -> None:
    use_context(actor.context())


def _job(work: Any, batch: ImportBatch, state: str) -> None:
    use_context(SYSTEM.context())
    work(SimpleNamespace(record_id=batch.id, tries=0))
    db.session.refresh(batch)
    assert batch.state == state, f"{batch.state}: {batch.trouble}"


def _counts(batch: ImportBatch) -> str:
    return f"read {batch.rows_read}, good {batch.rows_good}, blocked {batch.rows_blocked}"


def _check(rows: list[tuple[str, ...]]) -> None:
    """Every row of the file stands on the roll, with its name and class, and its numbers sealed."""
    found = db.session.execute(
        text(
            """select s.student_no, s.name, s.grade, c.class_no from students s join school_classes c on c.id = s.class_id
               where s.private is not null and s.id_index is not null"""
        )
    )
    there = {row.student_no: (row.name, row.grade, str(row.class_no)) for row in found}
    assert there == {row[1]: (row[2], row[7], row[8]) for row in rows}, f"{len(there)} of {len(rows)} stand on the roll"


class Plain:
    """The partner: what anybody would write who only wants the rows in a table."""

    def __init__(self, line: psycopg.Connection[Any]) -> None:
        self.line = line
        self.rows: list[tuple[Any, ...]] = []

    def seconds(self) -> float:
        """How long it takes to write all rows and to have them on disk."""
        if not self.rows:
            self._prepare()
        self.line.execute("truncate plain_students")
        self.line.commit()
        took = seconds(self._write)
        found = self.line.execute("select count(*) from plain_students").fetchone()
        self.line.commit()
        assert found == (STUDENTS,)
        return took

    def _prepare(self) -> None:
        """The rows as the import before wrote them, and an empty table of the same columns."""
        self.line.execute("create table plain_students (like students including defaults, primary key (id))")
        self.line.execute("create unique index on plain_students (school_id, student_no)")
        found = self.line.execute("select * from students order by id").fetchall()
        self.rows = [tuple(Jsonb(value) if isinstance(value, list) else value for value in row) for row in found]
        self.line.commit()

    def _write(self) -> None:
        with self.line.cursor() as cursor, cursor.copy("copy plain_students from stdin") as copy:
            for row in self.rows:
                copy.write_row(row)
        self.line.commit()
