"""What a change of an indicator changed, in words: the version before against the one after."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.core.web.pages import say
from app.improvement.monitoring.queries.cycles import Past
from app.improvement.monitoring.words import (
    DIRECTIONS,
    DOMAINS,
    EVALUATION_TYPES,
    LEVELS,
    OBJECTS,
    SUBJECTS,
    VALUE_TYPES,
    word_of,
)

WORDS = {
    "subject": SUBJECTS,
    "domain": DOMAINS,
    "evaluation_type": EVALUATION_TYPES,
    "object_code": OBJECTS,
    "value_type": VALUE_TYPES,
    "direction": DIRECTIONS,
}


def changes_in(past: Past) -> list[str]:
    """One line for each thing that was said in another way afterwards: 口径：旧 → 新."""
    lines = []
    for name, title in _titles().items():
        before, after = (_said(name, told.get(name)) for told in (past.said, past.afterwards))
        if before != after:
            lines.append(_("%(title)s：%(before)s → %(after)s", title=title, before=before, after=after))
    return lines


def _titles() -> dict[str, str]:
    return {
        "name": _("指标名称"), "definition": _("口径"), "subject": _("学科"), "domain": _("领域"),
        "evaluation_type": _("评价类型"), "object_code": _("评价对象"), "value_type": _("数值类型"), "direction": _("方向"),
        "family": _("工具系列"), "lowest": _("最低可能值"), "highest": _("最高可能值"), "index_margin": _("指数的固定幅度"),
        "unit_word": _("单位"), "retired": _("停用"), "level_codes": _("上级的代码"),
    }  # fmt: skip


def _said(name: str, value: Any) -> str:
    if name == "retired":
        return str(_("是") if value else _("否"))
    if name == "level_codes":
        return "、".join(f"{say(LEVELS[level])} {code}" for level, code in sorted((value or {}).items())) or "—"
    if value in (None, ""):
        return "—"
    if name in WORDS:
        return say(word_of(WORDS[name], value))
    return f"{value:g}" if isinstance(value, float) else str(value)
