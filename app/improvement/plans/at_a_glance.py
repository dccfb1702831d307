"""Plans and evidence on the first pages of those who steer and judge them (domain §9.1)."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select, true

from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import long_date
from app.core.web.first_page import Panel, PanelLine
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.plans.queries.plans import OVER

STEERS = ("plans.print_bundle", "plans.judge_evidence")


def panel_of(actor: Actor) -> Panel | None:
    """The queue of evidence, plans that wait and later editions for those who steer; a department reads of its own plans."""
    steers = any(decide.holds(actor, right) for right in STEERS)
    if not steers and not (actor.school_id is None and decide.holds(actor, "plans.draft_plan")):
        return None
    told = _counted(actor)
    if steers:
        return Panel(str(_("佐证与方案")), "", [_queue(told), *_plans(told)], url_for("plans.index"))
    return Panel(str(_("整改方案")), "", _plans(told), url_for("plans.index"))


def _counted(actor: Actor) -> Any:
    """Pieces that wait, their measures and since when; plans that wait and those in a later edition: one question."""
    reach = decide.visible(actor, select(RemediationAction.id), RemediationAction, "plans.view_evidence")
    queue = (
        select(
            func.count().label("pieces"), func.count(Evidence.action_id.distinct()).label("measures"),
            func.min(Evidence.state_since).label("since"),
        )
        .where(Evidence.state == "submitted", Evidence.action_id.in_(reach))
        .subquery()
    )  # fmt: skip
    plan = RemediationPlan
    counted = select(
        func.count().filter(plan.state.in_(("submitted", "under_review"))).label("waiting"),
        func.count().filter(plan.edition > 1).label("later"),
    ).where(plan.state.not_in(OVER))
    plans = decide.visible(actor, counted, plan, "plans.view_plans").subquery()
    return db.session.execute(select(queue, plans).select_from(queue.join(plans, true()))).one()


def _queue(told: Any) -> PanelLine:
    besides = _("%(n)s 项措施，最早 %(day)s", n=told.measures, day=long_date(told.since)) if told.pieces else ""
    return PanelLine(str(_("待审佐证")), str(told.pieces), str(besides), url_for("verification.index"))


def _plans(told: Any) -> list[PanelLine]:
    waiting = url_for("plans.index", state=["submitted", "under_review"])
    later = url_for("plans.index", edition="later")
    return [
        PanelLine(str(_("待审批方案")), str(told.waiting), url=waiting),
        PanelLine(str(_("改过版本的方案")), str(told.later), str(_("第 2 版及以后")), later),
    ]
