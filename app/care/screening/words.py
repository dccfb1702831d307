"""Words of screening in both languages: why somebody is exempt or missing, what an interview came to."""

from __future__ import annotations

from app.core.errors import Sentence

REASONS: dict[str, Sentence] = {
    "hospital": Sentence("近期住院或就医", "In hospital or under treatment lately"),
    "disability": Sentence("身体原因无法这样作答", "Cannot answer this way"),
    "language": Sentence("看不懂题目的语言", "Does not read the language"),
    "other": Sentence("其他", "Other"),
}
OUTCOMES: dict[str, Sentence] = {
    "clear": Sentence("目前没有风险（要另一人复核）", "No current risk (a second person confirms)"),
    "case": Sentence("需要持续关心，转个案", "Needs lasting care: a case"),
    "crisis": Sentence("有危险，已按危机处置", "In danger: handled as a crisis"),
}
KINDS: dict[str, Sentence] = {
    "O1a": Sentence("马上", "At once"),
    "O1b": Sentence("当天", "The same day"),
}
