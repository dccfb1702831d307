"""Steps of a visit that ask for a yes or a reason: what follows is said before it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.visits.forms.planning import PressForm, ReasonForm
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.operations import findings, planning
from app.improvement.visits.queries import visits
from app.improvement.visits.routes.blueprint import bp
from app.improvement.visits.routes.visits import crumbs

TAKERS = (
    "visits.notify_visit",
    "visits.lead_visit",
    "visits.respond_visit",
    "visits.decide_objection",
    "visits.grant_exception",
)


@dataclass(frozen=True)
class Asked:
    """What the page says before a step: title, consequence, verb, what stays otherwise, what is said afterwards."""

    take: Callable[..., Any]
    title: Any
    consequence: Any
    verb: Any
    keep: Any
    done: Any
    reason: bool = False
    danger: bool = False


ASKED = {
    "notify": Asked(
        planning.notify_school,
        _l("通知学校？"),
        _l("学校随即看到日期、视导组和检查清单，并在视导前 2 个工作日交自查表。通知以后不能再改安排，只能取消重排。"),
        _l("通知学校"),
        _l("先不通知"),
        _l("已通知，学校会在视导前交自查表"),
    ),
    "cancel": Asked(
        planning.cancel_visit,
        _l("取消这次视导？"),
        _l("视导到此为止。已经通知的，学校会看到理由。"),
        _l("取消视导"),
        _l("先不取消"),
        _l("已取消"),
        reason=True,
        danger=True,
    ),
    "grant_exception": Asked(
        planning.grant_exception,
        _l("批准例外？"),
        _l("这次视导可以不在年度清单里，也可以少于规定的通知天数。理由留在记录里。"),
        _l("批准例外"),
        _l("先不批"),
        _l("已批准例外"),
        reason=True,
    ),
    "refuse_exception": Asked(
        planning.refuse_exception,
        _l("不批准例外？"),
        _l("视导要列入年度清单并按规定天数通知。安排的人会看到理由。"),
        _l("不批准"),
        _l("先放一放"),
        _l("没有批准，安排的人会看到理由"),
        reason=True,
    ),
    "show_draft": Asked(
        findings.show_draft,
        _l("把反馈稿给学校看？"),
        _l("学校 3 个工作日内可以申辩；没有意见或到期以后才能印发。之后改动发现，要重新给学校看。"),
        _l("给学校看"),
        _l("再改改"),
        _l("学校已能看到反馈稿"),
    ),
    "agree": Asked(
        findings.agree_with_draft,
        _l("对反馈稿没有意见？"),
        _l("组长随即可以印发反馈单，不必再等 3 个工作日。"),
        _l("没有意见"),
        _l("再看看"),
        _l("已告知组长，没有意见"),
    ),
    "accept_objection": Asked(
        findings.accept_objection,
        _l("采纳学校的申辩？"),
        _l("组长按你的理由更正反馈稿，再给学校看一次。"),
        _l("采纳申辩"),
        _l("先不采纳"),
        _l("已采纳，组长会更正反馈稿"),
        reason=True,
    ),
    "dismiss_objection": Asked(
        findings.dismiss_objection,
        _l("不采纳学校的申辩？"),
        _l("反馈稿不变，组长可以印发。学校会看到理由。"),
        _l("不采纳"),
        _l("再看看"),
        _l("已答复，学校会看到理由"),
        reason=True,
    ),
}


@bp.get("/visits/<ref>/steps/<name>")
@needs(*TAKERS)
def step(ref: str, name: str) -> Response:
    """What a step leads to, before it is taken."""
    asked = _asked(name)
    found = visits.visit_for(current_actor(), ref)
    return _page(found, name, asked, (ReasonForm if asked.reason else PressForm)(formdata=None))


@bp.post("/visits/<ref>/steps/<name>")
@needs(*TAKERS)
def take_step(ref: str, name: str) -> Any:
    """Take it."""
    asked, actor = _asked(name), current_actor()
    found = visits.visit_for(actor, ref)
    form = ReasonForm() if asked.reason else PressForm()
    if carried_out(form, lambda: asked.take(actor, found, form.given())):
        return onward(found.address, str(asked.done))
    return _page(visits.visit_for(actor, ref), name, asked, form, 422)


def _asked(name: str) -> Asked:
    asked = ASKED.get(name.replace("-", "_"))
    if asked is None:
        raise NotFound("step", name)
    return asked


def _page(found: SupervisionVisit, name: str, asked: Asked, form: Any, status: int = 200) -> Response:
    offered = choice(current_actor(), found, name.replace("-", "_"))
    return page(
        "improvement/visits/step.html",
        status,
        crumbs=crumbs(found, str(asked.verb)),
        heading=word(found.named),
        meta=[found.scope],
        title=asked.title,
        consequence=asked.consequence,
        verb=asked.verb,
        keep=asked.keep,
        form=form,
        action=f"{found.address}/steps/{name}",
        version=found.version,
        missing=offered.missing if offered else (),
        danger=asked.danger,
        back_url=found.address,
    )
