"""What makes the guards of disclosure hold, and single changes that make each fail."""

from typing import Any

Cases = dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]

GOOD_DISCLOSURE: dict[str, Any] = {
    "is_written": True,
    "has_a_period": True,
    "source_is_out": True,
    "is_anonymous": True,
    "names_no_school": True,
    "day_has_come": True,
    "period_is_over": True,
    "is_of_a_school": False,
}
DISCLOSURE_CASES: Cases = {
    "is_written": ({}, [{"is_written": False}]),
    "has_a_period": ({}, [{"has_a_period": False}]),
    "source_is_out": ({}, [{"source_is_out": False}]),
    "is_anonymous": ({}, [{"is_anonymous": False}]),
    "names_no_school": ({}, [{"names_no_school": False}]),
    "day_has_come": ({}, [{"day_has_come": False}]),
    "period_is_over": ({}, [{"period_is_over": False}]),
    "source_was_withdrawn": ({"source_is_out": False}, [{"source_is_out": True}]),
}
GOOD_SHOWCASE: dict[str, Any] = {"is_written": True, "is_anonymous": True, "item_is_closed": True, "chain_gaps": ()}
SHOWCASE_CASES: Cases = {
    "is_written": ({}, [{"is_written": False}]),
    "is_anonymous": ({}, [{"is_anonymous": False}]),
    "item_is_closed": ({}, [{"item_is_closed": False}]),
    "chain_is_whole": ({}, [{"chain_gaps": ("evidence",)}]),
    "item_is_open_again": ({"item_is_closed": False}, [{"item_is_closed": True}]),
}
GOOD_NEED: dict[str, Any] = {
    "is_written": True,
    "asks_for_no_person": True,
    "due_is_ahead": True,
    "has_delivery": True,
    "due_on": None,
}
NEED_CASES: Cases = {name: ({}, [{name: False}]) for name in GOOD_NEED if name != "due_on"}
GOOD_LETTER: dict[str, Any] = {
    "is_written": True,
    "urgent_by": None,
    "answer_by": None,
    "rate_by": None,
    "has_answerer": True,
    "has_department": True,
    "answerer_is_free": True,
    "answerer_is_another": True,
    "has_ground": True,
    "has_first_letter": True,
    "first_is_answered": True,
    "has_answer": True,
    "is_rated": True,
    "is_badly_rated_first": True,
    "rating_is_late": True,
}
LETTER_CASES: Cases = {
    name: ({}, [{name: False}]) for name in GOOD_LETTER if name not in ("urgent_by", "answer_by", "rate_by")
}
