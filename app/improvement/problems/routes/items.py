"""The list of items, its export, and the page of one item."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.casework import deadlines, timeline
from app.core.casework.choices import choices
from app.core.casework.together import Asking, answers
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web import filters
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page
from app.core.web.sent_in import give_out
from app.core.web.whom import whom
from app.improvement.monitoring.scenarios import SCENARIOS
from app.improvement.problems import panels
from app.improvement.problems.export import item_workbook
from app.improvement.problems.forms.items import RemarkForm
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries import items as queries
from app.improvement.problems.queries import notes, people, spread_lines
from app.improvement.problems.queries.item_filter import ItemFilter
from app.improvement.problems.queries.item_lists import all_items, items_page
from app.improvement.problems.queries.trace import Trace, trace
from app.improvement.problems.queries.trace import traced as traced_of
from app.improvement.problems.routes import item_page
from app.improvement.problems.routes.blueprints import items_bp as bp
from app.improvement.problems.routes.drawing import Told, chips_for, chips_of, story, strip_for, told
from app.improvement.problems.words import CATEGORIES, DUES, LEVELS, OUTCOMES, SEVERITIES, SOURCES, TALLIES, USED, codes
from workflows.improvement.problem_item import PROBLEM_ITEM

VIEW = "problems.view_items"
MOST_EXPORTED = 50_000
SHOWN = 5
ORDERS = {"due": "期限", "since": "进入这一步", "number": "编号", "unit": "单位"}


def _bar(actor: Actor) -> tuple[filters.Filter, ...]:
    states = [(state.code, word(state)) for state in PROBLEM_ITEM.states if state.code != "draft"]
    flags = [("open", _("在办")), ("overdue", _("已超期")), ("mine", _("我负责的"))]
    return (
        filters.choice("unit", _("单位"), queries.units_with_items(actor), many=True),
        filters.choice("category", _("类别"), codes(CATEGORIES), many=True),
        filters.choice("state", _("状态"), states, many=True),
        filters.choice("severity", _("级别"), codes(SEVERITIES), many=True),
        filters.choice("flag", _("只看"), flags, many=True),
        filters.text("q", _("编号、问题、单位或拼音")),
        filters.choice("source", _("来源"), codes(SOURCES), many=True, more=True),
        filters.choice("scenario", _("应用场景"), codes(SCENARIOS), many=True, more=True),
        filters.choice("level", _("清单"), codes(LEVELS), more=True),
        filters.choice("due", _("到期"), [*codes(DUES), *filters.day_asked("due")], more=True),
        filters.choice("outcome", _("定论"), codes(OUTCOMES), many=True, more=True),
        filters.choice("tally", _("计入指标"), codes(TALLIES), more=True),
        filters.choice("used", _("本步时限"), codes(USED), many=True, more=True),
        filters.month("issued_in", _("交办月份"), more=True),
        filters.month("closed_in", _("销号月份"), more=True),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> ItemFilter:
    unit, category, state, severity, flag, words, source, scenario, level, due, outcome, tally, used, issued, closed = (
        chosen
    )
    sort = request.args.get("sort", "")
    return ItemFilter(
        words=words.one,
        units=unit.chosen,
        categories=category.chosen,
        states=state.chosen,
        severities=severity.chosen,
        sources=source.chosen,
        scenarios=scenario.chosen,
        level=level.one,
        flags=flag.chosen,
        due=due.one,
        outcomes=outcome.chosen,
        tally=tally.one,
        used=used.chosen,
        issued_in=issued.one,
        closed_in=closed.one,
        sort=sort.removeprefix("-") if sort.removeprefix("-") in ORDERS else "due",
        descending=sort.startswith("-"),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )


def _heads(wanted: ItemFilter) -> dict[str, tuple[str, str]]:
    """For each order the address that sorts by it, and how it is sorted now."""
    found = {}
    for name in ORDERS:
        now = wanted.sort == name
        turned = f"-{name}" if now and not wanted.descending else name
        direction = ("descending" if wanted.descending else "ascending") if now else ""
        found[name] = (filters.address(sort=None if turned == "due" else turned), direction)
    return found


@bp.get("/items")
@needs(VIEW)
def index() -> Response:
    """The items the actor sees, fifty a page, with filters in the address."""
    actor = current_actor()
    chosen = _bar(actor)
    wanted = _wanted(chosen)
    found = items_page(actor, wanted)
    return page(
        "improvement/problems/items.html",
        found=found,
        clocks=chips_of(found.rows),
        listing=filters.bar(chosen),
        no_day=filters.no_day("due", next(one for one in chosen if one.name == "due")),
        drops=_drops(actor, chosen, wanted) if not found.rows else [],
        heads=_heads(wanted),
        sort=request.args.get("sort", ""),
        export_url=filters.same_query(url_for("problem_items.export")),
        next_url=filters.address(after=found.after) if found.after else "",
        previous_url=filters.address(before=found.before) if found.before else "",
        own_school=actor.school_id is not None,
        lists_seen=decide.holds(actor, "problems.view_lists"),
        sees_reopenings=decide.holds(actor, "problems.view_reopenings"),
    )


def _drops(actor: Actor, chosen: tuple[filters.Filter, ...], wanted: ItemFilter) -> list[tuple[str, str, int]]:
    """For an empty list: each condition that, taken away, brings something back, and how much."""
    names = {"unit": "units", "category": "categories", "state": "states", "severity": "severities", "flag": "flags"}
    found = []
    for one in chosen:
        field = names.get(one.name)
        if field is None or not one.chosen:
            continue
        freed = items_page(actor, ItemFilter(**{**vars(wanted), field: (), "after": "", "before": ""}), 1)
        if freed.total:
            words = _("、").join(option.label for option in one.options if option.chosen)
            found.append((_("去掉“%(words)s”", words=words), filters.address(**{one.name: None}), freed.total))
    return found[:2]


@bp.get("/items.xlsx")
@needs(VIEW)
@throttle.limit(COSTLY)
def export() -> Response:
    """What the list shows, all pages of it, as a workbook."""
    actor = current_actor()
    rows = all_items(actor, _wanted(_bar(actor)), MOST_EXPORTED)
    return workbook_file(item_workbook(actor, rows), "problem-items")


@bp.get("/items/<ref>")
@needs(VIEW)
def item(ref: str) -> Response:
    """One item: where it is, whom it waits for, what is missing, how it came here, where its evidence lies."""
    return show(ref, RemarkForm(formdata=None))


def show(ref: str, form: RemarkForm, status: int = 200) -> Response:
    """The page of an item; a refused remark brings its form along."""
    actor = current_actor()
    found = queries.item_for(actor, ref)
    (traced, (entries, earlier)), named, clocks, reached, written, spread, beside = answers(
        actor,
        _told(actor, found),
        people.in_charge(actor, found),
        deadlines.clocks([found]),
        timeline.states_reached(found),
        notes.of_item(actor, found),
        spread_lines.around(actor, found),
        panels.beside(actor, found),
    )
    handler, steps = named.get("handler", [("", "")])[0][0], choices(actor, found)
    return page(
        "improvement/problems/item.html",
        status,
        item=found,
        form=form,
        due=item_page.due_words(found),
        clock_chip=chips_for([found], clocks).get(found.id),
        co_units=item_page.co_units_line(_helping(actor, found), found),
        stops=strip_for(found, PROBLEM_ITEM.path[1:] if found.issued_on else PROBLEM_ITEM.path, reached),
        waits=whom(found, item_page.waits(found, traced, handler)),
        facts=item_page.facts(found, traced),
        traced=traced,
        list_seen=decide.may(actor, "problems.view_lists", found.problem_list),
        findings_seen=decide.holds(actor, "monitoring.view_findings"),
        entries=entries,
        earlier=earlier,
        offers=item_page.offers(actor, found, steps, beside.offers),
        rare=item_page.rare_offers(found, steps),
        people=item_page.people(named, beside.people),
        parts=beside.panels,
        spread=spread,
        **written,
        may_remark=found.issued_on is not None and decide.may(actor, "problems.comment_item", found),
    )


def _told(actor: Actor, found: ProblemItem) -> Asking[tuple[Trace, tuple[list[Told], int]]]:
    """What stands behind and after the item, and the story of all of it."""
    chain = yield from traced_of(actor, found)
    return chain, (yield from told(actor, [found.id, *chain.record_ids], SHOWN))


def _helping(actor: Actor, found: ProblemItem) -> dict[Any, str]:
    return queries.unit_names(actor, {uuid.UUID(one) for one in found.co_units or []}) if found.co_units else {}


@bp.get("/items/<ref>/story")
@needs(VIEW)
def whole_story(ref: str) -> Response:
    """Every step of an item, its plans, measures and evidence."""
    actor = current_actor()
    found = queries.item_for(actor, ref)
    entries, _earlier = story(actor, [found.id, *trace(actor, found).record_ids], 400)
    return page("improvement/problems/story.html", record=found, entries=entries, back_url=found.address)


@bp.get("/items/<ref>/objection/<sha256>")
@needs(VIEW)
def objection_file(ref: str, sha256: str) -> Response:
    """A file that goes with the objection."""
    found = queries.item_for(current_actor(), ref)
    kept = notes.objection_file(current_actor(), found, sha256)
    return give_out(sha256, kept["name"], kept["media_type"])
