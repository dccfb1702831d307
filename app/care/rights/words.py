"""Words of requests in both languages."""

from __future__ import annotations

from app.core.errors import Sentence

KINDS: dict[str, Sentence] = {
    "access": Sentence("看保存了哪些信息", "See which data are kept"),
    "copy": Sentence("要一份电子副本", "Get an electronic copy"),
    "correct": Sentence("更正写错的信息", "Correct what is wrong"),
    "delete": Sentence("删除信息", "Delete data"),
    "explain": Sentence("说明怎样使用信息", "Explain how the data are used"),
}
ASKED_AS: dict[str, Sentence] = {
    "guardian1": Sentence("监护人", "A guardian"),
    "guardian2": Sentence("另一位监护人", "The other guardian"),
    "student": Sentence("学生本人", "The student"),
}
PROOF = Sentence(
    "用个人码、出生日期和电话后四位核实", "Proven by personal code, birth date and the end of a telephone number"
)
