"""Figure 9: 40,000 students through the rules to proposals, factors, clocks and trail, beside one UPDATE that adds points."""

from __future__ import annotations

import uuid
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import select, text

from app.care.rainbow.operations.proposing import RunIn, compute
from app.core.audit import trail
from app.core.copying import allow_long_statements
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo import roll
from app.people.directory.models import Unit
from bench.context import Context
from bench.rounds import figure, interleave, seconds

STUDENTS, ROUNDS = 40_000, 5
FACTS = (
    """insert into scale_results (county_id, school_id, student_id, scale_code, scale_version, construct, answered_on, band,
           scores, verdict, usable, worry)
       select county_id, school_id, id, 'phqa', '1.0.0', 'depression', current_date - 9,
           case when n % 100 < 70 then 0 when n % 100 < 85 then 1 when n % 100 < 94 then 2 when n % 100 < 99 then 3 else 4 end,
           '{}', 'valid', true, false
       from (select *, row_number() over (order by id) as n from students) s where n % 4 <> 0""",
    """insert into teacher_ratings (county_id, school_id, student_id, rated_by, rated_on, items)
       select county_id, school_id, id, (select id from persons limit 1), current_date - 5,
           array[n % 3, n % 2, 0, n % 4 / 3, 0, 0, 0, 0]::smallint[]
       from (select *, row_number() over (order by id) as n from students) s where n % 3 <> 0""",
    """insert into risk_facts (county_id, school_id, student_id, code, source, dated_on)
       select county_id, school_id, id, case n % 3 when 0 then 'left_behind' when 1 then 'single_parent' else 'bullying' end,
           'school', current_date - 40
       from (select *, row_number() over (order by id) as n from students) s where n % 5 = 0""",
)
EMPTIED = "rainbow_runs, care_duties, rainbow_assessments, rainbow_computations, deadlines, deadline_rungs, outbox"
PARTNER = (
    "create table plain_points as select student_id, bg, ev, sc, tr, pa, total, tier from rainbow_computations",
    "alter table plain_points add primary key (student_id)",
)
ADD_UP = (
    "update plain_points set total = least(100, bg + ev + sc + tr + pa), tier = case"
    " when least(100, bg + ev + sc + tr + pa) >= 60 then 'red' when least(100, bg + ev + sc + tr + pa) >= 40 then 'orange'"
    " when least(100, bg + ev + sc + tr + pa) >= 20 then 'yellow' else 'green' end"
)


def run(context: Context) -> list[dict[str, Any]]:
    """Seconds of both; a student without a computation, or a run without proposals, raises AssertionError."""
    county, app = context.county, context.app
    assert context.servers.postgres is not None
    line = psycopg.connect(context.servers.postgres.url("postgres", "bihuan").replace("+psycopg", ""), autocommit=True)
    context.at_the_end(line.close)
    with app.app_context():
        use_context(SYSTEM.context())
        roll.load(county.tree, STUDENTS)
        _facts()
    line.execute("analyze")
    made: list[tuple[int, int]] = []

    def ours() -> float:
        line.execute(f"truncate {EMPTIED} cascade")
        with app.app_context():
            use_context(SYSTEM.context())
            place = db.session.get_one(Unit, county.tree.id)
            schools = tuple(db.session.scalars(select(Unit.id).where(Unit.kind == "school")))
            return seconds(lambda: made.append(_compute(place, schools)))

    ours()
    for statement in PARTNER:
        line.execute(statement)
    rounds = interleave(ours, lambda: seconds(lambda: line.execute(ADD_UP)), rounds=ROUNDS)
    computed, proposed = made[-1]
    assert computed == STUDENTS and proposed > STUDENTS // 2, made[-1]
    method = (
        f"one deed: {computed:,} computations with their factors, {proposed:,} proposals, clocks and tasks of the urgent "
        f"ones, one entry of the trail with count and digest, committed; partner: one UPDATE that adds five columns up and "
        f"sets the level in an ordinary durable table with a primary key, {median(rounds.partner):.2f} s in the same rounds"
    )
    value = median(rounds.ours)
    return [figure("9 scoring", value, "s", rounds=rounds, goal=("<=", 4), stretch=2, method=method)]


def _facts() -> None:
    with trail.act(SYSTEM, "system", "bench.facts"):
        allow_long_statements()
        for statement in FACTS:
            db.session.execute(text(statement))


def _compute(place: Unit, schools: tuple[uuid.UUID, ...]) -> tuple[int, int]:
    done = compute(SYSTEM, place, RunIn(schools))
    return done.computed, done.proposed
