"""Pages of value added: reckonings, one of them with its picture, a school's own effects over time, the pupils' rows."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.audit import trail
from app.core.imports.registry import rights_of
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.effects.forms.value_added import RunForm
from app.improvement.effects.operations import value_added as operations
from app.improvement.effects.queries import value_added as queries
from app.improvement.effects.routes import sheets
from app.improvement.effects.routes.blueprint import value_added_bp as bp
from app.improvement.effects.routes.value_added_drawing import caterpillar, scatter_chart, summary
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.monitoring.queries.cycles import cycle_for, cycle_lines
from app.improvement.monitoring.words import SUBJECTS

VIEW, OWN, SCORES, RUN = queries.VIEW, queries.OWN, queries.SCORES, queries.RUN


@bp.get("/value-added")
@needs(VIEW)
def runs() -> Response:
    """Reckonings, the newest first."""
    actor = current_actor()
    rows = queries.runs(actor, after=filters.cursor())
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "improvement/effects/value_added_runs.html",
        rows=rows,
        cycles=cycle_lines(actor, whole=True) if decide.holds(actor, RUN) else [],
        next_url=filters.address(after=rows[-1][0].ref) if more else "",
        first_url=filters.address() if filters.cursor() else "",
    )


@bp.get("/value-added/own")
@needs(OWN)
def own() -> Response:
    """A school's own effects over time, each with its interval and the county beside it."""
    return _over_time(_("本校增值"), queries.effects_over_time(current_actor()), None)


@bp.get("/value-added/schools/<ref>")
@needs(VIEW, OWN)
def school(ref: str) -> Response:
    """One school's effects over time."""
    actor = current_actor()
    found = queries.school_for(actor, ref)
    return _over_time(found.name, queries.effects_over_time(actor, found.id), url_for("value_added.runs"))


def _over_time(heading: str, effects: Any, back_url: str | None) -> Response:
    return page(
        "improvement/effects/value_added_school.html",
        heading=heading,
        subjects=summary(effects),
        back_url=back_url,
    )


@bp.get("/value-added/<ref>")
@needs(VIEW)
def run(ref: str) -> Response:
    """One reckoning: schools in code order with their intervals, before and after, and how it was made."""
    actor = current_actor()
    found = queries.run_for(actor, ref)
    rows = queries.effects_of(actor, found)
    return page(
        "improvement/effects/value_added_run.html",
        run=found,
        rows=caterpillar(rows, found.found.get("post_sd")),
        county=found.found,
        maker=queries.maker_of(actor, found),
        may_interpret=decide.may(actor, "effects.write_interpretation", found) and found.cycle.is_out,
        back_url=url_for("value_added.runs"),
    )


@bp.get("/value-added/<ref>/scatter.json")
@needs(VIEW)
def scatter(ref: str) -> Any:
    """Before and after as counts in cells, with the line through all pupils."""
    return scatter_chart(queries.run_for(current_actor(), ref).found["scatter"])


@bp.get("/value-added/<ref>/export")
@needs(VIEW)
@throttle.limit(COSTLY)
def export(ref: str) -> Response:
    """The effects of schools with their intervals as a workbook, in code order."""
    actor = current_actor()
    found = queries.run_for(actor, ref)
    return sheets.workbook_answer(sheets.value_added_sheet(queries.effects_of(actor, found)), "value-added")


@bp.get("/value-added/cycles/<ref>")
@needs(RUN)
def cycle(ref: str) -> Response:
    """What can be reckoned for a round."""
    return _cycle_page(cycle_for(current_actor(), ref, RUN), RunForm(formdata=None))


@bp.post("/value-added/cycles/<ref>")
@needs(RUN)
@throttle.limit(COSTLY)
def reckon(ref: str) -> Any:
    """Reckon one subject."""
    actor, form, made = current_actor(), RunForm(), []
    found = cycle_for(actor, ref, RUN)
    form.offer(_subjects(queries.waiting_scores(actor, found)))
    if carried_out(form, lambda: made.append(operations.run_value_added(actor, found, form.given()))):
        return onward(made[0].address, _("已算完，结果和区间在这一页"))
    return _cycle_page(cycle_for(actor, ref, RUN), form, 422)


def _subjects(waiting: Any) -> list[tuple[str, str]]:
    return [(row.subject, word(SUBJECTS.get(row.subject, row.subject))) for row in waiting]


def _cycle_page(found: MonitoringCycle, form: RunForm, status: int = 200) -> Response:
    actor = current_actor()
    waiting = queries.waiting_scores(actor, found)
    form.offer(_subjects(waiting))
    return page(
        "improvement/effects/value_added_cycle.html",
        status,
        cycle=found,
        waiting=waiting,
        form=form,
        runs=queries.runs(actor, found),
        may_upload=decide.holds(actor, rights_of("scores")[0]) and found.state not in ("draft", "closed", "withdrawn"),
        back_url=url_for("value_added.runs"),
    )


@bp.get("/value-added/cycles/<ref>/pupils")
@needs(SCORES)
def pupils(ref: str) -> Response:
    """The pupils' rows under their pseudonyms; every look is written down."""
    actor = current_actor()
    found = cycle_for(actor, ref, SCORES)
    after = filters.cursor()
    rows = queries.scores_of(actor, found, int(after) if after.isdecimal() else 0)
    more, rows = len(rows) > queries.PUPILS, rows[: queries.PUPILS]
    trail.saw(actor, found, "value_added.pupils", [str(len(rows))])
    return page(
        "improvement/effects/value_added_pupils.html",
        cycle=found,
        rows=rows,
        measures=max((len(row[0].pre) for row in rows), default=1),
        next_url=filters.address(after=str(rows[-1][0].id)) if more else "",
        first_url=filters.address() if after else "",
        back_url=url_for("value_added.cycle", ref=found.ref),
    )
