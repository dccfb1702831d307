"""What is signed when a list is issued: its lines in words and numbers, under one digest; documents are drawn from it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle, MonitoringResult
from app.improvement.problems.models import ItemFinding, ListSnapshot, ProblemItem, ProblemList
from app.improvement.provenance import inputs_digest
from app.people.directory.models import Person, Unit

COPIED = (
    "number",
    "position",
    "title",
    "category",
    "domain_code",
    "source_type",
    "severity",
    "subject",
    "grade",
    "scope_level",
    "baseline",
    "target",
    "measure",
    "measure_unit",
    "measure_direction",
    "criteria",
    "description",
    "addressee",
)


def freeze(actor: Actor, problem_list: ProblemList) -> ListSnapshot:
    """Store the list as it stands now, signed by the actor; inside an act."""
    content = frozen(problem_list)
    snapshot = ListSnapshot(
        list_id=problem_list.id,
        content=content,
        sha256=inputs_digest(content),
        signed_by=actor.person_id,
        county_id=problem_list.county_id,
        school_id=problem_list.school_id,
    )
    db.session.add(snapshot)
    db.session.flush()
    return snapshot


def frozen(problem_list: ProblemList) -> dict[str, Any]:
    """The content itself: the list, then each line with unit, person, helping units and the data it rests on."""
    items = [item for item in problem_list.items if item.state != "void"]
    units = _names(Unit, {item.unit_id for item in items} | {problem_list.unit_id} | set(_helping(items)))
    persons = _names(Person, {item.responsible_person_id for item in items})
    basis = data_basis([item.id for item in items])
    indicators = _indicators({item.indicator_id for item in items})
    cycle = db.session.get(MonitoringCycle, problem_list.cycle_id) if problem_list.cycle_id else None
    return {
        "list": {
            "number": problem_list.number,
            "edition": problem_list.edition,
            "level": problem_list.level,
            "title": problem_list.title,
            "requirements": problem_list.requirements,
            "document_number": problem_list.document_number,
            "issued_on": str(problem_list.issued_on),
            "issuer": units.get(problem_list.unit_id, ""),
            "cycle": [cycle.name, cycle.level, cycle.coverage] if cycle else None,
        },
        "items": [
            {name: getattr(item, name) for name in COPIED}
            | {
                "ref": item.ref,
                "target_on": str(item.target_on) if item.target_on else None,
                "unit": units.get(item.unit_id, ""),
                "person": persons.get(item.responsible_person_id, ""),
                "co_units": [units.get(uuid.UUID(one), "") for one in item.co_units or []],
                "due_on": str(item.due_on),
                "carried_over": item.issued_on is not None,
                "basis": basis.get(item.id, []),
                "indicator": indicators.get(item.indicator_id),
            }
            for item in items
        ],
    }


def _helping(items: list[ProblemItem]) -> list[uuid.UUID]:
    return [uuid.UUID(one) for item in items for one in item.co_units or []]


def _names(model: Any, ids: set[Any]) -> dict[Any, str]:
    rows = db.session.execute(select(model.id, model.name).where(model.id.in_({one for one in ids if one})))
    return {row.id: row.name for row in rows}


def _indicators(ids: set[Any]) -> dict[Any, list[str]]:
    """Name, kind of value, unit and direction of each, as they are now."""
    held = (Indicator.name, Indicator.value_type, Indicator.unit_word, Indicator.direction)
    rows = db.session.execute(select(Indicator.id, *held).where(Indicator.id.in_({one for one in ids if one})))
    return {row.id: list(row[1:]) for row in rows}


def data_basis(item_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """For each item the findings it cites, with value, benchmark, effect and interval, the strongest first."""
    rows = db.session.execute(
        select(
            ItemFinding.item_id,
            DataFinding.number,
            DataFinding.title,
            DataFinding.effect,
            DataFinding.effect_low,
            DataFinding.effect_high,
            MonitoringResult.value,
            MonitoringResult.benchmark_value,
            MonitoringResult.value_type,
            MonitoringResult.n,
        )
        .join(DataFinding, DataFinding.id == ItemFinding.finding_id)
        .outerjoin(MonitoringResult, MonitoringResult.id == DataFinding.result_id)
        .where(ItemFinding.item_id.in_(item_ids))
        .order_by(DataFinding.effect.nulls_last(), DataFinding.number)
    )
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for row in rows:
        told = {key: value for key, value in row._mapping.items() if key != "item_id"}
        found.setdefault(row.item_id, []).append(told)
    return found
