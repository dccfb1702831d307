"""Figure 9: 40,000 students through the rules to proposals, factors, clocks and trail, beside one UPDATE that scores."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import select, text

from app.care.rainbow.models import RainbowRun
from app.care.rainbow.operations.proposing import RunIn, compute
from app.core.audit import trail
from app.core.copying import allow_long_statements
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo import roll
from app.people.directory.models import Unit
from bench.context import Context
from bench.county import County
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
OF_A_RUN = "entity in ('rainbow_assessments', 'care_duties')"
EMPTIED = (
    "truncate rainbow_runs, care_duties, rainbow_assessments, rainbow_computations, outbox cascade",
    "set session_replication_role = replica",
    f"delete from deadlines where {OF_A_RUN}",
    "set session_replication_role = default",
)
"""What a run wrote; the clocks of other figures' records stay."""
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


@dataclass
class Roll:
    """So many students of a county with their facts, and a superuser's line to empty what a run wrote."""

    app: Flask
    county: County
    line: psycopg.Connection[Any]
    students: int

    def prepare(self) -> None:
        """Students and facts in place of whatever roll another figure left, with the statistics of autovacuum."""
        self.line.execute("truncate students, school_classes cascade")
        with self.app.app_context():
            use_context(SYSTEM.context())
            roll.load(self.county.tree, self.students)
            _facts()
            db.session.close()
        self.line.execute("analyze")

    def seconds(self) -> float:
        """For one run over all of them; a student without a computation, or too few proposals, raises AssertionError."""
        for statement in EMPTIED:
            self.line.execute(statement)
        with self.app.app_context():
            use_context(SYSTEM.context())
            place = db.session.get_one(Unit, self.county.tree.id)
            schools = tuple(db.session.scalars(select(Unit.id).where(Unit.kind == "school")))
            made: list[RainbowRun] = []
            took = seconds(lambda: made.append(compute(SYSTEM, place, RunIn(schools))))
            computed, self.proposed = made[0].computed, made[0].proposed
            db.session.close()
        assert computed == self.students and self.proposed > self.students // 2, (computed, self.proposed)
        return took

    proposed: int = 0
    """How many proposals the last run made."""


def superuser(context: Context, database: str = "bihuan") -> psycopg.Connection[Any]:
    """A line of its own to a database of the bench, closed at the end."""
    assert context.servers.postgres is not None
    address = context.servers.postgres.url("postgres", database).replace("+psycopg", "")
    line = psycopg.connect(address, autocommit=True)
    context.at_the_end(line.close)
    return line


def run(context: Context) -> list[dict[str, Any]]:
    """Seconds of both; a student without a computation, or a run without proposals, raises AssertionError."""
    line = superuser(context)
    scored = Roll(context.app, context.county, line, STUDENTS)
    scored.prepare()
    scored.seconds()
    for statement in PARTNER:
        line.execute(statement)
    rounds = interleave(scored.seconds, lambda: seconds(lambda: line.execute(ADD_UP)), rounds=ROUNDS)
    method = (
        f"one deed: {STUDENTS:,} computations with their factors, {scored.proposed:,} proposals, clocks and tasks of the "
        f"urgent ones, one entry of the trail with count and digest, committed; partner: one UPDATE that scores the same "
        f"students from the same stored facts (points by table, caps, sum, level) into an ordinary durable table with a "
        f"primary key, without validity, floors, grounds or proposals, {median(rounds.partner):.2f} s in the same rounds; "
        f"both come to the same points"
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
