"""Drafting: a new list or edition, lines from findings or by hand, changing and taking off a line."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.errors import Invalid, NotFound, Sentence
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web import drafts
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.forms import offered
from app.core.web.pages import page
from app.improvement.monitoring.models import DataFinding, Indicator
from app.improvement.problems.forms.items import ReasonForm
from app.improvement.problems.forms.lists import Ids, ItemForm, ListForm
from app.improvement.problems.models import ProblemItem, ProblemList
from app.improvement.problems.operations import drafting as operations
from app.improvement.problems.operations import lists as list_operations
from app.improvement.problems.operations.drafting import ConversionIn, ItemIn
from app.improvement.problems.operations.lists import ListPlace
from app.improvement.problems.queries import items as item_queries
from app.improvement.problems.queries import lists as queries
from app.improvement.problems.queries import people
from app.improvement.problems.routes import list_page
from app.improvement.problems.routes.blueprints import lists_bp as bp
from app.improvement.problems.routes.proposals import from_findings, titled

DRAFTING = ("problems.draft_list", "problems.draft_school_list")
CITING = ("problems.convert_finding", "problems.cite_finding")


def _place(actor: Actor) -> ListPlace:
    """Where the actor's lists are kept: the office for the county, the school for itself."""
    level = "county" if decide.holds(actor, "problems.draft_list") else "school"
    if actor.county_id is None or actor.unit_id is None:
        raise NotFound("place")
    return ListPlace(actor.county_id, actor.school_id if level == "school" else None, actor.unit_id, level)


def _cycles(actor: Actor, form: ListForm) -> Ids:
    rounds = queries.rounds(actor)
    form.cycle.choices = offered([(one.ref, one.name) for one in rounds], _("不由监测得出"))
    return {one.ref: one.id for one in rounds}


def _previous(actor: Actor) -> ProblemList | None:
    ref = request.values.get("previous", "")
    return queries.list_for(actor, ref) if ref else None


@bp.get("/lists/new")
@needs(*DRAFTING)
def new() -> Response:
    """Begin a list, or the next edition of one."""
    actor, before = current_actor(), _previous(current_actor())
    name = f"list:{before.ref}" if before else "list:new"
    form, draft_at = drafts.opened(ListForm, name)
    _cycles(actor, form)
    if before is not None and not draft_at:
        form.title.data, form.requirements.data = before.title, before.requirements
        form.cycle.data = before.cycle.ref if before.cycle else None
    elif not draft_at:
        form.cycle.data = request.args.get("cycle") or None
    return _heading(None, before, form, draft_url=drafts.address(name), draft_at=draft_at)


@bp.post("/lists")
@needs(*DRAFTING)
def begin() -> Any:
    """The list is begun; its lines come next."""
    actor, before, form = current_actor(), _previous(current_actor()), ListForm()
    cycles, made = _cycles(actor, form), []
    place = _place(actor)

    def draft() -> None:
        given = form.given(place.level, cycles, before.id if before else None)
        made.append(list_operations.draft_list(actor, place, given))

    if carried_out(form, draft):
        drafts.forget_draft(actor, f"list:{before.ref}" if before else "list:new")
        return onward(made[0].address, _("已起草，接下来列入问题项"))
    return _heading(None, before, form, 422)


@bp.get("/lists/<ref>/heading")
@needs(*DRAFTING)
def heading(ref: str) -> Response:
    """Change what the list is called and asks for."""
    actor = current_actor()
    held = _editable(actor, ref)
    form = ListForm(formdata=None, data={"title": held.title, "requirements": held.requirements})
    _cycles(actor, form)
    form.cycle.data = held.cycle.ref if held.cycle else None
    return _heading(held, None, form)


@bp.post("/lists/<ref>/heading")
@needs(*DRAFTING)
def change_heading(ref: str) -> Any:
    """The new heading."""
    actor, form = current_actor(), ListForm()
    held = queries.list_for(actor, ref)
    cycles = _cycles(actor, form)
    if carried_out(form, lambda: list_operations.edit_list(actor, held, form.given(held.level, cycles))):
        return onward(held.address, _("已改好"))
    return _heading(queries.list_for(actor, ref), None, form, 422)


def _heading(
    held: ProblemList | None, before: ProblemList | None, form: ListForm, status: int = 200, **more: Any
) -> Response:
    back = held.address if held else before.address if before else url_for("problem_lists.index")
    return page(
        "improvement/problems/forms/heading.html", status, held=held, before=before, form=form, back_url=back, **more
    )


