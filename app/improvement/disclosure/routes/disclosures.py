"""Pages of disclosures: the list, drafting, one of them with what the public would read."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.casework.next_level import above
from app.core.policy import decide
from app.core.web import drafts, filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of, notes_of, offers_of, story_of
from app.core.web.pages import page
from app.improvement.disclosure.forms.disclosures import DisclosureForm
from app.improvement.disclosure.frozen import content_of
from app.improvement.disclosure.models import ResultDisclosure
from app.improvement.disclosure.operations import disclosures as operations
from app.improvement.disclosure.operations.disclosures import DisclosurePlace, Source
from app.improvement.disclosure.queries import disclosures as queries
from app.improvement.disclosure.routes.blueprint import disclosures_bp as bp
from app.improvement.disclosure.routes.disclosure_steps import ways_of
from workflows.improvement.result_disclosure import RESULT_DISCLOSURE

VIEW, DRAFT = queries.VIEW, queries.DRAFT
PARTS = ("title", "statement", "publish_on", "until_on")


@bp.get("/disclosures")
@needs(VIEW)
def index() -> Response:
    """Disclosures, the newest first."""
    actor, after = current_actor(), filters.text("after", "").value
    state = filters.choice("state", _("状态"), [(one.code, word(one)) for one in RESULT_DISCLOSURE.states], many=True)
    rows = queries.disclosures(actor, state.chosen, after)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "improvement/disclosure/disclosures.html",
        rows=rows,
        listing=filters.bar([state]),
        clocks=chips_of(rows),
        may_draft=decide.holds(actor, DRAFT),
        next_url=filters.address(after=rows[-1].ref) if more else "",
        first_url=filters.address() if after else "",
    )


@bp.get("/disclosures/new")
@needs(DRAFT)
def new() -> Response:
    """Begin one."""
    form = DisclosureForm(formdata=None)
    form.offer(queries.sources(current_actor()))
    wanted = request.args.get("source", "")
    if wanted in {one.value for one in form.source.choices or ()}:
        form.source.data = wanted
    return _form_page(None, form, url_for("disclosures.draft"))


@bp.post("/disclosures")
@needs(DRAFT)
def draft() -> Any:
    """Keep the draft."""
    actor, form, made = current_actor(), DisclosureForm(), []
    found = queries.sources(actor)
    form.offer(found)

    def begin() -> None:
        kind, _sep, ref = (form.source.data or "").partition(":")
        row = next((one for one in found.get(kind, ()) if one.ref == ref), None)
        place = _place(row.school_id if kind == "visit" and row is not None else None)
        source = Source(kind, row.id if row is not None else None)
        made.append(operations.draft_disclosure(actor, place, form.given(source)))

    if carried_out(form, begin):
        return onward(made[0].address, _("草稿已保存，看过预览再提交审批"))
    return _form_page(None, form, url_for("disclosures.draft"), 422)


def _place(about: Any) -> DisclosurePlace:
    actor = current_actor()
    assert actor.county_id is not None and actor.unit_id is not None
    return DisclosurePlace(actor.county_id, actor.unit_id, about or actor.school_id)


@bp.get("/disclosures/<ref>")
@needs(VIEW)
def show(ref: str) -> Response:
    """One disclosure: what the public reads or would read, and what may be done with it."""
    actor = current_actor()
    found = queries.disclosure_for(actor, ref)
    return page(
        "improvement/disclosure/disclosure.html",
        disclosure=found,
        content=found.content or content_of(found),
        public_page=queries.page_of(actor, found),
        notes=notes_of(found),
        gone_up=above([found]).get(found.id),
        offers=offers_of(actor, found, ways_of(found)),
        may_write=found.state in operations.OPEN and decide.may(actor, DRAFT, found),
        story=story_of(actor, [found]),
        back_url=url_for("disclosures.index"),
    )


@bp.get("/disclosures/<ref>/text")
@needs(DRAFT)
def text(ref: str) -> Response:
    """Change what it says."""
    found = queries.disclosure_for(current_actor(), ref)
    start = {part: getattr(found, part) for part in PARTS} | {"version": found.version}
    form, draft_at = drafts.opened(DisclosureForm, f"disclosure:{ref}", data=start)
    return _form_page(found, form, url_for("disclosures.write", ref=ref), at=draft_at)


@bp.post("/disclosures/<ref>/text")
@needs(DRAFT)
def write(ref: str) -> Any:
    """Keep the change."""
    actor, form = current_actor(), DisclosureForm()
    found = queries.disclosure_for(actor, ref)
    del form.source
    if carried_out(form, lambda: operations.write_disclosure(actor, found, form.given(Source(found.source_kind)))):
        drafts.forget_draft(actor, f"disclosure:{ref}")
        return onward(found.address, _("已保存"))
    return _form_page(found, form, url_for("disclosures.write", ref=ref), 422)


def _form_page(
    found: ResultDisclosure | None, form: DisclosureForm, action: str, status: int = 200, at: Any = None
) -> Response:
    return page(
        "improvement/disclosure/disclosure_form.html",
        status,
        disclosure=found,
        form=form,
        action=action,
        draft_url=drafts.address(f"disclosure:{found.ref}") if found else "",
        draft_at=at,
        back_url=found.address if found else url_for("disclosures.index"),
    )
