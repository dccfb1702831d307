"""Words of problem lists in both languages: levels, causes, what was seen, triggers, outcomes, what a line still lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.core.errors import Sentence
from app.core.web.chips import long_date, word
from app.core.web.drawings import plain, signed
from app.improvement.monitoring.words import CATEGORIES as CATEGORIES
from app.improvement.monitoring.words import SEVERITIES as SEVERITIES
from app.improvement.monitoring.words import SOURCES as SOURCES
from app.improvement.monitoring.words import SUBJECTS as SUBJECTS
from app.improvement.monitoring.words import word_of as word_of
from app.people.directory.words import ADDRESSEES
from workflows.improvement.problem_item import ANSWER_OBJECTION, DECIDE_AFTER_WITHDRAWAL, DIAGNOSE, PLAN, SIGN_FOR
from workflows.improvement.problem_item_facts import MAX_SUSPENSION_DAYS
from workflows.improvement.problem_list import ANSWER
from workflows.improvement.reopening import REOPENING

LEVELS = {"county": Sentence("县级清单", "County list"), "school": Sentence("校级清单", "School list")}
DOMAIN_CODES = {
    "management": Sentence("管", "Management"),
    "teaching": Sentence("教", "Teaching"),
    "research": Sentence("研", "Research"),
}
"""管、教、研: which of the three lines of work a problem belongs to."""
CAUSES = {
    "teaching": Sentence("教学", "Teaching"),
    "management": Sentence("管理", "Management"),
    "resource": Sentence("资源", "Resources"),
    "student": Sentence("学生", "Students"),
    "family": Sentence("家庭", "Families"),
    "data": Sentence("数据", "Data"),
}
SEEN = {
    "seen": Sentence("看到了改进", "The improvement was seen"),
    "partly": Sentence("看到一部分", "Part of it was seen"),
    "not_seen": Sentence("没有看到", "It was not seen"),
}
TRIGGERS = {
    "next_cycle": Sentence("下一轮监测再次出现", "Found again in the next round"),
    "recurrence": Sentence("视导发现复发", "Recurrence seen on a visit"),
    "evidence_false": Sentence("佐证不实", "Evidence was false"),
    "failed_recheck": Sentence("复查未通过", "The recheck failed"),
    "failed_sample": Sentence("校级清单抽查不属实", "A sample of the school's own lists did not hold"),
}
TRIGGERS_OF_PEOPLE = {code: said for code, said in TRIGGERS.items() if code != "failed_sample"}
"""What a person proposes by; what a sample shows is proposed with its result."""
OUTCOMES = {
    "achieved": Sentence("达标", "Achieved"),
    "improved": Sentence("有改进", "Improved"),
    "partly_improved": Sentence("部分改进", "Partly improved"),
    "no_change": Sentence("无变化", "No change"),
    "insufficient_evidence": Sentence("证据不足", "Insufficient evidence"),
    "worsened": Sentence("退步", "Worsened"),
}
DUES = {
    "week": Sentence("7 日内", "Within 7 days"),
    "month": Sentence("8–30 日", "In 8–30 days"),
    "quarter": Sentence("31–90 日", "In 31–90 days"),
    "later": Sentence("90 日以后", "After 90 days"),
}
TALLIES = {
    "on_time": Sentence("按期销号", "Closed on time"),
    "due": Sentence("到期的", "Fell due"),
    "closed": Sentence("现在已销号", "Closed now"),
    "issued": Sentence("已交办", "Issued"),
    "signed": Sentence("已签收", "Signed for"),
    "ever_closed": Sentence("销过号", "Ever closed"),
    "reopened": Sentence("重新打开过", "Reopened"),
}
"""What the rates of the boards count (queries/tallies.py)."""
USED = {
    "first": Sentence("时限内前半", "First half of the time"),
    "second": Sentence("时限内后半", "Second half of the time"),
    "late": Sentence("超期 10 个工作日以内", "Up to 10 working days late"),
    "long_late": Sentence("超期 10 个工作日以上", "More than 10 working days late"),
}
"""How much of its present deadline an item has used."""
LACKS = {
    "category": Sentence("类别", "category"),
    "source_type": Sentence("来源", "source"),
    "severity": Sentence("级别", "severity"),
    "unit": Sentence("责任单位", "responsible unit"),
    "person": Sentence("责任人", "responsible person"),
    "co_units": Sentence("协同单位（没有也要注明）", "helping units (or that there are none)"),
    "target": Sentence("整改目标", "target"),
    "indicator": Sentence("目标值的指标", "indicator of the target"),
    "due_on": Sentence("整改期限", "due date"),
}
LEVEL_OF_ROUND = {
    "national": Sentence("国家级", "national"),
    "province": Sentence("省级", "provincial"),
    "city": Sentence("市级", "city"),
    "county": Sentence("县级", "county"),
}


def joined(words: Iterable[object]) -> str:
    """Words side by side: 、 in Chinese, commas in English."""
    parts = [word(one) for one in words if one]
    return ("、" if word(Sentence("是", "")) else ", ").join(parts)


def lacks(names: Iterable[str]) -> str:
    """What a line still lacks, in words."""
    return joined(LACKS[name] for name in names)


def value_words(value: float | None, value_type: str | None) -> str:
    """460.0 for a mean or an index, 55.0% for a rate."""
    if value is None:
        return "—"
    return f"{plain(value * 100)}%" if value_type == "rate" else plain(value)


def target_words(name: str, value: float, value_type: str | None, unit: str, direction: str) -> str:
    """数与运算 ≥ 480 分: what is counted, the value to reach and its unit; ≤ where less is better."""
    number = value_words(value, value_type) + ("" if value_type == "rate" else unit)
    return f"{name} {'≤' if direction == 'lower' else '≥'} {number}".strip()


def goal_of(item: Any) -> str:
    """The target of an item whose indicator is loaded, in words; empty where it has no value to reach."""
    return goal_words(item, item.indicator) if item.target is not None else ""


def goal_words(item: Any, one: Any) -> str:
    """The same, with the indicator read beside the item."""
    if item.target is None:
        return ""
    if one is None:
        return target_words(item.measure, item.target, None, item.measure_unit, item.measure_direction)
    return target_words(one.name, item.target, one.value_type, one.unit_word, one.direction)


def effect_words(effect: float | None, low: float | None, high: float | None) -> Sentence:
    """−0.40，95% 区间 −0.65 至 −0.15; empty where there is no effect."""
    if effect is None:
        return Sentence("", "")
    if low is None or high is None:
        return Sentence(signed(effect), signed(effect))
    return Sentence(
        f"{signed(effect)}，95% 区间 {signed(low)} 至 {signed(high)}",
        f"{signed(effect)}, 95% interval {signed(low)} to {signed(high)}",
    )


def codes(words: Mapping[str, Sentence]) -> list[tuple[str, str]]:
    """The choices of a field or filter: code and word in the language of the page."""
    return [(code, word(sentence)) for code, sentence in words.items()]


DIRECTIONS = {
    "higher": Sentence("不低于目标值", "At least the target"),
    "lower": Sentence("不高于目标值", "At most the target"),
}
"""Which way a target is meant that counts something without an indicator."""
HAND_OFFS = {
    "issued": Sentence("交办", "Issued"),
    "contested": Sentence("提出异议", "Contested"),
    "upheld": Sentence("维持交办", "Upheld"),
    "reassigned": Sentence("改派", "Reassigned"),
    "passed": Sentence("转给协同单位", "Passed to a helping unit"),
    "given_back": Sentence("交回责任单位", "Given back"),
}
"""How an item came to the unit that has it."""
FILTERS: dict[str, Callable[[Any], str]] = {
    "category_word": lambda code: word(word_of(CATEGORIES, code)) or "—",
    "severity_word": lambda code: word(word_of(SEVERITIES, code)) or "—",
    "source_word": lambda code: word(word_of(SOURCES, code)) or "—",
    "level_word": lambda code: word(word_of(LEVELS, code)),
    "cause_word": lambda code: word(word_of(CAUSES, code)),
    "seen_word": lambda code: word(word_of(SEEN, code)),
    "trigger_word": lambda code: word(word_of(TRIGGERS, code)),
    "lacks_words": lacks,
    "goal_words": goal_of,
    "addressee_word": lambda code: word(word_of(ADDRESSEES, code)),
}
"""Codes as words of the page, for templates."""
SPANS = {
    "sign": SIGN_FOR.days,
    "diagnose": DIAGNOSE.working_days,
    "plan": PLAN.working_days,
    "objection": ANSWER_OBJECTION.days,
    "approve": ANSWER.days,
    "reopening": REOPENING.state("proposed").deadlines[0].days,  # type: ignore[attr-defined]
    "withdrawn": DECIDE_AFTER_WITHDRAWAL.days,
    "suspended": MAX_SUSPENSION_DAYS,
}
"""Spans that the pages promise, as the deadlines have them (working days, the last two calendar days)."""
CITED = {
    "finding": Sentence("数据发现", "Finding"),
    "support": Sentence("发现的佐证", "Support of a finding"),
    "evidence": Sentence("佐证材料", "Evidence"),
    "check": Sentence("现场核查", "Check on site"),
    "observation": Sentence("视导所见", "Seen by a visit"),
}
"""What a cause may cite."""


def cited_words(one: Any) -> str:
    """数据发现・FX-0412 八年级数与运算偏低（2026年9月1日): a thing that can be cited, on one line."""
    title = one.title if len(one.title) <= 60 else f"{one.title[:59]}…"
    day = f"（{long_date(one.day)}）" if one.day else ""
    return f"{word(CITED[one.kind])}・{title}{day}"


FILTERS["cited_words"] = cited_words
