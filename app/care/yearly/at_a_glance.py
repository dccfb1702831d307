"""The officer's first page: what waits in each register, what is due for erasing, who agreed; counts, and nobody's name."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.care.access.models import EmergencyOpening, IdentityGrant
from app.care.access.queries.openings import IDENTITIES, OPENINGS
from app.care.emergencies import queries as emergencies
from app.care.emergencies.models import EmergencyNotice
from app.care.retention.queries import due_classes
from app.care.rights import queries as rights
from app.care.rights.models import RightsRequest
from app.care.sharing import queries as sharing
from app.care.sharing.models import Handover
from app.care.yearly import queries
from app.care.yearly.papers import cell
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import word
from app.core.web.first_page import Panel, PanelLine
from app.core.web.pages import language
from app.core.web.projecting import is_projecting
from workflows.care.break_glass import ENDED, OPEN
from workflows.care.emergency_notice import DUE, TOLD
from workflows.care.handover import APPROVED, HANDED, SUBMITTED
from workflows.care.identity_grant import ENDED as OVER
from workflows.care.identity_grant import REQUESTED
from workflows.vocabulary import State

AGREEMENTS = "agreements"
"""The part of an audit that tells who agreed to what."""


def registers(actor: Actor) -> Panel | None:
    """Requests, openings, notices, handovers, retention; for the officer, and never on a wall."""
    if not _is_officer(actor):
        return None
    asked = _standing(actor, RightsRequest, rights.VIEW)
    open_ = sum(asked.get(state, 0) for state in rights.OPEN)
    lines = [
        PanelLine(str(_("没办完的权利请求")), str(open_), "", url_for("rights.index")),
        _line(_("紧急查看"), _standing(actor, EmergencyOpening, OPENINGS), "access.openings", [ENDED], OPEN),
        _line(_("身份查看"), _standing(actor, IdentityGrant, IDENTITIES), "access.identity_requests", [OVER], REQUESTED),
        _line(_("紧急情况告知"), _standing(actor, EmergencyNotice, emergencies.VIEW), "emergencies.index", [DUE], TOLD),
        _line(
            _("信息提供"), _standing(actor, Handover, sharing.VIEW), "sharing.index", [SUBMITTED, APPROVED], HANDED
        ),
        _due(actor),
    ]  # fmt: skip
    return Panel(str(_("个人信息保护")), str(_("只有数量，没有姓名")), lines, url_for("yearly.index"))


def agreements(actor: Actor) -> Panel | None:
    """Who agreed to what, from the newest audit: the officer reads no child's consent, and small numbers are kept back."""
    if not _is_officer(actor):
        return None
    title, newest = str(_("同意和撤回")), queries.newest_counted(actor)
    parts = newest.content["parts"] if newest is not None and newest.content is not None else []
    rows = next((part["rows"] for part in parts if part["code"] == AGREEMENTS), None)
    if newest is None or rows is None:
        return Panel(title, "", [], url_for("yearly.index"), str(_("年度审计还没有汇总过")))
    lines = [
        PanelLine(purpose[language()], cell(granted), str(_("征询 %(a)s，撤回 %(b)s", a=cell(all_), b=cell(back))), newest.address)
        for purpose, all_, granted, _refused, back, _none in rows
    ]  # fmt: skip
    return Panel(title, str(_("%(year)s 年审计，同意人数", year=newest.year)), lines, newest.address)


def _is_officer(actor: Actor) -> bool:
    return decide.holds(actor, rights.ANSWER) and not is_projecting()


def _standing(actor: Actor, model: Any, right: str) -> dict[str, int]:
    """How many records stand in each state."""
    counted = select(model.state, func.count()).group_by(model.state)
    return {row[0]: row[1] for row in db.session.execute(decide.visible(actor, counted, model, right))}


def _line(name: str, counts: dict[str, int], endpoint: str, waiting: list[State], beside: State) -> PanelLine:
    """What waits, in its own words, with those in another state beside it; the number opens its rows."""
    codes = [state.code for state in waiting]
    said = str(_("、")).join(word(state) for state in waiting)
    besides = _("%(state)s %(n)s", state=word(beside), n=counts.get(beside.code, 0))
    n = sum(counts.get(code, 0) for code in codes)
    return PanelLine(
        str(_("%(what)s：%(state)s", what=name, state=said)), str(n), str(besides), url_for(endpoint, state=codes)
    )


def _due(actor: Actor) -> PanelLine:
    classes = due_classes(actor)
    held = _("各类合计，其中保留 %(n)s", n=sum(one.held for one in classes))
    return PanelLine(str(_("到期待清理")), str(sum(one.due for one in classes)), str(held), url_for("retention.due"))
