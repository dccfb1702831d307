"""Reads of data needs: the list, one of them, units that own data, rounds that may answer one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from app.core.clock import today
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.disclosure.models import DataNeed
from app.improvement.monitoring.models import MonitoringCycle
from app.people.directory.models import Unit

VIEW, ASK, ANSWER = "disclosure.view_data_needs", "disclosure.ask_for_data", "disclosure.answer_data_need"
OWNERS = ("department", "leading_group_office", "assessment_group")
"""Kinds of units that keep data."""
PAGE = 50


def needs(actor: Actor, states: Sequence[str] = (), after: str = "") -> Sequence[DataNeed]:
    """Needs, the newest first; one more than a page."""
    found = decide.visible(actor, select(DataNeed), DataNeed, VIEW)
    if states:
        found = found.where(DataNeed.state.in_(states))
    if after:
        edge = select(DataNeed.id).where(DataNeed.ref == after).scalar_subquery()
        found = found.where(DataNeed.id < edge)
    return db.session.scalars(found.order_by(DataNeed.id.desc()).limit(PAGE + 1)).all()


def need_for(actor: Actor, ref: str) -> DataNeed:
    """One need. Raises NotFound."""
    wanted = select(DataNeed).where(DataNeed.ref == ref)
    found: DataNeed | None = db.session.scalar(decide.visible(actor, wanted, DataNeed, VIEW))
    if found is None:
        raise NotFound("data_need", ref)
    return found


def owners_of_data(actor: Actor) -> Sequence[Unit]:
    """Units of the county that may be asked, one's own left out."""
    day = today()
    wanted = select(Unit).where(
        Unit.county_id == actor.county_id,
        Unit.kind.in_(OWNERS),
        Unit.id != actor.unit_id,
        or_(Unit.to_on.is_(None), Unit.to_on >= day),
    )
    return db.session.scalars(wanted.order_by(Unit.code)).all()


def rounds_out(actor: Actor) -> Sequence[MonitoringCycle]:
    """Rounds whose data are out, the newest first."""
    wanted = select(MonitoringCycle).where(
        MonitoringCycle.county_id == actor.county_id, MonitoringCycle.state.in_(("released", "improving", "closed"))
    )
    return db.session.scalars(wanted.order_by(MonitoringCycle.starts_on.desc())).all()
