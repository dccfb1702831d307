"""What people do with closure requests: draft, change, submit, verify, approve (one or several), return, reject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.core.casework.choices import choice
from app.core.errors import Invalid, NotFound, Sentence
from app.core.policy.actor import Actor
from app.core.web import drafts
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, must_hold, needs
from app.core.web.pages import page
from app.improvement.effects import approving
from app.improvement.effects.forms.closures import ClosureForm, PressForm, ReasonForm, VerifyForm
from app.improvement.effects.models import ClosureRequest
from app.improvement.effects.operations import closures as operations
from app.improvement.effects.queries import records
from app.improvement.effects.routes.blueprint import bp
from app.improvement.effects.routes.closures import APPROVE
from app.improvement.effects.routes.offers import linked, mended_at
from app.improvement.effects.words import evidence_label
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.items import item_for
from workflows.improvement.closure_request import CLOSURE_REQUEST

SUBMIT = ("effects.submit_closure", "effects.submit_school_closure")
VERIFY = ("effects.verify_closure", "effects.verify_school_closure")
MOST_AT_ONCE = 50
TOO_MANY = Sentence(f"一次最多批 {MOST_AT_ONCE} 项，请分几次", f"At most {MOST_AT_ONCE} at a time; take several rounds")
SEVERE = next(g for g in CLOSURE_REQUEST.step("verify").guards if g.code == "severe_was_verified_on_site").sentence


@dataclass(frozen=True)
class Asked:
    """What the page says before a step: title, consequence, the verb of its button, what stays otherwise."""

    take: Callable[..., Any]
    title: Any
    consequence: Any
    verb: Any
    keep: Any
    done: Any
    reason: bool = False
    danger: bool = False


ASKED = {
    "approve": Asked(
        operations.approve_closure,
        lazy_gettext("批准销号？"),
        lazy_gettext("问题项随即销号，整改方案办结，生成销号审批表，180 天后安排复核。责任单位会收到通知。"),
        lazy_gettext("批准销号"),
        lazy_gettext("先不批准"),
        lazy_gettext("已销号，销号审批表正在生成"),
    ),
    "return_request": Asked(
        operations.return_closure,
        lazy_gettext("退回这份销号申请？"),
        lazy_gettext("责任单位按你的意见修改后可以再提交。责任单位会收到理由。"),
        lazy_gettext("退回申请"),
        lazy_gettext("先不退回"),
        lazy_gettext("已退回，责任单位会看到理由"),
        reason=True,
    ),
    "return_verified": Asked(
        operations.return_verified_closure,
        lazy_gettext("退回补正？"),
        lazy_gettext("责任单位补正后重新提交、重新核验。责任单位和核验人会收到理由。"),
        lazy_gettext("退回补正"),
        lazy_gettext("先不退回"),
        lazy_gettext("已退回补正，责任单位会看到理由"),
        reason=True,
    ),
    "reject": Asked(
        operations.reject_closure,
        lazy_gettext("否决销号？"),
        lazy_gettext("这份申请到此为止，问题项回到整改中；整改后可以另提申请。责任单位和核验人会收到理由。"),
        lazy_gettext("否决销号"),
        lazy_gettext("先不否决"),
        lazy_gettext("已否决，问题项回到整改中"),
        reason=True,
        danger=True,
    ),
    "withdraw": Asked(
        operations.withdraw_closure,
        lazy_gettext("不再申请销号？"),
        lazy_gettext("这份申请作废，问题项回到整改中；以后可以另提申请。"),
        lazy_gettext("不再申请"),
        lazy_gettext("接着申请"),
        lazy_gettext("申请已撤下，问题项回到整改中"),
    ),
}


@bp.get("/items/<ref>/closure-request")
@needs("effects.draft_closure")
def new_closure(ref: str) -> Response:
    """Begin a request for an item that waits for closure."""
    item = item_for(current_actor(), ref)
    form, draft_at = drafts.opened(ClosureForm, f"closure:{ref}")
    return _content_page(item, form, f"/items/{ref}/closure-request", draft=f"closure:{ref}", draft_at=draft_at)


@bp.post("/items/<ref>/closure-request")
@needs("effects.draft_closure")
def draft_closure(ref: str) -> Any:
    """Keep it as a draft; submitting is the next step."""
    actor, form = current_actor(), ClosureForm()
    item = item_for(actor, ref)
    ids = _offer_evidence(actor, item, form)
    made: list[ClosureRequest] = []
    if carried_out(form, lambda: made.append(operations.draft_closure(actor, item, form.given(ids)))):
        drafts.forget_draft(actor, f"closure:{ref}")
        return onward(made[0].address, _("销号申请已起草，核对后提交"))
    return _content_page(item_for(actor, ref), form, f"/items/{ref}/closure-request", 422, draft=f"closure:{ref}")


@bp.get("/closures/<ref>/content")
@needs("effects.draft_closure")
def closure_content(ref: str) -> Response:
    """Change a draft or returned request."""
    found = records.closure_for(current_actor(), ref)
    start = {"self_summary": found.self_summary, "version": found.version}
    form, draft_at = drafts.opened(ClosureForm, f"closure:{ref}", data=start)
    return _content_page(
        found.item, form, f"{found.address}/content", found=found, draft=f"closure:{ref}", draft_at=draft_at
    )


@bp.post("/closures/<ref>/content")
@needs("effects.draft_closure")
def edit_closure(ref: str) -> Any:
    """Keep the change."""
    actor, form = current_actor(), ClosureForm()
    found = records.closure_for(actor, ref)
    ids = _offer_evidence(actor, found.item, form)
    if carried_out(form, lambda: operations.edit_closure(actor, found, form.given(ids))):
        drafts.forget_draft(actor, f"closure:{ref}")
        return onward(found.address, _("已保存"))
    found = records.closure_for(actor, ref)
    return _content_page(found.item, form, f"{found.address}/content", 422, found=found, draft=f"closure:{ref}")


def _offer_evidence(actor: Actor, item: ProblemItem, form: ClosureForm) -> dict[str, str]:
    rows = records.accepted_evidence(actor, item)
    now, before = ([(row.ref, evidence_label(row)) for row in rows if row.earlier is old] for old in (False, True))
    form.offer(now, before)
    return {row.ref: str(row.id) for row in rows}


def _content_page(
    item: ProblemItem,
    form: ClosureForm,
    action: str,
    status: int = 200,
    *,
    draft: str,
    found: ClosureRequest | None = None,
    draft_at: Any = None,
) -> Response:
    actor = current_actor()
    ids = _offer_evidence(actor, item, form)
    if form.evidence.data is None:
        listed = set(found.evidence_ids) if found is not None else set(ids.values())
        form.evidence.data = form.earlier.data = [ref for ref, identity in ids.items() if identity in listed]
    evaluation = operations.decided_evaluation(item.id)
    return page(
        "improvement/effects/closure_form.html",
        status,
        item=item,
        closure=found,
        form=form,
        action=action,
        evaluation=evaluation,
        measures=records.measures(actor, item, found)[0],
        draft_url=drafts.address(draft),
        draft_at=draft_at,
        back_url=found.address if found is not None else item.address,
    )


@bp.post("/closures/<ref>/submission")
@needs(*SUBMIT)
def submit_closure(ref: str) -> Any:
    """Hand it to the verifier."""
    actor, form = current_actor(), PressForm()
    found = records.closure_for(actor, ref)
    operations.submit_closure(actor, found, form.given())
    return onward(found.address, _("已提交，核验人 10 个工作日内核验"))


@bp.post("/closures/<ref>/taking-back")
@needs(*SUBMIT)
def take_back_closure(ref: str) -> Any:
    """Take it back while nobody has opened it."""
    actor, form = current_actor(), PressForm()
    found = records.closure_for(actor, ref)
    operations.take_back_closure(actor, found, form.given())
    return onward(found.address, _("已撤回，可以修改后再提交"))


@bp.get("/closures/<ref>/verification")
@needs(*VERIFY)
def verification(ref: str) -> Response:
    """What the verifier found."""
    found = records.closure_for(current_actor(), ref)
    must_hold(found, *VERIFY)
    return _verify_page(found, VerifyForm(formdata=None, version=found.version))


@bp.post("/closures/<ref>/verification")
@needs(*VERIFY)
def verify_closure(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), VerifyForm()
    found = records.closure_for(actor, ref)
    must_hold(found, *VERIFY)
    seen = form.on_site.data or found.item.was_seen_on_a_visit
    if found.is_severe and form.validate() and not seen:
        form.on_site.errors = [str(_("严重问题要先到现场核验"))]
        return _verify_page(found, form, 422)
    if carried_out(form, lambda: operations.verify_closure(actor, found, form.given())):
        return onward(found.address, _("核验通过，等批准"))
    return _verify_page(records.closure_for(actor, ref), form, 422)


def _verify_page(found: ClosureRequest, form: VerifyForm, status: int = 200) -> Response:
    offered = choice(current_actor(), found, "verify")
    waiting = [sentence for sentence in offered.missing if sentence != SEVERE] if offered else []
    return page(
        "improvement/effects/verification.html",
        status,
        closure=found,
        item=found.item,
        form=form,
        missing=waiting,
        back_url=found.address,
    )


@bp.get("/closures/<ref>/steps/<name>")
@needs(*VERIFY, *APPROVE, *SUBMIT)
def closure_step(ref: str, name: str) -> Response:
    """What a step leads to, before it is taken."""
    asked = _asked(name)
    found = records.closure_for(current_actor(), ref)
    return _step_page(found, name, asked, (ReasonForm if asked.reason else PressForm)(formdata=None))


@bp.post("/closures/<ref>/steps/<name>")
@needs(*VERIFY, *APPROVE, *SUBMIT)
def take_closure_step(ref: str, name: str) -> Any:
    """Take it."""
    asked, actor = _asked(name), current_actor()
    found = records.closure_for(actor, ref)
    form = ReasonForm() if asked.reason else PressForm()
    if carried_out(form, lambda: asked.take(actor, found, form.given())):
        return onward(found.address, str(asked.done))
    return _step_page(records.closure_for(actor, ref), name, asked, form, 422)


def _asked(name: str) -> Asked:
    asked = ASKED.get(name.replace("-", "_"))
    if asked is None:
        raise NotFound("step", name)
    return asked


def _step_page(found: ClosureRequest, name: str, asked: Asked, form: Any, status: int = 200) -> Response:
    actor, step_name = current_actor(), name.replace("-", "_")
    offered = choice(actor, found, step_name)
    missing = linked(offered.missing, mended_at(actor, found)) if offered and offered.missing else ()
    return page(
        "improvement/effects/step.html",
        status,
        crumbs=[
            (_("成效与销号"), url_for("effects.closures")),
            (found.number, found.address),
            (word(CLOSURE_REQUEST.step(step_name)), ""),
        ],
        record=found,
        title=asked.title,
        consequence=asked.consequence,
        verb=asked.verb,
        keep=asked.keep,
        danger=asked.danger,
        form=form,
        action=f"{found.address}/steps/{name}",
        missing=missing,
        back_url=found.address,
    )


@bp.post("/closures/approvals")
@needs(*APPROVE)
def approve_several() -> Response:
    """Approve several, each as its own act with the same gate as on its page; one that is refused keeps none back."""
    actor = current_actor()
    refs = list(dict.fromkeys(request.form.getlist("ref")))
    if len(refs) > MOST_AT_ONCE:
        raise Invalid("ref", TOO_MANY)
    answers = [approving.approve(actor, ref) for ref in refs]
    return page("improvement/effects/approvals.html", answers=answers, back_url=url_for("effects.closures"))
