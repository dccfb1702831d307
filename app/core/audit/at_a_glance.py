"""The trail on the auditor's first page: whether the chain held when it was last verified, and what of the days stands out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.audit import queries
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import moment
from app.core.web.first_page import Panel, PanelLine

WEEK = timedelta(days=6)
"""Before today: seven days with it."""


def panel_of(actor: Actor) -> Panel | None:
    """Chain, unusual access and refusals, for whoever reads the trail."""
    if not decide.holds(actor, "audit.read") or not decide.holds(actor, "audit.verify"):
        return None
    unusual = len(queries.unusual_access(actor))
    lines = [
        _chain(actor),
        PanelLine(str(_("异常查阅")), str(unusual), str(_("近 30 天，一人一天一条")), url_for("audit.unusual")),
        _refused(actor),
    ]
    return Panel(str(_("审计")), "", lines, url_for("audit.entries"))


def _chain(actor: Actor) -> PanelLine:
    name, url = str(_("链条校验")), url_for("audit.chain")
    last = next(iter(queries.verifications(actor, 1)), None)
    if last is None:
        return PanelLine(name, "—", str(_("还没有校验过")), url)
    told = _("完整") if last.first_bad is None else _("第 %(n)s 条对不上", n=last.first_bad)
    return PanelLine(name, str(told), str(_("%(time)s 校验了 %(n)s 条", time=moment(last.at), n=last.entries)), url)


def _refused(actor: Actor) -> PanelLine:
    today = clock.today()
    wanted = queries.TrailFilter(kinds=("denial",), first_day=today - WEEK, last_day=today)
    days: dict[str, Any] = {"from": (today - WEEK).isoformat(), "to": today.isoformat()}
    url = url_for("audit.entries", kind="denial", **days)
    return PanelLine(str(_("被拒绝")), str(queries.total(actor, wanted)), str(_("近 7 天")), url)
