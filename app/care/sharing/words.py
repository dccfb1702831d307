"""Words of handovers in both languages; fields in the order in which the letter prints them."""

from __future__ import annotations

from app.core.errors import Sentence

FIELDS: dict[str, Sentence] = {
    "name": Sentence("姓名", "Name"),
    "gender": Sentence("性别", "Gender"),
    "birth_date": Sentence("出生日期", "Date of birth"),
    "school": Sentence("学校和班级", "School and class"),
    "guardian": Sentence("监护人姓名", "Guardians' names"),
    "behaviour": Sentence("为什么转介（看到的行为）", "Why (what was seen)"),
    "measures": Sentence("学校已做的事", "What the school has done"),
    "urgency": Sentence("缓急", "How urgent"),
    "contact": Sentence("学校联系人和电话", "Contact at the school"),
}
BASES: dict[str, Sentence] = {
    "consent": Sentence("监护人专门签字同意", "Agreement signed for just this"),
    "emergency": Sentence("例外：危及生命健康，来不及", "Exception: life or health, no time"),
    "duty": Sentence("例外：法律规定必须提供", "Exception: the law demands it"),
}
