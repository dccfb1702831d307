"""Visits on the first pages: what the yearly list wants, what is planned and done, and the days to come (domain §9.1)."""

from __future__ import annotations

from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core import clock
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import long_date
from app.core.web.first_page import Panel, PanelLine
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.queries.programme import DONE, VIEW, entries
from app.improvement.visits.queries.visits import seen
from workflows.improvement.supervision_visit import SUPERVISION_VISIT

COMING, AHEAD = 3, timedelta(days=30)
COMES = [state.code for state in SUPERVISION_VISIT.states if state.code not in (*DONE, "cancelled")]
"""States of a visit before anybody has been there."""


def panel_of(actor: Actor) -> Panel | None:
    """This year's list against what was done, and the nearest days, for whoever sees the county's visits."""
    if actor.school_id is not None or not decide.holds(actor, VIEW):
        return None
    year = clock.today().year
    rows = entries(actor, year)
    wanted = sum(row.wanted for row in rows)
    lines = [
        PanelLine(
            str(_("已到校 / 年度清单")), f"{sum(row.done for row in rows)} / {wanted}",
            str(_("已安排 %(n)s", n=sum(row.planned for row in rows))), url_for("visit_programme.index"),
        ),
        *_coming(actor),
    ]  # fmt: skip
    return Panel(str(_("视导安排")), str(_("%(year)s 年", year=year)), lines, url_for("visits.index"))


def _coming(actor: Actor) -> list[PanelLine]:
    today, visit = clock.today(), SupervisionVisit
    query = (
        seen(actor, select(visit.visit_on, func.count()))
        .where(visit.visit_on.between(today, today + AHEAD), visit.state.in_(COMES))
        .group_by(visit.visit_on)
        .order_by(visit.visit_on)
        .limit(COMING)
    )
    return [
        PanelLine(
            long_date(day),
            str(_("%(n)s 次视导", n=number)),
            url=url_for("visits.index", day=day.isoformat(), state=COMES),
        )
        for day, number in db.session.execute(query)
    ]
