"""Pages of findings: the list with forest rows, one finding, registering one by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core.imports.registry import rights_of
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of, notes_of, offers_of, story_of
from app.core.web.pages import page, say
from app.improvement.monitoring import beside, operations, queries
from app.improvement.monitoring.forms.findings import FindingForm
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.queries import Wanted
from app.improvement.monitoring.routes.blueprint import bp
from app.improvement.monitoring.routes.finding_steps import ways_of
from app.improvement.monitoring.routes.sheets import sheet_of_findings, with_query, workbook_answer
from app.improvement.monitoring.scenarios import SCENARIOS
from app.improvement.monitoring.words import EVALUATION_TYPES, OBJECT_NAMES, SCOPES, SEVERITIES, SOURCES, VERDICTS
from workflows.improvement.data_finding import DATA_FINDING

VIEW = "monitoring.view_findings"
REGISTER = "monitoring.register_finding"
EVERY = "all"
"""Chosen as a state: those that are settled too, which the list leaves out of itself."""


@bp.get("/findings")
@needs(VIEW)
def findings() -> Response:
    """Findings by unit in code order unless told otherwise, with the strengths of the newest round beside them."""
    actor = current_actor()
    chosen, wanted = _wanted(actor)
    shown, pages = filters.paged(queries.finding_rows(actor, wanted, filters.cursor()))
    total, hidden = queries.finding_count(actor, wanted)
    return page(
        "improvement/monitoring/findings.html",
        groups=_grouped(shown, wanted.sort),
        sort=wanted.sort,
        sort_url=lambda name: filters.order_address(name, wanted.sort),
        newest=max((row.measured_on for row in shown if row.measured_on), default=None),
        number=len(shown),
        total=total,
        hidden=hidden,
        hidden_url=filters.address(state=EVERY),
        listing=filters.bar(chosen),
        pages=pages,
        export_url=with_query(url_for("monitoring.export_findings")),
        tested=queries.cells_in_families(actor, wanted.cycle) if wanted.cycle else None,
        cycle_name=next((option.label for option in chosen[0].options if option.chosen), ""),
        actions=beside.actions_for(actor),
        may_register=decide.holds(actor, REGISTER),
        may_import=decide.holds(actor, rights_of("findings")[0]),
        states=DATA_FINDING,
    )


@bp.get("/findings/export")
@needs(VIEW)
@throttle.limit(COSTLY)
def export_findings() -> Response:
    """What the list shows, all pages, as a workbook."""
    actor = current_actor()
    _chosen, wanted = _wanted(actor)
    return workbook_answer(sheet_of_findings(queries.finding_rows(actor, wanted, whole=True)), "findings")


def _wanted(actor: Actor) -> tuple[list[filters.Filter], Wanted]:
    cycle = filters.choice("cycle", _("监测"), [(row.ref, row.name) for row in queries.cycles_with_findings(actor)])
    level = filters.choice("level", _("层级"), [(code, say(word)) for code, word in SCOPES.items()])
    named = [(row.code, row.name) for row in queries.indicators_with_findings(actor)]
    indicator = filters.choice("indicator", _("指标"), named)
    severity = filters.choice("severity", _("级别"), [(c, say(w)) for c, w in SEVERITIES.items()], many=True)
    states = [(s.code, say(s)) for s in DATA_FINDING.states]
    states += [("strength", say(VERDICTS["strength"])), (EVERY, _("全部状态"))]
    state = filters.choice("state", _("状态"), states, many=True)
    words = filters.text("q", _("单位名称、拼音或编号"))
    source = filters.choice("source", _("来源"), [(c, say(w)) for c, w in SOURCES.items()], more=True)
    scenario = filters.choice(
        "scenario", _("应用场景"), [(c, say(w)) for c, w in SCENARIOS.items()], many=True, more=True
    )
    whom, kind = _evaluated()
    gone = filters.choice("withdrawn", _("数据已撤回"), [("yes", _("只看数据已撤回的"))], more=True)
    wanted = Wanted(
        states=queries.FINDING_STATES if EVERY in state.chosen else state.chosen,
        cycle=cycle.one,
        level=level.one,
        indicator=indicator.one,
        severities=severity.chosen,
        source=source.one,
        object=whom.one,
        types=kind.chosen,
        scenarios=scenario.chosen,
        withdrawn=bool(gone.one),
        words=words.one,
        unit=request.args.get("unit", "")[:16],
        sort=filters.order_asked(queries.FINDING_ORDERS, "unit"),
    )
    return [cycle, level, indicator, severity, state, words, source, whom, kind, scenario, gone], wanted


def _evaluated() -> tuple[filters.Filter, filters.Filter]:
    objects, types = ([(code, say(word)) for code, word in known.items()] for known in (OBJECT_NAMES, EVALUATION_TYPES))
    whom = filters.choice("object", _("评价对象"), objects, more=True)
    return whom, filters.choice("type", _("评价类型"), types, many=True, more=True)


HEADINGS: dict[str, Callable[[Any], str]] = {
    "unit": lambda row: str(row.unit_name),
    "indicator": lambda row: row.indicator_name or _("没有指标"),
    "severity": lambda row: say(SEVERITIES[row.severity]) if row.severity else _("没有定级"),
    "state": lambda row: say(VERDICTS["strength"] if row.state == "strength" else DATA_FINDING.state(row.state)),
}
"""What stands above rows that stand together, by the order of the list."""


def _grouped(rows: Sequence[Any], sort: str) -> list[tuple[str, list[Any]]]:
    return [(heading, list(group)) for heading, group in groupby(rows, key=HEADINGS[sort])]


@bp.get("/findings/<ref>")
@needs(VIEW)
def finding(ref: str) -> Response:
    """One finding: what it says, what it rests on, what people made of it."""
    actor = current_actor()
    found = queries.finding_for(actor, ref)
    around = queries.finding_page(actor, found)
    cell = around.cell if around.cell is not None and decide.holds(actor, "monitoring.view_results") else None
    return page(
        "improvement/monitoring/finding.html",
        finding=found,
        around=around,
        cell=cell,
        ruling=next(iter(queries.rulings(actor, [found.result_id]).values()), None),
        conflicts=queries.conflicts_of_cell(actor, cell.id) if cell is not None else (),
        notes=notes_of(found),
        chip=chips_of([found]).get(found.id),
        offers=offers_of(actor, found, ways_of(found)),
        may=_may(actor, found),
        story=story_of(actor, [found]),
        meetings=queries.meetings_about(actor, found),
        back_url=url_for("monitoring.findings"),
    )


def _may(actor: Actor, found: DataFinding) -> dict[str, bool]:
    live = found.state in queries.OPEN_FINDINGS
    return {
        "comment": live and decide.may(actor, "monitoring.comment_finding", found),
        "support": live and decide.may(actor, "monitoring.support_finding", found),
        "tag": decide.may(actor, "monitoring.tag_finding", found),
        "cycle": decide.holds(actor, "monitoring.view_cycles"),
    }


@bp.get("/findings/new")
@needs(REGISTER)
def new_finding() -> Response:
    """A form for what a person points out."""
    return _form_page(_form(current_actor(), unit=request.args.get("unit", "")))


@bp.post("/findings")
@needs(REGISTER)
def register_finding() -> Any:
    """Register it."""
    actor = current_actor()
    form = _form(actor)
    if not form.validate():
        return _form_page(form, 422)
    unit = queries.unit_for_finding(actor, form.unit.data)
    place = DataFinding(
        county_id=unit.county_id, school_id=unit.school_id, unit_id=unit.id, subject=form.subject.data or None
    )
    made = operations.register_finding(actor, place, form.given())
    if decide.holds(actor, "problems.cite_finding"):
        flash(_("发现 %(number)s 已登记，由教研员或评价员确认；现在就可以列入本校清单", number=made.number))
    else:
        flash(_("发现 %(number)s 已登记，由教研员或评价员确认", number=made.number))
    return redirect(made.address, 303)


def _form(actor: Actor, **given: str) -> FindingForm:
    form = FindingForm(**given)
    if actor.school_id is not None:
        form.offer_at_school()
    return form


def _form_page(form: FindingForm, status: int = 200) -> Response:
    actor = current_actor()
    units = queries.units_for_findings(actor)
    form.unit.choices = [("", _("请选择")), *((unit.ref, unit.name) for unit in units)]
    if len(units) == 1:
        form.unit.choices = [(units[0].ref, units[0].name)]
    return page("improvement/monitoring/finding_form.html", status, form=form, back_url=url_for("monitoring.findings"))
