"""What makes the guards of accountability hold, and single changes that make each fail."""

from typing import Any

Cases = dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]

GOOD_ACCOUNTABILITY: dict[str, Any] = {
    "facts": ("WT-0001",),
    "is_written": True,
    "is_accountability": True,
    "statement_until": None,
    "window_is_open": True,
    "window_is_over": True,
    "names_body_and_reasons": True,
    "has_weighed_what_was_said": True,
    "has_quorum": True,
    "nobody_concerned_sits": True,
    "leaves_a_chair_for_the_appeal": True,
    "is_to_be_disclosed": True,
    "is_anonymous": True,
    "may_be_appealed": True,
    "appeal_runs_until": None,
    "is_final": False,
    "is_heard_by_others": True,
    "names_appeal_reasons": True,
    "lapses_on": None,
    "period_is_over": True,
}
NO_GUARDS = ("facts", "is_accountability", "statement_until", "appeal_runs_until", "is_final", "lapses_on")
ACCOUNTABILITY_CASES: Cases = {name: ({}, [{name: False}]) for name in GOOD_ACCOUNTABILITY if name not in NO_GUARDS} | {
    "has_facts": ({}, [{"facts": ()}]),
    "notice_is_anonymous": (
        {"is_accountability": False},
        [{"is_accountability": False, "is_anonymous": False}],
    ),
}
