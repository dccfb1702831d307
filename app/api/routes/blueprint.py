"""The blueprint of /api/v1: who may call, and errors as JSON in both languages."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from apiflask import APIBlueprint
from flask import Response, jsonify, request
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from app.api.tokens import BLUEPRINT, bearer
from app.core.audit import trail
from app.core.database import db
from app.core.errors import UNSTORABLE, ImportRefused, Invalid, NotAllowed, NotFound, Sentence, Stale, StepRefused
from app.core.policy import decide
from app.core.policy.actor import NOBODY
from app.core.web.current import current_actor

View = TypeVar("View", bound=Callable[..., Any])
bp = APIBlueprint(BLUEPRINT, __name__, url_prefix="/api/v1", tag="v1")

NO_TOKEN = Sentence(
    "请在 Authorization 头里带有效的令牌（Bearer …）", "Send a valid token in the Authorization header (Bearer …)."
)
NO_SCOPE = Sentence("这个令牌没有这个用途，请另申请", "This token is not meant for this; ask for another.")
ABSENT = Sentence("找不到这条记录，或不在令牌的范围", "No such record, or outside the token's area.")
FORBIDDEN = Sentence("令牌所代表的岗位不能办这一步", "The role behind the token may not do this.")
TITLES = {400: "Bad request", 401: "No token", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
          409: "Conflict", 413: "Too large", 415: "Wrong media type", 422: "Not valid", 429: "Too often"}  # fmt: skip


class NoToken(Exception):
    """Nobody is behind the request."""


class OutOfScope(Exception):
    """The token is good, but not for this."""


def grants(scope: str, *rights: str) -> Callable[[View], View]:
    """Ask for a token with `scope` whose role holds one of `rights`."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor, token = current_actor(), bearer()
            if actor is NOBODY or token is None:
                raise NoToken
            if not any(decide.holds(actor, right) for right in rights):
                raise NotFound(request.endpoint or "")
            if scope not in token.scopes:
                raise OutOfScope
            return view(*args, **kwargs)

        guarded.rights = rights  # type: ignore[attr-defined]
        return cast(View, guarded)

    return wrap


def problem(status: int, sentences: tuple[Sentence, ...] = (), fields: dict[str, Any] | None = None) -> Response:
    """A refusal as application/problem+json."""
    body = {
        "title": TITLES.get(status, "Error"),
        "status": status,
        "sentences": [{"zh": s.zh, "en": s.en} for s in sentences],
        "fields": fields or {},
    }
    answer = jsonify(body)
    answer.status_code, answer.mimetype = status, "application/problem+json"
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@bp.errorhandler(NoToken)
def _no_token(error: NoToken) -> Response:
    return problem(401, (NO_TOKEN,))


@bp.errorhandler(OutOfScope)
def _out_of_scope(error: OutOfScope) -> Response:
    trail.denied(current_actor(), f"api.{request.endpoint}")
    return problem(403, (NO_SCOPE,))


@bp.errorhandler(NotFound)
def _not_found(error: NotFound) -> Response:
    if current_actor() is not NOBODY:
        trail.denied(current_actor(), f"view.{request.endpoint}", ref=error.ref)
    return problem(404, (ABSENT,))


@bp.errorhandler(NotAllowed)
def _not_allowed(error: NotAllowed) -> Response:
    trail.denied(current_actor(), error.right, error.record)
    return problem(403, (FORBIDDEN,))


@bp.errorhandler(StepRefused)
def _refused(error: StepRefused) -> Response:
    db.session.rollback()
    return problem(409, tuple(error.sentences))


@bp.errorhandler(Stale)
def _stale(error: Stale) -> Response:
    db.session.rollback()
    return problem(409, (Sentence("记录已被改动，请重新读取", "The record has changed; read it again."),))


@bp.errorhandler(Invalid)
def _invalid(error: Invalid) -> Response:
    db.session.rollback()
    said = {name: {"zh": s.zh, "en": s.en} for name, s in error.sentences.items()}
    return problem(422, tuple(error.sentences.values()), said)


@bp.errorhandler(ImportRefused)
def _import_refused(error: ImportRefused) -> Response:
    db.session.rollback()
    return problem(422, error.sentences)


@bp.errorhandler(DataError)
def _unstorable(error: DataError) -> Response:
    db.session.rollback()
    return problem(422, (UNSTORABLE,))


@bp.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    return problem(error.code or 400)
