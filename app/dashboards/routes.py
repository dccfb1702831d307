"""First pages, the to-do list and the inbox."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import update

from app.core import clock
from app.core.casework import waiting
from app.core.casework.waiting import Waiting, desk_of
from app.core.database import keep
from app.core.outbox.models import InboxLetter
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web import filters
from app.core.web.current import SIGNED_IN, current_actor, needs
from app.core.web.first_page import heaps_of, panels_of
from app.core.web.offers import chip_of
from app.core.web.pages import language, page, say
from app.dashboards import queries
from app.dashboards.own import own_board, own_results
from app.dashboards.search import LONGEST, found_for, numbered
from app.dashboards.standing import standing
from app.improvement.boards.drawing import COLUMNS
from app.improvement.boards.effects import researched
from app.improvement.boards.flow import ageing
from app.improvement.boards.tally import tally
from app.improvement.monitoring import words as monitoring_words
from app.improvement.monitoring.numbers import monitoring_numbers
from app.improvement.monitoring.queries.class_results import newest_class_round
from app.improvement.plans.queries.lights import lights
from app.improvement.problems.queries import progress
from app.improvement.problems.words import USED
from app.improvement.visits.queries.visits import soon_for
from app.people.identity import workdays
from workflows.improvement.problem_item import PROBLEM_ITEM

bp = Blueprint("dashboards", __name__)
MOST_LAMPS = 8
MOST_TASKS, MOST_NEXT = 12, 7
"""Tasks on the first page, the most urgent ones, and those behind the one to do first; all of them are a link away."""
BOARD_ROLES = frozenset({"office_director", "evaluator", "leading_group_head", "leading_group_member"})
WORDS = SimpleNamespace(
    subject=monitoring_words.SUBJECTS,
    grade=monitoring_words.GRADES,
    benchmark=monitoring_words.BENCHMARKS,
    missing=monitoring_words.MISSING,
)
ELSEWHERE = {"sys_admin": "identity.accounts", "security_admin": "identity.role_requests"}


@bp.get("/")
@needs(SIGNED_IN)
def home() -> Any:
    """Each role begins where its work is."""
    actor = current_actor()
    if actor.role in ELSEWHERE:
        return redirect(url_for(ELSEWHERE[actor.role]), 303)
    desk = desk_of(actor)
    tasks = [task(thing) for thing in desk.things]
    if actor.role in BOARD_ROLES:
        return _board_page(actor, tasks, bool(desk.cut))
    if decide.holds(actor, progress.VIEW):
        return page(
            "dashboards/progress.html",
            weeks=progress.weeks(actor),
            states=PROBLEM_ITEM.states,
            least=monitoring_numbers().public_least,
        )
    return page(
        "dashboards/own.html",
        figures=standing(actor),
        of_one_unit=queries.of_one_unit(actor),
        tasks=tasks,
        more=bool(desk.cut),
        groups=grouped(tasks[1 : MOST_NEXT + 1]),
        left=max(0, len(tasks) - MOST_NEXT - 1),
        first=tasks[0] if tasks else None,
        items=[(item, item.standing) for item in queries.unit_items(actor)],
        letters=[letter(row) for row in queries.letters(actor, 5)],
        soon=soon_for(actor),
        heaps=heaps_of(actor),
        panels=panels_of(actor),
        board=own_board(actor),
        columns=COLUMNS,
        ageing=ageing(actor) if decide.holds(actor, queries.VIEW) else [],
        used=USED.values(),
        lit=lights(actor, MOST_LAMPS) if decide.holds(actor, "plans.view_plans") else None,
        results=own_results(actor),
        effects=researched(actor),
        class_round=newest_class_round(actor),
        words=WORDS,
    )


def _board_page(actor: Actor, tasks: list[dict[str, Any]], more: bool) -> Response:
    told = tally(actor)
    found = queries.board(actor, told)
    return page(
        "dashboards/board.html",
        groups=grouped(tasks[:MOST_TASKS]),
        waiting=len(tasks),
        more=more,
        left=max(0, len(tasks) - MOST_TASKS),
        board=found,
        states=queries.STATES,
        figures=queries.figures(actor, told),
        counted_at=told.made_at,
        lit=lights(actor, MOST_LAMPS),
        panels=panels_of(actor),
        ageing=ageing(actor, told),
        used=USED.values(),
        open_url=queries.OPEN_ITEMS,
        late_url=queries.LATE_ITEMS,
        very_late_url=queries.LONG_LATE_ITEMS,
        may_set_workdays=decide.holds(actor, workdays.DECLARE),
        holidays_until=workdays.known_until() if workdays.ends_soon() else None,
    )


@bp.get("/todo")
@needs(SIGNED_IN)
def todo() -> Response:
    """Everything that waits for me, the most urgent first; where there is too much of a kind, the page says so."""
    desk = desk_of(current_actor())
    tasks = [task(thing) for thing in desk.things]
    verbs = [say(verb) for verb in desk.verbs]
    return page(
        "dashboards/todo.html",
        groups=grouped(tasks),
        waiting=len(tasks),
        cut=bool(desk.cut),
        verbs=verbs,
        most=waiting.MOST,
    )


@bp.get("/inbox")
@needs(SIGNED_IN)
def inbox() -> Response:
    """Messages to me, newest first."""
    rows, pages = filters.paged(queries.letters_after(current_actor(), filters.cursor()))
    return page("dashboards/inbox.html", letters=[letter(row) for row in rows], pages=pages)


@bp.post("/inbox/read")
@needs(SIGNED_IN)
def read_all() -> Any:
    """Mark my messages as read."""
    person = current_actor().person_id
    keep(
        update(InboxLetter)
        .where(InboxLetter.person_id == person, InboxLetter.read_at.is_(None))
        .values(read_at=clock.now())
    )
    return redirect(url_for("dashboards.inbox"), 303)


@bp.get("/search")
@needs("problems.view_items")
def search() -> Any:
    """A number leads straight to its record; words to all that hold them, kind by kind."""
    actor, words = current_actor(), request.args.get("q", "").strip()[:LONGEST]
    if (record := numbered(actor, words)) is not None:
        return redirect(record.address, 303)
    return page("dashboards/search.html", words=words, found=found_for(actor, words) if words else [])


def task(thing: Waiting) -> dict[str, Any]:
    """One to-do as the list macro reads it."""
    return {
        "title": str(_("%(what)s：%(record)s", what=say(thing.verb), record=say(thing.record.named))),
        "url": thing.record.address,
        "sub": say(thing.record.standing),
        "chip": chip_of(thing.deadline, thing.record),
        "late": thing.overdue,
        "due": thing.due_at,
    }


def grouped(tasks: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Late, today, this week, later."""
    now, today = clock.now(), clock.today()
    late: list[dict[str, Any]] = []
    this_day: list[dict[str, Any]] = []
    week: list[dict[str, Any]] = []
    later: list[dict[str, Any]] = []
    for one in tasks:
        if one["due"] is None:
            later.append(one)
        elif one["due"] <= now:
            late.append(one)
        else:
            days = (clock.local(one["due"]).date() - today).days
            (this_day if days <= 1 else week if days <= 7 else later).append(one)
    return [(_("已超期"), late), (_("今天"), this_day), (_("本周"), week), (_("以后"), later)]


def letter(row: InboxLetter) -> dict[str, Any]:
    """One message as the inbox macro reads it."""
    title = row.title_en if language() == "en" else row.title_zh
    return {
        "title": title,
        "url": row.address,
        "sub": "",
        "at": clock.local(row.created_at),
        "seen": row.read_at is not None,
    }
