"""The county's own versions of a scale whose texts it brings under a licence, in every state; none is used by the term."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from app.care.screening.models import ScaleVersion
from app.care.screening.operations import scales
from app.care.screening.operations.scales import LicenceIn, TextsIn
from app.care.screening.scales.choosing import shelf
from app.care.versions.operations import VersionStep
from app.core.database import db
from app.core.storage import Stored
from app.core.web.papers import WORD
from app.core.word import Paper
from app.demo.term.county import Term
from app.demo.term.days import ASKED, COMPUTED
from app.people.directory.models import Unit

CODE, STEP = "dassy", VersionStep()
LEAD, EXPERT = "psych_center_lead", "psych_expert"
WORDS = ("从不", "有时", "常常", "总是")
UNCLEAR = "第 7 题的说法四年级学生看不懂，请按授权方的儿童版改写"


def tell(term: Term) -> None:
    """Before the term: two versions, one after the other in force."""
    term.at(ASKED + 15, 10)
    _in_force(term, "1.1.0", "首次录入授权文本")
    term.at(ASKED + 5, 10)
    _in_force(term, "1.2.0", "第 3 题错别字改正")


def tell_later(term: Term) -> None:
    """After the run: one that may be put in force, one that waits for the experts, one sent back, one begun, one given up."""
    term.at(COMPUTED, 14)
    _agreed(term, "1.3.0", "选项改为授权方 2026 年的新译法")
    _submitted(term, "1.4.0", "指导语缩短")
    returned = _submitted(term, "1.5.0", "按儿童版改写")
    scales.return_scale(term.in_the_chair(EXPERT, 0), returned, VersionStep(reason=UNCLEAR))
    _drafted(term, "1.6.0", "等授权方确认第 12 题")
    scales.withdraw(term.in_the_chair(LEAD), _drafted(term, "1.7.0", "录错了版本"), STEP)


def _drafted(term: Term, number: str, note: str) -> ScaleVersion:
    key = next(one for one in shelf().values() if one.code == CODE)
    until = term.days.today + timedelta(days=540)
    licence = LicenceIn("量表授权单位（演示）", "授 2026-031", until, file=_paper("量表使用授权书"))
    texts = TextsIn(
        key=key,
        number=number,
        items="\n".join(f"{item.id}\t演示文字第 {item.id} 题，正式文本由获授权的单位录入" for item in key.items),
        options="\n".join(f"{option.value}\t{WORDS[option.value]}" for option in key.options),
        licence=licence,
        note=note,
    )
    return scales.draft(term.in_the_chair(LEAD), db.session.get_one(Unit, term.county.id), texts)


def _submitted(term: Term, number: str, note: str) -> ScaleVersion:
    made = _drafted(term, number, note)
    scales.submit(term.in_the_chair(LEAD), made, STEP)
    return made


def _agreed(term: Term, number: str, note: str) -> ScaleVersion:
    made = _submitted(term, number, note)
    scales.agree(term.in_the_chair(EXPERT, 0), made, STEP)
    scales.approve(term.in_the_chair(EXPERT, 1), made, STEP)
    return made


def _in_force(term: Term, number: str, note: str) -> None:
    scales.activate(term.in_the_chair(LEAD), _agreed(term, number, note), STEP)


def _paper(title: str) -> Stored:
    paper = Paper(title, number="授 2026-031")
    paper.paragraph("授权本县教育局在学校心理健康测评中使用量表文字，不得转让。")
    stored: Stored = current_app.extensions["bihuan.shelf"].keep(paper.content(), f"{title}.docx", WORD)
    return stored
