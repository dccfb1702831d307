"""First pages and the frame around every page: addresses, roles to switch to, the to-do count."""

from __future__ import annotations

from typing import Any

from flask import Flask, url_for
from flask_babel import gettext

from app.core.casework.waiting import count_for
from app.core.policy.actor import NOBODY, Actor
from app.core.policy.roles import ROLES
from app.core.web import navigation
from app.core.web.pages import say
from app.dashboards.queries import roles_to_switch
from app.dashboards.routes import bp

ENTRIES = (
    navigation.Entry("now", "工作台", "dashboards.home", "home", (), order=1, tab=True),
    navigation.Entry("now", "待办", "dashboards.todo", "checklist", (), order=2, tab=True),
    navigation.Entry("now", "消息", "dashboards.inbox", "mail", (), order=3),
)


def assemble(app: Flask) -> None:
    """Register the first pages; the frame asks here for its addresses."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    navigation.add(*ENTRIES)
    if count_for not in navigation.COUNTERS:
        navigation.COUNTERS.append(count_for)
    app.extensions["bihuan.shell"] = shell


def shell(actor: Actor) -> dict[str, Any]:
    """What the frame of a page shows besides its content."""
    addresses: dict[str, Any] = {"switch_language_url": url_for("identity.choose_language")}
    if actor is NOBODY:
        return addresses
    return addresses | {
        "home_url": url_for("dashboards.home"),
        "todo_url": url_for("dashboards.todo"),
        "search_url": url_for("dashboards.search") if "problems.view_items" in ROLES[actor.role].grants else "",
        "role_name": say(ROLES[actor.role]),
        "roles": [
            {
                "value": str(row.id),
                "label": f"{say(ROLES[row.role])}・{row.unit_name}",
                "current": row.id == actor.assignment_id,
            }
            for row in roles_to_switch(actor)
        ],
        "switch_role_url": url_for("identity.switch_role"),
        "sign_out_url": url_for("identity.sign_out"),
        "account_links": [{"url": url_for("identity.own_account"), "label": gettext("我的账号"), "icon": "user"}],
    }
