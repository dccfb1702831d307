"""Items without statistics: criteria that somebody else saw on site."""

import json
from dataclasses import replace

import pytest

from app.improvement.effects.criteria import Criterion, CriterionReview, evaluate_criteria

SEEN = Criterion("消防通道畅通", met=True, on_site=True, verifier="inspector")
UNMET = replace(SEEN, met=False)
LOST = replace(SEEN, met=False, met_before=True)
KEPT = replace(SEEN, met_before=True)


def review(*criteria: Criterion, source: str = "safety") -> CriterionReview:
    return CriterionReview(criteria, (source,), frozenset({"principal", "handler"}))


@pytest.mark.parametrize(
    ("criteria", "code"),
    [
        ((SEEN, SEEN), "achieved"),
        ((SEEN, UNMET), "partly_improved"),
        ((UNMET, UNMET), "no_change"),
        ((KEPT, UNMET), "no_change"),
        ((KEPT, SEEN, UNMET), "partly_improved"),
        ((SEEN, SEEN, LOST), "worsened"),
    ],
)
def test_the_outcome_follows_from_what_was_seen(criteria: tuple[Criterion, ...], code: str) -> None:
    found = evaluate_criteria(review(*criteria))
    assert (found.code, found.design, found.estimate) == (code, "criterion", None)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (replace(SEEN, met=None), "all_judged"),
        (replace(SEEN, on_site=False), "on_site"),
        (replace(SEEN, verifier=None), "not_a_doer"),
        (replace(SEEN, verifier="handler"), "not_a_doer"),
    ],
)
def test_one_criterion_not_properly_verified_leaves_no_evidence(wrong: Criterion, code: str) -> None:
    found = evaluate_criteria(review(SEEN, wrong))
    assert (found.code, [reason.code for reason in found.reasons]) == ("insufficient_evidence", [code])


def test_a_problem_from_monitoring_cannot_be_closed_by_criteria() -> None:
    found = evaluate_criteria(review(SEEN, source="monitoring"))
    assert (found.code, found.reasons[0].code) == ("insufficient_evidence", "source")


def test_a_review_is_stored_with_its_digest() -> None:
    one, other = evaluate_criteria(review(SEEN)), evaluate_criteria(review(UNMET))
    assert json.loads(json.dumps(one.as_json()))["design"] == "criterion"
    assert one.inputs_sha256 != other.inputs_sha256


def test_a_review_without_criteria_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        review()
