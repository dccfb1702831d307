"""Pages of records: the list, registering one, one of them with its facts, the draft."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.audit import trail
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of, notes_of, offers_of, story_of
from app.core.web.pages import page
from app.improvement.accountability.forms.records import RecordForm
from app.improvement.accountability.models import AccountabilityRecord
from app.improvement.accountability.numbers import accountability_numbers
from app.improvement.accountability.operations import drafting
from app.improvement.accountability.operations.drafting import Cited, RecordPlace
from app.improvement.accountability.queries import choosing
from app.improvement.accountability.queries import records as queries
from app.improvement.accountability.routes.blueprint import accountability_bp as bp
from app.improvement.accountability.routes.steps import ways_of
from app.improvement.accountability.words import KINDS
from app.people.directory.models import Unit
from workflows.improvement.accountability_record import ACCOUNTABILITY_RECORD

VIEW, OWN, DRAFT = queries.VIEW, queries.OWN, choosing.DRAFT
PARTS = ("title", "account", "basis", "measure")


@bp.get("/accountability")
@needs(VIEW, OWN)
def index() -> Response:
    """Records that this reader may see, the newest first."""
    actor, after = current_actor(), request.args.get("after", "")
    kind = filters.choice("kind", _("类别"), [(code, word(one)) for code, one in KINDS.items()])
    states = [(one.code, word(one)) for one in ACCOUNTABILITY_RECORD.states]
    state = filters.choice("state", _("状态"), states, many=True)
    rows = queries.records(actor, kind.one, state.chosen, after)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "improvement/accountability/records.html",
        rows=rows,
        listing=filters.bar([kind, state]),
        clocks=chips_of(rows),
        may_draft=decide.holds(actor, DRAFT),
        next_url=filters.address(after=rows[-1].ref) if more else "",
        first_url=filters.address() if after else "",
    )


@bp.get("/accountability/new")
@needs(DRAFT)
def new() -> Response:
    """Choose the unit and the kind first; then what may be cited about it is offered."""
    actor = current_actor()
    units = choosing.units(actor)
    unit = next((one for one in units if one.ref == request.args.get("unit")), None)
    kind = request.args.get("kind", "accountability")
    if unit is None or kind not in KINDS:
        return page("improvement/accountability/choose.html", units=units, kinds=KINDS)
    return _form_page(None, RecordForm(formdata=None), unit, kind)


@bp.post("/accountability")
@needs(DRAFT)
def draft() -> Any:
    """Keep the draft. Raises NotFound for a unit that is not offered."""
    actor, form, made = current_actor(), RecordForm(), []
    kind = request.args.get("kind", "accountability")
    unit = next((one for one in choosing.units(actor) if one.ref == request.args.get("unit")), None)
    if unit is None or kind not in KINDS:
        raise NotFound("unit", request.args.get("unit", ""))
    people, cited = _offer(form, unit, kind)
    assert unit.county_id is not None
    place = RecordPlace(unit.county_id, unit.id, unit.id if unit.kind == "school" else None, actor.person_id)

    def begin() -> None:
        made.append(drafting.draft_record(actor, place, form.given(kind, people, cited)))

    if carried_out(form, begin):
        return onward(made[0].address, _("草稿已保存，核对事实后送达告知"))
    return _form_page(None, form, unit, kind, 422, offered=True)


@bp.get("/accountability/<ref>")
@needs(VIEW, OWN)
def show(ref: str) -> Response:
    """One record: facts, what was said, decision, appeal, papers, and what may be done with it."""
    actor = current_actor()
    found = queries.record_for(actor, ref)
    trail.saw(actor, found, "accountability_record")
    return page(
        "improvement/accountability/record.html",
        record=found,
        facts_cited=queries.facts_of(actor, found),
        sayings=queries.sayings_of(actor, found),
        documents=queries.documents_of(actor, found),
        notes=notes_of(found),
        offers=offers_of(actor, found, ways_of(found)),
        may_write=found.state == "draft" and decide.may(actor, DRAFT, found),
        may_print=found.notified_on is not None and decide.may(actor, "accountability.print_paper", found),
        clock=chips_of([found]).get(found.id),
        story=story_of(actor, [found]),
        back_url=url_for("accountability.index"),
    )


@bp.get("/accountability/<ref>/text")
@needs(DRAFT)
def text(ref: str) -> Response:
    """Change the draft."""
    found = queries.record_for(current_actor(), ref)
    form = RecordForm(formdata=None, **{part: getattr(found, part) for part in PARTS})
    form.version.data = found.version
    form.person.data = found.person.ref if found.person else None
    return _form_page(found, form, found.unit, found.kind)


@bp.post("/accountability/<ref>/text")
@needs(DRAFT)
def write(ref: str) -> Any:
    """Keep the change."""
    actor, form = current_actor(), RecordForm()
    found = queries.record_for(actor, ref)
    people, cited = _offer(form, found.unit, found.kind, found)
    if carried_out(form, lambda: drafting.write_record(actor, found, form.given(found.kind, people, cited))):
        return onward(found.address, _("已保存"))
    return _form_page(found, form, found.unit, found.kind, 422, offered=True)


def _offer(
    form: RecordForm, unit: Unit, kind: str, found: AccountabilityRecord | None = None
) -> tuple[dict[str, Any], dict[str, Cited]]:
    """Fill the lists of the form; what is cited already stays in it, also when its state has changed since."""
    actor = current_actor()
    people = choosing.people_of(actor, unit.id)
    offers = {one.value: one.cited for one in choosing.citable(actor, unit)}
    there = {(one.kind, one.record_id): value for value, one in offers.items()}
    for fact in found.facts if found is not None else ():
        key = (fact.source_kind, getattr(fact, f"{fact.source_kind}_id"))
        offers[there.get(key, f"{key[0]}:{fact.ref}")] = Cited(key[0], key[1], fact.said)
    if found is not None and not form.is_submitted():
        cited = {(fact.source_kind, getattr(fact, f"{fact.source_kind}_id")) for fact in found.facts}
        form.facts.data = [value for value, one in offers.items() if (one.kind, one.record_id) in cited]
    form.offer(accountability_numbers().measures_of(kind), people, [(value, one.said) for value, one in offers.items()])
    return {one.ref: one.id for one in people}, offers


def _form_page(
    found: AccountabilityRecord | None,
    form: RecordForm,
    unit: Unit,
    kind: str,
    status: int = 200,
    offered: bool = False,
) -> Response:
    if not offered:
        _offer(form, unit, kind, found)
    action = (
        url_for("accountability.write", ref=found.ref)
        if found
        else url_for("accountability.draft", unit=unit.ref, kind=kind)
    )
    return page(
        "improvement/accountability/record_form.html",
        status,
        record=found,
        unit=unit,
        kind=kind,
        form=form,
        action=action,
        back_url=found.address if found else url_for("accountability.index"),
    )