def _editable(actor: Actor, ref: str) -> ProblemList:
    """A list that the actor may change now; raises NotFound, Invalid."""
    held = queries.list_for(actor, ref)
    if not list_page.may_draft(actor, held):
        raise NotFound("problem_list", ref)
    if not held.can_be_edited:
        raise Invalid("", Sentence("清单已经送审或交办，不能再改", "The list is under review or issued"))
    return held


@bp.get("/lists/<ref>/findings")
@needs(*CITING)
def findings(ref: str) -> Response:
    """Findings that no line cites yet, to be ticked: confirmed ones for the county's list, the own school's for its own."""
    actor = current_actor()
    held = _editable(actor, ref)
    everything = request.args.get("all") == "1"
    found = queries.findings_to_list(actor, None if everything else held.cycle_id)
    return page(
        "improvement/problems/findings.html",
        held=held,
        findings=found,
        also=queries.also_listed(actor, found),
        everything=everything,
        back_url=held.address,
    )


@bp.post("/lists/<ref>/findings")
@needs(*CITING)
def take_findings(ref: str) -> Any:
    """Make one line of each ticked finding, or go on to the form of one line that cites all of them."""
    actor = current_actor()
    held = _editable(actor, ref)
    chosen = queries.findings_of_refs(actor, request.form.getlist("ref"))
    if not chosen:
        return onward(url_for("problem_lists.findings", ref=ref))
    if request.form.get("way") == "one":
        return onward(url_for("problem_lists.new_line", ref=ref, finding=[one.ref for one in chosen]))
    heads = people.heads(actor)
    for finding in chosen:
        _convert(actor, held, [finding], from_findings([finding], heads))
    made = _("已列入 %(n)s 项，请补齐目标和期限", n=len(chosen))
    return onward(held.address, made + _doubled(actor, chosen))


def _doubled(actor: Actor, chosen: list[DataFinding]) -> str:
    """Which issued items speak of the same: nothing is done twice without a word."""
    numbers = sorted({number for found in queries.also_listed(actor, chosen).values() for number in found})
    return _("。同样的发现也立为 %(numbers)s，两边各自销号", numbers="、".join(numbers)) if numbers else ""


@bp.post("/lists/choices")
@needs(*CITING)
def choose_list() -> Any:
    """Findings were ticked on their own page: on to the choice of the draft they go to."""
    return onward(url_for("problem_lists.drafts_to_choose", finding=request.form.getlist("ref")))


@bp.get("/lists/choices")
@needs(*CITING)
def drafts_to_choose() -> Response:
    """The drafts that ticked findings may go to."""
    actor = current_actor()
    cited = _cited(actor)
    return page(
        "improvement/problems/choose_list.html",
        findings=cited,
        also=queries.also_listed(actor, cited),
        drafts=[held for held in queries.open_drafts(actor) if list_page.may_draft(actor, held)],
        back_url="/monitoring/findings",
    )


def _convert(actor: Actor, held: ProblemList, chosen: list[DataFinding], given: ItemIn) -> None:
    """One line that cites all chosen findings: converted from the first confirmed one, or cited anew where none is.

    A school's own list only cites.
    """
    confirmed = [one for one in chosen if one.state == "confirmed" and not held.is_school_level]
    if confirmed:
        others = tuple(one.id for one in chosen if one is not confirmed[0])
        operations.convert_finding(actor, confirmed[0], ConversionIn(held.id, given, others))
    else:
        operations.add_item(actor, held, titled(given, cites=tuple(one.id for one in chosen)))


def _offer(actor: Actor, form: ItemForm, held: ProblemList, monitoring: bool) -> tuple[Ids, Ids]:
    units, heads = people.responsible_units(actor), people.heads(actor)
    names = {unit.id: unit.short_name for unit in units}
    persons = [one for one in heads if one.unit_id in names]
    helpers = units if held.is_school_level else people.helping_units(actor)
    form.offer(
        [(unit.ref, unit.name) for unit in units],
        [(one.ref, f"{one.name}（{names[one.unit_id]}）") for one in persons],
        monitoring,
        [(unit.ref, unit.name) for unit in helpers],
        queries.indicators(actor),
    )
    return {unit.ref: unit.id for unit in (*units, *helpers)}, {one.ref: one.id for one in persons}


def _cited(actor: Actor) -> list[DataFinding]:
    refs = request.values.getlist("finding")
    return queries.findings_of_refs(actor, refs) if refs else []


