"""What the page of a plan says: its goal, its causes with their measures, what the actor may do, who is in charge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.casework.choices import Choice, choices
from app.core.errors import Sentence
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import long_date
from app.core.web.drawings import plain
from app.core.web.pages import say
from app.improvement.monitoring.models import MonitoringCycle, MonitoringResult
from app.improvement.monitoring.queries import Ruling
from app.improvement.plans.forms.sections import SECTIONS
from app.improvement.plans.models import ProgressReport, RemediationAction, RemediationPlan
from app.improvement.plans.numbers import plan_numbers
from app.improvement.plans.queries.lights import months_due
from app.improvement.plans.routes.drawing import value
from app.improvement.plans.words import DESIGN_NAMES, ORIGINS
from workflows import engine

AT_ONCE = {
    "submit": ("submission", "send"),
    "take_back": ("withdrawal", "arrow-back-up"),
    "open_review": ("review", "zoom-question"),
}
"""Steps taken by one press: noun of the address, icon."""
ASKED = {
    "approve": ("approval", "check"),
    "return_plan": ("return", "arrow-back-up"),
    "amend": ("amendment", "pencil"),
    "cancel": ("cancellation", "ban"),
    "cancel_approved": ("cancellation", "ban"),
}
"""Steps with a page that says what follows and, where wanted, asks for the reason."""
SECTION_OF = {guard: section.name for section in SECTIONS for guard in section.guards}


def section_url(plan: RemediationPlan, name: str) -> str:
    """Where a section of the plan is filled in."""
    return (
        url_for("plans.sections", ref=plan.ref)
        if name == "measures"
        else url_for("plans.section", ref=plan.ref, name=name)
    )


def offers(actor: Actor, plan: RemediationPlan, open_edition: int | None) -> list[dict[str, Any]]:
    """The card 你可以: writing the plan, the steps of its state, the report of the month, the next edition."""
    found = [_offer(plan, choice) for choice in choices(actor, plan)]
    drafting = decide.may(actor, "plans.draft_plan", plan)
    if plan.can_be_edited and drafting:
        writing = {"label": _("填写方案"), "url": url_for("plans.sections", ref=plan.ref), "icon": "pencil"}
        ready = any(offer.get("name") == "submit" and not offer["missing"] for offer in found)
        found.insert(1 if ready else 0, {**writing, "primary": not ready})
    if plan.state == "active" and decide.may(actor, "plans.report_progress", plan):
        found.insert(0, _report_offer(plan))
    if plan.state == "active" and drafting and plan.item.state == "implementing" and open_edition is None:
        address = url_for("plans.begin", item=plan.item.ref)
        found.append({"label": _("起草新版"), "url": address, "icon": "copy", "post": True, "primary": False})
    if decide.may(actor, "plans.comment_plan", plan) and plan.state not in ("draft", "cancelled"):
        found.append({"label": _("提意见"), "url": "#remarks", "icon": "message-2"})
    return found


def _offer(plan: RemediationPlan, choice: Choice) -> dict[str, Any]:
    name = choice.step.name
    offer: dict[str, Any] = {
        "name": name,
        "label": choice.step,
        "missing": linked(plan, choice),
        "why": choice.why,
        "primary": choice.main,
    }
    if name in AT_ONCE:
        noun, icon = AT_ONCE[name]
        return offer | {"url": url_for("plans.take", ref=plan.ref, deed=noun), "icon": icon, "post": True}
    noun, icon = ASKED[name]
    return offer | {"url": url_for("plans.ask", ref=plan.ref, deed=noun), "icon": icon}


def linked(plan: RemediationPlan, choice: Choice) -> list[Any]:
    """What is missing, each sentence with a link to the section where it is mended."""
    codes = {
        guard.sentence: SECTION_OF.get(guard.code)
        for guard in engine.missing(plan.workflow, plan.state, choice.step, plan)
    }
    found: list[Any] = []
    for sentence in choice.missing:
        section = codes.get(sentence)
        found.append((say(sentence), section_url(plan, section)) if section and plan.can_be_edited else sentence)
    return found


def _report_offer(plan: RemediationPlan) -> dict[str, Any]:
    month = report_month(plan)
    words = _("填报 %(month)s 月月报", month=month.month)
    address = url_for("plans.report", ref=plan.ref, month=f"{month:%Y-%m}")
    return {"label": words, "url": address, "icon": "report-analytics", "primary": not plan.month_is_reported}


def report_month(plan: RemediationPlan) -> date:
    """The month to be reported next: the last one that has ended, this one once that is told."""
    this = clock.today().replace(day=1)
    return this if plan.month_is_reported else months_before(this)


def months_before(month: date) -> date:
    """The first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def baseline_words(plan: RemediationPlan, held: tuple[MonitoringResult, MonitoringCycle] | None) -> str:
    """2025 秋省测，八年级!F7（64 人）：发现问题时的数据."""
    if held is None:
        return ""
    cell, cycle = held
    place = _("%(cycle)s，%(sheet)s!%(cell)s（%(n)s 人）", cycle=cycle.name, sheet=cell.sheet, cell=cell.cell, n=cell.n)
    why = say(ORIGINS[plan.baseline_origin]) if plan.baseline_origin in ORIGINS else ""
    return say(Sentence(f"{place}：{why}", f"{place}: {why}")) if why else place


