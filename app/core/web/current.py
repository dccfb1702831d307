"""Who is acting in this request; the loader is put in by the factory, so that core need not know accounts."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, jsonify, redirect, request, url_for

from app.core.database import use_context, use_context_from_next
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import NOBODY, Actor

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
SIGNED_IN = "signed in"
ENROLLING = "password given, second factor missing"


def load_actor() -> None:
    """Before each request: who is it, and what may the database show them."""
    loader: Callable[[], Actor] = current_app.extensions["bihuan.actor"]
    g.actor = loader() if request.endpoint != "static" else NOBODY
    if g.actor is NOBODY:
        use_context(None)
    else:
        use_context_from_next(g.actor.context())


def current_actor() -> Actor:
    """The actor of this request; NOBODY before sign-in."""
    found: Actor = g.get("actor", NOBODY)
    return found


def must_hold(record: Any, *rights: str) -> None:
    """One of a route's rights holds on its record. Raises NotFound: a step that is another's has no page either."""
    if not any(decide.may(current_actor(), right, record) for right in rights):
        raise NotFound(request.endpoint or "")


def needs(*rights: str) -> Callable[[View], View]:
    """Declare what a route asks for: PUBLIC, SIGNED_IN, or rights of which the role must hold one.

    Not signed in: to the sign-in page, and back afterwards; a script is told 401, as it would take that page for its answer.
    No such right: 404, as if the page did not exist.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = current_actor()
            if rights[0] != PUBLIC:
                if actor is NOBODY:
                    return _to_sign_in()
                if rights[0] != SIGNED_IN and not any(decide.holds(actor, right) for right in rights):
                    raise NotFound(request.endpoint or "")
            return view(*args, **kwargs)

        guarded.rights = rights  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return wrap


def _to_sign_in() -> Any:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("identity.sign_in", then=wanted) if wanted else url_for("identity.sign_in")
    if request.headers.get("HX-Request"):
        return "", 204, {"HX-Redirect": address}
    if request.is_json or request.accept_mimetypes.best == "application/json":
        return jsonify(signed_out=True), 401
    return redirect(address, code=303)
