"""转码: who is supported, what speaks for a step down, requests and their steps."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.care.rainbow import words
from app.care.rainbow.forms import changes as forms
from app.care.rainbow.operations import changing
from app.care.rainbow.queries import changes as queries
from app.care.rainbow.queries.observed import student_for
from app.care.rainbow.routes.blueprint import SECONDS, asked_to_show, bp, for_a_minute
from app.core import clock
from app.core.audit import trail
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.asking import Ask, step_page
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way, chips_of, notes_of, offers_of
from app.core.web.pages import page
from app.core.web.projecting import is_projecting

ASKS = {
    "submit": Ask(lazy_gettext("提交后由另一名专业人员审核。"), forms.PlainForm, changing.submit,
                  lazy_gettext("已提交，等另一人审核"), "send"),
    "take-up": Ask("", forms.PlainForm, changing.take_up, lazy_gettext("已开始审核"), "eye", at_once=True),
    "sign-first": Ask(lazy_gettext("你签名以后，由县心理专家作第二人决定。"), forms.PlainForm, changing.sign_first,
                      lazy_gettext("已签名，等第二人"), "signature"),
    "approve": Ask(lazy_gettext("批准后马上生效，支持任务随之更换。学生和家长看不到层级。"), forms.PlainForm,
                   changing.approve, lazy_gettext("已批准并生效")),
    "return-change": Ask(lazy_gettext("退回给申请人补充。"), forms.ReasonForm, changing.return_change,
                         lazy_gettext("已退回"), "arrow-back-up"),
    "reject": Ask(lazy_gettext("不通过后，现在的层级不变。"), forms.ReasonForm, changing.reject,
                  lazy_gettext("已办结，层级不变"), "x"),
    "withdraw": Ask(
        lazy_gettext("撤回后可以重新申请；随申请派出的任务也结束。"),
        forms.PlainForm, changing.withdraw, lazy_gettext("已撤回"), "arrow-back-up"),
}  # fmt: skip


@bp.get("/support/changes")
@needs(queries.VIEW)
def changes() -> Response:
    """Requests that wait, and for qualified persons who has more than everyday support."""
    actor, shown = current_actor(), asked_to_show()
    rows, pages = filters.paged(queries.waiting(actor, filters.cursor("waiting")), "waiting")
    may_see = decide.holds(actor, queries.DOWN)
    sought, after = request.args.get("q", "").strip()[:40], request.args.get("after", "")
    pupils = queries.supported(actor, sought, after) if may_see else []
    more, pupils = len(pupils) > queries.PAGE, pupils[: queries.PAGE]
    seen = [*(row[0].ref for row in rows), *(row[0].ref for row in pupils)]
    trail.saw(actor, None, "changes.levels" if shown else "changes.list", seen)
    at: dict[str, Any] = {name: value for name, value in (("q", sought), ("after", after)) if value}
    hidden = url_for("support.changes", **at)
    following = {**at, "after": pupils[-1][0].student_no} if more else {}
    answer = page(
        "care/rainbow/changes.html", rows=rows, pages=pages, clocks=chips_of([row[0] for row in rows]), pupils=pupils,
        settled=queries.settled(actor), may_see=may_see, sought=sought, shown=shown, seconds=SECONDS,
        hidden_url=hidden, show_url=url_for("support.changes", shown=1, **at),
        next_url=url_for("support.changes", **following) if more else "",
        first_url=url_for("support.changes") if after else "",
    )  # fmt: skip
    return for_a_minute(answer, hidden) if shown else answer


@bp.get("/support/students/<ref>/change")
@needs(queries.DOWN)
def standing(ref: str) -> Response:
    """One student: the level, what a step down asks for and what there is of it; for a minute, then back."""
    actor = current_actor()
    student = student_for(actor, ref, queries.DOWN)
    trail.saw(actor, student, "student.standing")
    found = queries.standing(actor, student)
    answer = page(
        "care/rainbow/standing.html", student=student, found=found, shown=not is_projecting(), seconds=SECONDS,
        need_words=words.NEEDS, kind_words=words.EVIDENCE, finding_words=words.FINDINGS, looks=words.LOOKS,
        hidden_url=url_for("support.changes"), may_give=decide.holds(actor, "sharing.prepare_handover"),
    )  # fmt: skip
    return for_a_minute(answer, url_for("support.changes"))


@bp.get("/support/students/<ref>/step-down")
@needs(queries.DOWN)
def new_step_down(ref: str) -> Response:
    """Ask for the next level down."""
    student = student_for(current_actor(), ref, queries.DOWN)
    return _student_page(student, forms.DraftForm(formdata=None), "support.ask_step_down")


@bp.post("/support/students/<ref>/step-down")
@needs(queries.DOWN)
def ask_step_down(ref: str) -> Any:
    """Begin it; it is handed in on its own page."""
    actor, form = current_actor(), forms.DraftForm()
    student = student_for(actor, ref, queries.DOWN)
    made: list[Any] = []
    if carried_out(form, lambda: made.append(changing.draft(actor, student, form.given()))):
        return onward(made[0].address, _("已起草，看过依据后提交"))
    return _student_page(student, form, "support.ask_step_down", 422)


@bp.get("/support/students/<ref>/more-support")
@needs(queries.UP)
def new_escalation(ref: str) -> Response:
    """Ask for more support."""
    student = student_for(current_actor(), ref, queries.UP)
    return _student_page(student, forms.UpForm(formdata=None), "support.escalate")


@bp.post("/support/students/<ref>/more-support")
@needs(queries.UP)
def escalate(ref: str) -> Any:
    """Ask for it: what cannot wait begins at once."""
    actor, form = current_actor(), forms.UpForm()
    form.offer(_table())
    student = student_for(actor, ref, queries.UP)
    if carried_out(form, lambda: changing.escalate(actor, student, form.given())):
        return onward(url_for("support.changes"), _("已提交，心理教师会马上看到；要紧的任务已经派出"))
    return _student_page(student, form, "support.escalate", 422)


@bp.get("/support/students/<ref>/restore")
@needs(queries.DOWN)
def new_restore(ref: str) -> Response:
    """Back to the level that was left lately."""
    student = student_for(current_actor(), ref, queries.DOWN)
    return _student_page(student, forms.UpForm(formdata=None), "support.restore")


@bp.post("/support/students/<ref>/restore")
@needs(queries.DOWN)
def restore(ref: str) -> Any:
    """Restore it: in force at once."""
    actor, form = current_actor(), forms.UpForm()
    form.offer(_table())
    student = student_for(actor, ref, queries.DOWN)
    if carried_out(form, lambda: changing.restore(actor, student, form.given())):
        return onward(url_for("support.changes"), _("已恢复，支持任务已派出"))
    return _student_page(student, form, "support.restore", 422)


@bp.get("/support/students/<ref>/evidence")
@needs(queries.DOWN)
def new_evidence(ref: str) -> Response:
    """Write down what one did."""
    student = student_for(current_actor(), ref, queries.DOWN)
    form = forms.EvidenceForm(formdata=None, happened_on=clock.today())
    return _student_page(student, form, "support.keep_evidence")


@bp.post("/support/students/<ref>/evidence")
@needs(queries.DOWN)
def keep_evidence(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), forms.EvidenceForm()
    student = student_for(actor, ref, queries.DOWN)
    if carried_out(form, lambda: changing.record_evidence(actor, student, form.given())):
        return onward(url_for("support.standing", ref=ref), _("已记下"))
    return _student_page(student, form, "support.keep_evidence", 422)


TITLES = {
    "support.ask_step_down": (lazy_gettext("申请下调一级"), lazy_gettext("只能降一级；由另一名专业人员决定，你不能自己批准。")),
    "support.escalate": (lazy_gettext("申请更多支持"), lazy_gettext("马上开始必要的陪伴和联系，不等批准。")),
    "support.restore": (lazy_gettext("直接恢复原来的层级"), lazy_gettext("降级后 30 天内情况反复，可以不等审核直接恢复。")),
    "support.keep_evidence": (lazy_gettext("补记一次工作"), lazy_gettext("谁做的谁来记；记下以后不能改。")),
}  # fmt: skip


def _table() -> dict[str, Any]:
    return words.CLASS_LEVELS if current_actor().role == "homeroom_teacher" else words.LEVELS


def _student_page(student: Any, form: Any, endpoint: str, status: int = 200) -> Response:
    if hasattr(form, "offer"):
        form.offer(_table())
    actor, (title, consequence) = current_actor(), TITLES[endpoint]
    if status == 200:
        trail.saw(actor, student, "student.change")
    back = url_for("support.standing", ref=student.ref)
    if not decide.holds(actor, queries.DOWN):
        back = url_for("support.own_class" if actor.role == "homeroom_teacher" else "support.levels")
    return page(
        "care/rainbow/change_form.html", status, student=student, form=form, title=title, consequence=consequence,
        action=url_for(endpoint, ref=student.ref), back_url=back,
    )  # fmt: skip


@bp.get("/support/changes/<ref>")
@needs(queries.VIEW)
def change(ref: str) -> Response:
    """One request: from where to where, what it rests on, what may be done."""
    actor = current_actor()
    found = queries.change_for(actor, ref)
    trail.saw(actor, found, "change.page")
    answer = page(
        "care/rainbow/change.html", one=found, shown=not is_projecting(), seconds=SECONDS, notes=notes_of(found),
        offers=offers_of(actor, found, _ways(found)), need_words=words.NEEDS, looks=words.LOOKS, table=_table(),
        may_see=decide.holds(actor, queries.DOWN), hidden_url=url_for("support.changes"),
        clock_chip=chips_of([found]).get(found.id),
    )  # fmt: skip
    return for_a_minute(answer, url_for("support.changes"))


def _ways(found: Any) -> dict[str, Way]:
    """The steps with their addresses; a first signature only where one is wanted, withdrawal only for who asked."""
    left_out = set() if found.asks_for_two and not found.is_signed_once else {"sign-first"}
    if found.owner_id != current_actor().person_id:
        left_out.add("withdraw")
    ways = {}
    for name, ask in ASKS.items():
        if name not in left_out:
            endpoint = "support.change_step" if ask.at_once else "support.ask_change_step"
            ways[name.replace("-", "_")] = Way(url_for(endpoint, ref=found.ref, name=name), ask.icon, post=ask.at_once)
    return ways


@bp.get("/support/changes/<ref>/steps/<name>")
@needs(queries.VIEW)
def ask_change_step(ref: str, name: str) -> Response:
    """Ask before it is done."""
    found = _open(ref, name)
    return _step_page(found, name, ASKS[name].form(formdata=None, version=found.version))


@bp.post("/support/changes/<ref>/steps/<name>")
@needs(queries.VIEW)
def change_step(ref: str, name: str) -> Any:
    """Take the step, or ask again with what was wrong."""
    found, actor, form = _open(ref, name), current_actor(), ASKS[name].form()
    if carried_out(form, lambda: ASKS[name].operation(actor, found, form.given())):
        return onward(found.address, str(ASKS[name].done))
    return _step_page(found, name, form, 422)


def _open(ref: str, name: str) -> Any:
    if name not in ASKS:
        raise NotFound("step", name)
    return queries.change_for(current_actor(), ref)


def _step_page(found: Any, name: str, form: Any, status: int = 200) -> Response:
    action = url_for("support.change_step", ref=found.ref, name=name)
    return step_page("care/rainbow/change_step.html", action, found, name, ASKS[name], form, status)
