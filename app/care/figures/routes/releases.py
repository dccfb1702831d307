"""Pages of releases: the list, freezing one, one with its versions and its log, its steps, workbook and paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.care.figures import drawing, forms, operations, queries
from app.care.figures.models import FigureRelease
from app.care.figures.operations import ReleasePlace
from app.care.figures.papers import paper
from app.care.figures.rates import figures_of, gaps
from app.care.figures.routes.blueprint import bp, heads
from app.core.audit import trail
from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.spreadsheets import write_workbook
from app.core.web.answers import carried_out, onward
from app.core.web.chips import long_date, word
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.offers import Way, notes_of, offers_of, story_of
from app.core.web.pages import page

TAKE = (queries.PREPARE, queries.APPROVE)


@dataclass(frozen=True)
class Ask:
    """What a step is asked with."""

    consequence: Any
    done: Any
    operation: Callable[..., Any]
    icon: str
    form: type[Any] = forms.ReasonForm


STEPS: dict[str, Ask] = {
    "approve": Ask(
        _l("发布后领导小组可以看到。数字不能再改，更正只能发新的一版。冻结的人不能自己发布。"), _l("已发布"),
        operations.approve_release, "check", forms.StepForm,
    ),
    "return-release": Ask(_l("冻结的人会看到理由。"), _l("已退回"), operations.return_release, "arrow-back-up"),
    "resubmit": Ask(
        _l("数字不变，只改说明；要换数字，请取消后重新冻结。"), _l("已再次送审"), operations.resubmit_release, "send",
        forms.ReleaseForm,
    ),
    "cancel": Ask(_l("这一版不再发布，编号不重用。"), _l("已取消"), operations.cancel_release, "ban"),
    "withdraw": Ask(
        _l("领导小组不再看到数字，只看到撤回的日期和理由。"), _l("已撤回"), operations.withdraw_release, "arrow-back-up"
    ),
}  # fmt: skip


@bp.get("/releases")
@needs(queries.RELEASES)
def releases() -> Response:
    """Releases with number and version, the newest first."""
    actor = current_actor()
    return page(
        "care/figures/releases.html",
        rows=queries.releases(actor),
        may_prepare=decide.holds(actor, queries.PREPARE),
        sees_weeks=decide.holds(actor, queries.COUNTY_VIEW),
    )


@bp.get("/releases/new")
@needs(queries.PREPARE)
def new() -> Response:
    """Freeze the newest week; `replaces` names the version that is corrected."""
    form = forms.ReleaseForm(formdata=None)
    form.replaces.data = request.args.get("replaces", "")[:16]
    return _form_page(form)


@bp.post("/releases")
@needs(queries.PREPARE)
def prepare() -> Any:
    """Keep it and ask a second person."""
    actor, form, made = current_actor(), forms.ReleaseForm(), []
    assert actor.county_id is not None
    place = ReleasePlace(actor.county_id, actor.county_id)
    if carried_out(form, lambda: made.append(operations.prepare_release(actor, place, form.given()))):
        return onward(made[0].address, _("已冻结，等另一个人核对发布"))
    return _form_page(form, 422)


def _form_page(form: Any, status: int = 200) -> Response:
    actor = current_actor()
    old = queries.release_for(actor, form.replaces.data) if form.replaces.data else None
    return page(
        "care/figures/release_form.html", status, form=form, old=old, week=queries.newest_week(actor),
        action=url_for("care_figures.prepare"), back_url=url_for("care_figures.releases"),
    )  # fmt: skip


@bp.get("/releases/<ref>")
@needs(queries.RELEASES)
def show(ref: str) -> Response:
    """One release: its figures as long as it is not withdrawn, who froze and published it, its versions and its log."""
    actor = current_actor()
    found = queries.release_for(actor, ref)
    trail.saw(actor, found, "figure_release")
    shown = _shown(actor, found)
    names = queries.school_names(actor, found.county_id) if shown else {}
    parts = drawing.parts(shown, names)
    ways = {
        name.replace("-", "_"): Way(
            url_for("care_figures.step", ref=ref, name=name),
            ask.icon,
            danger=name == "withdraw",
            quiet=name == "withdraw",
        )
        for name, ask in STEPS.items()
    }
    return page(
        "care/figures/release.html",
        release=found,
        day=_day(found),
        shown=bool(shown),
        figures=figures_of(shown) if shown else (),
        gaps=gaps(shown),
        confirmed=gaps(shown, "confirmed"),
        parts=parts,
        versions=queries.versions_of(actor, found),
        notes=notes_of(found),
        offers=offers_of(actor, found, ways),
        story=story_of(actor, [found]),
        may_correct=found.state == "published" and decide.may(actor, queries.PREPARE, found),
    )


def _day(found: FigureRelease) -> date | None:
    on = found.content.get("on")
    return date.fromisoformat(on) if on else None


def _shown(actor: Any, found: FigureRelease) -> dict[str, Any]:
    if found.state == "withdrawn" and not decide.holds(actor, queries.PREPARE):
        return {}
    shown: dict[str, Any] = found.content.get("measures", {})
    return shown


def _readable(ref: str) -> tuple[Any, FigureRelease, dict[str, Any]]:
    actor = current_actor()
    found = queries.release_for(actor, ref)
    shown = _shown(actor, found)
    if found.state == "withdrawn" and not shown:
        raise NotFound("figure_release", ref)
    return actor, found, shown


@bp.get("/releases/<ref>/export.xlsx")
@needs(queries.RELEASES)
@throttle.limit(COSTLY)
def export_release(ref: str) -> Response:
    """The cells of a release as a workbook."""
    actor, found, shown = _readable(ref)
    trail.saw(actor, found, "figure_release_export")
    rows = drawing.sheet(shown, queries.school_names(actor, found.county_id))
    name = f"figures-{found.year}-{found.number}-v{found.version_no}"
    return workbook_file(write_workbook(heads(), rows, _("心理工作数据")), name, found.published_on)


@bp.get("/releases/<ref>/print.pdf")
@needs(queries.RELEASES)
@throttle.limit(COSTLY)
def print_release(ref: str) -> Response:
    """A release on paper."""
    actor, found, shown = _readable(ref)
    trail.saw(actor, found, "figure_release_print")
    meta = [word(found.named), found.period, long_date(found.published_on) if found.published_on else _("还没有发布")]
    return paper(
        actor, _("心理工作数据"), meta, shown, queries.school_names(actor, found.county_id), found.content_sha256
    )


@bp.get("/releases/<ref>/steps/<name>")
@needs(*TAKE)
def step(ref: str, name: str) -> Response:
    """What the step leads to."""
    found, ask = queries.release_for(current_actor(), ref), _ask(name)
    form = ask.form(formdata=None, version=found.version)
    if isinstance(form, forms.ReleaseForm):
        form.period.data, form.note.data = found.period, found.note
    return _step_page(found, name, form)


@bp.post("/releases/<ref>/steps/<name>")
@needs(*TAKE)
def take(ref: str, name: str) -> Any:
    """Take it."""
    actor, ask = current_actor(), _ask(name)
    found, form = queries.release_for(actor, ref), ask.form()
    if carried_out(form, lambda: ask.operation(actor, found, form.given())):
        return onward(found.address, str(ask.done))
    return _step_page(found, name, form, 422)


def _ask(name: str) -> Ask:
    if name not in STEPS:
        raise NotFound("step", name)
    return STEPS[name]


def _step_page(found: FigureRelease, name: str, form: Any, status: int = 200) -> Response:
    code = name.replace("-", "_")
    offered = choice(current_actor(), found, code)
    return page(
        "care/figures/step.html",
        status,
        release=found,
        verb=word(found.workflow.step(code)),
        ask=STEPS[name],
        form=form,
        action=url_for("care_figures.take", ref=found.ref, name=name),
        missing=offered.missing if offered else (),
        back_url=found.address,
    )
