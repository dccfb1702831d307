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
KEPT = Sentence(
    "学校按规定必须保存的学籍和工作记录，到期后删除",
    "The roll and the working records that the law has the school keep; they are erased when their period is over",
)
KEPT_NOW = Sentence(
    "同意还有效，或正在处理的事项要用到的问卷回答；收回同意、处理完以后删除",
    "Answers to which the agreement still runs, or which a matter under way needs; they are erased once the agreement was taken"
    " back and the matter is settled",
)
PROOF = Sentence(
    "用个人码、出生日期和电话后四位核实", "Proven by personal code, birth date and the end of a telephone number"
)
