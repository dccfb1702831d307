"""What an approved request keeps of its item and its evidence, so that its form says for ever what was so on that day."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.core.database import db
from app.improvement.effects.evidence_list import accepted_for
from app.improvement.effects.models import ClosureRequest
from app.improvement.plans.models import Evidence, RemediationAction
from app.people.directory.models import Person, Unit


def as_it_is(request: ClosureRequest) -> dict[str, Any]:
    """The item and the pieces listed as they are now, in plain JSON values."""
    item = request.item
    unit = db.session.get(Unit, item.unit_id) if item.unit_id else None
    person = db.session.get(Person, item.responsible_person_id) if item.responsible_person_id else None
    return {
        "number": item.number,
        "title": item.title,
        "severity": item.severity,
        "unit": unit.name if unit else "",
        "person": person.name if person else "",
        "issued_on": _iso(item.issued_on),
        "due_on": _iso(item.due_on),
        "evidence": _pieces(request),
    }


def as_approved(request: ClosureRequest) -> dict[str, Any]:
    """What was kept at the approval; before it, and of requests approved before anything was kept, as it is now."""
    return request.as_approved or as_it_is(request)


def day_of(kept: dict[str, Any], name: str) -> date | None:
    """A day that was kept."""
    return date.fromisoformat(kept[name]) if kept.get(name) else None


def _pieces(request: ClosureRequest) -> list[dict[str, Any]]:
    query = (
        accepted_for(request.item_id)
        .with_only_columns(
            Evidence.id, Evidence.ref, Evidence.title, Evidence.happened_on, Evidence.place,
            RemediationAction.title.label("action"),
        )
        .join(RemediationAction, RemediationAction.id == Evidence.action_id)
        .order_by(RemediationAction.position, Evidence.created_at)
    )  # fmt: skip
    listed = set(request.evidence_ids)
    return [
        {
            "ref": row.ref,
            "title": row.title,
            "action": row.action,
            "place": row.place,
            "happened_on": _iso(row.happened_on),
        }
        for row in db.session.execute(query)
        if str(row.id) in listed
    ]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
