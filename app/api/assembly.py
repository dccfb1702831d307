"""The interface for programs, put in by the factory: its addresses, its pages, its messages."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from app.api import letters, tokens
from app.api.description import complete
from app.api.routes import bp, pages_bp
from app.api.routes.blueprint import problem
from app.core.casework.timeline import WORDS
from app.core.errors import Sentence
from app.core.outbox.handlers import handles, listens
from app.core.policy.actor import Actor
from app.core.web import navigation

ENTRIES = (navigation.Entry("care_of_system", "程序接口", "programs.index", "key", ("api.view",), order=35),)
DEEDS = {
    "api_token.ask": ("申请了程序令牌", "asked for a token"),
    "webhook.ask": ("申请了变动通知", "asked for a webhook"),
    "api.approve": ("批准了程序接口", "approved access of a program"),
    "api.end": ("停用了程序接口", "ended access of a program"),
}
HEADERS: dict[str, str] = {"idempotency_key": "Idempotency-Key"}
"""How the library calls a header → its name."""
NOT_FITTING = Sentence("有几处不对，见 fields", "Some fields are not right; see fields.")


def assemble(app: Flask) -> None:
    """Put everything in; requests to the interface are loaded by token, all others as before."""
    by_browser = app.extensions["bihuan.actor"]

    def load() -> Actor:
        actor: Actor = tokens.load_actor() if request.blueprint == tokens.BLUEPRINT else by_browser()
        return actor

    app.extensions["bihuan.actor"] = load
    app.register_blueprint(bp)
    app.register_blueprint(pages_bp)
    app.extensions["csrf"].exempt(bp)
    _describe(app)
    navigation.add(*ENTRIES)
    WORDS.update(DEEDS)
    listens("step_taken", letters.spread)
    handles(letters.KIND, letters.deliver)


def _describe(app: Any) -> None:
    app.security_schemes = {"token": {"type": "http", "scheme": "bearer"}}
    app.error_processor(_not_fitting)
    app.spec_processor(complete)


def _not_fitting(error: Any) -> Any:
    """What the library refuses before a view runs: query or body does not fit its description."""
    said = {
        HEADERS.get(str(field), str(field)): {"zh": "；".join(words), "en": "; ".join(words)}
        for part in (error.detail or {}).values()
        for field, words in (part.items() if isinstance(part, dict) else ())
    }
    return problem(error.status_code, (NOT_FITTING,), said)
