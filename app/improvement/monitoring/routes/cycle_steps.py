"""The steps of a round that ask for a word or nothing: each with what its page says before it is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core.errors import NotFound
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way
from app.core.web.pages import page
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.forms.choices import MoveForm, ReasonForm
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.monitoring.operations import Move
from app.improvement.monitoring.routes.blueprint import bp

RIGHTS = (
    "monitoring.prepare_cycle",
    "monitoring.import_results",
    "monitoring.verify_cycle",
    "monitoring.release_cycle",
    "monitoring.close_cycle",
    "monitoring.withdraw_cycle",
)


@dataclass(frozen=True)
class Ask:
    """One step: its operation, what the page says, what is said afterwards."""

    operation: Callable[..., Any]
    title: Any
    consequence: Any
    verb: Any
    keep: Any
    done: Any
    reason: bool = False
    danger: bool = False
    number: bool = False
    quiet: bool = False
    icon: str = ""


STEPS: dict[str, Ask] = {
    "start_collecting": Ask(
        operations.start_collecting,
        _("开始采集？"),
        _("学校会收到通知，结果表可以上传。名称、学段和学科不能再改。"),
        _("开始采集"),
        _("先不开始"),
        _("已开始采集，学校已收到通知"),
        icon="player-play",
    ),
    "finish_import": Ask(
        operations.finish_import,
        _("完成导入？"),
        _("不再收新的文件，系统生成核对报告，由另一名测评组成员核验签名。"),
        _("完成导入"),
        _("还要再传"),
        _("导入已完成，等另一名成员核验"),
        icon="checks",
    ),
    "refuse_reconciliation": Ask(
        operations.refuse_reconciliation,
        _("核对不通过？"),
        _("周期退回采集，导入的人会收到理由，可以补传或回退批次。"),
        _("退回采集"),
        _("先不退回"),
        _("已退回采集"),
        reason=True,
        icon="arrow-back-up",
    ),
    "refuse_release": Ask(
        operations.refuse_release,
        _("不同意发布？"),
        _("周期退回核验，准备好的四个版本作废，要重新核验签名。办公室和测评组会收到理由。"),
        _("不同意发布"),
        _("先不退回"),
        _("已退回核验"),
        reason=True,
        icon="arrow-back-up",
    ),
    "release": Ask(
        operations.release_cycle,
        _("发布这一周期的数据？"),
        _("每所学校收到自己的数据包，校长 5 个工作日内签收；规则随即运行，产生数据发现；改进期两年。"),
        _("发布数据"),
        _("先不发布"),
        _("数据已发布，学校已收到签收通知"),
        icon="send",
    ),
    "close": Ask(
        operations.close_cycle,
        _("结束这一周期？"),
        _("改进期到此为止。数据、发现和清单都保留。"),
        _("结束周期"),
        _("先不结束"),
        _("周期已结束"),
        icon="circle-check",
    ),
    "close_without_list": Ask(
        operations.close_without_list,
        _("不立清单，结束这一周期？"),
        _("这一周期没有问题清单，不进入改进期。理由会留在经过里。"),
        _("结束周期"),
        _("先不结束"),
        _("周期已结束"),
        reason=True,
        quiet=True,
        icon="circle-check",
    ),
    "withdraw": Ask(
        operations.withdraw_cycle,
        _("撤回这一周期的数据？"),
        _(
            "四个版本停止使用，数据发现注明“来源已撤回”，由它们立项的问题项挂起，学校收到通知。撤回后不能恢复，改好的数据用新的周期发布。"
        ),
        _("撤回数据"),
        _("先不撤回"),
        _("数据已撤回，收到过数据的单位都会知道"),
        reason=True,
        danger=True,
        number=True,
        icon="ban",
    ),
}


def ways_of(found: MonitoringCycle) -> dict[str, Way]:
    """Where the buttons of a round lead."""
    ways = {
        name: Way(
            url_for("monitoring.cycle_step", ref=found.ref, name=name.replace("_", "-")),
            ask.icon,
            danger=ask.danger,
            quiet=ask.quiet,
        )
        for name, ask in STEPS.items()
    }
    return ways | {"verify": Way(url_for("monitoring.reconciliation", ref=found.ref), "signature")}


def _asked(name: str) -> tuple[str, Ask]:
    step = name.replace("-", "_")
    if step not in STEPS:
        raise NotFound("step", name)
    return step, STEPS[step]


@bp.get("/cycles/<ref>/steps/<name>")
@needs(*RIGHTS)
def cycle_step(ref: str, name: str) -> Response:
    """What a step leads to, before it is taken."""
    _step, ask = _asked(name)
    found = queries.cycle_for(current_actor(), ref)
    return _ask_page(found, name, ask, ReasonForm(formdata=None) if ask.reason else MoveForm(formdata=None))


@bp.post("/cycles/<ref>/steps/<name>")
@needs(*RIGHTS)
def take_cycle_step(ref: str, name: str) -> Any:
    """Take it."""
    _step, ask = _asked(name)
    actor = current_actor()
    found = queries.cycle_for(actor, ref)
    form = ReasonForm() if ask.reason else MoveForm()
    if not form.validate():
        return _ask_page(found, name, ask, form, 422)
    wrong = ask.number and _typed_number() != found.code
    if wrong:
        return _ask_page(found, name, ask, form, 422, wrong=True)
    ask.operation(actor, found, Move(form.version.data, form.reason.data if ask.reason else None))
    flash(str(ask.done))
    return redirect(found.address, 303)


def _typed_number() -> str:
    return request.form.get("number", "").strip()


def _ask_page(
    found: MonitoringCycle, name: str, ask: Ask, form: Any, status: int = 200, wrong: bool = False
) -> Response:
    return page(
        "improvement/monitoring/step.html",
        status,
        crumbs=[(gettext("监测数据"), url_for("monitoring.cycles")), (found.name, found.address), (str(ask.verb), "")],
        record=found,
        ask=ask,
        action=url_for("monitoring.take_cycle_step", ref=found.ref, name=name),
        form=form,
        number=found.code if ask.number else "",
        wrong_number=wrong,
        back_url=found.address,
    )
