"""Words of effects in both languages: designs, outcomes and what follows from them, what was seen at a recheck."""

from __future__ import annotations

from typing import Any

from app.core.errors import Sentence
from app.core.web.chips import long_date, word
from app.core.web.drawings import plain, signed
from app.improvement.effects.outcome import OUTCOMES as BY_RULE

OUTCOMES = {code: Sentence(*words) for code, words in BY_RULE.items()}
DESIGNS = {
    "indicator": Sentence("指标复测", "Measured again"),
    "criterion": Sentence("逐条标准现场核查", "Criteria checked on site"),
    "small_n": Sentence("小样本，两轮合并", "Small group, two rounds pooled"),
}
FOLLOWS = {
    "achieved": Sentence("可以提出销号", "The item may be closed"),
    "improved": Sentence("可以提出销号", "The item may be closed"),
    "partly_improved": Sentence("附理由可以提出销号", "The item may be closed with a rationale"),
    "no_change": Sentence("重订方案，不能销号", "A new plan is needed; the item stays open"),
    "insufficient_evidence": Sentence("可以延长一次，等新数据", "One extension is possible, for new data"),
    "worsened": Sentence("重订方案，不能销号", "A new plan is needed; the item stays open"),
}
LOOKS = {
    "achieved": "done",
    "improved": "done",
    "partly_improved": "active",
    "no_change": "idle",
    "insufficient_evidence": "wait",
    "worsened": "late",
}
"""Family of colours of an outcome; its word always stands beside it."""
SEEN = {
    "seen": Sentence("改进保持住了", "The improvement has lasted"),
    "partly": Sentence("保持了一部分", "Part of it has lasted"),
    "not_seen": Sentence("没有保持住", "It has not lasted"),
}


def value_words(value: float | None, value_type: str | None) -> str:
    """460.0 for a mean or an index, 55.0% for a rate."""
    if value is None:
        return "—"
    return f"{plain(value * 100)}%" if value_type == "rate" else plain(value)


def change_words(value: float | None, value_type: str | None) -> str:
    """+35.0, −4.2 percentage points: a difference with its sign."""
    if value is None:
        return "—"
    text = signed(value * 100, 1) if value_type == "rate" else signed(value, 1)
    return word(Sentence(f"{text} 个百分点", f"{text} points")) if value_type == "rate" else text


def interval_words(interval: Any, value_type: str | None) -> str:
    """+7.9 至 +62.1."""
    if not interval:
        return "—"
    low, high = (change_words(one, value_type) for one in interval)
    return word(Sentence(f"{low} 至 {high}", f"{low} to {high}"))


def said(one: Any) -> str:
    """A stored pair of sentences in the language of the page."""
    return word(Sentence(one["zh"], one["en"]))


def evidence_label(row: Any) -> str:
    """One piece of evidence in a choice: title, the measure it shows, the day it is from."""
    beside = [one for one in (row.action, long_date(row.happened_on)) if one]
    return word(Sentence(f"{row.title}（{'，'.join(beside)}）", f"{row.title} ({', '.join(beside)})"))
