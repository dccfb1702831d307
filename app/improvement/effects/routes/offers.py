"""What the pages of effects offer: the buttons of 你可以 with everything missing, and where each is mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.core.casework.choices import Choice, choices
from app.core.policy.actor import Actor
from app.core.web.chips import word
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.operations.evaluations import evaluation_in_force
from app.improvement.effects.queries import records
from workflows.improvement.closure_request import CLOSURE_REQUEST
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION
from workflows.vocabulary import Guard, Sentence

Missing = Sentence | tuple[str, str]


@dataclass(frozen=True)
class Way:
    """Where the button of a step leads: at once by POST, or to a page that asks first."""

    url: str
    icon: str = ""
    post: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Line:
    """One condition of the gate: its name, whether it holds, what is missing, where it is mended."""

    name: str
    holds: bool
    missing: str = ""
    url: str = ""


GUARDS: dict[Sentence, Guard] = {
    guard.sentence: guard
    for workflow in (CLOSURE_REQUEST, EFFECT_EVALUATION)
    for step in workflow.steps
    for guard in step.guards
}
SUBMIT = CLOSURE_REQUEST.step("submit")


def offers_of(
    actor: Actor, record: Any, ways: Mapping[str, Way], mended: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The steps that the actor may take from here, each with what is missing and, where known, the way to mend it."""
    return [
        {
            "label": choice.step,
            "url": ways[choice.step.name].url,
            "icon": ways[choice.step.name].icon,
            "post": ways[choice.step.name].post,
            "danger": ways[choice.step.name].danger,
            "primary": choice.main or (choice.step.name == "propose" and not record.has_proposal),
            "missing": linked(_unanswered(choice), mended or {}),
            "why": choice.why,
            "name": choice.step.name,
        }
        for choice in choices(actor, record)
        if choice.step.name in ways
    ]


ANSWERED = {
    "verify": ("severe_was_verified_on_site",),
    "prepare": (
        "follow_up_is_verified",
        "follow_up_is_after_the_plan",
        "comparability_is_checked",
        "small_groups_are_pooled",
    ),
}
"""Conditions that the form of the step itself answers: they do not keep its button from being pressed."""


def _unanswered(choice: Choice) -> list[Sentence]:
    answered = {g.sentence for g in choice.step.guards if g.code in ANSWERED.get(choice.step.name, ())}
    return [sentence for sentence in choice.missing if sentence not in answered]


def linked(sentences: Sequence[Sentence], mended: Mapping[str, str]) -> list[Missing]:
    """Each sentence with the address where it is mended, if there is one."""
    found: list[Missing] = []
    for sentence in sentences:
        guard = GUARDS.get(sentence)
        url = mended.get(guard.code, "") if guard is not None else ""
        found.append((word(sentence), url) if url else sentence)
    return found


def evaluation_ways(evaluation: EffectEvaluation) -> dict[str, Way]:
    """Where the buttons of an evaluation lead."""
    prepare = Way(url_for("effects.data", ref=evaluation.ref), "database-import")
    if evaluation.design == "criterion":
        prepare = Way(url_for("effects.compute", ref=evaluation.ref), "scale", post=True)
    return {
        "prepare": prepare,
        "propose": Way(url_for("effects.proposal", ref=evaluation.ref), "pencil"),
        "decide": Way(url_for("effects.decision", ref=evaluation.ref), "gavel"),
        "return_evaluation": Way(url_for("effects.evaluation_return", ref=evaluation.ref), "arrow-back-up"),
    }


def closure_ways(request: ClosureRequest) -> dict[str, Way]:
    """Where the buttons of a request lead."""

    def asked(name: str) -> str:
        return url_for("effects.closure_step", ref=request.ref, name=name.replace("_", "-"))

    return {
        "submit": Way(url_for("effects.submit_closure", ref=request.ref), "send", post=True),
        "take_back": Way(url_for("effects.take_back_closure", ref=request.ref), "arrow-back-up", post=True),
        "verify": Way(url_for("effects.verification", ref=request.ref), "clipboard-check"),
        "return_request": Way(asked("return_request"), "arrow-back-up"),
        "approve": Way(asked("approve"), "rubber-stamp"),
        "return_verified": Way(asked("return_verified"), "arrow-back-up"),
        "reject": Way(asked("reject"), "ban", danger=True),
        "withdraw": Way(asked("withdraw"), "x"),
    }


def recheck_ways(recheck: Recheck) -> dict[str, Way]:
    """One form answers both steps."""
    return {"pass_item": Way(url_for("rechecks.result", ref=recheck.ref), "clipboard-check")}


def mended_at(actor: Actor, request: ClosureRequest) -> dict[str, str]:
    """Condition → the page on which it is mended."""
    content = url_for("effects.closure_content", ref=request.ref)
    own = content if request.state in ("draft", "returned") else ""
    evaluation = evaluation_in_force(request.item_id)
    waiting = records.open_evidence(actor, request.item) if request.undecided_evidence_count else []
    item = request.item.address
    return {
        "has_a_self_summary": own,
        "has_before_and_after": evaluation.address if evaluation else item,
        "lists_its_evidence": own,
        "item_awaits_closure": item,
        "actions_are_ended": item,
        "evidence_is_judged": f"/evidence/{waiting[0].ref}" if waiting else item,
        "effect_is_decided": evaluation.address if evaluation else item,
        "chain_has_no_gaps": item,
    }


def gate(request: ClosureRequest, mended: Mapping[str, str]) -> list[Line]:
    """Every condition of closing with its answer: the same guards that the steps ask."""
    names = {
        "has_a_self_summary": _("自评总结已写"),
        "has_before_and_after": _("有整改前后的数据"),
        "lists_its_evidence": _("有佐证清单"),
        "item_awaits_closure": _("问题项在待销号"),
        "actions_are_ended": _("措施都已完成或取消"),
        "evidence_is_judged": _("佐证都已审核"),
        "effect_is_decided": _("成效定论允许销号"),
        "chain_has_no_gaps": _("从数据到销号的证据链完整"),
    }
    lines = []
    for guard in SUBMIT.guards:
        holds = bool(guard.test(request))
        missing = "" if holds else word(guard) + _detail(guard.code, request)
        lines.append(Line(names[guard.code], holds, missing, "" if holds else mended.get(guard.code, "")))
    return lines


def _detail(code: str, request: ClosureRequest) -> str:
    """How many, or which."""
    if code == "actions_are_ended":
        return str(_("（%(n)s 项）", n=request.open_action_count))
    if code == "evidence_is_judged":
        return str(_("（%(n)s 份）", n=request.undecided_evidence_count))
    if code == "chain_has_no_gaps":
        return str(_("（缺：%(links)s）", links=_("、").join(request.chain_gaps)))
    return ""
