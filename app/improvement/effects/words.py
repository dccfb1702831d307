"""Words of effects in both languages: designs, outcomes and what follows from them, what was seen at a recheck."""

from __future__ import annotations

import math
from typing import Any

from flask_babel import gettext as _

from app.core.errors import Sentence
from app.core.web.chips import long_date, word
from app.core.web.drawings import plain, signed
from app.improvement.effects.outcome import OUTCOMES as BY_RULE
from workflows.improvement.effect_evaluation_facts import may_be_judged

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


def open_outcomes(computed: str | None) -> tuple[str, ...]:
    """The outcomes that a person may choose: none is kinder than the data allow."""
    return tuple(code for code in OUTCOMES if may_be_judged(computed, code))


USES = {
    "feed_back": Sentence("反馈给学校和教研", "Fed back to the school and to research"),
    "close": Sentence("作为销号的依据", "Grounds for closing the item"),
    "replan": Sentence("用来调整整改方案", "Grounds for a new plan"),
    "appraise": Sentence("计入学校年度考核", "Counted in the school's yearly appraisal"),
    "share": Sentence("提炼做法，推广给其他学校", "The practice is told to other schools"),
}
"""What a result is used for (评价结果的运用)."""
OPINIONS = {
    "agrees": Sentence("同意", "Agrees"),
    "disagrees": Sentence("不同意", "Does not agree"),
    "cannot_judge": Sentence("无法判断", "Cannot judge"),
}
"""What an outside evaluator says of an outcome (评估意见)."""
OPINION_LOOKS = {"agrees": "done", "disagrees": "late", "cannot_judge": "wait"}
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

MODELS = {
    "multilevel": Sentence("多层模型（学校差异向县均值收缩）", "Multilevel model (schools drawn towards the county)"),
    "cohort": Sentence("全县回归", "Regression over the county"),
    "growth": Sentence("增长分（两次同一量尺）", "Growth score (both on one scale)"),
    "growth_z": Sentence("标准分之差（两次量尺不同）", "Difference of standard scores (two scales)"),
    "trend": Sentence("个人趋势（前测三次以上）", "Own trend (three earlier scores or more)"),
}
VERDICTS = {
    "above": Sentence("高于预期", "Above expectation"),
    "same": Sentence("看不出差别", "No difference seen"),
    "below": Sentence("低于预期", "Below expectation"),
    "unsaid": Sentence("不足以下结论", "Too few to say"),
}
AUDIENCES = {
    "basic": Sentence("基础数据", "Basic data"),
    "analysis": Sentence("综合分析", "Overall analysis"),
    "topic": Sentence("专题", "By topic"),
    "public": Sentence("社会版", "For the public"),
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


def percent(share: float | None) -> str:
    """93.4%, never rounded up over a limit."""
    return "—" if share is None else "100%" if share == 1 else f"{math.floor(share * 1000) / 10:.1f}%"


def score(value: float | None) -> str:
    """482.3, or a dash."""
    return "—" if value is None else plain(value)


def shown_count(count: int | None) -> str:
    """A count that is published, or the words for one that is not."""
    return _("不显示") if count is None else str(count)


def coefficients(lines: Any) -> str:
    """intercept 160.2 (SE 3.1), pre_1 0.68 (SE 0.01)."""
    shown = [f"{_COLUMN.get(name, name)} {plain(value, 3)}（SE {error:.3f}）" for name, value, error in lines or ()]
    return "；".join(shown) or "—"


_COLUMN = {"intercept": "b0"}
