"""Pages of rounds: the list, one round, preparing and describing it, and the steps that only ask for a word."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core.casework.deadlines import running
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.offers import chip_of, chips_of, notes_of, offers_of, story_of
from app.core.web.pages import page, say
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.forms.choices import MoveForm
from app.improvement.monitoring.forms.cycles import CycleForm, IndicatorsForm
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.monitoring.operations import DetectionIn
from app.improvement.monitoring.queries.cycles import ORDERS, CycleFilter
from app.improvement.monitoring.routes.blueprint import bp
from app.improvement.monitoring.routes.cycle_steps import ways_of
from app.improvement.monitoring.routes.sheets import sheet_of_cycles, with_query, workbook_answer
from app.improvement.monitoring.words import GRADES_OF_STAGE, LEVELS
from workflows.improvement.monitoring_cycle import MONITORING_CYCLE

VIEW = "monitoring.view_cycles"
PREPARE = "monitoring.prepare_cycle"


@bp.get("/cycles")
@needs(VIEW)
def cycles() -> Response:
    """Rounds, newest first."""
    actor = current_actor()
    chosen = _bar()
    wanted = _wanted(chosen)
    lines, pages = filters.paged(queries.cycle_lines(actor, wanted))
    return page(
        "improvement/monitoring/cycles.html",
        lines=lines,
        chips=chips_of([line[0] for line in lines]),
        listing=filters.bar(chosen),
        pages=pages,
        sort=wanted.sort,
        sort_url=filters.address(sort=None if wanted.sort == "code" else "code"),
        export_url=with_query(url_for("monitoring.export_cycles")),
        may_prepare=decide.holds(actor, PREPARE),
    )


def _bar() -> tuple[filters.Filter, ...]:
    return (
        filters.choice("state", _("状态"), [(s.code, say(s)) for s in MONITORING_CYCLE.states], many=True),
        filters.choice("level", _("层级"), [(code, say(words)) for code, words in LEVELS.items()], many=True),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> CycleFilter:
    sort = request.args.get("sort", "")
    known = sort if sort in ORDERS else "new"
    return CycleFilter(chosen[0].chosen, chosen[1].chosen, known, filters.cursor())


@bp.get("/cycles.xlsx")
@needs(VIEW)
@throttle.limit(COSTLY)
def export_cycles() -> Response:
    """What the list shows, all pages of it, as a workbook."""
    lines = queries.cycle_lines(current_actor(), _wanted(_bar()), whole=True)
    return workbook_answer(sheet_of_cycles(lines), "monitoring-cycles")


@bp.get("/cycles/<ref>")
@needs(VIEW)
def cycle(ref: str) -> Response:
    """One round: where it is, what it rests on, what is still to do."""
    actor = current_actor()
    found = queries.cycle_for(actor, ref)
    releases, acks = queries.releases_of(actor, found), queries.acks_of(actor, found)
    briefings, meetings = queries.meetings_of(actor, found.id)
    records = [found, *(row[0] for row in (*briefings, *meetings))]
    return page(
        "improvement/monitoring/cycle.html",
        cycle=found,
        notes=notes_of(found),
        clock=chip_of(running([found]).get(found.id), long=True),
        offers=offers_of(actor, found, ways_of(found)),
        batches=queries.batches_of(actor, found),
        report=queries.reconciliation_of(actor, found),
        releases=releases,
        acks=acks,
        signed=sum(row[0].state == "acknowledged" for row in acks),
        briefings=briefings,
        meetings=meetings,
        discussed=queries.discussed_at(actor, meetings),
        story=story_of(actor, records),
        indicators=queries.indicators_named(actor, found),
        counts=queries.verdict_counts(actor, found),
        may=_may(actor, found),
        replaced=queries.replaced_by(actor, found),
        move=MoveForm(formdata=None, version=found.version),
        back_url=url_for("monitoring.cycles"),
    )


def _may(actor: Actor, found: MonitoringCycle) -> dict[str, bool]:
    """Which buttons beside the steps are drawn."""
    return {
        "describe": found.state == "draft" and decide.may(actor, PREPARE, found),
        "indicators": found.state in ("draft", "collecting") and decide.may(actor, PREPARE, found),
        "upload": found.takes_files and decide.may(actor, "imports.upload_results", found),
        "batches": decide.holds(actor, "imports.upload_results") or decide.holds(actor, "imports.accept_results"),
        "prepare": found.state == "verified" and decide.may(actor, "monitoring.prepare_release", found),
        "detect": found.is_out and decide.may(actor, "monitoring.detect_findings", found),
        "meet": found.is_out and decide.may(actor, "monitoring.record_meeting", found),
        "results": decide.may(actor, "monitoring.view_results", found),
    }


@bp.get("/cycles/new")
@needs(PREPARE)
def new_cycle() -> Response:
    """A form for a new round."""
    return _cycle_form(CycleForm(benchmark_type="county"), None)


@bp.post("/cycles")
@needs(PREPARE)
def add_cycle() -> Any:
    """Begin a round."""
    actor, form = current_actor(), CycleForm()
    if not form.validate():
        return _cycle_form(form, None, 422)
    made = operations.prepare_cycle(actor, queries.county_of(actor), form.given(_replaced(actor, form)))
    flash(_("周期已新建，接下来选指标"))
    return redirect(url_for("monitoring.cycle_indicators", ref=made.ref), 303)


@bp.get("/cycles/<ref>/description")
@needs(PREPARE)
def description(ref: str) -> Response:
    """The same form for a round that is still a draft."""
    found = queries.cycle_for(current_actor(), ref, PREPARE)
    form = CycleForm(obj=found, document_numbers="\n".join(found.document_numbers))
    form.document_numbers.data = "\n".join(found.document_numbers)
    return _cycle_form(form, found)


@bp.post("/cycles/<ref>/description")
@needs(PREPARE)
def describe(ref: str) -> Any:
    """Change what a draft says of itself."""
    actor, form = current_actor(), CycleForm()
    found = queries.cycle_for(actor, ref, PREPARE)
    if not form.validate():
        return _cycle_form(form, found, 422)
    operations.describe_cycle(actor, found, form.given(_replaced(actor, form)))
    flash(_("已保存"))
    return redirect(found.address, 303)


def _replaced(actor: Actor, form: CycleForm) -> Any:
    ref = form.replaces.data
    return queries.cycle_for(actor, ref).id if ref else None


def _cycle_form(form: CycleForm, found: MonitoringCycle | None, status: int = 200) -> Response:
    choices = [(each.ref, each.name) for each in queries.replaceable(current_actor())]
    form.replaces.choices = [("", _("不重做")), *choices]
    return page(
        "improvement/monitoring/cycle_form.html",
        status,
        form=form,
        cycle=found,
        replaces=bool(choices),
        stages=GRADES_OF_STAGE,
        back_url=found.address if found else url_for("monitoring.cycles"),
    )


@bp.get("/cycles/<ref>/indicators")
@needs(PREPARE)
def cycle_indicators(ref: str) -> Response:
    """Choose what is measured."""
    found = queries.cycle_for(current_actor(), ref, PREPARE)
    return _indicators_page(IndicatorsForm(formdata=None, codes=found.indicator_codes, version=found.version), found)


@bp.post("/cycles/<ref>/indicators")
@needs(PREPARE)
def choose_indicators(ref: str) -> Any:
    """Keep the choice."""
    actor, form = current_actor(), IndicatorsForm()
    found = queries.cycle_for(actor, ref, PREPARE)
    if not form.validate():
        return _indicators_page(form, found, 422)
    operations.choose_indicators(actor, found, form.given())
    flash(_("已选 %(n)s 个指标", n=len(found.indicator_codes)))
    return redirect(found.address, 303)


def _indicators_page(form: IndicatorsForm, found: MonitoringCycle, status: int = 200) -> Response:
    listed = queries.indicators(current_actor())
    return page(
        "improvement/monitoring/cycle_indicators.html",
        status,
        form=form,
        cycle=found,
        listed=[i for i in listed if i.subject in found.subjects] or listed,
        chosen=set(form.codes.data or ()),
        back_url=found.address,
    )


@bp.post("/cycles/<ref>/findings")
@needs("monitoring.detect_findings")
def detect(ref: str) -> Any:
    """Run the rules once more."""
    actor, form = current_actor(), MoveForm()
    found = queries.cycle_for(actor, ref, "monitoring.detect_findings")
    result = operations.detect_findings(actor, found, DetectionIn(form.version.data))
    flash(_("规则已运行：新增候选 %(c)s 条、观察 %(w)s 条", c=result.candidates, w=result.watches))
    return redirect(url_for("monitoring.findings", cycle=found.ref), 303)
