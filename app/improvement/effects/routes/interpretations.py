"""Pages of interpretation reports: the list, drafting, one report, and its version for each audience."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.errors import NotFound
from app.core.policy import decide
from app.core.web import drafts, filters
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.offers import notes_of, offers_of, story_of
from app.core.web.pages import page
from app.improvement.effects.forms.value_added import InterpretationForm
from app.improvement.effects.models import InterpretationReport
from app.improvement.effects.operations import interpretations as operations
from app.improvement.effects.queries import interpretations as queries
from app.improvement.effects.queries.value_added import run_for
from app.improvement.effects.routes.blueprint import interpretations_bp as bp
from app.improvement.effects.routes.interpretation_steps import ways_of
from app.improvement.effects.routes.value_added_drawing import version_lines
from app.improvement.monitoring.audiences import audiences_of
from app.improvement.monitoring.queries import version_cells
from app.improvement.monitoring.queries.cycles import cycle_for

VIEW, WRITE = queries.VIEW, queries.WRITE
PARTS = ("title", "across", "over_time", "limits", "advice")


@bp.get("/interpretations")
@needs(VIEW)
def index() -> Response:
    """Reports, the newest first."""
    actor = current_actor()
    rows = queries.reports(actor, filters.cursor())
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "improvement/effects/interpretations.html",
        rows=rows,
        cycles=queries.cycles_to_interpret(actor) if decide.holds(actor, WRITE) else [],
        next_url=filters.address(after=rows[-1][0].ref) if more else "",
        first_url=filters.address() if filters.cursor() else "",
    )


def _place() -> InterpretationReport:
    """The report that would be begun, not kept yet: of a reckoning, or of a round alone. Raises NotFound."""
    actor, source = current_actor(), request.values
    if source.get("run"):
        run = run_for(actor, source["run"])
        place = InterpretationReport(cycle_id=run.cycle_id, cycle=run.cycle, run_id=run.id, subject=run.subject)
    else:
        cycle = cycle_for(actor, source.get("cycle", ""))
        own = actor.subjects[0] if actor.subjects else None
        place = InterpretationReport(cycle_id=cycle.id, cycle=cycle, subject=own)
    assert actor.person_id is not None
    place.county_id, place.owner_id, place.state = place.cycle.county_id, actor.person_id, "draft"
    if not place.cycle.is_out or not decide.may(actor, WRITE, place):
        raise NotFound("monitoring_cycle", source.get("cycle", ""))
    return place


@bp.get("/interpretations/new")
@needs(WRITE)
def new() -> Response:
    """Begin a report on a released round or a reckoning."""
    place = _place()
    form = InterpretationForm(formdata=None, title=_("%(name)s解读", name=place.cycle.name))
    return _form_page(place, form, url_for("interpretations.draft"), True)


@bp.post("/interpretations")
@needs(WRITE)
def draft() -> Any:
    """Keep the draft."""
    actor, form, place, made = current_actor(), InterpretationForm(), _place(), []
    if carried_out(form, lambda: made.append(operations.draft_interpretation(actor, place, form.given()))):
        return onward(made[0].address, _("草稿已保存，写完后签名定稿"))
    return _form_page(_place(), form, url_for("interpretations.draft"), True, 422)


def _form_page(
    place: InterpretationReport, form: InterpretationForm, action: str, fresh: bool, status: int = 200, at: Any = None
) -> Response:
    return page(
        "improvement/effects/interpretation_form.html",
        status,
        report=place,
        form=form,
        action=action,
        fresh=fresh,
        run=request.values.get("run", ""),
        cycle=request.values.get("cycle", ""),
        draft_url="" if fresh else drafts.address(f"interpretation:{place.ref}"),
        draft_at=at,
        back_url=url_for("interpretations.index") if fresh else place.address,
    )


@bp.get("/interpretations/<ref>")
@needs(VIEW)
def report(ref: str) -> Response:
    """One report: what it says, its four versions, what may be done with it."""
    actor = current_actor()
    found = queries.report_for(actor, ref)
    return page(
        "improvement/effects/interpretation.html",
        report=found,
        writer=queries.writer_of(actor, found),
        notes=notes_of(found),
        offers=offers_of(actor, found, ways_of(found)),
        may_write=found.state in ("draft", "returned") and decide.may(actor, WRITE, found),
        sees_run=found.run_id is not None and decide.holds(actor, "effects.view_value_added"),
        audiences=queries.versions_for(actor, found),
        sees_cycle=decide.may(actor, "monitoring.view_cycles", found.cycle),
        of_round=audiences_of(actor) if found.cycle.is_out else (),
        story=story_of(actor, [found]),
        back_url=url_for("interpretations.index"),
    )


@bp.get("/interpretations/<ref>/versions/<audience>")
@needs(VIEW)
def version(ref: str, audience: str) -> Response:
    """The report as one kind of reader gets it."""
    actor = current_actor()
    found = queries.report_for(actor, ref)
    if audience not in queries.versions_for(actor, found):
        raise NotFound("interpretation_version", audience)
    content = found.versions.get(audience) or {}
    return page(
        "improvement/effects/interpretation_version.html",
        report=found,
        audience=audience,
        content=content,
        cells=version_cells(actor, content, found.cycle_id),
        lines=version_lines(content),
        may_export=found.cycle.is_out and audience in audiences_of(actor),
        back_url=found.address,
    )


@bp.get("/interpretations/<ref>/text")
@needs(WRITE)
def text(ref: str) -> Response:
    """Change what it says."""
    found = queries.report_for(current_actor(), ref)
    start = {part: getattr(found, part) for part in PARTS} | found.said | {"version": found.version}
    form, draft_at = drafts.opened(InterpretationForm, f"interpretation:{ref}", data=start)
    return _form_page(found, form, url_for("interpretations.write", ref=ref), False, at=draft_at)


@bp.post("/interpretations/<ref>/text")
@needs(WRITE)
def write(ref: str) -> Any:
    """Keep the change."""
    actor, form = current_actor(), InterpretationForm()
    found = queries.report_for(actor, ref)
    if carried_out(form, lambda: operations.write_interpretation(actor, found, form.given())):
        drafts.forget_draft(actor, f"interpretation:{ref}")
        return onward(found.address, _("已保存"))
    return _form_page(found, form, url_for("interpretations.write", ref=ref), False, 422)
