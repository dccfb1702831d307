"""Reads of items: one by its reference, the list with filters and pages, the rows of an export."""

from __future__ import annotations

import uuid
from typing import Any, cast

from sqlalchemy import Select, String, bindparam, literal, select
from sqlalchemy.orm.attributes import set_committed_value

from app.core.casework.together import Asking, answer, question
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy.actor import Actor
from app.core.whole import columns_of, records
from app.improvement.monitoring.models import Indicator, MonitoringCycle
from app.improvement.problems.models import Cause, ProblemItem, ProblemList
from app.improvement.problems.queries.reach import visible_items
from app.people.directory.models import Person, Unit


def item_for(actor: Actor, ref: str) -> ProblemItem:
    """One item with its list, unit, person, indicator and causes; raises NotFound."""
    return answer(actor, _item(ref))


AROUND = (ProblemItem, ProblemList, MonitoringCycle, Unit, Person, Indicator)
ITS_REF = bindparam("ref", None, type_=String())


def _item(ref: str) -> Asking[ProblemItem]:
    found, causes = yield question(_with_all_around, ref=ref), question(_causes, ref=ref)
    if not found:
        raise NotFound("problem_item", ref)
    item, held, cycle, unit, person, indicator = records(found[0], *AROUND)
    set_committed_value(held, "cycle", cycle)
    around = {"problem_list": held, "unit": unit, "responsible_person": person, "indicator": indicator}
    around["all_causes"] = [one for row in causes for one in records(row, Cause)]
    for name, one in around.items():
        set_committed_value(item, name, one)
    return cast(ProblemItem, item)


def _with_all_around(actor: Any) -> Select[Any]:
    """The item of a reference with the records around it, as far as the actor may see it."""
    joined = (
        select(*columns_of(*AROUND))
        .select_from(ProblemItem)
        .join(ProblemList, ProblemList.id == ProblemItem.list_id)
        .outerjoin(MonitoringCycle, MonitoringCycle.id == ProblemList.cycle_id)
        .outerjoin(Unit, Unit.id == ProblemItem.unit_id)
        .outerjoin(Person, Person.id == ProblemItem.responsible_person_id)
        .outerjoin(Indicator, Indicator.id == ProblemItem.indicator_id)
    )
    return visible_items(actor, joined).where(ProblemItem.ref == ITS_REF)


def _causes(actor: Any) -> Select[Any]:
    """Its causes; shown with the item or not at all."""
    of_it = select(ProblemItem.id).where(ProblemItem.ref == ITS_REF).scalar_subquery()
    return select(*columns_of(Cause)).where(Cause.item_id == of_it).order_by(Cause.created_at)


def units_with_items(actor: Actor) -> list[tuple[str, str]]:
    """Reference and short name of every unit that answers for an item the actor sees, by code."""
    return answer(actor, _units())


def _units() -> Asking[list[tuple[str, str]]]:
    (rows,) = yield (question(_with_items),)
    return [(row.ref, row.short_name) for row in rows]


def _with_items(actor: Any) -> Any:
    held = visible_items(actor, select(literal(1)).select_from(ProblemItem)).where(
        ProblemItem.unit_id == Unit.id, ProblemItem.county_id == Unit.county_id
    )
    # One look into an index for each unit: as a scalar, the planner cannot make one scan of all items of it.
    wanted = select(Unit.ref, Unit.short_name).where(held.limit(1).correlate(Unit).scalar_subquery().is_not(None))
    if actor.county_id is not None:
        wanted = wanted.where(Unit.county_id == actor.county_id)
    return wanted.order_by(Unit.code)


def address_of(actor: Actor, item_id: uuid.UUID) -> str:
    """The page of an item, empty for who may not open it."""
    ref = db.session.scalar(visible_items(actor, select(ProblemItem.ref)).where(ProblemItem.id == item_id))
    return f"/items/{ref}" if ref else ""


def names_of(actor: Actor, ids: set[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of persons who stand on records that the actor has loaded."""
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_({one for one in ids if one})))
    return {row.id: row.name for row in rows}


def unit_names(actor: Actor, ids: set[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The short names of units that stand on records that the actor has loaded."""
    rows = db.session.execute(select(Unit.id, Unit.short_name).where(Unit.id.in_({one for one in ids if one})))
    return {row.id: row.short_name for row in rows}
