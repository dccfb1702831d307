"""What the page of a visit offers: the buttons of 你可以 with everything missing, and where each leads."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.core.casework.choices import Choice, choices
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import word
from app.improvement.visits.models import SupervisionVisit

ANSWERED = {
    "arrive": ("somebody_signed_in",),
    "arrive_unannounced": ("somebody_signed_in",),
    "self_report": ("has_self_report",),
    "object": ("has_objection_grounds",),
    "respond": ("everything_is_answered",),
}
"""Conditions that the form of the step itself answers."""
NO_OFFER = ("agree", "object", "accept_objection", "dismiss_objection")
"""Steps that are not shown at all while their time has not come: an objection to nothing is no offer."""
WAYS = {
    "notify": ("visits.step", "send"),
    "cancel": ("visits.step", "ban"),
    "self_report": ("visits.self_report", "list-check"),
    "arrive": ("visits.arrival", "walk"),
    "arrive_unannounced": ("visits.arrival", "walk"),
    "show_draft": ("visits.step", "eye"),
    "agree": ("visits.step", "check"),
    "object": ("visits.objection", "message-2"),
    "accept_objection": ("visits.step", "check"),
    "dismiss_objection": ("visits.step", "x"),
    "issue_feedback": ("visits.issue", "rubber-stamp"),
    "respond": ("visits.response", "message-2"),
    "close": ("visits.closing", "circle-check"),
}
MENDED = {
    "is_described": "visits.plan_form",
    "is_listed": "visits.plan_form",
    "has_a_checklist": "visits.plan_form",
    "notice_is_long_enough": "visits.plan_form",
    "team_is_large_enough": "visits.team",
    "nobody_has_an_interest": "visits.team",
    "everybody_is_cleared": "visits.team",
    "lead_rotates": "visits.team",
    "everything_is_seen": "visits.checklist",
    "nothing_contradicts": "visits.conflicts",
    "has_findings": "visits.new_finding",
}
"""Condition → the page on which it is mended."""


def offers_of(actor: Actor, visit: SupervisionVisit) -> list[dict[str, Any]]:
    """The steps that the actor may take, and what may be done besides, each with what is missing."""
    found = _besides(actor, visit)
    for choice in choices(actor, visit):
        name, missing = choice.step.name, _missing(choice, visit)
        if name not in WAYS or (missing and name in NO_OFFER):
            continue
        if name == ("notify" if visit.is_unannounced else "arrive_unannounced"):
            continue
        endpoint, icon = WAYS[name]
        more: dict[str, Any] = {"name": name.replace("_", "-")} if endpoint == "visits.step" else {}
        found.append(
            {
                "label": choice.step,
                "url": url_for(endpoint, ref=visit.ref, **more),
                "icon": icon,
                "danger": name == "cancel",
                "primary": choice.main or name in ("show_draft", "agree", "accept_objection"),
                "missing": missing,
                "why": choice.why,
            }
        )
    return found


def _missing(choice: Choice, visit: SupervisionVisit) -> list[Any]:
    codes = {guard.sentence: guard.code for guard in choice.step.guards}
    answered = ANSWERED.get(choice.step.name, ())
    return [
        (word(sentence), url_for(MENDED[codes[sentence]], ref=visit.ref)) if codes.get(sentence) in MENDED else sentence
        for sentence in choice.missing
        if codes.get(sentence) not in answered
    ]


def _besides(actor: Actor, visit: SupervisionVisit) -> list[dict[str, Any]]:
    """Deeds that move nothing: the checklist, the exception, the self-report of the coordinator, the report."""
    found: list[dict[str, Any]] = []

    def offer(label: str, endpoint: str, icon: str, primary: bool = False, **more: Any) -> None:
        url = url_for(endpoint, ref=visit.ref, **more)
        found.append({"label": label, "url": url, "icon": icon, "primary": primary, "missing": ()})

    if visit.state == "on_site" and decide.may(actor, "visits.observe_visit", visit):
        offer(_("打开检查清单"), "visits.checklist", "list-check", primary=bool(visit.unseen_count))
    waits = visit.state == "draft" and bool(visit.exception_wanted) and not visit.has_exception
    if waits and decide.may(actor, "visits.grant_exception", visit):
        offer(_("批准例外"), "visits.step", "check", primary=True, name="grant-exception")
        offer(_("不批准例外"), "visits.step", "x", name="refuse-exception")
    if visit.state == "follow_up" and visit.to_answer and decide.may(actor, "visits.respond_visit", visit):
        offer(_("交书面整改报告"), "visits.rectification", "file-text", primary=visit.rectified_on is None)
    if visit.state == "notified" and actor.role == "school_coordinator":
        offer(_("填写自查表"), "visits.self_report", "list-check", primary=True)
    return found
