"""What people do with an interpretation report: sign, return, publish, withdraw; each asks before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way
from app.core.web.pages import page
from app.improvement.effects.forms.closures import PressForm, ReasonForm
from app.improvement.effects.forms.value_added import step_of
from app.improvement.effects.models import InterpretationReport
from app.improvement.effects.operations import interpretations as operations
from app.improvement.effects.queries import interpretations as queries
from app.improvement.effects.routes.blueprint import interpretations_bp as bp
from workflows.improvement.interpretation_report import INTERPRETATION_REPORT

TAKE = ("effects.write_interpretation", "effects.publish_interpretation")


@dataclass(frozen=True)
class Ask:
    """What a step is asked with."""

    title: Any
    consequence: Any
    keep: Any
    done: Any
    operation: Any
    icon: str
    reason: bool = False
    danger: bool = False


ASKS = {
    "sign": Ask(
        lazy_gettext("签名定稿？"),
        lazy_gettext("四个版本从同一份数据切出并固定下来，之后只能退回再改。由办公室主任发布。"),
        lazy_gettext("先不签名"),
        lazy_gettext("已签名，等办公室主任发布"),
        operations.sign_interpretation,
        "signature",
    ),
    "return-report": Ask(
        lazy_gettext("退回这份报告？"),
        lazy_gettext("起草人可以修改后重新签名，四个版本会重新切出。起草人会看到你的理由。"),
        lazy_gettext("先不退回"),
        lazy_gettext("已退回，起草人会看到理由"),
        operations.return_interpretation,
        "arrow-back-up",
        reason=True,
    ),
    "publish": Ask(
        lazy_gettext("发布这份报告？"),
        lazy_gettext("能看解读报告的人都会看到。签名的人不能自己发布。"),
        lazy_gettext("先不发布"),
        lazy_gettext("已发布"),
        operations.publish_interpretation,
        "file-export",
    ),
    "withdraw": Ask(
        lazy_gettext("撤回这份报告？"),
        lazy_gettext("只有起草和发布的人还能看到，理由会一直留着；要再发布须另写一份。"),
        lazy_gettext("先不撤回"),
        lazy_gettext("已撤回"),
        operations.withdraw_interpretation,
        "x",
        reason=True,
        danger=True,
    ),
}


def ways_of(report: InterpretationReport) -> dict[str, Way]:
    """Where the buttons of a report lead."""
    return {
        name.replace("-", "_"): Way(
            url_for("interpretations.step", ref=report.ref, name=name), ask.icon, danger=ask.danger, quiet=ask.danger
        )
        for name, ask in ASKS.items()
    }


@bp.get("/interpretations/<ref>/steps/<name>")
@needs(*TAKE)
def step(ref: str, name: str) -> Response:
    """What the step leads to."""
    found, ask = _asked(ref, name)
    form = ReasonForm if ask.reason else PressForm
    return _step_page(found, name, ask, form(formdata=None, version=found.version))


@bp.post("/interpretations/<ref>/steps/<name>")
@needs(*TAKE)
def take(ref: str, name: str) -> Any:
    """Take it."""
    actor = current_actor()
    found, ask = _asked(ref, name)
    form: Any = ReasonForm() if ask.reason else PressForm()
    reason = form.reason.data if ask.reason else None
    if carried_out(form, lambda: ask.operation(actor, found, step_of(form.version.data, reason))):
        return onward(found.address, str(ask.done))
    return _step_page(_asked(ref, name)[0], name, ask, form, 422)


def _asked(ref: str, name: str) -> tuple[InterpretationReport, Ask]:
    if name not in ASKS:
        raise NotFound("step", name)
    return queries.report_for(current_actor(), ref), ASKS[name]


def _step_page(found: InterpretationReport, name: str, ask: Ask, form: Any, status: int = 200) -> Response:
    code = name.replace("-", "_")
    offered = choice(current_actor(), found, code)
    declared = INTERPRETATION_REPORT.step(code)
    return page(
        "improvement/effects/interpretation_step.html",
        status,
        report=found,
        crumbs=[(_("解读报告"), url_for("interpretations.index")), (found.title, found.address), (word(declared), "")],
        ask=ask,
        verb=word(declared),
        form=form,
        action=url_for("interpretations.take", ref=found.ref, name=name),
        missing=offered.missing if offered else (),
        back_url=found.address,
    )
