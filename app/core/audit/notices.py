"""Notices after an incident: the Word papers to fill in, with what is known already written (个人信息保护法 57 条)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.web.chips import long_date
from app.core.word import Paper, Signature
from workflows.vocabulary import Sentence

OPEN = "（待填写）"


@dataclass(frozen=True)
class Known:
    """What the pack already knows: the record, the days, how many people and times, and who writes."""

    record: str
    first_day: date
    last_day: date
    people: int
    times: int
    written_on: date


TITLES = {
    "guardian": Sentence("个人信息安全事件告知书（监护人）", "Notice to the guardian"),
    "person": Sentence("个人信息安全事件告知书（本人）", "Notice to the person"),
    "authority": Sentence("个人信息安全事件报告（主管部门）", "Report to the authority"),
}
"""Whom a notice is for, by code, and the title of the paper."""


def notice(kind: str, known: Known) -> bytes:
    """The Word paper of one kind: what happened, which information, what harm is possible, what is done, whom to ask."""
    paper = Paper(TITLES[kind].zh)
    paper.facts(
        [
            ("对象编号", known.record),
            ("核查期间", f"{long_date(known.first_day)}至{long_date(known.last_day)}"),
            ("期间查阅", f"{known.people} 人，{known.times} 次"),
        ],
        columns=1,
    )
    for title, hint in _parts(kind):
        paper.heading(1, title).paragraph(hint)
    paper.signatures([Signature("发出单位（盖章）", "", long_date(known.written_on))])
    return paper.content()


def _parts(kind: str) -> list[tuple[str, str]]:
    told = [
        ("一、发生或可能发生泄露、篡改、丢失的个人信息种类", OPEN),
        ("二、原因和可能造成的危害", OPEN),
        ("三、已采取的补救措施", OPEN),
    ]
    if kind == "authority":
        return [
            *told,
            ("四、是否已告知个人；未告知的理由", OPEN),
            ("五、涉及人数，其中不满十四周岁的人数", OPEN),
            ("六、联系人和联系方式", OPEN),
        ]
    return [*told, ("四、您可以采取的减轻危害的措施", OPEN), ("五、联系人和联系方式", OPEN)]
