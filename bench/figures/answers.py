"""Figure 7: a workbook of 30,000 forms of 100 questions, checked and sealed, beside reading it with calamine and COPY."""

from __future__ import annotations

import io
import json
import random
import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import psycopg
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import insert, select, text

from app.care.screening.models import PaperSheet, ScreeningCampaign
from app.care.screening.operations.paper import typed_in
from app.care.screening.scales import choosing
from app.care.screening.scales.definition import Scale
from app.care.screening.scales.shelf import read_scale, shipped, written
from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.imports import arrival, jobs, operations
from app.core.imports.models import ImportBatch
from app.core.imports.operations import CheckIn, StepIn
from app.core.policy.actor import SYSTEM
from app.core.spreadsheets.cell_by_cell import give_back
from app.people.directory import bulk
from bench.assessments import in_force
from bench.context import Context
from bench.rounds import figure, interleave

FORMS, QUESTIONS, ROUNDS = 30_000, 100, 5
MEMORY, LOOKED_AT = 600, 200
CODE, VERSION = "bench100", "1.0.0"
VECTOR = {"answers": [0] * QUESTIONS, "expect": {"scores": {"total": 0}, "band": 0}}
CLEARED = (
    "truncate paper_sheets, outbox, import_files, import_reports, import_rows, import_progress, import_formers",
    "set session_replication_role = replica",
    "delete from import_batches",
    "set session_replication_role = default",
)
"""Students name the batch that brought them, so the batches are not truncated with all that names them."""
HEADS = ("测评编号", "学籍号", "量表代码", "量表版本", "作答日期", "录入人")
TASKS = text(
    """insert into screening_tasks (county_id, school_id, student_id, class_id, campaign_id, state, previous_state)
       select county_id, school_id, id, class_id, :campaign, 'ready', 'assigned' from students where school_id = :school"""
)


def run(context: Context) -> list[dict[str, Any]]:
    """Seconds of both and peak memory; a form that was not kept, or kept otherwise than typed, raises AssertionError."""
    known, scale = choosing.shelf, _scale()
    context.at_the_end(lambda: setattr(choosing, "shelf", known))
    choosing.shelf = lambda: {**known(), (CODE, VERSION): scale}
    county, app = context.county, context.app
    code, (school, *_) = next(iter(county.tree.schools.items()))
    assert context.servers.postgres is not None
    line = psycopg.connect(context.servers.postgres.url("postgres", "bihuan").replace("+psycopg", ""))
    context.at_the_end(line.close)
    with app.app_context():
        ref = _prepared(county.tree.id, school, code)
    answers = _answers()
    data = _workbook(ref, answers)
    line.execute("create table plain_answers (student_no text primary key, answers smallint[])")
    line.execute("analyze")
    line.commit()
    parts: list[dict[str, float]] = []
    peaks: list[float] = []

    def ours() -> float:
        for statement in CLEARED:
            line.execute(statement)
        line.commit()
        _forget_peak()
        with app.app_context():
            parts.append(_import(county.tree.at("school_counselor", code), ref, data))
            peaks.append(_peak())
            _check(answers)
            db.session.close()
        return sum(parts[-1].values())

    rounds = interleave(ours, lambda: _partner(line, data), rounds=ROUNDS)
    told = ", ".join(f"{name} {median(part[name] for part in parts):.2f} s" for name in parts[0])
    method = (
        f"an xlsx of {FORMS:,} forms of {QUESTIONS} questions ({len(data) / 2**20:.0f} MiB) through upload, structural checks, "
        f"every student, scale, version, day and answer checked, the report, acceptance, each form sealed as one array, "
        f"critical answers found, one entry in the trail; {LOOKED_AT} of them opened again, all counted; {told}; partner: "
        f"the same file read by calamine, each form one array, written by one COPY, {median(rounds.partner):.2f} s in the "
        f"same rounds, nothing checked, nothing sealed"
    )
    first = figure(
        "7 answers on paper", median(rounds.ours), "s", rounds=rounds, goal=("<=", 2.5), stretch=1.5, method=method
    )
    memory = figure(
        "7 memory of the import", max(peaks), "MiB", goal=("<=", MEMORY),
        method="highest resident memory of the whole process (VmHWM, reset before each round) while the file goes its way, "
        "with the application, the file itself and everything the bench keeps to compare; the highest of all rounds",
    )  # fmt: skip
    return [first, memory]


def _scale() -> Scale:
    """A form of 100 invented questions with a critical one, read like any scale of the shelf."""
    words = next(one for one in shipped() if one.code == "phq9")
    plain = json.loads(words.model_dump_json(by_alias=True, exclude_defaults=True))
    plain |= {
        "code": CODE,
        "version": VERSION,
        "test_vectors": [VECTOR],
        "eligibility": {"grade_min": 1, "grade_max": 12},
    }
    plain["items"] = [{"id": n, "zh": f"第 {n} 题", "en": f"Question {n}"} for n in range(1, QUESTIONS + 1)]
    plain["items"][QUESTIONS - 1]["critical"] = [{"op": ">=", "value": 3, "override": "O1b"}]
    plain["bands"] = [
        {
            "on": "total",
            "cuts": [
                {"max": 99, "band": 0, "zh": "低", "en": "Low"},
                {"max": 300, "band": 1, "zh": "高", "en": "High"},
            ],
        }
    ]
    return read_scale(written(Scale.model_validate(plain)))


