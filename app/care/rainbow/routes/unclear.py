"""要了解的学生 and 生活帮扶: lists that ask for a talk or for practical aid, and say nothing of levels."""

from __future__ import annotations

from flask import Response, url_for

from app.care.rainbow.queries import unclear as queries
from app.care.rainbow.routes.blueprint import SECONDS, asked_to_show, bp, for_a_minute
from app.core.audit import trail
from app.core.policy import decide
from app.core.web.current import current_actor, needs
from app.core.web.pages import page

FEW = 12
"""So many students stand open on the page; where there are more, they are folded by class, as a teacher is asked for a class."""


@bp.get("/support/unclear")
@needs(queries.VIEW)
def unclear() -> Response:
    """Of whom too little is known, and of whom two sources tell opposite stories, with the day until which to find out."""
    actor = current_actor()
    rows = queries.unclear(actor)
    trail.saw(actor, None, "unclear.list", [row.ref for row in rows])
    parts = {why: [row for row in rows if row.why == why] for why in ("unknown", "differ")}
    classes: dict[str | None, list[queries.Unclear]] = {}
    for row in parts["unknown"]:
        classes.setdefault(row.class_name, []).append(row)
    return page("care/rainbow/unclear.html", parts=parts, classes=classes, few=len(rows) <= FEW, n=len(rows))


@bp.get("/support/aid")
@needs(queries.AID)
def aid() -> Response:
    """For whom practical aid is to be considered, for a minute after a click; why so is for the counsellor alone."""
    actor, shown = current_actor(), asked_to_show()
    rows = queries.aided(actor) if shown else []
    trail.saw(actor, None, "aid.shown" if shown else "aid.page", [row.ref for row in rows])
    hidden = url_for("support.aid")
    answer = page(
        "care/rainbow/aid.html", rows=rows, shown=shown, seconds=SECONDS, hidden_url=hidden,
        show_url=url_for("support.aid", shown=1), knows_why=decide.holds(actor, "rainbow.view_proposals"),
    )  # fmt: skip
    return for_a_minute(answer, hidden) if shown else answer
