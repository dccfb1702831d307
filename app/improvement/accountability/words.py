"""Words of accountability in both languages: kinds, levels of disclosure, what was said, notices, answers to appeals."""

from __future__ import annotations

from app.core.errors import Sentence

KINDS: dict[str, Sentence] = {
    "accountability": Sentence("问责", "Accountability"),
    "commendation": Sentence("表彰奖励", "Commendation"),
}
LEVELS: dict[str, Sentence] = {
    "party": Sentence("只送达当事单位，不公开", "To the party alone"),
    "county": Sentence("全县教育系统内通报", "To the county's schools and departments"),
    "public": Sentence("向社会公开", "To everybody"),
}
SAID: dict[str, Sentence] = {
    "statement": Sentence("陈述申辩", "Statement"),
    "objection": Sentence("异议", "Objection"),
    "appeal": Sentence("申诉", "Appeal"),
}
NOTICES: dict[str, Sentence] = {
    "publicity": Sentence("公示", "Public notice"),
    "disclosure": Sentence("通报", "Circular"),
}
HEARINGS: dict[str, Sentence] = {
    "decision": Sentence("决定会议", "Meeting that decided"),
    "appeal": Sentence("申诉复核", "Hearing of the appeal"),
}
APPEALS: dict[str, Sentence] = {
    "upheld": Sentence("维持", "Upheld"),
    "changed": Sentence("变更", "Changed"),
    "revoked": Sentence("撤销", "Revoked"),
}
SOURCES: dict[str, Sentence] = {
    "item": Sentence("问题项", "Problem item"),
    "finding": Sentence("视导发现", "Finding of a visit"),
    "evaluation": Sentence("成效评价", "Effect evaluation"),
    "closure": Sentence("销号", "Closure"),
}
PAPERS: dict[str, Sentence] = {
    "notice": Sentence("告知书", "Notice"),
    "decision": Sentence("决定书", "Decision"),
}
