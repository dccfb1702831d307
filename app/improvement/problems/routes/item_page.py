"""What the page of an item says: whom it waits for, its facts, what the actor may do, who is in charge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import lazyload
from sqlalchemy.orm.attributes import set_committed_value

from app.core import clock
from app.core.casework.choices import Choice
from app.core.casework.next_level import above
from app.core.casework.records import MOVABLES
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.policy.roles import ROLES
from app.core.web.chips import day_of_year, long_date, short_date, word
from app.core.web.whom import whom
from app.improvement.monitoring.scenarios import in_order, scenario_words
from app.improvement.monitoring.words import BENCHMARKS
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.trace import Trace
from app.improvement.problems.words import (
    CAUSES,
    DOMAIN_CODES,
    SOURCES,
    effect_words,
    goal_of,
    joined,
    value_words,
    word_of,
)

FORMS = {
    "accept": ("problem_items.sign_for", "signature"),
    "contest": ("problem_items.object", "message-2"),
    "reassign": ("problem_items.reassign", "arrows-exchange"),
    "extend": ("problem_items.extend", "calendar"),
    "suspend": ("problem_items.suspend", "player-pause"),
    "void": ("problem_items.void", "ban"),
}
"""Steps with a form of their own."""
AT_ONCE = {
    "start_diagnosis": "player-play",
    "finish_diagnosis": "check",
    "start_evaluation": "scale",
    "ask_for_closure": "rubber-stamp",
    "diagnose_again": "player-play",
}
"""Steps taken by one press."""
ASKED = {"uphold": "gavel", "plan_again": "refresh", "resume": "player-play"}
"""Steps with a page that says what follows and, where wanted, asks for the reason."""
QUIET_STEPS = ("suspend", "void", "drop")
"""Rare steps stand under 更多, not among the buttons."""


def offers(
    actor: Actor, item: ProblemItem, steps: list[Choice], further: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The card 你可以: the steps of the state, what else may be written, and what later features offer."""
    found = [_offer(item, choice) for choice in steps if choice.step.name not in QUIET_STEPS]
    if _may_diagnose(actor, item):
        written = _("%(n)s 条", n=len(item.causes)) if item.causes else ""
        found.insert(0, {**_link("problem_items.diagnosis", item, _("写归因诊断"), "notes"), "detail": written})
    found += [dict(offer) for offer in further]
    return found + [{**offer, "primary": False} for offer in _beside(actor, item)]


def rare_offers(item: ProblemItem, steps: list[Choice]) -> list[dict[str, Any]]:
    """The menu 更多: suspending, voiding."""
    return [_offer(item, choice) for choice in steps if choice.step.name in ("suspend", "void")]


def _offer(item: ProblemItem, choice: Choice) -> dict[str, Any]:
    name = choice.step.name
    offer: dict[str, Any] = {
        "label": choice.step,
        "missing": choice.missing,
        "primary": choice.main,
        "why": choice.why,
    }
    if name in FORMS:
        endpoint, icon = FORMS[name]
        return offer | {"url": url_for(endpoint, ref=item.ref), "icon": icon}
    if name in AT_ONCE:
        address = url_for("problem_items.take", ref=item.ref, name=name.replace("_", "-"))
        return offer | {"url": address, "icon": AT_ONCE[name], "post": True}
    return offer | {
        "url": url_for("problem_items.step", ref=item.ref, name=name.replace("_", "-")),
        "icon": ASKED.get(name, "arrow-right"),
    }


def _link(endpoint: str, item: ProblemItem, label: str, icon: str) -> dict[str, Any]:
    return {"label": label, "url": url_for(endpoint, ref=item.ref), "icon": icon}


def _may_diagnose(actor: Actor, item: ProblemItem) -> bool:
    return item.state in ("accepted", "diagnosing") and decide.may(actor, "problems.diagnose_item", item)


def _beside(actor: Actor, item: ProblemItem) -> list[dict[str, Any]]:
    found = []
    if item.state == "draft" and item.problem_list.can_be_edited and _drafts(actor, item):
        found.append(_link("problem_lists.line", item, _("修改这一项"), "pencil"))
    named = item.was_accepted and not item.is_settled
    if named and decide.may(actor, "problems.name_handler", item):
        found.append(_link("problem_items.handler", item, _("改派经办人"), "user-plus"))
    if item.issued_on and item.state != "void" and decide.may(actor, "problems.name_evaluator", item):
        found.append(_link("problem_items.evaluator", item, _("请第三方评估"), "user-plus"))
    if item.issued_on and item.state != "void" and _may_check(actor, item):
        found.append(_link("problem_items.onsite_check", item, _("记现场核查"), "walk"))
    if item.state == "closed" and decide.may(actor, "effects.propose_reopening", item):
        found.append(_link("problem_items.propose_reopening", item, _("提议重新打开"), "refresh"))
    if item.issued_on and decide.may(actor, "problems.comment_item", item):
        found.append({"label": _("留言"), "url": "#remarks", "icon": "message-2"})
    return found


