"""What a token may be used for; the role it acts for decides on which records."""

from __future__ import annotations

SCOPES: dict[str, tuple[str, str]] = {
    "results:read": ("读取已发布的监测结果", "Read released monitoring results"),
    "findings:read": ("读取数据发现", "Read findings"),
    "problems:read": ("读取问题清单、问题项和清单抽查", "Read problem lists, items and checks of lists"),
    "plans:read": ("读取整改方案、措施和佐证", "Read plans, measures and evidence"),
    "effects:read": ("读取成效评价、销号和证据链", "Read evaluations, closures and the evidence chain"),
    "results:write": ("报送监测结果", "Send monitoring results in"),
}
"""Scope → its words in Chinese and English."""
EVENTS: dict[str, tuple[str, str]] = {
    "data_finding": ("数据发现有变动", "A finding moved"),
    "problem_list": ("问题清单有变动", "A problem list moved"),
    "problem_item": ("问题项有变动", "An item moved"),
    "remediation_plan": ("整改方案有变动", "A plan moved"),
    "remediation_action": ("整改措施有变动", "A measure moved"),
    "evidence": ("佐证有变动", "A piece of evidence moved"),
    "effect_evaluation": ("成效评价有变动", "An evaluation moved"),
    "closure_request": ("销号申请有变动", "A closure request moved"),
}
"""State machine → what a webhook says of it; a webhook names the machines it wants to hear of."""
