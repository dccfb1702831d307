"""Reads of errands: what was handed to one's own unit for help, and nothing else of the items behind."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.improvement.problems.models import ItemErrand

VIEW, GIVE_BACK = "problems.view_errands", "problems.give_back"
PROMISED_FIRST = ((ItemErrand.promised_on, False), (ItemErrand.number, False), (ItemErrand.id, False))


def errands(actor: Actor, after: str = "") -> Sequence[ItemErrand]:
    """What lies with one's own unit now, what was promised first on top; one more than a page."""
    seen = decide.visible(actor, select(ItemErrand), ItemErrand, VIEW)
    return db.session.scalars(page_of(seen, ItemErrand, PROMISED_FIRST, after)).all()


def errand_for(actor: Actor, ref: str, right: str = VIEW) -> ItemErrand:
    """One errand with the unit it goes back to. Raises NotFound."""
    wanted = decide.visible(actor, select(ItemErrand), ItemErrand, right).where(ItemErrand.ref == ref)
    found: ItemErrand | None = db.session.scalar(wanted)
    if found is None:
        raise NotFound("item_errand", ref)
    return found
