"""The days to come on the first pages of those who steer: how many open items of the county fall due on each of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core import clock
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import day_and_week
from app.core.web.first_page import Panel, PanelLine
from app.improvement.boards.queries import BOARDS, ITEMS
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.item_filter import SETTLED

AHEAD = 14


def calendar_of(actor: Actor) -> Panel | None:
    """The coming fortnight, today included: only days on which something falls due, each with its items."""
    if not decide.holds(actor, BOARDS):
        return None
    today = clock.today()
    counted: Any = (
        select(ProblemItem.due_on, func.count())
        .where(ProblemItem.due_on.between(today, today + timedelta(AHEAD)), ProblemItem.state.not_in(SETTLED))
        .where(ProblemItem.level == "county")
        .group_by(ProblemItem.due_on)
        .order_by(ProblemItem.due_on)
    )
    lines = [
        PanelLine(
            day_and_week(day),
            str(_("%(n)s 项到期", n=number)),
            url=url_for("problem_items.index", level="county", flag="open", due=day.isoformat()),
        )
        for day, number in db.session.execute(decide.visible(actor, counted, ProblemItem, ITEMS))
    ]
    url = url_for("problem_items.index", level="county", flag="open")
    return Panel(str(_("期限日历")), str(_("今天起 %(n)s 天", n=AHEAD)), lines, url, str(_("这些天没有到期的问题项")))
