"""Identity's pages, menu, letters, actor loader and what the top bar shows; put in by the people's assembly."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, url_for
from flask_babel import gettext as _

from app.core import limits
from app.core.outbox.handlers import handles
from app.core.policy.actor import NOBODY
from app.core.policy.roles import ROLES
from app.core.web import navigation
from app.core.web.current import current_actor
from app.core.web.navigation import Entry
from app.core.web.pages import say
from app.people.identity import bureau, console, letters, queries, workdays
from app.people.identity.routes import bp, browser

MENU = (
    Entry("care_of_system", "账号", "identity.accounts", "users", ("identity.view_accounts",), 10, tab=True),
    Entry("care_of_system", "岗位申请", "identity.role_requests", "user-plus", ("identity.grant_role",), 20, tab=True),
    Entry("care_of_system", "在任岗位", "identity.roles", "briefcase", ("identity.grant_role",), 30, tab=True),
    Entry("care_of_system", "运行状态", "identity.system", "settings", ("identity.configure",), 40, tab=True),
    Entry("people", "工作日历", "identity.workdays", "calendar", (workdays.DECLARE,), 80),
)


def assemble(app: Flask) -> None:
    """Put everything in; safe to call for each application of a process."""
    app.extensions["bihuan.actor"] = browser.load_actor
    app.extensions["bihuan.second_factor"] = console.proves_to_be_administrator
    app.register_blueprint(bp)
    bureau.register(app)
    app.context_processor(_shell)
    handles("account_notice", letters.account_notice)
    handles("reading_alarm", letters.reading_alarm)
    limits.register(app)
    navigation.add(*MENU)
    if queries.waiting_requests not in navigation.COUNTERS:
        navigation.COUNTERS.append(queries.waiting_requests)


def _shell() -> dict[str, Any]:
    """The addresses and names of the frame: top bar and account menu."""
    actor, found = current_actor(), browser.signed_in()
    shell: dict[str, Any] = {
        "home_url": browser.home(),
        "switch_language_url": url_for("identity.choose_language"),
        "search_url": _address("dashboards.search"),
        "bureau_title": bureau.title(),
    }
    if actor is NOBODY or found is None:
        return {"shell": shell}
    role = ROLES[actor.role]
    shell |= {
        "unit_name": actor.unit_name,
        "role_name": say(role),
        "roles": [
            {"value": str(c.id), "label": f"{say(ROLES[c.role])}・{c.unit}", "current": c.id == actor.assignment_id}
            for c in found.choices
        ],
        "switch_role_url": url_for("identity.switch_role"),
        "sign_out_url": url_for("identity.sign_out"),
        "todo_url": _address("dashboards.todo"),
        "account_links": [{"url": url_for("identity.own_account"), "label": _("账号与安全"), "icon": "shield-lock"}],
    }
    return {"shell": shell}


def _address(endpoint: str) -> str:
    """The address of a page that another area may have put in."""
    return url_for(endpoint) if endpoint in current_app.view_functions else ""
