"""Reads of requests: for who answers them, by code number; for who asked, behind the own code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.care.rights.models import RightsRequest
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.people.directory.models import Unit

VIEW, ANSWER, ASK = "rights.view_requests", "rights.answer_request", "rights.ask_request"
OPEN = ("received", "preparing")


def requests(actor: Actor, every: bool = False, after: str = "") -> Sequence[Any]:
    """(request, school): open ones, the oldest first; all of them, the newest first, where `every`; one more than a page."""
    wanted = select(RightsRequest, Unit.name).join(Unit, Unit.id == RightsRequest.school_id)
    order = ((RightsRequest.created_at, every), (RightsRequest.id, every))
    shown = page_of(decide.visible(actor, wanted, RightsRequest, VIEW), RightsRequest, order, after)
    return db.session.execute(shown if every else shown.where(RightsRequest.state.in_(OPEN))).all()


def request_for(actor: Actor, ref: str) -> RightsRequest:
    """One of them. Raises NotFound."""
    wanted = select(RightsRequest).where(RightsRequest.ref == ref)
    found = db.session.scalar(decide.visible(actor, wanted, RightsRequest, VIEW))
    if found is None:
        raise NotFound("rights_request", ref)
    return found


def school_of(actor: Actor, request: RightsRequest) -> str:
    """The school's name."""
    return db.session.get_one(Unit, request.unit_id).name


def own_requests(actor: Actor, asked_as: str) -> Sequence[RightsRequest]:
    """What was asked by the same kind of code: a guardian does not open what the student asked for, nor the other way."""
    wanted = select(RightsRequest).where(RightsRequest.asked_as == asked_as)
    found = decide.visible(actor, wanted, RightsRequest, ASK).order_by(RightsRequest.created_at.desc())
    return db.session.scalars(found).all()


def own_request(actor: Actor, asked_as: str, ref: str) -> RightsRequest:
    """One of them. Raises NotFound."""
    wanted = select(RightsRequest).where(RightsRequest.ref == ref, RightsRequest.asked_as == asked_as)
    found = db.session.scalar(decide.visible(actor, wanted, RightsRequest, ASK))
    if found is None:
        raise NotFound("rights_request", ref)
    return found
