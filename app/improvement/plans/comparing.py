"""Two editions of a plan side by side: which words, numbers and measures changed between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.core.errors import Sentence
from app.core.web.chips import long_date, short_date, word
from app.core.web.drawings import plain
from app.improvement.plans.models import RemediationAction, RemediationPlan
from app.improvement.plans.words import ACTION_FIELDS, ACTION_KINDS, DESIGN_NAMES, FIELDS
from app.improvement.problems.words import value_words


@dataclass(frozen=True)
class Row:
    """One field of both editions, in words."""

    name: Sentence
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after


@dataclass(frozen=True)
class MeasureRow:
    """One measure of both editions: new, gone, changed or the same."""

    title: str
    kind: str
    changes: tuple[Row, ...] = ()


def fields(before: RemediationPlan, after: RemediationPlan, indicator: Any, names: Mapping[Any, str]) -> list[Row]:
    """Every field of the plan, in the order of its form."""
    kind = indicator.value_type if indicator is not None else None
    return [
        Row(words, _said(before, name, kind, names), _said(after, name, kind, names)) for name, words in FIELDS.items()
    ]


def _said(plan: RemediationPlan, name: str, kind: str | None, names: Mapping[Any, str]) -> str:
    held = getattr(plan, name)
    if name in ("baseline", "target"):
        return value_words(held, kind) if held is not None else ""
    if name == "min_effect":
        return plain(held, 2) if held is not None else ""
    if name == "design":
        return word(DESIGN_NAMES[held]) if held in DESIGN_NAMES else ""
    if name == "criteria":
        return "\n".join(held)
    if name == "owner_id":
        return names.get(held, "")
    return in_words(held)


def in_words(held: Any) -> str:
    """Dates, money and text as people write them."""
    if held is None:
        return ""
    if isinstance(held, date):
        return long_date(held)
    if isinstance(held, Decimal):
        return f"{held:,.2f}".removesuffix(".00")
    return str(held)


def measures(before: RemediationPlan, after: RemediationPlan, names: Mapping[Any, str]) -> list[MeasureRow]:
    """Measures of both editions, matched by their title: those of the newer one in its order, then those that are gone."""
    old, new = ({one.title: one for one in plan.actions} for plan in (before, after))
    rows = [_of_newer(old.get(title), action, names) for title, action in new.items()]
    return rows + [MeasureRow(title, "gone") for title in old if title not in new]


def _of_newer(old: RemediationAction | None, new: RemediationAction, names: Mapping[Any, str]) -> MeasureRow:
    if old is None:
        return MeasureRow(new.title, "new")
    rows = (Row(words, _part(old, name, names), _part(new, name, names)) for name, words in ACTION_FIELDS.items())
    changed = tuple(row for row in rows if row.changed)
    return MeasureRow(new.title, "changed" if changed else "same", changed)


def _part(action: RemediationAction, name: str, names: Mapping[Any, str]) -> str:
    held = getattr(action, name)
    if name == "owner_id":
        return names.get(held, "")
    if name == "kind":
        return word(ACTION_KINDS[held]) if held in ACTION_KINDS else ""
    if name == "criteria":
        return "；".join(f"{one.text}（{one.minimum}–{one.maximum}）" for one in held)
    if isinstance(held, date):
        return short_date(held)
    return in_words(held)
