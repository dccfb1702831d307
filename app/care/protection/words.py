"""Words of the register in both languages."""

from __future__ import annotations

from app.core.errors import Sentence

BASES: dict[str, Sentence] = {
    "consent": Sentence(
        "单独同意：不满 14 岁由监护人同意，14 至 17 岁监护人和本人都同意",
        "Separate agreement: under 14 by a guardian, from 14 to 17 by a guardian and the child",
    ),
    "duty": Sentence("法定职责，不用另外同意", "A legal duty; no agreement is asked for"),
    "emergency": Sentence(
        "紧急情况下保护生命健康：先帮助，再告知监护人",
        "Life and health in an emergency: help first, tell the guardian after",
    ),
}
"""On what the processing rests, as families and staff read it."""
KINDS: dict[str, Sentence] = {
    "purpose": Sentence("处理目的", "Purpose"),
    "recipient": Sentence("接收方", "Recipient"),
}
RECIPIENTS: dict[str, Sentence] = {
    "hospital": Sentence("医院", "Hospital"),
    "department": Sentence("其他部门", "Another department"),
    "supplier": Sentence("供应商", "Supplier"),
    "program": Sentence("程序接口", "Program"),
    "other": Sentence("其他", "Other"),
}
RISKS: dict[str, Sentence] = {
    "low": Sentence("低", "Low"),
    "medium": Sentence("中", "Medium"),
    "high": Sentence("高", "High"),
}
