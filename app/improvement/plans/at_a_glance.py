"""Plans and evidence on the first pages of those who steer and judge them (domain §9.1)."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import long_date
from app.core.web.first_page import Panel, PanelLine
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.plans.queries.evidence import JUDGING
from app.improvement.plans.queries.plans import OVER

STEERS = ("plans.print_bundle", "plans.judge_evidence")
JUDGES = tuple(right for pair in JUDGING.values() for right in pair)


def panel_of(actor: Actor) -> Panel | None:
    """The queue of evidence, plans that wait, and plans in a later edition; for the office, the group and who judges."""
    if not any(decide.holds(actor, right) for right in STEERS):
        return None
    return Panel(str(_("佐证与方案")), "", [_queue(actor), *_plans(actor)], url_for("plans.index"))


def _queue(actor: Actor) -> PanelLine:
    reach = decide.visible(actor, select(RemediationAction.id), RemediationAction, "plans.view_evidence")
    pieces, measures, since = db.session.execute(
        select(func.count(), func.count(Evidence.action_id.distinct()), func.min(Evidence.state_since)).where(
            Evidence.state == "submitted", Evidence.action_id.in_(reach)
        )
    ).one()
    besides = _("%(n)s 项措施，最早 %(day)s", n=measures, day=long_date(since)) if pieces else ""
    judges = any(decide.holds(actor, right) for right in JUDGES)
    return PanelLine(str(_("待审佐证")), str(pieces), str(besides), url_for("verification.index") if judges else "")


def _plans(actor: Actor) -> list[PanelLine]:
    plan = RemediationPlan
    counted = select(
        func.count().filter(plan.state.in_(("submitted", "under_review"))), func.count().filter(plan.edition > 1)
    ).where(plan.state.not_in(OVER))
    waiting, later = db.session.execute(decide.visible(actor, counted, plan, "plans.view_plans")).one()
    return [
        PanelLine(str(_("待审批方案")), str(waiting), url=url_for("plans.index", state=["submitted", "under_review"])),
        PanelLine(
            str(_("改过版本的方案")), str(later), str(_("第 2 版及以后")), url_for("plans.index", edition="later")
        ),
    ]
