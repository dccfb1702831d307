"""Who is meant by a campaign: students of its grades for whom one of its scales is made, as the roll is now."""

from __future__ import annotations

import json
import uuid
from typing import Any

from app.care.screening.models import ScreeningCampaign
from app.care.screening.scales import choosing

MEANT = """with gates as (
           select * from jsonb_to_recordset(cast(:gates as jsonb)) g(grade_min int, grade_max int, age_min int, age_max int)),
       there as (
           select s.id, s.county_id, s.school_id, s.class_id, c.class_no,
                  substr(c.grade, 2)::int as grade, extract(year from age(:opens, s.birth_date))::int as years
           from students s join school_classes c on c.id = s.class_id
           where s.county_id = :county and (cast(:school as uuid) is null or s.school_id = :school)
             and s.left_on is null and c.school_year = :year and c.grade = any(:grades)),
       meant as (
           select t.* from there t where exists (
               select from gates g where t.grade between g.grade_min and g.grade_max
                                     and t.years between g.age_min and g.age_max)),
       asked as (
           select m.*, k.state as consent
           from meant m left join lateral (
               select state from consents k where k.student_id = m.id and k.purpose = 'screening' and k.school_year = :year
                   and k.school_id = m.school_id
               order by k.state in ('withdrawn', 'expired'), k.created_at desc limit 1) k on true)"""
"""Students of the grades for whom some scale is meant, each as far as the consent has come."""

ENDED_BY_LEAVING = """t.state = 'missed' and coalesce(t.reason_code, '') = 'left_school' and t.tries = 0
    and t.scored_on is null and coalesce(t.previous_state, '') in ('assigned', 'consent_pending', 'ready')"""
"""A task `t` that ended, before it was begun, because the student left; whoever is meant now is back and gets it again.

What was begun is as old as the leaving by then, and a day is all that anybody has to finish.
"""


def values_of(campaign: ScreeningCampaign, school: uuid.UUID | None = None) -> dict[str, Any]:
    """What `MEANT` asks with; school: this one alone, where the campaign is the county's own."""
    return {
        "gates": json.dumps(choosing.gates(campaign.definitions)), "opens": campaign.opens_on,
        "county": campaign.county_id, "school": campaign.school_id or school, "year": campaign.school_year,
        "grades": list(campaign.grades), "campaign": campaign.id,
    }  # fmt: skip
