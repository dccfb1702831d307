"""What the page of a measure says: how full its criteria are, what the actor may do, whom it waits for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from app.core.casework.choices import Choice, choices
from app.core.casework.door import FOUR_EYES
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.pages import say
from app.improvement.plans.models import Evidence, EvidenceCriterion, EvidenceUse, RemediationAction
from app.improvement.plans.operations.evidence import AT_WORK
from workflows import engine

COUNTED = ("submitted", "accepted")
GONE = ("withdrawn",)


@dataclass
class CriterionRow:
    """One criterion with its own pieces and those shown from elsewhere; None for pieces without a criterion."""

    criterion: EvidenceCriterion | None
    pieces: list[Evidence] = field(default_factory=list)
    uses: list[EvidenceUse] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Accepted pieces."""
        own = sum(1 for one in self.pieces if one.state == "accepted")
        return own + sum(1 for one in self.uses if one.evidence.state == "accepted")

    @property
    def counted(self) -> int:
        """Pieces that take a place: submitted, accepted, shown from elsewhere."""
        return sum(1 for one in self.pieces if one.state in COUNTED) + len(self.uses)

    @property
    def short(self) -> int:
        """How many accepted pieces are still wanted."""
        return max(0, self.criterion.minimum - self.accepted) if self.criterion is not None else 0

    @property
    def room(self) -> int | None:
        """How many more are taken; None without a limit."""
        return max(0, self.criterion.maximum - self.counted) if self.criterion is not None else None


def criterion_rows(action: RemediationAction, uses: Sequence[EvidenceUse]) -> list[CriterionRow]:
    """Every criterion in order, then what belongs to none; pieces that were withdrawn are left out."""
    rows = {criterion.id: CriterionRow(criterion) for criterion in action.criteria}
    rest = CriterionRow(None)
    for piece in action.evidence:
        if piece.state not in GONE:
            rows.get(piece.criterion_id or uuid.UUID(int=0), rest).pieces.append(piece)
    for use in uses:
        rows.get(use.criterion_id or uuid.UUID(int=0), rest).uses.append(use)
    return [*rows.values(), *([rest] if rest.pieces or rest.uses or not rows else [])]


def room_words(rows: Sequence[CriterionRow]) -> list[tuple[uuid.UUID, str, str]]:
    """The criteria as choices: id, text, and how many more pieces each takes."""
    found = []
    for row in rows:
        if row.criterion is not None:
            asked = _("至少 %(least)s 份，还能交 %(room)s 份", least=row.criterion.minimum, room=row.room)
            full = _("已满，最多 %(most)s 份", most=row.criterion.maximum)
            found.append((row.criterion.id, row.criterion.text, asked if row.room else full))
    return found


def offers(actor: Actor, action: RemediationAction) -> list[dict[str, Any]]:
    """The card 你可以 of a measure."""
    found: list[dict[str, Any]] = []
    for choice in choices(actor, action):
        found += _offers_of(actor, action, choice)
    working = decide.may(actor, "plans.submit_evidence", action)
    if working and action.state in AT_WORK:
        add = {"label": _("添加佐证"), "url": url_for("actions.new_evidence", ref=action.ref), "icon": "camera"}
        reuse = {"label": _("引用已采信的佐证"), "url": url_for("actions.reuse", ref=action.ref), "icon": "link"}
        ready = any(offer.get("name") == "submit_evidence" and not offer["missing"] for offer in found)
        found.insert(1 if ready else 0, {**add, "primary": not ready})
        found.append({**reuse, "primary": False})
    return found


def _offers_of(actor: Actor, action: RemediationAction, choice: Choice) -> list[dict[str, Any]]:
    name, icon = choice.step.name, ICONS.get(choice.step.name, "arrow-right")
    offer: dict[str, Any] = {"name": name, "label": choice.step, "missing": _linked(action, choice), "icon": icon}
    if name == "start":
        return [offer | {"url": url_for("actions.ask_start", ref=action.ref), "primary": True}]
    if name == "submit_evidence":
        address = url_for("actions.completion", ref=action.ref)
        return [offer | {"label": _("提交核验"), "url": address, "primary": True}]
    if name == "cancel":
        return [offer | {"url": url_for("actions.cancellation", ref=action.ref), "primary": False}]
    if name == "verify":
        return [_verification(actor, action) | {"why": choice.why}]
    return []


def _linked(action: RemediationAction, choice: Choice) -> list[Any]:
    """What is missing, with a link to where it is mended."""
    places = {"is_fully_done": "#progress", "has_evidence": url_for("actions.new_evidence", ref=action.ref)}
    missing = engine.missing(action.workflow, action.state, choice.step, action)
    found = {guard.sentence: places.get(guard.code) for guard in missing}
    return [(say(one), found[one]) if found.get(one) else one for one in choice.missing]


ICONS = {"start": "player-play", "submit_evidence": "send", "cancel": "ban"}


def _verification(actor: Actor, action: RemediationAction) -> dict[str, Any]:
    waiting = action.undecided_evidence_count
    own = actor.person_id == action.owner_id
    return {
        "label": _("核验措施") if action.state == "evidence_submitted" else _("审核佐证"),
        "detail": _("%(n)s 份待审", n=waiting) if waiting else "",
        "url": url_for("verification.show", measure=action.ref),
        "icon": "checks",
        "missing": [FOUR_EYES] if own else [],
    }


def waits(action: RemediationAction, owner: str) -> tuple[str, str]:
    """Whom the measure waits for, and for what."""
    verifier = _("本校核验人") if action.is_school_level else _("评价员或督学")
    if not action.plan_in_force and action.state == "not_started":
        return pgettext("one", "整改方案"), _("批准生效后开始。")
    said = {
        "not_started": (owner or _("负责人"), _("开始这项措施。")),
        "in_progress": (owner or _("负责人"), _("做完并交齐佐证。")),
        "evidence_submitted": (verifier, _("核验佐证。")),
        "returned": (owner or _("负责人"), _("按退回理由补齐，再提交。")),
    }
    return said.get(action.state, ("", ""))
