"""Words of screening in both languages: why somebody is exempt or missing, what an interview came to."""

from __future__ import annotations

from app.core.errors import Sentence

REASONS: dict[str, Sentence] = {
    "hospital": Sentence("近期住院或就医", "In hospital or under treatment lately"),
    "disability": Sentence("身体原因无法这样作答", "Cannot answer this way"),
    "language": Sentence("看不懂题目的语言", "Does not read the language"),
    "other": Sentence("其他", "Other"),
}
STANDINGS: dict[str, Sentence] = {
    "answered": Sentence("已交，有效或等计分", "Handed in, valid or being scored"),
    "needs_retest": Sentence("已交，等复测", "Handed in, to be tried again"),
    "invalid": Sentence("已交，作答无效，改为面谈", "Handed in, not valid: an interview instead"),
    "begun": Sentence("在答", "Answering"),
    "ready": Sentence("还没开始", "Not begun"),
    "unasked": Sentence("等同意", "Waits for consent"),
    "no_consent": Sentence("家长或学生不同意、撤回", "Guardian or student did not agree, or took it back"),
    "student_no": Sentence("学生当场不参加", "The student chose not to answer"),
    "no_answer": Sentence("征询没有答复", "No reply about consent"),
    "not_begun": Sentence("缺席，没有开始", "Absent: never begun"),
    "not_finished": Sentence("没有答完", "Not finished"),
    "no_second_try": Sentence("没有来复测", "Did not come to the second try"),
    "cancelled": Sentence("筛查取消了", "The screening was cancelled"),
    "left_school": Sentence("已经离校", "Left the school"),
    "hospital": Sentence("免测：近期住院或就医", "Exempt: in hospital or under treatment"),
    "disability": Sentence("免测：身体原因无法这样作答", "Exempt: cannot answer this way"),
    "language": Sentence("免测：看不懂题目的语言", "Exempt: does not read the language"),
    "other": Sentence("免测：其他", "Exempt: other"),
}
"""Where a student stands in a screening; from "no_consent" on, why there is no answer."""
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
