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
SCALES: dict[str, tuple[str, Sentence]] = {
    "usable": ("done", Sentence("可以用", "May be used")),
    "key": ("wait", Sentence("只有计分键：要有授权的单位上传文字", "Key only: a licensed bureau brings the texts")),
    "other": ("idle", Sentence("不用于学生自答", "Not answered by students themselves")),
    "ended": ("late", Sentence("授权已到期，不能开展新的筛查", "The licence has ended: no new screening")),
    "none": ("wait", Sentence("还没有启用的版本", "No version is in force yet")),
}
"""Standing of a scale in the registry → family of its colour, words."""
LICENCES: dict[str, Sentence] = {
    "free": Sentence("免费使用", "Free to use"),
    "restricted": Sentence("要授权", "Needs a licence"),
    "unverified": Sentence("授权没有核实", "Licence not verified"),
}
RESPONDENTS: dict[str, Sentence] = {
    "self": Sentence("学生自答", "Students themselves"),
    "guardian": Sentence("监护人", "Guardians"),
    "teacher": Sentence("教师", "Teachers"),
    "interviewer": Sentence("只用于面谈", "By interview only"),
}
