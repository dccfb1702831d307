"""What a decided effect has on record besides its outcome: who, what, how, what for."""

from __future__ import annotations

from typing import Any

from tests.cast import Cast


def four_parts(cast: Cast, **computed: Any) -> dict[str, Any]:
    """Columns of a decided evaluation of criteria; `computed` holds further numbers of the computation."""
    how = {"design": "criterion", "rule_version": "outcomes-1", "code_version": "outcome-0", "inputs_sha256": "0" * 64}
    return {
        "proposed_by": cast["evaluator"].person_id,
        "decided_by": cast["office_director"].person_id,
        "criteria_checked": [{"text": "随机抽查五份作业均有分层", "met": True, "on_site": True, "by_doer": False}],
        "computed": how | computed,
        "uses": ["feed_back", "close"],
    }