def _drafts(actor: Actor, item: ProblemItem) -> bool:
    right = item.problem_list.workflow.step("draft").right_for(item.problem_list)
    return right is not None and decide.may(actor, right, item.problem_list)


def _may_check(actor: Actor, item: ProblemItem) -> bool:
    own = (item.owner_id, item.deputy_id, item.responsible_person_id)
    return actor.person_id not in own and decide.may(actor, "problems.check_onsite", item)


def facts(item: ProblemItem, found: Trace) -> list[tuple[Any, ...]]:
    """The rows of 问题事实: the measured cell with its doubt, or where the problem became known; target, causes."""
    rows: list[tuple[Any, ...]] = _measured(found) or _registered(item)
    if tags := in_order(code for cell in found.cells for code in cell.scenarios):
        rows.append((_("应用场景"), scenario_words(tags)))
    if item.target is not None:
        on = _("%(day)s复测", day=long_date(item.target_on)) if item.target_on else _("复测")
        rows.append((_("整改目标"), f"{on} {goal_of(item)}"))
    if len(rows) % 2:
        rows[-1] = (*rows[-1], True)  # a line of its own, so that the wide ones below begin at the left
    if item.criteria.strip():
        rows.append((_("整改标准"), item.criteria, True))
    if item.description.strip():
        rows.append((_("具体表现"), item.description, True))
    if item.causes:
        rows.append((_("归因诊断"), causes_line(item), True))
    return rows


def _registered(item: ProblemItem) -> list[tuple[Any, ...]]:
    return [
        (_("来源"), word(word_of(SOURCES, item.source_type))),
        (_("条线"), word(word_of(DOMAIN_CODES, item.domain_code))),
    ]


def _measured(found: Trace) -> list[tuple[Any, ...]]:
    cell = next((row for row in found.cells if row.result_id is not None), None)
    if cell is None:
        return []
    against = word(word_of(BENCHMARKS, cell.benchmark_type))
    values = f"{value_words(cell.value, cell.value_type)} / {value_words(cell.benchmark_value, cell.value_type)}"
    rows: list[tuple[Any, ...]] = [
        (_("指标"), cell.indicator or ""),
        (_("本单位 / %(against)s", against=against), values),
        (_("效应量 d"), word(effect_words(cell.effect, cell.effect_low, cell.effect_high)) or _("不检验")),
    ]
    n = str(cell.n)
    if cell.n_expected:
        n = _(
            "%(n)s / %(all)s（覆盖 %(share)s%%）",
            n=cell.n,
            all=cell.n_expected,
            share=round(100 * cell.n / cell.n_expected),
        )
    rows.append((_("有效人数"), n))
    if cell.adjusted_p is not None:
        p = "<0.0001" if cell.adjusted_p < 0.0001 else f"{cell.adjusted_p:.4f}"
        rows.append((_("校正后 p"), _("%(p)s（%(n)s 格，BH 法）", p=p, n=cell.family_size or 1)))
    return rows


def causes_line(item: ProblemItem) -> str:
    """①原因（教学，可控）；②…"""
    marks = "①②③④⑤⑥⑦⑧⑨⑩"
    told = {True: _("可控"), False: _("不可控"), None: _("未判断")}
    parts = [
        f"{marks[n] if n < 10 else n + 1}{cause.statement}"
        + _("（%(kind)s，%(control)s）", kind=word(CAUSES[cause.category]), control=told[cause.controllable])
        for n, cause in enumerate(item.causes)
    ]
    return str(_("；")).join(parts)


def waits(item: ProblemItem, found: Trace, handler: str) -> tuple[str, str, str]:
    """Whom the item waits for, as before, bold and behind: 现在等 · 柳河镇中心小学 · 完成 2 项措施。"""
    unit = item.unit.short_name if item.unit else _("责任单位")
    who = handler or unit
    left = sum(1 for action in found.actions if action.state != "completed")
    said: dict[str, tuple[str, str]] = {
        "draft": (_("起草人"), _("随清单送审、批准后交办。")),
        "issued": (unit, _("签收，并指定经办人和替补。")),
        "contested": (_("领导小组办公室"), _("答复异议：维持或改派。")),
        "accepted": (who, _("开始归因诊断。")),
        "diagnosing": (who, _("完成归因诊断，已写 %(n)s 条原因。", n=len(item.causes))),
        "planning": (unit, _("制定整改方案，批准后开始整改。")),
        "implementing": (unit, _("完成 %(n)s 项措施。", n=left) if left else _("转入评价。")),
        "reopened": (unit, _("指定新的经办人，重新诊断。")),
    }
    if item.state == "evaluating":
        said[item.state] = _evaluating(item, found, who)
    elif item.state == "pending_closure":
        said[item.state] = _closing(item, found, unit)
    if item.state in said:
        return (_("现在等"), *said[item.state])
    return _resting(item)


