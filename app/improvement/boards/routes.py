"""The board, the frozen days with their ledger and reports, and subject × school effects."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from app.core.audit import trail
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.spreadsheets import Head, write_workbook
from app.core.web import filters
from app.core.web.chips import long_date, word
from app.core.web.current import PUBLIC, current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.offers import chips_of
from app.core.web.pages import page, say
from app.core.web.papers import PDF, hand_out
from app.core.web.verifying import verify_page
from app.improvement.boards import counted, drawing, flow, helping, kanban, queries
from app.improvement.boards.codes import told_by
from app.improvement.boards.effects import effects_of
from app.improvement.boards.rates import DEFINITIONS, rates_of
from app.improvement.boards.tally import tally
from app.improvement.monitoring.queries import answering
from app.improvement.plans.queries.lights import lights
from app.improvement.problems.queries.items import units_with_items
from app.improvement.problems.words import CATEGORIES, OUTCOMES, SEVERITIES, USED, word_of
from app.people.directory.words import UNIT_KINDS
from workflows.improvement.problem_item import PROBLEM_ITEM

bp = Blueprint("boards", __name__, url_prefix="/boards")
MOST_LAMPS = 8
TREND = ("on_time", "closure", "reopened", "first_pass")
"""The rates whose course is drawn, in the order of their definitions."""


@bp.get("")
@needs(queries.BOARDS)
def board() -> Response:
    """Unit × category × state, the rates with their definition, outcomes, and what falls due when."""
    actor = current_actor()
    asked = tally(actor)
    every = queries.counts(actor, asked)
    chosen = request.args.get("category", "")
    category = chosen if chosen in CATEGORIES else ""
    shown = [count for count in every if not category or count.category == category]
    units = drawing.by_unit(shown, category)
    categories = drawing.by_category(every, lambda code: word(word_of(CATEGORIES, code)) or "—")
    severities = drawing.by_severity(
        queries.severity_counts(actor, asked), {c: word(said) for c, said in SEVERITIES.items()}
    )
    told = queries.figures(actor, asked)
    return page(
        "improvement/boards/board.html",
        columns=drawing.COLUMNS,
        units=units,
        categories=categories,
        total=drawing.row_of("", shown, category=category),
        most=drawing.most_of(units),
        most_of_categories=drawing.most_of(categories),
        category=category,
        names=[(code, word(name)) for code, name in CATEGORIES.items()],
        rates=rates_of(told),
        outcomes=_outcomes(told["outcomes"]),
        severities=severities,
        most_of_severities=drawing.most_of(severities),
        counted_at=asked.made_at,
        forecast=queries.forecast(actor, asked),
        helping=helping.waiting(actor),
        ageing=flow.ageing(actor, asked),
        used=USED.values(),
        months=flow.flow(actor, asked),
        lit=lights(actor, MOST_LAMPS),
        answering=answering(actor),
    )


def _outcomes(told: Any) -> list[tuple[str, int, str]]:
    """Each outcome that was decided: its words, how often, the list of its items."""
    found = [(code, said) for code, said in OUTCOMES.items() if code in told]
    return [(word(said), told[code], drawing.address(outcome=code)) for code, said in found]


@bp.get("/kanban")
@needs(queries.BOARDS)
def cards() -> Response:
    """Items as cards in columns by state; a step is a button on the item, so nothing is dragged."""
    actor = current_actor()
    unit = filters.choice("unit", _("责任单位"), units_with_items(actor))
    category = filters.choice("category", _("类别"), [(code, word(name)) for code, name in CATEGORIES.items()])
    severity = filters.choice("severity", _("级别"), [(code, word(name)) for code, name in SEVERITIES.items()])
    columns = kanban.kanban(actor, kanban.Wanted(unit.one, category.one, severity.one))
    shown: list[Any] = [card for column in columns for card in column.cards]
    return page(
        "improvement/boards/kanban.html",
        columns=columns,
        total=sum(column.n for column in columns),
        listing=filters.bar([unit, category, severity]),
        clocks=chips_of(shown),
        severities=SEVERITIES,
        most=kanban.CARDS,
    )


@bp.get("/counted")
@needs(queries.BOARDS)
def rows_behind() -> Response:
    """The rows behind a rate that does not count items: evidence, sign-fors, rounds."""
    actor = current_actor()
    name, done = request.args.get("rate", "first_pass"), request.args.get("only") == "done"
    if name not in counted.KINDS:
        raise NotFound("rate", name)
    found = counted.rows(actor, name, done, request.args.get("after", ""))
    more, found = len(found) > counted.PAGE, found[: counted.PAGE]
    kind = counted.KINDS[name]
    return page(
        "improvement/boards/counted.html",
        definition=next(one for one in DEFINITIONS if one.code == name),
        done=done,
        rows=[(row, kind.path + row.ref, kind.table.workflow.state(row.state)) for row in found],
        total=counted.total(actor, name, done),
        next_url=filters.address(after=found[-1].ref) if more else "",
        first_url=filters.address() if request.args.get("after") else "",
    )


@bp.get("/hand-offs")
@needs(queries.BOARDS)
def hand_offs() -> Response:
    """Items with helping units: whom they wait for, how long, what is past its promise, and the rows of each number."""
    rows = helping.helped(current_actor())
    standing = filters.choice("standing", _("现在"), [(helping.OPEN, _("还在协办")), (helping.ENDED, _("已交回"))])
    known = dict.fromkeys(one.kind for one in rows)
    kind = filters.choice("kind", _("单位类型"), [(code, word(UNIT_KINDS[code])) for code in sorted(known)])
    unit = filters.choice("unit", _("协办单位"), sorted({(one.unit_ref, one.unit) for one in rows}, key=lambda u: u[1]))
    late = filters.choice("late", _("约定"), [(helping.LATE, _("超过约定"))])
    found = helping.narrowed(rows, standing.one, kind.one, unit.one, late.one)
    behind = helping.behind(rows, found, filters.cursor())
    shown, pages = filters.paged(behind[: counted.PAGE + 1], size=counted.PAGE)
    return page(
        "improvement/boards/hand_offs.html",
        kinds=[(word(UNIT_KINDS[line.label]), line) for line in helping.by_kind(rows)],
        units=helping.by_unit(rows),
        listing=filters.bar([standing, kind, unit, late]),
        rows=shown,
        total=len(found),
        next_url=pages["next_url"],
        first_url=pages["first_url"],
    )


@bp.get("/ledger")
@needs(queries.BOARDS)
def ledger() -> Response:
    """Frozen days, newest first, each with its ledger and weekly report."""
    actor = current_actor()
    days, pages = filters.paged(queries.snapshots(actor, filters.cursor()))
    return page(
        "improvement/boards/ledger.html",
        days=days,
        pages=pages,
        drawn=queries.DRAWN,
        reports=queries.reports(actor, days),
        trend=[(day, [rate for rate in rates_of(day.figures) if rate.definition.code in TREND]) for day in days],
        trend_heads=[rate.definition.name for rate in rates_of({}) if rate.definition.code in TREND],
    )


@bp.get("/ageing.json")
@needs(queries.ITEMS)
def ageing_chart() -> Any:
    """Where items are stuck: states by the share of their time that is used; whoever sees items sees their own."""
    rows = flow.ageing(current_actor())
    colours = ("q2", "q4", "return", "late")
    return {
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "inverse": True, "data": [say(row.state) for row in rows]},
        "series": [
            {
                "type": "bar", "stack": "n", "name": say(name), "color": colours[place],
                "data": [row.cells[place].n for row in rows],
            }
            for place, name in enumerate(USED.values())
        ],
    }  # fmt: skip


@bp.get("/flow.json")
@needs(queries.BOARDS)
def flow_chart() -> Any:
    """Issued and closed by month, the oldest first."""
    months = list(reversed(flow.flow(current_actor())))
    return {
        "xAxis": {"type": "category", "data": [one.month for one in months]},
        "yAxis": {"type": "value", "minInterval": 1},
        "legend": {"data": [_("当月交办"), _("当月销号")]},
        "series": [
            {"type": "bar", "name": _("当月交办"), "color": "q3", "data": [one.issued.n for one in months]},
            {"type": "bar", "name": _("当月销号"), "color": "q5", "data": [one.closed.n for one in months]},
        ],
    }


@bp.get("/trend.json")
@needs(queries.BOARDS)
def trend() -> Any:
    """Shares of the frozen days with their Wilson bands, oldest first; a denominator below five leaves a gap."""
    days = list(reversed(queries.last_snapshots(current_actor())))
    rates = [[rate for rate in rates_of(day.figures) if rate.definition.code in TREND] for day in days]
    lines, bands = list[dict[str, Any]](), list[dict[str, Any]]()
    for place, code in enumerate(TREND):
        over_time, colour = [row[place] for row in rates], f"series-{place + 1}"
        name = say(next(rate.definition.name for rate in rates_of({}) if rate.definition.code == code))
        lines.append({"type": "line", "name": name, "color": colour, "data": [_percent(r.share) for r in over_time]})
        bands += drawing.band(code, colour, [tuple(map(_percent, r.interval)) for r in over_time])
    return {
        "xAxis": {"type": "category", "data": [day.taken_on.isoformat() for day in days]},
        "yAxis": {"type": "value", "min": 0, "max": 100},
        "legend": {"data": [line["name"] for line in lines]},
        "series": bands + lines,
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


@bp.get("/ledger/<ref>.xlsx")
@needs(queries.BOARDS)
@throttle.limit(COSTLY)
def export(ref: str) -> Response:
    """The ledger of a frozen day: the same bytes whenever it is asked for."""
    actor = current_actor()
    day = queries.snapshot_for(actor, ref)
    trail.saw(actor, day, "ledger_export")
    made_at = day.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    heads = [Head(name, 40 if name == "问题" else 14) for name in queries.LEDGER]
    content = write_workbook(heads, (_in_words(row) for row in day.ledger), "问题整改台账", made_at=made_at)
    return workbook_file(content, "ledger", day.taken_on)


def _in_words(row: list[Any]) -> list[Any]:
    """Codes as Chinese words: the file is the same in either language of the page."""
    said = list(row)
    for place, words in ((4, CATEGORIES), (5, SEVERITIES), (12, OUTCOMES)):
        known = word_of(words, said[place])
        said[place] = known.zh if known else ""
    said[6] = PROBLEM_ITEM.state(said[6]).zh
    for place in (8, 9, 10, 11):
        said[place] = date.fromisoformat(said[place]) if said[place] else None
    return ["" if value is None else value for value in said]


@bp.get("/reports/<ref>")
@needs(queries.BOARDS)
@throttle.limit(COSTLY)
def report(ref: str) -> Response:
    """The weekly report of a frozen day as PDF."""
    actor = current_actor()
    kept = queries.report_for(actor, ref)
    trail.saw(actor, kept, "weekly_report")
    return hand_out(actor, kept.file_sha256, kept.file_name, PDF)


@bp.get("/verify/reports/<code>")
@needs(PUBLIC)
@throttle.limit(COSTLY)
def verify_report(code: str) -> Response:
    """Whether a weekly report on paper is ours: day and digest; nothing of a person or a school."""
    found = told_by(code)
    facts = {_("日期"): long_date(found.taken_on)} if found else None
    return verify_page(_("问题整改周报"), facts, {_("快照摘要"): found.digest} if found else {})


@bp.get("/effects")
@needs("monitoring.view_results")
def effects() -> Response:
    """Subject × school: effects with intervals, schools in code order and never ranked."""
    actor = current_actor()
    return page(
        "improvement/boards/effects.html",
        effects=effects_of(actor, request.args.get("subject", "")),
        note=_("按单位编码排列，不排名"),
        sees_boards=decide.holds(actor, queries.BOARDS),
    )
