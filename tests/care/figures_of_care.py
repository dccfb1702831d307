"""A county in the middle of its term, written by sets: students, screenings, levels, decisions."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import text

from app.core.audit import trail
from app.core.copying import allow_long_statements
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from tests.care.assessed import assessed

STUDENTS = """
insert into students (id, county_id, school_id, student_no, name, gender, birth_date, grade, boarding, left_behind, from_on)
select gen_random_uuid(), :county, u.id, 'L' || lpad((u.place * 100000 + n)::text, 18, '0'), '林同学' || n,
    (1 + n % 2)::text, date '2013-03-07', 'G' || (4 + n % 9), n % 5 = 0, case when n % 7 = 0 then 'both' else 'none' end,
    date '2024-09-01'
from (select id, row_number() over (order by code) as place from units where id = any(:schools)) u, generate_series(1, :many) n
"""
CAMPAIGN = """
insert into screening_campaigns (id, county_id, name, unit_id, owner_id, school_year, grades, scales, opens_on, closes_on,
    assessment_id, state)
values (:id, :county, '秋季测评', :county, :owner, 2026, '["G7"]', '[]', current_date - 30, current_date - 20,
    (select id from impact_assessments where county_id = :county and subject = 'screening' and state = 'active'), :state)
"""
TASKS = """
insert into screening_tasks (county_id, school_id, student_id, campaign_id, state, reason_code)
select county_id, school_id, id, :campaign,
    case when n % 20 < 15 then 'valid' when n % 20 = 15 then 'invalid' when n % 20 in (16, 17) then 'missed' else 'declined' end,
    case when n % 20 = 16 then 'not_begun' when n % 20 = 17 then 'no_answer' when n % 20 = 18 then 'no_consent'
        when n % 20 = 19 then 'student_no' end
from (select *, row_number() over (order by student_no) as n from students where county_id = :county) s
"""
LEVELS = """
insert into rainbow_tiers (county_id, school_id, student_id, tier, since)
select county_id, school_id, id,
    case when n % 100 < 70 then 'green' when n % 100 < 88 then 'yellow' when n % 100 < 98 then 'orange' else 'red' end,
    current_date - 9
from (select *, row_number() over (order by student_no) as n from students where county_id = :county) s
"""
COMPUTED = """
insert into rainbow_computations (county_id, school_id, student_id, run_id, computed_on, rule_set, kind, tier, bg, ev, sc, tr,
    pa, total, completeness, hard_floor, soft_floor, flags, factors, inputs_sha256)
select county_id, school_id, id, gen_random_uuid(), current_date - 9, 'v1', 'propose',
    case when n % 100 < 60 then 'green' when n % 100 < 85 then 'yellow' when n % 100 < 97 then 'orange' else 'red' end,
    0, 0, (array[0, 8, 18, 28])[1 + n % 4], (array[0, 5, 10, 15])[1 + (n + n / 4 % 2) % 4], 0, 20, 0.8, 'green', 'green', '[]',
    '[]', ''
from (select *, row_number() over (order by student_no) as n from students where county_id = :county) s
"""
DECIDED = """
insert into rainbow_assessments (county_id, school_id, unit_id, student_id, computation, rule_set, proposed, decided, priority,
    interviewed_on, decided_on, state)
select county_id, school_id, school_id, student_id, number, rule_set, tier,
    case when number % 4 = 0 then 'green' else tier end, 1, current_date - 8, current_date - 8, 'effective'
from rainbow_computations where county_id = :county and tier <> 'green'
"""
ANSWERED = """
insert into scale_results (county_id, school_id, student_id, scale_code, scale_version, construct, answered_on, band, scores,
    verdict, usable, worry)
select county_id, school_id, id, 'phqa', '1.0.0', 'depression',
    current_date - case when back = 300 and n % 3 = 0 then 400 + back else back end, n % 4, '{}', 'valid', true, false
from (select *, row_number() over (order by student_no) as n from students where county_id = :county) s,
    (values (25), (300)) days (back)
"""
RATED = """
insert into teacher_ratings (county_id, school_id, student_id, rated_by, rated_on, items)
select county_id, school_id, id, :owner, current_date - 5, array[1, 0, 0, 0, 0, 0, 0, 0]::smallint[]
from students where county_id = :county
"""


def fill(
    county: uuid.UUID,
    schools: list[uuid.UUID],
    owner: uuid.UUID,
    many: int,
    state: str = "reviewed",
    heavy: bool = True,
) -> None:
    """`many` students in each school, with everything that the figures count; `heavy`: decisions, answers and ratings too."""
    use_context(SYSTEM.context())
    given: dict[str, Any] = {"county": county, "owner": owner, "id": uuid.uuid4()}
    assessed(county, owner, "screening")
    with trail.act(SYSTEM, "system", "test.fill"):
        allow_long_statements()
        db.session.execute(text(STUDENTS), given | {"schools": schools, "many": many})
        db.session.execute(text(CAMPAIGN), given | {"state": state})
        db.session.execute(text(TASKS), given | {"campaign": given["id"]})
        for statement in (LEVELS, *((COMPUTED, DECIDED, ANSWERED, RATED) if heavy else ())):
            db.session.execute(text(statement), given)
