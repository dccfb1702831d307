"""Checks of the lists that schools keep for themselves: the register, drawing, one check, what the inspector writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.casework.choices import choice
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.spreadsheets import Head, write_workbook
from app.core.web import drafts, filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page
from app.improvement.problems.queries.items import names_of
from app.improvement.problems.routes.drawing import chips_of, story, strip_of
from app.improvement.problems.words import codes
from app.improvement.sampling import operations, queries, standing, words
from app.improvement.sampling.chance import LEAST_PERCENT
from app.improvement.sampling.forms import AddForm, CheckerForm, DrawForm, FoundForm, found_form_of
from app.improvement.sampling.inspectors import Inspector, free_inspectors
from app.improvement.sampling.models import ListCheck
from app.improvement.sampling.queries import DRAW, VIEW, Wanted
from app.improvement.sampling.terms import term_words, this_term
from workflows.improvement.list_check import LIST_CHECK

bp = Blueprint("list_checks", __name__)
CHECK = "sampling.check_list"
USUAL_DAYS = timedelta(days=30)
"""The day that the form of a draw proposes for the checks, at most the last one of the term."""


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of checks its words."""
    return {
        "answer_words": words.ANSWERS, "answer_looks": words.LOOKS, "kind_words": words.KINDS,
        "term_words": term_words, "percent": words.percent, "least_percent": LEAST_PERCENT,
    }  # fmt: skip


