"""Alarms of reading on the auditor's first page: how many nobody has settled yet."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.reading import queries
from app.core.web.first_page import Panel, PanelLine


def panel_of(actor: Actor) -> Panel | None:
    """Those that wait, and all of them, for whoever watches."""
    if not decide.holds(actor, queries.VIEW):
        return None
    waiting, every = queries.totals(actor)
    lines = [
        PanelLine(str(_("等安全管理员核实")), str(waiting), url=url_for("readings.index", waiting=1)),
        PanelLine(str(_("全部查阅提醒")), str(every), url=url_for("readings.index")),
    ]
    return Panel(str(_("查阅提醒")), "", lines, url_for("readings.index"))
