"""Words of looking in both languages: why somebody looks, and what was looked at, told so that no level shows through."""

from __future__ import annotations

from app.core.errors import Sentence

PURPOSES: dict[str, Sentence] = {
    "interview": Sentence("准备面谈", "To prepare a talk"),
    "alert": Sentence("办理当天要办的事", "To handle what is due today"),
    "plan": Sentence("商量怎样支持", "To agree on support"),
    "guardian": Sentence("向监护人说明", "To explain to a guardian"),
}
"""What answers are read for; the reader says which."""
STATES: dict[str, Sentence] = {
    "requested": Sentence("已申请，等学校决定", "Asked, the school decides"),
    "granted": Sentence("学校已同意", "Granted by the school"),
}
LISTS = Sentence("看名单，名单里有你们", "Read a list that you were on")
CARE = Sentence("看成长支持资料，安排帮助", "Read your support papers to arrange help")
FORMS = Sentence("看问卷，准备谈话", "Read the questionnaire to prepare a talk")
CODES = Sentence("发个人码、看答复", "Issued personal codes, read replies")
WHO = Sentence("查看或答复“谁看过”", "Read or answered who had looked")


def purpose_words(code: str) -> Sentence:
    """What was looked at, in plain words for the family: the same words whatever the child's standing."""
    beginning = code.partition(".")[0]
    if beginning == "answers":
        return FORMS
    if beginning == "looked":
        return WHO
    if beginning in ("consent", "codes", "screening"):
        return CODES
    if code.endswith((".list", ".levels", ".listed")) or beginning in ("class", "students", "urgent"):
        return LISTS
    return CARE
