"""Pages of the county's list of indicators."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from app.core.imports.registry import rights_of
from app.core.policy import decide
from app.core.web import filters
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.forms.cycles import IndicatorForm
from app.improvement.monitoring.models import Indicator
from app.improvement.monitoring.routes.blueprint import bp
from app.improvement.monitoring.routes.indicator_past import changes_in
from app.improvement.monitoring.routes.sheets import sheet_of_indicators, with_query, workbook_answer
from app.improvement.monitoring.words import DOMAINS, EVALUATION_TYPES, OBJECTS, SUBJECTS

VIEW = "monitoring.view_cycles"
MANAGE = "monitoring.manage_indicators"


@bp.get("/indicators")
@needs(VIEW)
def indicators() -> Response:
    """All indicators by subject and code."""
    listed, bar = _narrowed()
    return page(
        "improvement/monitoring/indicators.html",
        listed=listed,
        listing=filters.bar(bar),
        export_url=with_query(url_for("monitoring.export_indicators")),
        may_manage=decide.holds(current_actor(), MANAGE),
        may_import=decide.holds(current_actor(), MANAGE) and decide.holds(current_actor(), rights_of("indicators")[0]),
        back_url=url_for("monitoring.cycles"),
    )


@bp.get("/indicators/export")
@needs(VIEW)
def export_indicators() -> Response:
    """What the list shows, as a workbook."""
    return workbook_answer(sheet_of_indicators(_narrowed()[0]), "indicators")


def _narrowed() -> tuple[list[Indicator], list[filters.Filter]]:
    bar = [
        filters.choice(name, label, [(code, say(word)) for code, word in known.items()], many=True)
        for name, label, known in (
            ("subject", _("学科"), SUBJECTS),
            ("domain", _("领域"), DOMAINS),
            ("evaluation_type", _("评价类型"), EVALUATION_TYPES),
            ("object_code", _("评价对象"), OBJECTS),
        )
    ]
    listed = queries.indicators(current_actor(), retired=True)
    return [one for one in listed if all(not f.chosen or getattr(one, f.name) in f.chosen for f in bar)], bar


@bp.get("/indicators/new")
@needs(MANAGE)
def new_indicator() -> Response:
    """A form for a new one."""
    return _form_page(IndicatorForm(), None)


@bp.post("/indicators")
@needs(MANAGE)
def add_indicator() -> Any:
    """Add it to the list."""
    actor, form = current_actor(), IndicatorForm()
    if not form.validate():
        return _form_page(form, None, 422)
    made = operations.add_indicator(actor, Indicator(county_id=queries.county_of(actor).id), form.given())
    flash(_("指标“%(name)s”已加入", name=made.name))
    return redirect(url_for("monitoring.indicators"), 303)


@bp.get("/indicators/<ref>")
@needs(MANAGE)
def indicator(ref: str) -> Response:
    """One indicator as a form."""
    found = queries.indicator_for(current_actor(), ref)
    codes = {f"{level}_code": code for level, code in found.level_codes.items()}
    return _form_page(IndicatorForm(obj=found, data=codes), found)


@bp.post("/indicators/<ref>")
@needs(MANAGE)
def change_indicator(ref: str) -> Any:
    """Keep what was changed."""
    actor, form = current_actor(), IndicatorForm()
    found = queries.indicator_for(actor, ref)
    form.code.data = found.code
    if not form.validate():
        return _form_page(form, found, 422)
    operations.change_indicator(actor, found, form.given())
    flash(_("已保存"))
    return redirect(url_for("monitoring.indicators"), 303)


def _form_page(form: IndicatorForm, found: Indicator | None, status: int = 200) -> Response:
    return page(
        "improvement/monitoring/indicator_form.html",
        status,
        form=form,
        indicator=found,
        versions=[(one, changes_in(one)) for one in queries.versions_of_indicator(current_actor(), found)]
        if found
        else [],
        back_url=url_for("monitoring.indicators"),
    )
