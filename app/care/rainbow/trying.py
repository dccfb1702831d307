"""试算: what a rule set would do to the levels in force, to caseload and hours, and to groups; counts alone (domain §4.2, B13)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.care.rainbow.computing import AS_BEFORE, CHAIN_TEXT, SET_BASED, chain, given
from app.care.rainbow.duty_plan import duty_plan
from app.care.rainbow.rule_set import TIERS, RuleSet
from app.core import clock
from app.core.database import db, uuid7
from app.core.round_trip import forget
from app.core.small_cells import LEAST, Line, Table, publish_line, publish_table, stable

COLUMNS = ("none", *TIERS)
GROUPS = ("was", "gender", "grade", "boarding", "left_behind")
MAKE = text("create temporary table rainbow_computations (like public.rainbow_computations including identity)")
BEFORE = text(
    "insert into pg_temp.rainbow_computations overriding system value"
    " select distinct on (c.student_id) c.* from public.rainbow_computations c"
    " where c.school_id = any(cast(:schools as uuid[])) order by c.student_id, c.number desc"
)
ON_A_COPY = chain(
    CHAIN_TEXT.replace("into rainbow_computations", "into pg_temp.rainbow_computations").replace(
        "from rainbow_computations", "from pg_temp.rainbow_computations"
    )
)
"""The engine over the real facts; what it writes goes to a copy that is dropped at once."""
COUNT = text((Path(__file__).parent / "dry_run.sql").read_text(encoding="utf-8"))
DROP = text("drop table pg_temp.rainbow_computations")
COUNSELLORS = text(
    """select count(distinct r.person_id) from role_assignments r join persons p on p.id = r.person_id
       where r.role = 'school_counselor' and r.county_id = :county and r.from_on <= :today
           and (r.to_on is null or r.to_on >= :today) and p.qualification_type is not null
           and (p.qualification_expiry is null or p.qualification_expiry >= :today)"""
)


Trial = Mapping[str, Any]


def dry_run(
    rules: RuleSet, county: uuid.UUID, schools: Sequence[uuid.UUID], earlier: Sequence[Trial] = ()
) -> dict[str, Any]:
    """Run `rules` over the facts of `schools` without keeping a computation, and tell counts with small cells protected.

    Returns JSON: `line` (students by level that would stand), `tables` (levels in force and groups against it), `looks` (of
    people, by level), `minutes`, `counsellors`, `hours_a_week`, `students`. Every figure of 0 to 4 is held back with
    whatever would give it away (decision 54). Writes nothing.

    `earlier`: what dry runs of the county told before, oldest first. A rule set is a filter that its author is free to choose,
    so between any two of them a number differs by 5 or not at all, and what one held back no other fills in; a part that
    cannot be protected so is left out (security 31).
    """
    run, today = uuid7(), clock.today()
    db.session.execute(MAKE)
    db.session.execute(BEFORE, {"schools": list(schools)})
    db.session.execute(SET_BASED)
    db.session.execute(ON_A_COPY, given(rules, schools, today, run)).one()
    rows = db.session.execute(COUNT, {"run": run, "schools": list(schools)}).all()
    db.session.execute(AS_BEFORE)
    db.session.execute(DROP)
    forget(db.session.connection())
    counsellors = db.session.scalar(COUNSELLORS, {"county": county, "today": today})
    return _told(rows, counsellors or 0, earlier)


def _told(rows: Sequence[Any], counsellors: int, earlier: Sequence[Trial]) -> dict[str, Any]:
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * len(COLUMNS)))
    looks, steps_down = [0] * len(COLUMNS), 0
    for row in rows:
        counts[row.by][row.row or ""][COLUMNS.index(row.will)] += row.n
        if row.by == "all":
            looks[COLUMNS.index(row.will)] += row.looks
            steps_down += row.steps_down
    everybody = counts["all"][""]
    line, plan = _line(everybody, earlier, "line"), duty_plan()
    tables = {by: _table(counts[by], line, earlier, by) for by in GROUPS}
    asked = _line(looks, earlier, "looks")
    minutes = sum(n * plan.minutes[tier] for tier, n in zip(TIERS, looks[1:], strict=True))
    same = [old["hours"] for old in earlier if asked is not None and old["looks"] == asked.as_dict()]
    steps_down = stable(steps_down, [old["steps_down"] for old in earlier], LEAST)
    return {
        "students": sum(everybody), "line": line.as_dict() if line else None,
        "tables": {by: table.as_dict() for by, table in tables.items() if table is not None},
        "looks": asked.as_dict() if asked else None, "hours": same[-1] if same else round(minutes / 60, -1),
        "counsellors": counsellors, "hours_a_week": plan.hours_a_week,
        "steps_down": steps_down if steps_down >= LEAST else None,
    }  # fmt: skip


def _line(counts: Sequence[int], earlier: Sequence[Trial], name: str) -> Line | None:
    """The row as it may be told after what was told before; another run's row never stands for this one's."""
    made = publish_line(counts, [Line.of(old[name]) for old in earlier if old[name]])
    return None if made is None or made.carried else made


def _table(counts: Mapping[str, Sequence[int]], line: Line | None, earlier: Sequence[Trial], by: str) -> Table | None:
    made = publish_table(counts, line, [Table.of(old["tables"][by]) for old in earlier if by in old["tables"]])
    if made is None or made.carried:
        return None
    held = {place for place, cell in enumerate(line.cells) if not isinstance(cell, int)} if line else set()
    return made if not held or any(held.issubset(group) for group in made.groups) else None
