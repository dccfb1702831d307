"""What the guards of a visit ask of other tables."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import text

from app.core import clock
from app.core.database import db
from app.improvement.visits.numbers import visit_numbers

INTERESTED = text(
    """select p.id from persons p where p.id = any(:ids) and (
         p.school_id = :school or p.unit_id = :school
         or exists (select 1 from role_assignments a where a.person_id = p.id and a.school_id = :school
                    and (a.to_on is null or a.to_on >= :since))
         or exists (select 1 from problem_items i where i.school_id = :school and i.state <> 'void'
                    and p.id in (i.owner_id, i.deputy_id, i.responsible_person_id)))"""
)
LEADS = text(
    """select owner_id from supervision_visits
       where unit_id = :school and id <> :this and kind = any(:kinds) and arrived_at is not null
       order by arrived_at desc limit :most"""
)


def with_an_interest(ids: Iterable[uuid.UUID], school_id: uuid.UUID) -> set[uuid.UUID]:
    """Persons who work or lately worked at the school, or answer for a problem of it (回避)."""
    today = clock.today()
    since = today.replace(year=today.year - visit_numbers().former_years, day=min(today.day, 28))
    with db.session.no_autoflush:
        rows = db.session.execute(INTERESTED, {"ids": list(ids), "school": school_id, "since": since})
    return {row.id for row in rows}


def last_leads(school_id: uuid.UUID, this: uuid.UUID, most: int) -> list[uuid.UUID]:
    """Who led the last visits of a school of the kinds that rotate, the latest first."""
    kinds = list(visit_numbers().rotating_kinds)
    with db.session.no_autoflush:
        return list(db.session.scalars(LEADS, {"school": school_id, "this": this, "kinds": kinds, "most": most}))
