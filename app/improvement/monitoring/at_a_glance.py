"""Findings on the first page of a researcher: what several schools share, and what visits found (domain §9.1)."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.first_page import Panel, PanelLine
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle

VIEW = "monitoring.view_findings"
SHARED, MOST = 3, 5
"""So many schools make a problem a common one; so many are told, the most widely shared first."""


def panel_of(actor: Actor) -> Panel | None:
    """Common problems of the researcher's subjects in their newest round, and findings that visits brought."""
    if not actor.subjects or not decide.holds(actor, VIEW) or not decide.holds(actor, "monitoring.confirm_finding"):
        return None
    lines = [*_common(actor), _of_visits(actor)]
    return Panel(str(_("本学科共性问题")), str(_("至少 %(n)s 所学校", n=SHARED)), lines, url_for("monitoring.findings"))


def _common(actor: Actor) -> list[PanelLine]:
    f, c = DataFinding, MonitoringCycle
    seen = decide.visible(actor, select(f.id), f, VIEW).where(f.verdict == "candidate", f.scope_level == "school")
    newest = (
        select(f.cycle_id).join(c, c.id == f.cycle_id).where(f.id.in_(seen)).order_by(c.starts_on.desc()).limit(1)
    ).scalar_subquery()
    schools = func.count(f.unit_id.distinct())
    query = (
        select(Indicator.code, Indicator.name, c.ref, c.name.label("round"), schools.label("schools"))
        .select_from(f)
        .join(Indicator, Indicator.id == f.indicator_id)
        .join(c, c.id == f.cycle_id)
        .where(f.id.in_(seen), f.cycle_id == newest)
        .group_by(Indicator.code, Indicator.name, c.ref, c.name)
        .having(schools >= SHARED)
        .order_by(schools.desc(), Indicator.code)
        .limit(MOST)
    )
    return [
        PanelLine(
            row.name, str(_("%(n)s 所", n=row.schools)), row.round,
            url_for("monitoring.findings", cycle=row.ref, indicator=row.code, level="school", state="all"),
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


def _of_visits(actor: Actor) -> PanelLine:
    found = decide.visible(actor, select(func.count(DataFinding.id)), DataFinding, VIEW)
    number = int(db.session.scalar(found.where(DataFinding.source_type == "visit")) or 0)
    return PanelLine(
        str(_("视导中发现的问题")), str(number), url=url_for("monitoring.findings", source="visit", state="all")
    )
