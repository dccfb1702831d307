"""Words of visits in both languages: kinds, focus, findings, answers, what becomes of a problem, disclosure."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.errors import Sentence
from app.core.web.chips import word
from app.improvement.visits.numbers import visit_numbers

KINDS: dict[str, Sentence] = {
    "routine": Sentence("常规视导", "Routine visit"),
    "special": Sentence("专项视导", "Special visit"),
    "project": Sentence("项目视导", "Project visit"),
}


def rotation_words() -> str:
    """How often in a row one inspector may lead visits to one school, and of which kinds; empty where none rotate."""
    numbers = visit_numbers()
    kinds = _("、").join(word(KINDS[kind]) for kind in numbers.rotating_kinds)
    most = numbers.leads_in_a_row
    return _("%(kinds)s：同一名督学带队到同一所学校，连续不超过 %(n)s 次", kinds=kinds, n=most) if kinds else ""


FOCUS: dict[str, Sentence] = {
    "school": Sentence("督学", "School supervision"),
    "government": Sentence("督政", "Supervision of duties"),
    "guidance": Sentence("教研指导", "Teaching guidance"),
}
SELF_STATES: dict[str, Sentence] = {
    "done": Sentence("已整改到位", "Put right"),
    "partly": Sentence("部分到位", "Partly put right"),
    "not_done": Sentence("还没有到位", "Not yet put right"),
}
SEEN: dict[str, Sentence] = {
    "seen": Sentence("看到", "Seen"),
    "partly": Sentence("部分看到", "Partly seen"),
    "not_seen": Sentence("没看到", "Not seen"),
}
FINDINGS: dict[str, Sentence] = {
    "strength": Sentence("亮点", "Strength"),
    "problem": Sentence("问题", "Problem"),
    "recurrence": Sentence("复发", "Recurrence"),
    "suggestion": Sentence("建议", "Suggestion"),
}
BECOMES: dict[str, Sentence] = {
    "evidence": Sentence("记入已有问题项", "Evidence on the item"),
    "finding": Sentence("登记为新发现", "A new finding"),
    "action": Sentence("列入整改措施", "A measure of the plan"),
    "reopening": Sentence("提议重新打开", "A proposal to reopen"),
}
ANSWERS: dict[str, Sentence] = {
    "accepted": Sentence("接受，并写明怎么改", "Accept, with what will be done"),
    "objected": Sentence("有不同意见", "Object"),
}
SETTLED: dict[str, Sentence] = {
    "done": Sentence("核实已改", "Verified as done"),
    "carried": Sentence("已转入后续办理", "Carried on"),
    "withdrawn": Sentence("不再作为问题", "Withdrawn"),
}
DISCLOSURE: dict[str, Sentence] = {
    "school": Sentence("只给这所学校", "This school only"),
    "county": Sentence("县内工作人员", "Staff of the county"),
    "public": Sentence("可以向社会公开", "May be made public"),
}