@bp.get("/lists/<ref>/items/new")
@needs(*DRAFTING)
def new_line(ref: str) -> Response:
    """Put a line on a draft: by hand, or citing findings."""
    actor = current_actor()
    held, cited = _editable(actor, ref), _cited(actor)
    name = f"line:{ref}"
    form, draft_at = drafts.opened(ItemForm, name) if not cited else (ItemForm(formdata=None), "")
    units, persons = _offer(actor, form, held, bool(cited))
    if cited:
        form.show(_proposed(held, from_findings(cited, people.heads(actor))), units, persons)
    elif held.is_school_level and not draft_at:
        form.unit.data, form.source_type.data = next(iter(units), None), "self_check"
        form.person.data = next(iter(persons), None)
    found_on = queries.indicator_found(actor, None, cited)
    return _line(
        held, None, form, cited, found_on=found_on, draft_url="" if cited else drafts.address(name), draft_at=draft_at
    )


def _proposed(held: ProblemList, given: ItemIn) -> ProblemItem:
    """A line that is shown and not kept."""
    return ProblemItem(**{name: getattr(given, name) for name in ("title", *operations.ITEM_FIELDS)})


@bp.post("/lists/<ref>/items")
@needs(*DRAFTING)
def add_line(ref: str) -> Any:
    """Keep the line."""
    actor, form = current_actor(), ItemForm()
    held, cited = queries.list_for(actor, ref), _cited(actor)
    units, persons = _offer(actor, form, held, bool(cited))
    found_on = queries.indicator_found(actor, None, cited)

    def add() -> None:
        if cited:
            _convert(actor, held, cited, form.given(units, persons, **_brought(from_findings(cited, []), found_on)))
        else:
            operations.add_item(actor, held, form.given(units, persons))

    if carried_out(form, add):
        drafts.forget_draft(actor, f"line:{ref}")
        return onward(held.address, _("已列入清单") + _doubled(actor, cited))
    again, kept = queries.list_for(actor, ref), drafts.address(f"line:{ref}")
    return _line(again, None, form, cited, 422, found_on=found_on, draft_url=kept)


def _brought(source: Any, found_on: Indicator | None) -> dict[str, Any]:
    """What the findings say of the line, so that nobody types it; the indicator only where they have one."""
    brought = {name: getattr(source, name) for name in ("subject", "scope_level", "baseline")}
    return brought if found_on is None else brought | {"indicator_id": found_on.id}


@bp.get("/items/<ref>/line")
@needs("problems.edit_item")
def line(ref: str) -> Response:
    """Change a line of a draft."""
    actor = current_actor()
    found = item_queries.item_for(actor, ref)
    held = _editable(actor, found.problem_list.ref)
    form = ItemForm(formdata=None)
    units, persons = _offer(actor, form, held, found.source_type == "monitoring")
    form.show(found, units, persons)
    return _line(held, found, form, [], found_on=queries.indicator_found(actor, found, []))


@bp.post("/items/<ref>/line")
@needs("problems.edit_item")
def change_line(ref: str) -> Any:
    """The line as it is now."""
    actor, form = current_actor(), ItemForm()
    found = item_queries.item_for(actor, ref)
    held = queries.list_for(actor, found.problem_list.ref)
    units, persons = _offer(actor, form, held, found.source_type == "monitoring")
    found_on = queries.indicator_found(actor, found, [])
    fixed = _brought(found, found_on)
    if carried_out(form, lambda: operations.edit_item(actor, found, form.given(units, persons, **fixed))):
        return onward(held.address, _("已改好"))
    again = item_queries.item_for(actor, ref)
    return _line(queries.list_for(actor, held.ref), again, form, [], 422, found_on=found_on)


def _line(
    held: ProblemList,
    found: ProblemItem | None,
    form: ItemForm,
    cited: list[DataFinding],
    status: int = 200,
    **more: Any,
) -> Response:
    return page(
        "improvement/problems/forms/line.html",
        status,
        held=held,
        item=found,
        form=form,
        cited=cited,
        also=queries.also_listed(current_actor(), cited),
        back_url=held.address,
        **more,
    )


@bp.get("/items/<ref>/removal")
@needs("problems.edit_item")
def removal(ref: str) -> Response:
    """Take a line off a draft: why?"""
    return _removal(item_queries.item_for(current_actor(), ref), ReasonForm(formdata=None))


@bp.post("/items/<ref>/removal")
@needs("problems.edit_item")
def remove_line(ref: str) -> Any:
    """The line is off; it stays on record."""
    actor, form = current_actor(), ReasonForm()
    found = item_queries.item_for(actor, ref)
    address = found.problem_list.address
    if carried_out(form, lambda: operations.drop_item(actor, found, form.given())):
        return onward(address, _("已移出草稿"))
    return _removal(item_queries.item_for(actor, ref), form, 422)


def _removal(found: ProblemItem, form: ReasonForm, status: int = 200) -> Response:
    address = found.problem_list.address
    return page("improvement/problems/forms/removal.html", status, item=found, form=form, back_url=address)
