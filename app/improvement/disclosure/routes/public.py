"""Pages for everybody, without signing in: no cookie, no script, and nothing read but what was published."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, g, request, url_for

from app.core.errors import NotFound
from app.core.limits import throttle
from app.core.web.current import PUBLIC, current_actor, needs
from app.core.web.pages import LANGUAGES, page
from app.core.web.sent_in import give_out
from app.improvement.disclosure.queries import public_pages as queries
from app.improvement.disclosure.routes.blueprint import public_bp as bp

READERS = "60 per minute"
"""Pages a minute for one network address: a reader is slower, a copying program is not."""
SLUG = re.compile(r"[2-9a-z]{4}(?:-[2-9a-z]{4}){3}")


def _speak() -> None:
    """The language stands in the address, since these pages keep nothing in the browser."""
    wanted = request.args.get("language", "")
    if wanted in LANGUAGES:
        g.language = wanted


@bp.get("/public")
@needs(PUBLIC)
@throttle.limit(READERS)
def index() -> Response:
    """Which bureaus publish; the pages themselves where there is one bureau only."""
    _speak()
    rows = queries.bureaus(current_actor())
    if len(rows) == 1:
        return _list(rows[0].bureau, rows[0].name)
    return page("public/bureaus.html", rows=rows, **_about())


@bp.get("/public/bureaus/<bureau>")
@needs(PUBLIC)
@throttle.limit(READERS)
def bureau(bureau: str) -> Response:
    """What one bureau and its schools have published, and what was withdrawn."""
    _speak()
    name = next((row.name for row in queries.bureaus(current_actor()) if row.bureau == bureau), None)
    if name is None:
        raise NotFound("bureau", bureau)
    return _list(bureau, name)


def _list(bureau: str, name: str) -> Response:
    actor, after = current_actor(), request.args.get("after", "")
    rows = queries.pages_of(actor, bureau, after)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "public/pages.html",
        name=name,
        rows=rows,
        schools=queries.schools_of(actor, bureau) if not after else [],
        gone=queries.withdrawals_of(actor, bureau),
        next_url=url_for("public.bureau", bureau=bureau, after=rows[-1].slug, language=g.get("language"))
        if more
        else "",
        **_about(),
    )


@bp.get("/public/<slug>")
@needs(PUBLIC)
@throttle.limit(READERS)
def show(slug: str) -> Any:
    """One page as it was published; 410 and the reason once it was taken back."""
    _speak()
    if not SLUG.fullmatch(slug):
        raise NotFound("public_page", slug)
    found = queries.public_page(current_actor(), slug)
    return page("public/page.html", 200 if found.is_open else 410, shown=found, content=found.content, **_about())


@bp.get("/public/<slug>/file")
@needs(PUBLIC)
@throttle.limit(READERS)
def file(slug: str) -> Response:
    """The paper that a page shows, as long as the page is open. Raises NotFound."""
    if not SLUG.fullmatch(slug):
        raise NotFound("public_page", slug)
    found = queries.public_page(current_actor(), slug)
    kept = (found.content.get("figures") or {}).get("file")
    if not found.is_open or not kept:
        raise NotFound("public_page", slug)
    return give_out(kept["sha256"], kept["name"], kept["media_type"])


@bp.get("/public/schools/<school>")
@needs(PUBLIC)
@throttle.limit(READERS)
def school(school: str) -> Response:
    """What is published by a school and about it, and what was withdrawn. Raises NotFound where nothing ever was."""
    _speak()
    actor, after = current_actor(), request.args.get("after", "")
    found = queries.school_of(actor, school)
    if found is None:
        raise NotFound("school", school)
    rows = queries.pages_of_school(actor, school, after)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "public/school.html",
        school=found,
        rows=rows,
        gone=queries.withdrawals_of_school(actor, school),
        next_url=url_for("public.school", school=school, after=rows[-1].slug, language=g.get("language"))
        if more
        else "",
        **_about(),
    )


def _about() -> dict[str, Any]:
    args = {**(request.view_args or {}), **{k: v for k, v in request.args.items() if k != "language"}}
    return {"languages": {code: url_for(request.endpoint or "", **args, language=code) for code in LANGUAGES}}
