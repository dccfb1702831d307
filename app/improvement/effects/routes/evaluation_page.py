"""What the page of an evaluation says: the design, both ends, the checklist, the suggestion, who decides and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.core.casework.next_level import Above, above
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import long_date, word
from app.core.web.drawings import Point, slope
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.outcome_rules import outcome_rules
from app.improvement.effects.queries import opinions, records
from app.improvement.effects.routes.offers import evaluation_ways, offers_of
from app.improvement.effects.routes.opinions import opinion_offers
from app.improvement.effects.words import DESIGNS, USES, value_words
from app.improvement.monitoring.queries import rulings
from app.improvement.monitoring.words import EVALUATION_TYPES
from app.improvement.problems.routes.drawing import chips_of, story, strip_of
from app.improvement.problems.words import joined, word_of
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION

SHOWN = 8


def shown(actor: Actor, found: EffectEvaluation) -> dict[str, Any]:
    """Everything that the page and its forms draw."""
    ids = [found.baseline_result_id, *found.follow_up_ids, *found.comparability.get("earlier_ids", [])]
    cells = records.cells(actor, [one for one in ids if one is not None])
    entries, earlier = story(actor, [found.id], SHOWN)
    checkers = [one.get("verifier") for one in found.criteria_checked]
    proofs = records.listed_evidence(actor, found.item, found.qualitative)
    open_to_data = found.state in ("draft", "returned") and found.design != "criterion"
    candidates = records.candidates(actor, found) if open_to_data else []
    names = records.names(actor, [*checkers, found.proposed_by, found.decided_by])
    return {
        "evaluation": found,
        "item": found.item,
        "plan": found.plan,
        "clock_chip": chips_of([found]).get(found.id),
        "stops": strip_of(found, EFFECT_EVALUATION.path),
        "design": design_facts(found, cells),
        "cells": cells,
        "rulings": rulings(actor, [row[0].id for row in cells]),
        "later": set(found.follow_up_ids),
        "open_to_data": open_to_data,
        "unchecked": found.design == "criterion" and found.unverified_criterion_count > 0,
        "candidates": candidates,
        "drawing": drawing(found),
        "kind": value_type_of(found),
        "adjusted": adjusted_words(found),
        "proofs": proofs,
        "names": names,
        "four_parts": four_parts(found, cells, names),
        "decider": decider(found),
        "gone_up": gone_up(found),
        "voices": opinions.voices(actor, found),
        "offers": [*opinion_offers(actor, found), *_check_offer(actor, found), *_offers(actor, found, len(candidates))],
        "sees_cells": decide.holds(actor, "monitoring.view_results"),
        "entries": entries,
        "earlier": earlier,
    }


def value_type_of(found: EffectEvaluation) -> str:
    """mean, rate or index: how the numbers are written."""
    ends = found.computed.get("ends") or [{}]
    return str(ends[0].get("value_type") or "mean")


def design_facts(found: EffectEvaluation, cells: list[Any]) -> list[tuple[Any, ...]]:
    """What was fixed with the plan, before the work began."""
    plan = found.plan
    rows: list[tuple[Any, ...]] = [(_("评价方式"), word(word_of(DESIGNS, found.design)) or _("方案里没有定"))]
    rows.append((_("评价类型"), word(EVALUATION_TYPES[found.evaluation_type])))
    if found.design == "criterion":
        return [*rows, (_("标准"), _("%(n)s 条，由没有参与整改的人现场核查", n=len(plan.criteria))), *_days(found)]
    kind = cells[0][0].value_type if cells else "mean"
    if cells:
        rows.append((_("指标"), cells[0][1].name))
    rows.append((_("目标值"), value_words(plan.target, kind)))
    least = plan.min_effect or outcome_rules().least_effect
    rows.append((_("最小效应"), _("d 或 h ≥ %(least)s", least=f"{least:.2f}")))
    return [*rows, *_days(found)]


def four_parts(found: EffectEvaluation, cells: list[Any], names: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """Whom and who, what, how, use of the result: what the record says of each, and what is missing."""
    who = joined(names[str(one)] for one in dict.fromkeys((found.proposed_by, found.decided_by)) if one)
    what = cells[0][1].name if cells else ""
    if found.criteria_checked:
        what = _("标准 %(n)s 条", n=len(found.criteria_checked))
    how = _(
        "%(design)s，规则版本 %(rules)s",
        design=word(word_of(DESIGNS, found.design)),
        rules=found.computed.get("rule_version"),
    )
    return [
        (_("评谁、谁评"), f"{found.item.unit.short_name if found.item.unit else ''}；{who}" if who else ""),
        (_("评什么"), what),
        (_("怎么评"), how if found.how_stored else ""),
        (_("结果怎么用"), joined(USES[use] for use in found.uses)),
    ]


def _days(found: EffectEvaluation) -> list[tuple[Any, ...]]:
    plan = found.plan
    rows: list[tuple[Any, ...]] = [(_("复测时间"), long_date(plan.follow_up_on) or "—")]
    if found.item_due_on:
        rows.append((_("整改期限"), long_date(found.item_due_on)))
    return rows


def drawing(found: EffectEvaluation) -> Markup | None:
    """Both ends with their 95 % intervals and the target; None where an end cannot be tested."""
    ends = found.computed.get("ends") or []
    if len(ends) != 2 or any(end["low"] is None for end in ends):
        return None
    by = 100.0 if value_type_of(found) == "rate" else 1.0
    before, after = (
        Point(name, end["value"] * by, end["low"] * by, end["high"] * by, end["n"])
        for name, end in zip((_("基线"), _("复测")), ends, strict=True)
    )
    target = found.computed.get("target")
    said = _(
        "基线 %(a)s，复测 %(b)s",
        a=value_words(ends[0]["value"], ends[0]["value_type"]),
        b=value_words(ends[1]["value"], ends[1]["value_type"]),
    )
    wanted = None if target is None else target * by
    return slope(before, after, said, wanted, _("目标 %(value)s", value=value_words(target, value_type_of(found))))


def adjusted_words(found: EffectEvaluation) -> str:
    """Whether what would have come by itself was taken away, and what was left."""
    made = found.computed.get("adjustment")
    if not made:
        return ""
    least = outcome_rules().least_reference_units
    if not made["adjusted"]:
        words = _(
            "没有做回归校正：没有被标记、前后都测过的单位只有 %(n)s 个，至少要 %(least)s 个。按原规则判断，由领导小组组长定论。",
            n=made["peers"],
            least=least,
        )
        return str(words)
    by_pupils = made.get("source") == "pupils"
    kind = "mean" if by_pupils else value_type_of(found)
    values = {
        "n": made["peers"],
        "expected": value_words(made["expected"], kind),
        "change": value_words(made["change"], kind),
        "low": value_words(made["low"], kind),
        "high": value_words(made["high"], kind),
    }
    if by_pupils:
        words = _(
            "已做回归校正，依据学生前后测成绩：没有被标记的 %(n)s 所学校里，同样前测均分的后测预计 %(expected)s；"
            "超出预计 %(change)s，95%% 预测区间 %(low)s 至 %(high)s。",
            **values,
        )
        return str(words)
    return str(
        _(
            "已做回归校正：同一起点、没有被标记的 %(n)s 个单位复测预计 %(expected)s；"
            "超出预计 %(change)s，95%% 预测区间 %(low)s 至 %(high)s。",
            **values,
        )
    )


def decider(found: EffectEvaluation) -> tuple[str, str]:
    """Who decides, and why that person."""
    right = EFFECT_EVALUATION.step("decide").right_for(found)
    up = above([found], right).get(found.id) if right is not None else None
    return (word(up.who), word(up.why)) if up is not None else _decides(found, right)


def gone_up(found: EffectEvaluation) -> Above | None:
    """The role above that the evaluation waits for, where nobody below may take what is to be done now."""
    if found.design == "criterion" and found.unverified_criterion_count > 0:
        return None
    awaited = EFFECT_EVALUATION.step("decide" if found.proposed_at else "propose").right_for(found)
    rights = (awaited,) if found.state == "computed" and awaited is not None else ()
    return above([found], *rights).get(found.id)


def _decides(found: EffectEvaluation, right: str | None) -> tuple[str, str]:
    if right == "effects.decide_school_evaluation":
        return _("校长"), _("校级清单的问题由学校定论")
    if right == "effects.decide_severe_evaluation":
        reasons = (
            (found.is_severe, _("严重问题")),
            (found.is_unadjusted, _("没有做回归校正")),
            (found.effect_not_measurable, _("效果无法测量")),
        )
        return _("领导小组组长"), _("、").join(why for holds, why in reasons if holds)
    return _("领导小组办公室主任"), _("一般问题，已按规则比较") if found.computed else _(
        "一般问题；没有做回归校正时改由组长定论"
    )


def _offers(actor: Actor, found: EffectEvaluation, candidates: int) -> list[dict[str, Any]]:
    """The steps; data can be named only where a later round has them."""
    mended = {
        "criteria_are_verified_on_site": url_for("effects.criteria", ref=found.ref),
        "work_has_ended": found.item.address,
    }
    offers = offers_of(actor, found, evaluation_ways(found), mended)
    wanted = outcome_rules().pooled_rounds if found.design == "small_n" else 1
    if found.design == "criterion" or candidates >= wanted:
        return offers
    lacking = _("还没有已核验的复测数据：需要 %(n)s 轮，现有 %(m)s 轮", n=wanted, m=candidates)
    if found.baseline_result_id is None:
        lacking = _("方案里没有选基线数据格，不能用数据评价")
    return [
        offer | {"missing": [*offer["missing"], lacking]} if offer["name"] == "prepare" else offer for offer in offers
    ]


def _check_offer(actor: Actor, found: EffectEvaluation) -> list[dict[str, Any]]:
    """Checking the criteria on site is no step of its own: it fills what the step 备齐数据 asks for."""
    if found.design != "criterion" or found.state not in ("draft", "returned") or not found.plan.criteria:
        return []
    own_school = actor.school_id is not None and not found.is_school_level
    if own_school or not decide.may(actor, "effects.check_criteria", found):
        return []
    label = _("现场核查标准") if found.unverified_criterion_count else _("重新核查标准")
    return [
        {
            "label": label,
            "url": url_for("effects.criteria", ref=found.ref),
            "icon": "clipboard-check",
            "primary": bool(found.unverified_criterion_count),
        }
    ]
