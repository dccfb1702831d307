"""Words of citizens' letters in both languages: what they are about, ratings, grounds of refusal."""

from __future__ import annotations

from app.core.errors import Sentence

TOPICS: dict[str, Sentence] = {
    "management": Sentence("学校管理", "School management"),
    "load": Sentence("作业和课业负担", "Homework and teaching load"),
    "food": Sentence("食堂和饮食", "Food"),
    "safety": Sentence("校园安全", "Safety"),
    "charges": Sentence("收费", "Charges"),
    "bullying": Sentence("学生欺凌", "Bullying"),
    "other": Sentence("其他", "Other"),
}
RATINGS: dict[str, Sentence] = {
    "good": Sentence("好", "Good"),
    "fair": Sentence("中", "Fair"),
    "bad": Sentence("差", "Bad"),
}
LOOKS = {"good": "done", "fair": "wait", "bad": "late"}
"""Family of colours of a rating; its word always stands beside it."""
GROUNDS: dict[str, Sentence] = {
    "not_ours": Sentence("不属于教育督导的事", "Not a matter of educational supervision"),
    "court": Sentence("已由法院、仲裁或复议办理", "A court or another body decides on it"),
    "petition": Sentence("已由信访部门受理", "The petitions office has taken it on"),
    "answered": Sentence("同一件事已经答复过", "The same matter was answered before"),
    "unclear": Sentence(
        "看不出具体情况，也联系不上写信人", "It says nothing definite and the writer cannot be reached"
    ),
}
"""Why a letter is not accepted; where to turn stands beside it."""
