"""The register of purposes: what is processed, on which basis, how long, and whether an assessment holds."""

from __future__ import annotations

from flask import Response

from app.care.protection import queries
from app.care.protection.routes.blueprint import bp
from app.core.policy import decide
from app.core.web.current import current_actor, needs
from app.core.web.pages import page


@bp.get("/processing-purposes")
@needs(queries.VIEW)
def purposes() -> Response:
    """Every purpose, in plain words."""
    actor = current_actor()
    return page(
        "care/protection/purposes.html",
        rows=queries.register(actor),
        may_draft=decide.holds(actor, queries.DRAFT),
    )