def _filters(actor: Actor) -> tuple[filters.Filter, ...]:
    days = sorted({this_term()[0], *queries.terms(actor)}, reverse=True)
    terms = [(day.isoformat(), word(term_words(day))) for day in days]
    states = [(state.code, word(state)) for state in LIST_CHECK.states]
    return (
        filters.choice("term", _("学期"), terms),
        filters.choice("school", _("学校"), queries.schools(actor), many=True),
        filters.choice("state", _("状态"), states, many=True),
        filters.choice("inspector", _("督学"), queries.inspectors(actor), many=True),
        filters.choice("kind", _("怎样抽到"), codes(words.KINDS)),
        filters.text("q", _("编号、清单、学校或拼音")),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> Wanted:
    term, school, state, inspector, kind, said = chosen
    sort = request.args.get("sort", "")
    return Wanted(
        said.one, term.one, school.chosen, state.chosen, inspector.chosen, kind.one,
        sort if sort in queries.ORDERS else "due", filters.cursor(),
    )  # fmt: skip


@bp.get("/list-checks")
@needs(VIEW)
def index() -> Response:
    """The checks by the day they are due, and how the term stands against a tenth."""
    actor = current_actor()
    chosen = _filters(actor)
    wanted = _wanted(chosen)
    found = queries.checks_page(actor, wanted)
    first, _last = this_term()
    at_school = actor.role in queries.SCHOOL_ROLES
    stands, progress = (None, None) if at_school else queries.glance(actor, first)
    return page(
        "improvement/sampling/checks.html",
        found=found,
        clocks=chips_of(found.rows),
        listing=filters.bar(chosen),
        sort=wanted.sort,
        sort_url=lambda name: filters.address(sort=None if name == "due" else name),
        term=first,
        stands=stands,
        progress=progress,
        may_draw=decide.holds(actor, DRAW),
        at_school=at_school,
        export_url=filters.same_query(url_for("list_checks.export")),
        next_url=filters.address(after=found.after) if found.after else "",
        first_url=filters.address() if wanted.after else "",
    )


@bp.get("/list-checks.xlsx")
@needs(VIEW)
@throttle.limit(COSTLY)
def export() -> Response:
    """What the register shows, all pages of it, as a workbook."""
    actor = current_actor()
    rows = queries.every_check(actor, _wanted(_filters(actor)))
    return workbook_file(write_workbook(*_sheet(rows)), "list-checks")


def _sheet(rows: Iterable[ListCheck]) -> tuple[list[Head], Iterable[Sequence[Any]], str]:
    heads = [
        Head(_("编号"), 11), Head(_("学期"), 24), Head(_("学校"), 26), Head(_("清单"), 40), Head(_("清单编号"), 11),
        Head(_("怎样抽到"), 10), Head(_("督学"), 10), Head(_("抽查期限"), 12, "date"), Head(_("状态"), 10),
        Head(_("抽查日期"), 12, "date"), Head(_("到过学校"), 10), Head(_("看了什么"), 40), Head(_("看到什么"), 40),
    ]  # fmt: skip
    lines = (
        [
            row.number, word(term_words(row.term_on)), row.unit.name, row.problem_list.label, row.problem_list.number,
            word(words.KINDS[row.draw.kind]), row.owner.name if row.owner else "", row.due_on, word(row.standing),
            row.checked_on, (_("是") if row.on_site else _("否")) if row.is_done else "", row.looked_at, row.finding,
        ]
        for row in rows
    )  # fmt: skip
    return heads, lines, _("校级清单抽查")


@bp.get("/list-checks/draw")
@needs(DRAW)
def draw() -> Response:
    """How many lists there are, how many a tenth is, and drawing what is lacking."""
    actor = current_actor()
    first, last = this_term()
    stands = standing.standing_of(actor.county_id, first)
    due_on = min(last, clock.today() + USUAL_DAYS)
    form = DrawForm(formdata=None, count=min(stands.short, stands.free) or None, due_on=due_on)
    return _draw_page(actor, form)


@bp.post("/list-checks/draw")
@needs(DRAW)
def draw_sample() -> Any:
    """Let chance draw."""
    actor, form = current_actor(), DrawForm()
    assert actor.county_id is not None
    place, made = operations.Place(actor.county_id), list[Any]()
    if carried_out(form, lambda: made.append(operations.draw_sample(actor, place, form.given()))):
        return onward(made[0].address, _("抽好了，督学会收到通知；学校在有结论以后才看得到"))
    return _draw_page(actor, form, 422)


def _draw_page(actor: Actor, form: DrawForm, status: int = 200) -> Response:
    first, last = this_term()
    assert actor.county_id is not None
    rows = standing.drawable(actor.county_id, first)
    return page(
        "improvement/sampling/draw_form.html",
        status,
        form=form,
        term=first,
        last=last,
        stands=standing.standing_of(actor.county_id, first),
        school_count=len({row.code for row in rows}),
        back_url=url_for("list_checks.index"),
    )


@bp.get("/list-checks/draws/<ref>")
@needs(DRAW)
def draw_of(ref: str) -> Response:
    """One draw: its seed, the lists it was made from, and that the same seed draws the same lists."""
    actor = current_actor()
    found = queries.draw_for(actor, ref)
    frame, checks = queries.frame_of(actor, found), queries.checks_of_draw(actor, found)
    drawn = [f"{check.problem_list.number}/{check.problem_list.edition}" for check in checks]
    return page(
        "improvement/sampling/draw.html",
        draw=found,
        frame=frame,
        checks=checks,
        drawn=set(drawn),
        is_same=frame is not None and frame.is_whole and frame.drawn_again(found.drawn) == drawn,
        names=names_of(actor, {found.drawn_by}),
        back_url=url_for("list_checks.index"),
    )


@bp.get("/list-checks/add")
@needs(DRAW)
def add() -> Response:
    """Choose one more list by hand; the inspectors who may look at it are asked for once it is chosen."""
    form = AddForm(formdata=None, due_on=min(this_term()[1], clock.today() + USUAL_DAYS))
    form.problem_list.data = request.args.get("list") or None
    return _add_page(current_actor(), form)


@bp.post("/list-checks/add")
@needs(DRAW)
def add_list() -> Any:
    """Keep it."""
    actor, form = current_actor(), AddForm()
    assert actor.county_id is not None
    place, made = operations.Place(actor.county_id), list[Any]()
    lists, people = _offer_lists(actor, form)
    if carried_out(form, lambda: made.append(operations.add_list(actor, place, form.given(lists, people)))):
        return onward(made[0].address, _("已另加一份，督学会收到通知"))
    return _add_page(actor, form, 422)


def _offer_lists(actor: Actor, form: AddForm) -> tuple[dict[str, Any], dict[str, Any]]:
    first = this_term()[0]
    assert actor.county_id is not None
    drawn = standing.drawn_in(actor.county_id, first)
    rows = [row for row in standing.drawable(actor.county_id, first) if row.id not in drawn]
    chosen = next((row for row in rows if row.ref == form.problem_list.data), None)
    free = free_inspectors(actor.county_id, chosen.unit_id, chosen.id, actor.person_id) if chosen else []
    labels = [(row.ref, f"{row.short_name}：{row.title}（{row.number}）") for row in rows]
    form.offer(labels, [(one.ref, _named(one)) for one in free])
    return {row.ref: row.id for row in rows}, {one.ref: one.person_id for one in free}


def _named(one: Inspector) -> str:
    return str(_("%(name)s（责任督学）", name=one.name)) if one.answers_for else one.name


def _add_page(actor: Actor, form: AddForm, status: int = 200) -> Response:
    lists, _people = _offer_lists(actor, form)
    return page(
        "improvement/sampling/add_form.html",
        status,
        form=form,
        term=this_term()[0],
        chosen=form.problem_list.data in lists,
        stands=standing.standing_of(actor.county_id, this_term()[0]),
        back_url=url_for("list_checks.index"),
    )


@bp.get("/list-checks/<ref>")
@needs(VIEW)
def check(ref: str) -> Response:
    """One check: the list with its items, who looks, and what was found."""
    actor = current_actor()
    found = queries.check_for(actor, ref)
    entries, earlier = story(actor, [found.id], 8)
    return page(
        "improvement/sampling/check.html",
        check=found,
        held=found.problem_list,
        items=found.items,
        answers={one.item_id: one for one in queries.answers_of(actor, found)},
        clock_chip=chips_of([found]).get(found.id),
        stops=strip_of(found, LIST_CHECK.path),
        offers=_offers(actor, found),
        may_follow=decide.holds(actor, DRAW),
        names=names_of(actor, {found.draw.drawn_by}),
        entries=entries,
        earlier=earlier,
        back_url=url_for("list_checks.index"),
    )


def _offers(actor: Actor, found: ListCheck) -> list[dict[str, Any]]:
    offers: list[dict[str, Any]] = []
    if (offered := choice(actor, found, "confirm")) is not None:
        url = url_for("list_checks.result", ref=found.ref)
        missing = offered.missing
        offers.append({"label": _("写抽查结论"), "url": url, "icon": "clipboard-check", "missing": missing})
    if not found.is_done and decide.may(actor, DRAW, found):
        url = url_for("list_checks.checker", ref=found.ref)
        offers.append({"label": _("换督学或改期"), "url": url, "icon": "user-check", "primary": False})
    return offers


@bp.get("/list-checks/<ref>/inspector")
@needs(DRAW)
def checker(ref: str) -> Response:
    """Name another inspector or another day."""
    found = queries.check_for(current_actor(), ref)
    return _checker_page(found, CheckerForm(formdata=None, version=found.version, due_on=found.due_on))


@bp.post("/list-checks/<ref>/inspector")
@needs(DRAW)
def name_checker(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), CheckerForm()
    found = queries.check_for(actor, ref)
    people = _offer_people(found, form)
    if carried_out(form, lambda: operations.name_checker(actor, found, form.given(people))):
        return onward(found.address, _("已记下，新的督学会收到通知"))
    return _checker_page(queries.check_for(actor, ref), form, 422)


def _offer_people(found: ListCheck, form: CheckerForm) -> dict[str, Any]:
    free = free_inspectors(found.county_id, found.unit_id, found.list_id, found.draw.drawn_by)
    form.offer([(one.ref, _named(one)) for one in free])
    if form.person.data is None and not form.is_submitted():
        form.person.data = next((one.ref for one in free if one.person_id == found.owner_id), None)
    return {one.ref: one.person_id for one in free}


def _checker_page(found: ListCheck, form: CheckerForm, status: int = 200) -> Response:
    _offer_people(found, form)
    return page("improvement/sampling/checker_form.html", status, check=found, form=form, back_url=found.address)


@bp.get("/list-checks/<ref>/result")
@needs(CHECK)
def result(ref: str) -> Response:
    """What was found of the list and of each of its items."""
    found = queries.check_for(current_actor(), ref)
    form, draft_at = drafts.opened(found_form_of(found.items), _draft(found), data={"version": found.version})
    return _result_page(found, form, draft_at=draft_at)


@bp.post("/list-checks/<ref>/result")
@needs(CHECK)
def write_result(ref: str) -> Any:
    """Keep it: the school reads it from now on."""
    actor = current_actor()
    found = queries.check_for(actor, ref)
    items = found.items
    form: FoundForm = found_form_of(items)()
    failed = form.result.data == "refute"
    operation = operations.refute_list if failed else operations.confirm_list
    if carried_out(form, lambda: operation(actor, found, form.given(items))):
        drafts.forget_draft(actor, _draft(found))
        said = _("已写明不属实；已销号的不属实项已提议重新打开，等决定") if failed else _("已写明属实，学校会收到通知")
        return onward(found.address, said)
    return _result_page(queries.check_for(actor, ref), form, 422)


def _draft(found: ListCheck) -> str:
    return f"list-check:{found.ref}"


def _result_page(found: ListCheck, form: FoundForm, status: int = 200, draft_at: str = "") -> Response:
    offered = choice(current_actor(), found, "confirm")
    return page(
        "improvement/sampling/result_form.html",
        status,
        check=found,
        items=found.items,
        form=form,
        missing=offered.missing if offered else (),
        draft_url=drafts.address(_draft(found)),
        draft_at=draft_at,
        back_url=found.address,
    )
