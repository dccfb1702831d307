"""The queue of proposals, the grounds of one, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.care.rainbow import forms
from app.care.rainbow.duty_plan import duty_plan
from app.care.rainbow.grounds import explained
from app.care.rainbow.models import rules_of
from app.care.rainbow.operations import deciding, proposing
from app.care.rainbow.queries import proposals as queries
from app.care.rainbow.routes.blueprint import SECONDS, asked_to_show, bp, for_a_minute, refs_of
from app.core.audit import trail
from app.core.casework.choices import choice
from app.core.database import db
from app.core.errors import NotFound, Stale, StepRefused
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way, notes_of, offers_of
from app.core.web.pages import page
from app.core.web.projecting import is_projecting
from app.people.directory.models import Unit


@dataclass(frozen=True)
class Ask:
    """How a step is asked: title, what follows, its form and its operation."""

    title: Any
    consequence: Any
    form: Callable[..., Any]
    operation: Any
    done: Any
    icon: str = "check"


ASKS = {
    "confirm": Ask(
        lazy_gettext("按建议确认？"),
        lazy_gettext("确认后马上生效，支持任务派给班主任和你。学生和家长看不到层级。"),
        forms.ConfirmForm, deciding.confirm, lazy_gettext("已确认，支持任务已派出"),
    ),
    "sign-first": Ask(
        lazy_gettext("作为第一人确认？"),
        lazy_gettext("要先与学生面谈。你确认以后，由县心理专家作第二人确认；保护措施已经开始，不用等。"),
        forms.SignForm, deciding.sign_first, lazy_gettext("已确认，等第二人"), "signature",
    ),
    "adjust": Ask(
        lazy_gettext("调整层级？"), lazy_gettext("调整后马上生效。理由和依据会留在记录里。"),
        forms.AdjustForm, deciding.adjust, lazy_gettext("已调整并生效"), "pencil",
    ),
    "adjust-far": Ask(
        lazy_gettext("下调两级以上？"), lazy_gettext("只有县心理专家可以这样调整。理由和依据会留在记录里。"),
        forms.AdjustForm, deciding.adjust_far, lazy_gettext("已调整并生效"), "pencil",
    ),
    "reject": Ask(
        lazy_gettext("数据有误，退回重算？"), lazy_gettext("这条建议作废，现在的层级不变。"),
        forms.RejectForm, deciding.reject, lazy_gettext("已退回，改正数据后会重算"), "arrow-back-up",
    ),
}  # fmt: skip


@bp.get("/support/proposals")
@needs(queries.VIEW)
def index() -> Response:
    """What waits for a qualified person, the most urgent first."""
    actor, first, after = current_actor(), max(0, request.args.get("from", 0, type=int)), filters.cursor()
    groups, rows = queries.waiting(actor), queries.queue(actor, first=first, after=after)
    rows, pages = filters.paged(rows, size=queries.PAGE)
    shown = asked_to_show()
    trail.saw(actor, None, "proposals.levels" if shown else "proposals.list", refs_of(row[0] for row in rows))
    at: dict[str, Any] = {name: value for name, value in (("from", first), ("after", after)) if value}
    following: dict[str, Any] = {"from": first + queries.PAGE, "after": pages["after"]}
    hidden = url_for("support.index", **at)
    answer = page(
        "care/rainbow/proposals.html",
        rows=rows,
        groups=groups,
        total=sum(group.n for group in groups),
        this_week=queries.fits_this_week(groups),
        hours=duty_plan().hours_a_week,
        shown=shown,
        seconds=SECONDS,
        first=first,
        hidden_url=hidden,
        show_url=url_for("support.index", shown=1, **at),
        next_url=url_for("support.index", **following) if pages["after"] else "",
        first_url=url_for("support.index") if at else "",
        run=queries.last_run(actor),
        may_compute=decide.holds(actor, "rainbow.compute_school"),
        may_confirm_listed=decide.holds(actor, queries.LISTED),
    )
    return for_a_minute(answer, hidden) if shown else answer


@bp.post("/support/compute")
@needs("rainbow.compute_school")
def compute() -> Any:
    """Ask for the own school to be computed anew."""
    actor = current_actor()
    proposing.ask_to_compute(actor, db.session.get_one(Unit, actor.school_id), None)
    return onward(url_for("support.index"), _("已排队重新计算，稍后刷新看看"))


@bp.get("/support/proposals/listed")
@needs(queries.LISTED)
def listed() -> Response:
    """Proposals of everyday support, to be read and confirmed together."""
    actor = current_actor()
    rows = queries.queue(actor, queries.AT_ONCE, together=True)
    trail.saw(actor, None, "proposals.listed", refs_of(row[0] for row in rows[: queries.AT_ONCE]))
    return page(
        "care/rainbow/listed.html", rows=rows[: queries.AT_ONCE], more=len(rows) > queries.AT_ONCE,
        wall=is_projecting(), back_url=url_for("support.index"),
    )  # fmt: skip


@bp.post("/support/proposals/listed")
@needs(queries.LISTED)
def confirm_listed() -> Any:
    """Confirm those that were ticked, each by itself and with an entry of its own."""
    actor, done, left = current_actor(), 0, 0
    for assessment in queries.listed(actor, request.form.getlist("ref")):
        try:
            deciding.confirm(actor, assessment, deciding.ConfirmIn(listed=True))
            done += 1
        except (StepRefused, Stale):
            left += 1
    said = _("已确认 %(n)s 人", n=done)
    if left:
        said += _("；%(n)s 人没有确认：资质无效，或别人刚刚办过", n=left)
    return onward(url_for("support.listed"), said)


@bp.get("/support/proposals/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """Why this level is proposed, down to fact, source and day; for a minute, then back to the queue."""
    actor = current_actor()
    found = queries.proposal_for(actor, ref)
    group, shown = queries.class_of(found), not is_projecting()
    computed = queries.grounds(found)
    trail.saw(actor, found, "proposal.grounds", refs_of([found]))
    ways = {
        name.replace("-", "_"): Way(url_for("support.step", ref=ref, name=name), ask.icon)
        for name, ask in ASKS.items()
        if name != "sign-first" or (found.asks_for_two and not found.is_signed_once)
    }
    answer = page(
        "care/rainbow/proposal.html",
        one=found,
        group=group,
        shown=shown,
        seconds=SECONDS,
        computed=computed,
        told=explained(computed, rules_of(computed.county_id, computed.rule_set)),
        notes=notes_of(found),
        offers=offers_of(actor, found, ways),
        history=queries.history(found),
        hidden_url=url_for("support.index"),
    )
    return for_a_minute(answer, url_for("support.index"))


@bp.get("/support/proposals/<ref>/steps/<name>")
@needs("rainbow.confirm_proposal", "rainbow.confirm_second")
def step(ref: str, name: str) -> Response:
    """Ask before it is done."""
    found = _open(ref, name)
    form = ASKS[name].form(formdata=None, version=found.version)
    return _step_page(found, name, form)


@bp.post("/support/proposals/<ref>/steps/<name>")
@needs("rainbow.confirm_proposal", "rainbow.confirm_second")
def take(ref: str, name: str) -> Any:
    """Take the step, or ask again with what was wrong."""
    found, actor = _open(ref, name), current_actor()
    form = ASKS[name].form()
    if hasattr(form, "offer"):
        form.offer(found.proposed)
    if carried_out(form, lambda: ASKS[name].operation(actor, found, form.given())):
        return onward(url_for("support.index"), str(ASKS[name].done))
    return _step_page(found, name, form, 422)


def _open(ref: str, name: str) -> Any:
    if name not in ASKS:
        raise NotFound("step", name)
    return queries.proposal_for(current_actor(), ref)


def _step_page(found: Any, name: str, form: Any, status: int = 200) -> Response:
    if hasattr(form, "offer"):
        form.offer(found.proposed)
    if found.is_signed_once and "interviewed_on" in form:
        del form.interviewed_on
    ask, code = ASKS[name], name.replace("-", "_")
    offered = choice(current_actor(), found, code)
    if offered is None and status == 200 and found.state != "proposed":
        abort(409)
    return page(
        "care/rainbow/step.html",
        status,
        one=found,
        ask=ask,
        form=form,
        verb=word(found.workflow.step(code)),
        action=url_for("support.take", ref=found.ref, name=name),
        missing=offered.missing if offered else (),
        back_url=found.address,
    )
