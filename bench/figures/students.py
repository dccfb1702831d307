"""Figure 8: a roster of 40,000 students from the file to the last row, beside bare COPY of the same rows, one by one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from types import SimpleNamespace
from typing import Any

import psycopg
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

    def ours() -> float:
        line.execute(f"truncate {CLEARED} cascade")
        line.commit()
        with app.app_context():
            took = seconds(lambda: _import(county, code, data))
            use_context(SYSTEM.context())
            _check(rows)
            db.session.close()
        return STUDENTS / took

    rounds = interleave(ours, lambda: STUDENTS / seconds(lambda: _bare(line, rows)), rounds=ROUNDS, warm=0)
    method = (
        f"a CSV of {STUDENTS:,} students of a school through upload, structural and cell checks, the staged report, "
        f"acceptance by another person, sealed numbers, pinyin, classes and trail; every student number and name is "
        f"there afterwards; partner: COPY of the same typed rows into a bare table, write_row by write_row, "
        f"{median(rounds.partner):,.0f} rows/s in the same rounds"
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


def _import(county: County, code: str, data: bytes) -> None:
    """The way of a file as people and the worker take it, without the letters."""
    coordinator, principal = county.tree.at("school_coordinator", code), county.tree.at("principal", code)
    use_context(coordinator.context())
    batch = arrival.place_of(coordinator, "students", None)
    batch = operations.upload(coordinator, batch, arrival.receive(coordinator, batch, data, "roster.csv"))
    operations.check(coordinator, batch, CheckIn())
    _job(jobs.check_rows, batch, "ready")
    assert (batch.rows_blocked, batch.rows_good) == (0, STUDENTS), _counts(batch)
    _by(principal)
    operations.accept(principal, batch, StepIn())
    _job(jobs.take_in, batch, "accepted")


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


def _bare(line: psycopg.Connection[Any], rows: list[tuple[str, ...]]) -> None:
    """The partner."""
    columns = ", ".join(f"c{number} text" for number in range(len(HEADERS)))
    line.execute(f"create temporary table bare ({columns}) on commit drop")
    with line.cursor() as cursor, cursor.copy("copy bare from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    found = line.execute("select count(*) from bare").fetchone()
    assert found == (len(rows),)
    line.commit()
