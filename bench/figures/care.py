"""Figure 18: the pages of the figures of care in a county of 40,000 students that are screened, decided about and frozen."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from statistics import median
from typing import Any

from sqlalchemy import text

from app.care.figures.operations import freeze_week
from app.core import clock
from app.core.database import db, use_context
from app.core.imports.grades import school_year
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Unit
from bench import county as counties
from bench.assessments import in_force
from bench.context import Context, Site
from bench.figures.scoring import STUDENTS, Roll, superuser
from bench.rounds import figure, interleave, seconds
from bench.web import BEHIND_PROXY, Ask, Line, Server, cookie, get, load, ours, partner

NAME = "figures_of_care"
ROUNDS, REQUESTS, CONNECTIONS = 5, 24, 1
SCREENED = (
    """insert into screening_campaigns (id, county_id, name, unit_id, owner_id, school_year, grades, scales, opens_on,
           closes_on, assessment_id, state)
       values (%(campaign)s, %(county)s, '测评', %(county)s, (select id from persons limit 1), %(year)s, '["G7"]', '[]',
           current_date - 30, current_date - 20, %(assessment)s, 'reviewed')""",
    """insert into screening_tasks (county_id, school_id, student_id, campaign_id, state, reason_code)
       select county_id, school_id, id, %(campaign)s,
           case when n %% 20 < 16 then 'valid' when n %% 20 = 16 then 'invalid' when n %% 20 = 17 then 'missed' else 'declined' end,
           case n %% 20 when 17 then 'not_begun' when 18 then 'no_consent' when 19 then 'student_no' end
       from (select *, row_number() over (order by id) as n from students) s""",
    """insert into rainbow_tiers (county_id, school_id, student_id, tier, since)
       select county_id, school_id, student_id, proposed, current_date - 7 from rainbow_assessments where state = 'proposed'""",
    """update rainbow_assessments set state = 'effective', decided = proposed, decided_on = current_date - 7,
           interviewed_on = case when proposed <> 'green' then current_date - 8 end where state = 'proposed'""",
)
"""What a term leaves behind: tasks with their ends, and every proposal confirmed."""


def run(context: Context) -> Iterator[dict[str, Any]]:
    """p95 of the pages; a page that does not hold the county's own sums raises AssertionError."""
    site = context.sized(NAME, 1)
    roll = Roll(site.app, site.county, superuser(context, NAME), STUDENTS)
    roll.prepare()
    roll.seconds()
    took = _frozen(site, roll)
    served, bare = ours(context, site.settings), partner(context, NAME)
    with site.app.app_context():
        token = counties.signed_in([site.county.tree.any("psych_center_lead")])[0]
        db.session.close()
    headers = {**BEHIND_PROXY, "Cookie": cookie(site.settings, token)[0]}
    paths = _paths(served, headers)
    loads: list[Any] = []

    def ask() -> float:
        loads.append(load(served, _asks(paths, headers), CONNECTIONS))
        return 1 / float(loads[-1].per_second)

    def plainly() -> float:
        return 1 / load(bare, [get("/figures", says="coverage")] * REQUESTS, CONNECTIONS).per_second

    rounds = interleave(ask, plainly, rounds=ROUNDS)
    value = median(one.p95 for one in loads[1:])
    method = (
        f"95th percentile of the seconds for the pages of the figures of care of {STUDENTS:,} students: the newest week with "
        f"its figures, intervals and gaps, the tables of each of {len(paths) - 3} measures and the two charts by turns, signed in, "
        f"production settings, {CONNECTIONS} connection, median of {ROUNDS} rounds of {REQUESTS}; counting and freezing "
        f"the week took {took:.2f} s; partner: bare Flask and Jinja, one query for the same frozen week, every cell in one "
        f"table, {median(rounds.partner):.4f} s a page in the same rounds; the goal is held against the p95"
    )
    yield figure(
        "18 figures of care", value, "s", rounds=rounds, judged=value, goal=("<=", 0.3), stretch=0.1, method=method
    )


def _frozen(site: Site, roll: Roll) -> float:
    """Students who took part and were decided about, and the week frozen; the seconds of counting and freezing."""
    today = clock.today()
    with site.app.app_context():
        use_context(SYSTEM.context())
        given: dict[str, Any] = {
            "campaign": uuid.uuid4(), "county": site.county.tree.id, "year": school_year(today.year, today.month),
            "assessment": in_force(site.county.tree.id, "screening"),
        }  # fmt: skip
        for statement in (
            "set session_replication_role = replica",
            *SCREENED,
            "set session_replication_role = default",
        ):
            roll.line.execute(statement, given if "%(" in statement else None)
        roll.line.execute("analyze")
        use_context(SYSTEM.context())
        place = db.session.get_one(Unit, site.county.tree.id)
        took = seconds(lambda: freeze_week(SYSTEM, place, None))
        told = db.session.execute(text("select content from figure_snapshots where school_id is null")).scalar_one()
        db.session.close()
    assert told["coverage"]["line"]["total"] == STUDENTS, told["coverage"]["line"]
    return took


def _paths(served: Server, headers: dict[str, str]) -> list[str]:
    """The page of the week, the tables of every measure that it names, and its charts."""
    first = Line(served.port).ask(get("/care-figures/tables", headers)).decode()
    measures = sorted({part.partition('"')[0] for part in first.split("/care-figures/tables?measure=")[1:]})
    assert {"coverage", "reasons", "levels", "confirmed"} <= set(measures), measures
    return ["/care-figures", *(f"/care-figures/tables?measure={one}" for one in measures), "/care-figures/coverage.json",
            "/care-figures/levels.json"]  # fmt: skip


def _asks(paths: list[str], headers: dict[str, str]) -> list[Ask]:
    return [get(paths[place % len(paths)], headers) for place in range(REQUESTS)]
