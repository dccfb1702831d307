"""What the page of a list says: its lines by category with what each lacks, the steps, the documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.core.casework.choices import Choice, choices
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import long_date, word
from app.improvement.problems.models import ListDocument, ProblemItem, ProblemList
from app.improvement.problems.words import CATEGORIES, LEVEL_OF_ROUND, LEVELS, SPANS, word_of

FORMS = {"issue": ("problem_lists.issue", "send"), "archive": ("problem_lists.archive", "file-certificate")}
ICONS = {
    "submit": "send",
    "take_back": "arrow-back-up",
    "approve": "check",
    "return_list": "arrow-back-up",
    "return_approved": "arrow-back-up",
    "withdraw": "trash",
}
NOT_SHOWN = ("draft",)


@dataclass(frozen=True)
class Group:
    """The lines of one category."""

    title: str
    items: list[ProblemItem]


def groups(items: list[ProblemItem]) -> list[Group]:
    """Lines by category, in the order of the categories; those without one stand last."""
    found = [
        Group(word(words), [item for item in items if item.category == code]) for code, words in CATEGORIES.items()
    ]
    found.append(Group(_("还没有归类"), [item for item in items if item.category not in CATEGORIES]))
    return [group for group in found if group.items]


def offers(actor: Actor, held: ProblemList) -> list[dict[str, Any]]:
    """The card 你可以 of a list."""
    found = [_offer(held, choice) for choice in choices(actor, held) if choice.step.name not in NOT_SHOWN]
    if may_draft(actor, held) and held.state in ("issued", "in_progress"):
        url = url_for("problem_lists.new", previous=held.ref)
        found.append({"label": _("起草下一版"), "url": url, "icon": "copy", "primary": False})
    return found


def _offer(held: ProblemList, choice: Choice) -> dict[str, Any]:
    name = choice.step.name
    offer: dict[str, Any] = {
        "label": choice.step,
        "missing": choice.missing,
        "primary": choice.main,
        "why": choice.why,
    }
    if name in FORMS:
        endpoint, icon = FORMS[name]
        return offer | {"url": url_for(endpoint, ref=held.ref), "icon": icon}
    address = url_for("problem_lists.step", ref=held.ref, name=name.replace("_", "-"))
    return offer | {"url": address, "icon": ICONS.get(name, "arrow-right")}


def may_draft(actor: Actor, held: ProblemList) -> bool:
    """Whether the actor may put lines on lists of this level."""
    right = held.workflow.step("draft").right_for(held)
    return right is not None and decide.may(actor, right, held)


def may_edit(actor: Actor, held: ProblemList) -> bool:
    """The same, while the list is open."""
    return held.can_be_edited and may_draft(actor, held)


def opens_it(actor: Actor, held: ProblemList) -> bool:
    """Whether the actor is the approver who looks at what was submitted for the first time."""
    right = held.workflow.step("approve").right_for(held)
    waiting = held.state == "under_review" and held.opened_at is None
    return waiting and right is not None and decide.may(actor, right, held)


def facts_on_paper(document: ListDocument | None) -> dict[str, str] | None:
    """What the paper of an issued list says of itself; None for a code that was never given out."""
    if document is None:
        return None
    return {
        _("名称"): document.title,
        _("文号"): document.document_number,
        _("立单单位"): document.issuer,
        _("版次"): _("第 %(n)s 版", n=document.edition),
        _("印发日期"): long_date(document.issued_on),
        _("问题项"): _("%(n)s 项", n=document.item_count),
    }


def facts(held: ProblemList) -> list[tuple[Any, ...]]:
    """The rows of 清单信息."""
    rows: list[tuple[Any, ...]] = [
        (_("编号"), _("%(number)s（第 %(n)s 版）", number=held.number, n=held.edition)),
        (_("层级"), word(word_of(LEVELS, held.level))),
        (_("监测周期"), round_words(held)),
        (_("文号"), held.document_number or _("还没有")),
        (_("交办日期"), long_date(held.issued_on) or _("还没有交办")),
        (_("立单单位"), held.unit.name if held.unit else ""),
    ]
    if held.requirements.strip():
        rows.append((_("整改要求"), held.requirements, True))
    if held.summary.strip():
        rows.append((_("总结"), held.summary, True))
    return rows


def round_words(held: ProblemList) -> str:
    """2026秋（县级，普测）; what stands there where a list follows no round."""
    if held.cycle is None:
        return str(_("不由监测周期得出"))
    level = word(word_of(LEVEL_OF_ROUND, held.cycle.level))
    coverage = _("普测") if held.cycle.coverage == "census" else _("抽测")
    return str(_("%(name)s（%(level)s，%(coverage)s）", name=held.cycle.name, level=level, coverage=coverage))


def waits(held: ProblemList, unsigned: int) -> tuple[str, str, str]:
    """Whom the list waits for, as before, bold and behind."""
    school = held.is_school_level
    drafter = _("学校项目联络员") if school else _("领导小组办公室")
    approver = _("校长") if school else _("领导小组组长")
    said: dict[str, tuple[str, str, str]] = {
        "draft": (_("现在等"), drafter, _("补齐问题项后送审。")),
        "returned": (_("现在等"), drafter, _("按理由修改后再送审。")),
        "under_review": (_("现在等"), approver, _("审批，%(n)s 个工作日内答复。", n=SPANS["approve"])),
        "approved": (_("现在等"), drafter, _("填文号、交办。")),
        "issued": (_("现在等"), _("责任单位"), _("签收，还有 %(n)s 项没有签收。", n=unsigned)),
        "in_progress": (_("现在等"), _("责任单位"), _("整改；全部销号或作废后办结。")),
        "completed": (_("现在等"), drafter, _("写总结、归档。")),
        "superseded": ("", _("已由新版替代"), _("没有办结的问题项在新版里。")),
        "withdrawn": ("", _("不再送审"), _("问题项没有交办。")),
        "archived": ("", _("已归档"), _("内容不再变动。")),
    }
    return said[held.state]
