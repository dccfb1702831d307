"""Steps of a list: each says what follows before it is taken; issuing and archiving have forms of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.web import drafts
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.problems.forms.items import ReasonForm, StepForm
from app.improvement.problems.forms.lists import ArchiveForm, IssueForm
from app.improvement.problems.models import ProblemList
from app.improvement.problems.operations import lists as operations
from app.improvement.problems.queries import lists as queries
from app.improvement.problems.routes.blueprints import lists_bp as bp
from app.improvement.problems.words import SPANS
from workflows.improvement.problem_list import PROBLEM_LIST

RIGHTS = (
    "problems.submit_list",
    "problems.submit_school_list",
    "problems.approve_list",
    "problems.approve_school_list",
    "problems.issue_list",
    "problems.issue_school_list",
)
ISSUING = ("problems.issue_list", "problems.issue_school_list")


@dataclass(frozen=True)
class Asked:
    """What the page says before a step."""

    take: Callable[..., Any]
    title: Any
    consequence: Any
    verb: Any
    keep: Any
    done: Any
    reason: bool = False
    danger: bool = False


STEPS = {
    "submit": Asked(
        operations.submit_list,
        _("送审这份清单？"),
        _("审批人会收到待办，%(n)s 个工作日内答复。对方打开前可以撤回；送审后不能再改问题项。", n=SPANS["approve"]),
        _("送审清单"),
        _("先不送审"),
        _("已送审，%(n)s 个工作日内答复", n=SPANS["approve"]),
    ),
    "take_back": Asked(
        operations.take_back_list,
        _("撤回送审？"),
        _("清单回到草稿，可以再改；审批人的待办会消失。"),
        _("撤回送审"),
        _("先不撤回"),
        _("已撤回，清单回到草稿"),
    ),
    "approve": Asked(
        operations.approve_list,
        _("批准这份清单？"),
        _("每一项的来源、级别、责任、目标和期限都按现在的内容定下来，由起草人填文号后交办。"),
        _("批准清单"),
        _("先不批准"),
        _("已批准，等待交办"),
    ),
    "return_list": Asked(
        operations.return_list,
        _("退回这份清单？"),
        _("起草人会收到你的理由，改好后再送审。"),
        _("退回清单"),
        _("先不退回"),
        _("已退回，起草人会收到理由"),
        reason=True,
        danger=True,
    ),
    "return_approved": Asked(
        operations.return_approved_list,
        _("发现差错，退回修改？"),
        _("批准作废，改好后要重新送审、批准。"),
        _("退回修改"),
        _("先不退回"),
        _("已退回修改"),
        reason=True,
        danger=True,
    ),
    "withdraw": Asked(
        operations.withdraw_list,
        _("不再送审这份清单？"),
        _("清单停在这里，问题项不会交办；记录保留。引用的数据发现可以列入别的清单。"),
        _("不再送审"),
        _("先留着"),
        _("清单已收起"),
        danger=True,
    ),
}


@bp.get("/lists/<ref>/steps/<name>")
@needs(*RIGHTS)
def step(ref: str, name: str) -> Response:
    """What a step leads to, before it is taken."""
    asked = _asked(name)
    held = queries.list_for(current_actor(), ref)
    return _page(held, name, asked, (ReasonForm if asked.reason else StepForm)(formdata=None))


@bp.post("/lists/<ref>/steps/<name>")
@needs(*RIGHTS)
def take_step(ref: str, name: str) -> Any:
    """Take it."""
    asked, actor = _asked(name), current_actor()
    held = queries.list_for(actor, ref)
    form = ReasonForm() if asked.reason else StepForm()
    if carried_out(form, lambda: asked.take(actor, held, form.given())):
        return onward(held.address, str(asked.done))
    return _page(queries.list_for(actor, ref), name, asked, form, 422)


def _asked(name: str) -> Asked:
    asked = STEPS.get(name.replace("-", "_"))
    if asked is None:
        raise NotFound("step", name)
    return asked


def _page(held: ProblemList, name: str, asked: Asked, form: Any, status: int = 200) -> Response:
    step_name = name.replace("-", "_")
    offered = choice(current_actor(), held, step_name)
    return page(
        "improvement/problems/step.html",
        status,
        crumbs=[(_("问题清单"), "/lists"), (word(held.named), held.address), (word(PROBLEM_LIST.step(step_name)), "")],
        record=held,
        asked=asked,
        form=form,
        action=f"{held.address}/steps/{name}",
        missing=offered.missing if offered else (),
        back_url=held.address,
    )


@bp.get("/lists/<ref>/issue")
@needs(*ISSUING)
def issue(ref: str) -> Response:
    """Give the list its document number and hand it out."""
    return _form_page(queries.list_for(current_actor(), ref), "issue", IssueForm(formdata=None))


@bp.post("/lists/<ref>/issue")
@needs(*ISSUING)
def issue_list(ref: str) -> Any:
    """The list goes out."""
    actor, form = current_actor(), IssueForm()
    held = queries.list_for(actor, ref)
    if carried_out(form, lambda: operations.issue_list(actor, held, form.given())):
        return onward(held.address, gettext("已交办，责任单位 %(n)s 个工作日内签收；公文正在生成", n=SPANS["sign"]))
    return _form_page(queries.list_for(actor, ref), "issue", form, 422)


@bp.get("/lists/<ref>/archive")
@needs(*ISSUING)
def archive(ref: str) -> Response:
    """Write the closing summary."""
    name = f"archive:{ref}"
    form, draft_at = drafts.opened(ArchiveForm, name)
    held = queries.list_for(current_actor(), ref)
    return _form_page(held, "archive", form, draft_url=drafts.address(name), draft_at=draft_at)


@bp.post("/lists/<ref>/archive")
@needs(*ISSUING)
def archive_list(ref: str) -> Any:
    """Put the list away."""
    actor, form = current_actor(), ArchiveForm()
    held = queries.list_for(actor, ref)
    if carried_out(form, lambda: operations.archive_list(actor, held, form.given())):
        drafts.forget_draft(actor, f"archive:{ref}")
        return onward(held.address, gettext("清单已归档"))
    return _form_page(queries.list_for(actor, ref), "archive", form, 422, draft_url=drafts.address(f"archive:{ref}"))


def _form_page(held: ProblemList, name: str, form: Any, status: int = 200, **more: Any) -> Response:
    return page(f"improvement/problems/forms/{name}.html", status, held=held, form=form, back_url=held.address, **more)