def goal_facts(
    plan: RemediationPlan,
    indicator: Any,
    held: tuple[MonitoringResult, MonitoringCycle] | None,
    ruling: Ruling | None,
) -> list[tuple[Any, ...]]:
    """The rows of 目标与评价; a baseline that was decided against says by whom and when."""
    rows: list[tuple[Any, ...]] = []
    if indicator is not None:
        rows.append((_("指标"), indicator.name))
        rows.append((_("基线 / 目标"), f"{value(plan.baseline, indicator)} / {value(plan.target, indicator)}"))
    if held is not None:
        rows.append((_("基线取自"), baseline_words(plan, held), True))
    if ruling is not None:
        told = (
            _("%(name)s %(day)s裁定不采用", name=ruling.by, day=long_date(ruling.at))
            if ruling.at
            else _("来源不一致，等裁定")
        )
        rows.append((_("基线数据格"), told, True))
    rows.append((_("达成日期"), long_date(plan.target_on) or "—"))
    rows.append((_("评价方式"), say(DESIGN_NAMES[plan.design]) if plan.design in DESIGN_NAMES else _("还没有选定")))
    if plan.design != "criterion":
        effect = plan.target_effect
        least = plain(plan.min_effect, 2) if plan.min_effect is not None else "—"
        shown = plain(effect, 2) if effect is not None else "—"
        rows.append((_("目标效应"), _("%(effect)s（至少 %(least)s）", effect=shown, least=least)))
    rows.append((_("复测日期") if plan.design != "criterion" else _("核验日期"), long_date(plan.follow_up_on) or "—"))
    if plan.criteria:
        rows.append((_("达标标准"), "；".join(plan.criteria), True))
    return rows


@dataclass(frozen=True)
class CauseRow:
    """A cause with the measures that answer it; None for measures that answer none."""

    cause: Any
    measures: list[RemediationAction]

    @property
    def unanswered(self) -> bool:
        """A cause that can be changed and that no measure answers."""
        return self.cause is not None and bool(self.cause.controllable) and not self.measures


def cause_rows(plan: RemediationPlan) -> list[CauseRow]:
    """原因 ↔ 措施: every cause of the present analysis with its measures, then the measures without a cause."""
    live = plan.live_actions if plan.state != "cancelled" else plan.actions
    causes = {cause.id: cause for cause in plan.item.all_causes}
    present = [cause.id for cause in plan.item.causes]
    present += [one.cause_id for one in live if one.cause_id in causes and one.cause_id not in present]
    rows = [
        CauseRow(causes[cause_id], [one for one in live if one.cause_id == cause_id])
        for cause_id in dict.fromkeys(present)
    ]
    rest = [one for one in live if one.cause_id not in causes]
    return [*rows, *([CauseRow(None, rest)] if rest else [])]


def report_lines(plan: RemediationPlan, told: Sequence[ProgressReport], names: dict[Any, str]) -> list[dict[str, Any]]:
    """The months of a plan in force, the newest first: what was reported, and which reports are missing."""
    reported = {one.month: one for one in told}
    since = plan.approved_on.replace(day=1) if plan.approved_on else None
    missing = [
        month for month in months_due(clock.today()) if since is not None and month >= since and month not in reported
    ]
    months = sorted({*reported, *(missing if plan.state == "active" else [])}, reverse=True)
    return [
        {
            "month": month,
            "report": reported.get(month),
            "who": names.get(reported[month].reported_by, "") if month in reported else "",
            "url": url_for("plans.report", ref=plan.ref, month=f"{month:%Y-%m}"),
        }
        for month in months
    ]


def waits(plan: RemediationPlan, who: str) -> tuple[str, str]:
    """Whom the plan waits for, and for what."""
    left = sum(1 for one in plan.live_actions if one.state != "completed")
    said = {
        "draft": (who or _("责任单位"), _("写完方案，由责任人提交。")),
        "submitted": (_("评价员") if not plan.is_school_level else _("本校审核人"), _("受理方案。")),
        "under_review": (
            _("校长") if plan.is_school_level else _("领导小组组长") if plan.is_severe else _("办公室主任"),
            _("批准或退回。"),
        ),
        "returned": (who or _("责任单位"), _("按退回理由修改，再提交。")),
        "approved": (_("问题项"), _("进入整改，方案随即生效。")),
        "active": (who or _("责任单位"), _waits_in_force(left)),
    }
    return said.get(plan.state, ("", ""))


def _waits_in_force(left: int) -> str:
    if not left:
        return str(_("转入评价。"))
    return str(_("完成 %(n)s 项措施，每月 %(day)s 日前报上月月报。", n=left, day=plan_numbers().report_day))
