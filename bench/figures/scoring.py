"""Figure 9: 40,000 students through the rules to proposals, factors, clocks and trail, beside one UPDATE that scores."""

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
    "create table plain_factors (code text primary key, domain text, points int)",
    "insert into plain_factors values ('left_behind', 'BG', 4), ('single_parent', 'BG', 3), ('bullying', 'EV', 5)",
    "create table plain_bands (band int primary key, points int)",
    "insert into plain_bands values (0, 0), (1, 8), (2, 18), (3, 28), (4, 35)",
    "create table plain_ratings (low int, high int, points int)",
    "insert into plain_ratings values (0, 3, 0), (4, 7, 5), (8, 11, 10), (12, 18, 15)",
    "create table plain_points (student_id uuid primary key, bg int, ev int, sc int, tr int, total int, tier text)",
    "insert into plain_points select id, 0, 0, 0, 0, 0, 'green' from students",
    "vacuum analyze plain_factors, plain_bands, plain_ratings, plain_points",
)
ADD_UP = """
update plain_points p set bg = x.bg, ev = x.ev, sc = x.sc, tr = x.tr, total = least(100, x.bg + x.ev + x.sc + x.tr),
    tier = case when x.bg + x.ev + x.sc + x.tr >= 60 then 'red' when x.bg + x.ev + x.sc + x.tr >= 40 then 'orange'
        when x.bg + x.ev + x.sc + x.tr >= 20 then 'yellow' else 'green' end
from (select student_id, least(15, coalesce(sum(points) filter (where domain = 'BG'), 0)) as bg,
          least(15, coalesce(sum(points) filter (where domain = 'EV'), 0)) as ev,
          coalesce(max(points) filter (where domain = 'SC'), 0) as sc,
          coalesce(max(points) filter (where domain = 'TR'), 0) as tr
      from (select f.student_id, k.domain, k.points from risk_facts f join plain_factors k using (code)
            union all select s.student_id, 'SC', b.points from scale_results s join plain_bands b using (band)
            union all select t.student_id, 'TR', r.points from teacher_ratings t join plain_ratings r
                on t.items[1] + t.items[2] + t.items[3] + t.items[4] + t.items[5] + t.items[6] between r.low and r.high)
          as f
      group by student_id) as x
where x.student_id = p.student_id"""
"""The single UPDATE that scores the same students from the same facts: eight answers of a rating, a scale, background."""
DIFFER = """
select count(*) from rainbow_computations c join plain_points p using (student_id)
where (c.bg, c.ev, c.sc, c.tr, c.total) <> (p.bg, p.ev, p.sc, p.tr, p.total)"""


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
        f"ones, one entry of the trail with count and digest, committed; partner: one UPDATE that scores the same students "
        f"from the same stored facts (points by table, caps, sum, level) into an ordinary durable table with a primary key, "
        f"without validity, floors, grounds or proposals, {median(rounds.partner):.2f} s in the same rounds; both come to the "
        f"same points"
    )
    differ = line.execute(DIFFER).fetchone()
    assert differ == (0,), f"{differ} students have other points by the UPDATE"
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
