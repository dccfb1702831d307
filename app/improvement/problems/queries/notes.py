"""What was written beside an item: messages, checks on the spot, proposals to reopen, files of an objection."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy.actor import Actor
from app.improvement.problems.models import ItemRemark, OnsiteCheck, ProblemItem, Reopening
from app.improvement.problems.queries.reach import visible_reopenings
from app.people.directory.models import Person

MOST = 50


def of_item(actor: Actor, item: ProblemItem) -> dict[str, Any]:
    """remarks, checks (each with the name of its writer), reopenings, newest first."""
    return {
        "remarks": _written(ItemRemark, ItemRemark.written_by, item),
        "checks": _written(OnsiteCheck, OnsiteCheck.checked_by, item),
        "reopenings": reopenings_of(actor, item) if item.closed_on or item.recurrence_count else [],
    }


def _written(model: Any, by: Any, item: ProblemItem) -> list[Any]:
    rows = select(model, Person.name.label("who")).join(Person, Person.id == by).where(model.item_id == item.id)
    return list(db.session.execute(rows.order_by(model.created_at.desc()).limit(MOST)))


def reopenings_of(actor: Actor, item: ProblemItem) -> list[Reopening]:
    """The proposals to reopen an item that the actor sees, newest first."""
    wanted = visible_reopenings(actor, select(Reopening)).where(Reopening.item_id == item.id)
    return list(db.session.scalars(wanted.order_by(Reopening.created_at.desc())))


def objection_file(actor: Actor, item: ProblemItem, sha256: str) -> dict[str, Any]:
    """Name and kind of a file that goes with the objection of an item the actor has loaded; raises NotFound."""
    for one in item.objection_files:
        if one.get("sha256") == sha256:
            return dict(one)
    raise NotFound("objection_file", sha256[:16])
