"""Steps of an item that are taken by one press, or after a page that says what follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.forms import VersionedForm
from app.core.web.pages import page
from app.improvement.problems.forms.items import PlanAgainForm, ReasonForm, StepForm
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import items as operations
from app.improvement.problems.queries import items as queries
from app.improvement.problems.routes.blueprints import items_bp as bp
from workflows.improvement.problem_item import PROBLEM_ITEM

Take = Callable[..., Any]
AT_ONCE: dict[str, tuple[Take, Any]] = {
    "start_diagnosis": (operations.start_diagnosis, _("已开始诊断，请逐条写原因")),
    "finish_diagnosis": (operations.finish_diagnosis, _("归因诊断已完成，接下来制定整改方案")),
    "start_evaluation": (operations.start_evaluation, _("已转入评价")),
    "ask_for_closure": (operations.ask_for_closure, _("已提出销号，请填写销号申请")),
    "diagnose_again": (operations.diagnose_again, _("新一轮诊断已开始，前几轮的内容都保留着")),
}
TO_DIAGNOSIS = ("start_diagnosis", "diagnose_again")


@dataclass(frozen=True)
class Asked:
    """What the page says before a step: title, consequence, the verb of its button, what stays otherwise."""

    take: Take
    title: Any
    consequence: Any
    verb: Any
    keep: Any
    done: Any
    form: type[VersionedForm] = StepForm


ASKED = {
    "uphold": Asked(
        operations.uphold_item,
        _("维持交办？"),
        _("问题项仍由原单位负责，签收时限重新计算。单位会收到你的理由。"),
        _("维持交办"),
        _("先不答复"),
        _("已维持交办，单位会收到理由"),
        form=ReasonForm,
    ),
    "plan_again": Asked(
        operations.plan_again,
        _("重订方案？"),
        _("问题项回到方案制定，新方案与这一份相连，什么都不会丢。单位会收到通知。"),
        _("重订方案"),
        _("先不重订"),
        _("已要求重订方案"),
        form=PlanAgainForm,
    ),
    "resume": Asked(
        operations.resume_item,
        _("恢复整改？"),
        _("问题项回到挂起前的那一步，时限接着算。"),
        _("恢复整改"),
        _("先不恢复"),
        _("已恢复，时限接着算"),
    ),
}


@bp.post("/items/<ref>/moves/<name>")
@needs("problems.diagnose_item", "problems.handle_item")
def take(ref: str, name: str) -> Any:
    """Take a step that asks for nothing but the press."""
    known = AT_ONCE.get(name.replace("-", "_"))
    found = queries.item_for(current_actor(), ref)
    if known is None:
        raise NotFound("step", name)
    operation, said = known
    operation(current_actor(), found, StepForm().given())
    address = f"{found.address}/diagnosis" if name.replace("-", "_") in TO_DIAGNOSIS else found.address
    return onward(address, str(said))


@bp.get("/items/<ref>/steps/<name>")
@needs("problems.decide_objection", "problems.decide_after_evaluation", "problems.suspend_item")
def step(ref: str, name: str) -> Response:
    """What a step leads to, before it is taken."""
    asked = _asked(name)
    found = queries.item_for(current_actor(), ref)
    return _page(found, name, asked, asked.form(formdata=None))


@bp.post("/items/<ref>/steps/<name>")
@needs("problems.decide_objection", "problems.decide_after_evaluation", "problems.suspend_item")
def take_asked(ref: str, name: str) -> Any:
    """Take it."""
    asked, actor = _asked(name), current_actor()
    found = queries.item_for(actor, ref)
    form: Any = asked.form()
    if carried_out(form, lambda: asked.take(actor, found, form.given())):
        return onward(found.address, str(asked.done))
    return _page(queries.item_for(actor, ref), name, asked, form, 422)


def _asked(name: str) -> Asked:
    asked = ASKED.get(name.replace("-", "_"))
    if asked is None:
        raise NotFound("step", name)
    return asked


def _page(found: ProblemItem, name: str, asked: Asked, form: Any, status: int = 200) -> Response:
    step_name = name.replace("-", "_")
    offered = choice(current_actor(), found, step_name)
    return page(
        "improvement/problems/step.html",
        status,
        crumbs=[(_("问题项"), "/items"), (found.number, found.address), (word(PROBLEM_ITEM.step(step_name)), "")],
        record=found,
        asked=asked,
        form=form,
        action=f"{found.address}/steps/{name}",
        missing=offered.missing if offered else (),
        back_url=found.address,
    )