def _evaluating(item: ProblemItem, found: Trace, who: str) -> tuple[str, str]:
    if item.closable_on:
        return who, _("提出销号。")
    if item.unresolved_on or item.plan_lacks_its_cell:
        return _("办公室主任"), _going_on(item)
    if item.new_data_on:
        return _("新数据"), _("%(day)s到位后再评价。", day=day_of_year(item.new_data_on))
    last = found.latest("evaluation")
    evaluation = _record(item, "effect_evaluations", last) if last is not None and last.state == "computed" else None
    up = above([evaluation]).get(evaluation.id) if evaluation is not None and evaluation.proposed_at else None
    if up is not None:
        return word(up.who), _("作出定论（%(why)s）。", why=word(up.why))
    return _("评价定论"), _("（评价员提出，办公室主任或组长决定）。")


def _record(item: ProblemItem, entity: str, row: Any) -> Any:
    """The record behind a row of the trace; its feature lies above this one and is known by name alone.

    The item is at hand already and is not read a second time with its causes.
    """
    model = MOVABLES[entity]
    found = db.session.scalar(select(model).where(model.id == row.id).options(lazyload("*")))
    if found is not None:
        set_committed_value(found, "item", item)
    return found


def _going_on(item: ProblemItem) -> str:
    if item.outcome == "insufficient_evidence":
        return str(_("决定重订方案。") if item.extension_count else _("决定延长一次，等新数据。"))
    if item.outcome == "partly_improved":
        return str(_("决定重订方案：“部分改进”的理由没有获认可。"))
    if item.outcome is None:
        return str(_("决定重订方案：现在的方案没有数据可比。"))
    return str(_("决定重订方案。"))


def _closing(item: ProblemItem, found: Trace, unit: str) -> tuple[str, str]:
    last = found.latest("closure")
    state = last.state if last is not None else ""
    if state not in ("submitted", "verified", "approved"):
        return unit, _("提交销号申请。")
    said: tuple[str, str] = (_("督学或评价员"), _("核验销号申请。"))
    if state != "submitted":
        said = (_("领导小组组长") if item.is_severe else _("办公室主任")), _("批准销号。")
    request = _record(item, "closure_requests", last)
    who, what = whom(request, said) if request is not None else said
    return who, what


def _resting(item: ProblemItem) -> tuple[str, str, str]:
    if item.state == "suspended":
        day = long_date(item.resume_on)
        return _("已挂起，计时暂停。"), day or _("等待领导小组组长决定"), _("恢复。") if day else ""
    if item.state == "closed":
        return "", _("已销号"), long_date(item.closed_on)
    return "", _("已作废"), _("不再计入清单和统计。")


def due_words(item: ProblemItem) -> str:
    """整改期限 2027-06-30，还有 217 天; how many days it is over otherwise."""
    if item.due_on is None:
        return str(_("还没有定期限"))
    days = (item.due_on - clock.today()).days
    text = str(_("整改期限 %(day)s", day=short_date(item.due_on)))
    if item.is_settled:
        return text
    if days < 0:
        return text + str(_("，超 %(n)s 天", n=-days))
    return text + str(_("，还有 %(n)s 天", n=days) if days else _("，今天到期"))


def people(
    named: Mapping[str, Sequence[tuple[str, str]]], further: Sequence[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """The lines of 谁在负责, those of later features last."""
    duties = {
        "responsible": _("责任人"),
        "handler": _("经办"),
        "deputy": _("替补"),
        "inspector": _("督学"),
        "drafter": _("起草"),
        "evaluator": _("第三方评估"),
    }
    rows = [
        (title, name, word(ROLES[role]) if role in ROLES and duty != "inspector" else "")
        for duty, title in duties.items()
        for name, role in named.get(duty, ())[:2]
    ]
    return [*rows, *further]


def co_units_line(names: dict[Any, str], item: ProblemItem) -> str:
    """协同 教师发展中心; empty where nobody helps."""
    helping = [names[one] for one in names if str(one) in (item.co_units or [])]
    return _("协同 %(units)s", units=joined(helping)) if helping else ""