def _number(order: int) -> str:
    return f"L330901{date(2014, 9, 1) + timedelta(days=order % 365):%Y%m%d}{order // 365:04d}"


def _prepared(county: Any, school: Any, code: str) -> str:
    """30,000 students of one school, an open campaign that asks them the form, a task for each; its reference."""
    use_context(SYSTEM.context())
    rows = (
        [code, _number(n), f"学生{n}", "none", None, "1", "2014-09-01", "G6", n % 50 + 1, 2021, False,
         "家长", "father", None, None, None, None, "none", None]
        for n in range(FORMS)
    )  # fmt: skip
    bulk.load_roster(county, rows, clock.today())
    identity, assessment = uuid7(), in_force(county, "screening")
    with trail.act(SYSTEM, "system", "bench.campaign"):
        person = db.session.scalar(text("select id from persons limit 1"))
        db.session.execute(
            insert(ScreeningCampaign).values(
                id=identity, county_id=county, school_id=school, unit_id=school, owner_id=person, name="测评",
                school_year=2026, grades=["G6"], scales=[{"code": CODE, "version": VERSION}],
                opens_on=clock.today() - timedelta(days=3), closes_on=clock.today() + timedelta(days=3), state="open",
                assessment_id=assessment,
            )
        )  # fmt: skip
        db.session.execute(TASKS, {"campaign": identity, "school": school})
    ref = db.session.scalar(select(ScreeningCampaign.ref).where(ScreeningCampaign.id == identity))
    assert ref is not None
    return ref


def _answers() -> Mapping[str, bytes]:
    """Student number → answers, one byte a question; one form in a hundred has a critical answer."""
    dice = random.Random(FORMS)
    found = {}
    for order in range(FORMS):
        values = bytearray(dice.choices(range(4), (60, 25, 10, 5), k=QUESTIONS))
        values[-1] = 3 if order % 100 == 0 else order % 3
        found[_number(order)] = bytes(values)
    return found


def _workbook(ref: str, answers: Mapping[str, bytes]) -> bytes:
    out, day = io.BytesIO(), clock.today().isoformat()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet("form")
    for place, head in enumerate((*HEADS, *(f"第{n}题" for n in range(1, QUESTIONS + 1)))):
        sheet.write_string(0, place, head)
    for line, (number, values) in enumerate(answers.items(), 1):
        for place, cell in enumerate((ref, number, CODE, VERSION, day, "周老师")):
            sheet.write_string(line, place, cell)
        for place, value in enumerate(values, len(HEADS)):
            sheet.write_number(line, place, value)
    book.close()
    return out.getvalue()


def _import(counsellor: Any, ref: str, data: bytes) -> dict[str, float]:
    """The way of a file as people and the worker take it; seconds of each part."""
    took, began = {}, time.perf_counter()

    def over(part: str) -> None:
        nonlocal began
        took[part], began = time.perf_counter() - began, time.perf_counter()

    use_context(counsellor.context())
    batch = arrival.place_of(counsellor, "answers", ref)
    batch = operations.upload(counsellor, batch, arrival.receive(counsellor, batch, data, "answers.xlsx"))
    operations.check(counsellor, batch, CheckIn())
    over("upload")
    _job(jobs.check_rows, batch, "ready")
    assert (batch.rows_blocked, batch.rows_good) == (0, FORMS), f"good {batch.rows_good}, blocked {batch.rows_blocked}"
    over("checks")
    use_context(counsellor.context())
    operations.accept(counsellor, batch, StepIn())
    _job(jobs.take_in, batch, "accepted")
    over("acceptance")
    return took


def _job(work: Any, batch: ImportBatch, state: str) -> None:
    use_context(SYSTEM.context())
    work(SimpleNamespace(record_id=batch.id, tries=0))
    db.session.refresh(batch)
    assert batch.state == state, f"{batch.state}: {batch.trouble}"


def _check(answers: Mapping[str, bytes]) -> None:
    """Every form is there, sealed; some are opened and say what was typed; every critical answer was seen."""
    use_context(SYSTEM.context())
    counted = db.session.execute(
        text("select count(*), count(first), count(override) from paper_sheets where scale_code = :code"),
        {"code": CODE},
    ).one()
    assert tuple(counted) == (FORMS, FORMS, FORMS // 100), tuple(counted)
    for sheet in db.session.scalars(select(PaperSheet).order_by(PaperSheet.ref).limit(LOOKED_AT)):
        assert typed_in(sheet, "first") == list(answers[sheet.student.student_no])
    db.session.expunge_all()


def _partner(line: psycopg.Connection[Any], data: bytes) -> float:
    """What anybody would write who only wants the answers in a table."""
    line.execute("truncate plain_answers")
    line.commit()
    began = time.perf_counter()
    rows: Any = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    with line.cursor() as cursor, cursor.copy("copy plain_answers from stdin") as copy:
        for row in rows[1:]:
            copy.write_row((row[1], list(map(int, row[len(HEADS) :]))))
    line.commit()
    took = time.perf_counter() - began
    found = line.execute("select count(*), sum(cardinality(answers)) from plain_answers").fetchone()
    line.commit()
    assert found == (FORMS, FORMS * QUESTIONS)
    return took


def _forget_peak() -> None:
    """Let the kernel measure the highest resident memory anew, without what the partner freed and still holds."""
    give_back()
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """Highest resident memory since, in MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in lines if row.startswith("VmHWM")) / 1024
