"""What was written beside an item: messages, checks on the spot, proposals to reopen, files of an objection."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Uuid, bindparam, select

from app.core.casework.together import Asking, question
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy.actor import Actor
from app.core.whole import columns_of, records
from app.improvement.problems.models import ItemRemark, OnsiteCheck, ProblemItem, Reopening
from app.improvement.problems.queries.reach import visible_reopenings
from app.people.directory.models import Person


def of_item(actor: Actor, item: ProblemItem) -> Asking[dict[str, Any]]:
    """A part of the page: remarks, checks (each with the name of its writer), reopenings, newest first."""
    remarks, checks = yield question(_remarks, item=item.id), question(_checks, item=item.id)
    return {
        "remarks": [(records(row, ItemRemark)[0], row[-1]) for row in remarks],
        "checks": [(records(row, OnsiteCheck)[0], row[-1]) for row in checks],
        "reopenings": reopenings_of(actor, item) if item.closed_on or item.recurrence_count else [],
    }


def _remarks(actor: Any) -> Select[Any]:
    return _written(ItemRemark, ItemRemark.written_by)


def _checks(actor: Any) -> Select[Any]:
    return _written(OnsiteCheck, OnsiteCheck.checked_by)


def _written(model: Any, by: Any) -> Select[Any]:
    rows = select(*columns_of(model), Person.name.label("who")).join(Person, Person.id == by)
    own = model.item_id == bindparam("item", None, type_=Uuid())
    return rows.where(own).order_by(model.created_at.desc())


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
