"""Words of suppliers in both languages: what kind they are, and how it stands with their agreement."""

from __future__ import annotations

from app.core.errors import Sentence

KINDS: dict[str, Sentence] = {
    "platform": Sentence("数据平台", "Platform"),
    "assessor": Sentence("测评机构", "Assessment agency"),
    "firm": Sentence("技术公司", "Technology firm"),
    "research": Sentence("高校、科研机构", "University or research institute"),
    "other": Sentence("其他", "Other"),
}
STANDINGS: dict[str, Sentence] = {
    "valid": Sentence("有效", "In force"),
    "ending": Sentence("30 天内到期", "Ends within 30 days"),
    "ended": Sentence("已到期", "Ended"),
    "missing": Sentence("没有协议", "No agreement"),
}
LOOKS = {"valid": "done", "ending": "wait", "ended": "late", "missing": "late"}
"""Family of colours of a standing; its word always stands beside it."""
