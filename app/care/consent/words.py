"""Words of consent in both languages: purposes, who answers, what is shown of it to teachers."""

from __future__ import annotations

from app.core.errors import Sentence

PURPOSES: dict[str, Sentence] = {
    "screening": Sentence("心理健康测评", "Wellbeing survey"),
    "counseling": Sentence("心理辅导", "Counselling"),
    "referral_share": Sentence("转介时向医院提供信息", "Information for a hospital"),
    "cross_dept_data": Sentence("与其他部门核对情况", "Facts from other departments"),
    "rating_share_guardian": Sentence("向监护人说明观察情况", "Observations told to guardians"),
    "research": Sentence("教育研究", "Research"),
}
RELATIONS: dict[str, Sentence] = {
    "father": Sentence("父亲", "Father"),
    "mother": Sentence("母亲", "Mother"),
    "grandparent": Sentence("祖父母", "Grandparent"),
    "other": Sentence("其他监护人", "Other guardian"),
    "self": Sentence("学生本人", "The student"),
}
ANSWERS: dict[str, Sentence] = {
    "agree": Sentence("同意", "Agrees"),
    "refuse": Sentence("不同意", "Does not agree"),
    "withdraw": Sentence("撤回同意", "Takes the agreement back"),
}
CHANNELS: dict[str, Sentence] = {"phone": Sentence("手机", "Phone"), "paper": Sentence("纸质", "Paper")}
STANDINGS: dict[str, Sentence] = {
    "in": Sentence("参加", "Takes part"),
    "out": Sentence("不参加", "Does not take part"),
    "waiting": Sentence("还没有答复", "Not answered yet"),
}
"""All that teachers see of a consent: no refusal, no withdrawal, no reason (domain B1)."""
LOOKS = {"in": "done", "out": "idle", "waiting": "wait"}
