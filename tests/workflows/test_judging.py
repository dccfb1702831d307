"""How far a person may go from what the data show: always to the stricter side, to the kinder one only where they are silent."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as any_of

from tests.workflows.facts import GOOD
from workflows import engine
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION
from workflows.improvement.effect_evaluation_facts import OUTCOMES, may_be_judged, no_kinder_than_the_data
from workflows.vocabulary import StepRefused

OPEN = {"no_change", "insufficient_evidence", "worsened"}
LAWFUL = {
    "achieved": {"achieved", "improved", "partly_improved", *OPEN},
    "improved": {"improved", "partly_improved", *OPEN},
    "partly_improved": {"partly_improved", *OPEN},
    "insufficient_evidence": {"partly_improved", *OPEN},
    "no_change": OPEN,
    "worsened": {"worsened"},
}
outcomes = any_of.sampled_from(sorted(OUTCOMES))
steps = any_of.sampled_from([EFFECT_EVALUATION.step("propose"), EFFECT_EVALUATION.step("decide")])
reasons = any_of.sampled_from(["", "看着好多了", "两次课堂观察都显示进步"])


@given(steps, outcomes, outcomes, reasons, any_of.integers(0, 4))
def test_a_verdict_stands_only_where_the_data_leave_it_open_and_another_only_with_reason_and_proofs(
    step: object, computed: str, judged: str, reason: str, proofs: int
) -> None:
    changes = {"computed_outcome": computed, "outcome": judged, "difference_reason": reason}
    facts = SimpleNamespace(**GOOD["effect_evaluation"] | changes | {"qualitative_evidence_count": proofs})
    supported = judged == computed or (len(reason) >= 10 and proofs >= 2)
    if judged in LAWFUL[computed] and supported:
        assert engine.landing(EFFECT_EVALUATION, "computed", step, facts, None)
        return
    with pytest.raises(StepRefused) as refused:
        engine.landing(EFFECT_EVALUATION, "computed", step, facts, None)
    assert (no_kinder_than_the_data.sentence in refused.value.sentences) == (judged not in LAWFUL[computed])


@pytest.mark.parametrize("computed", sorted(OUTCOMES))
def test_what_the_data_call_no_gain_is_never_judged_in_a_way_that_closes_the_item(computed: str) -> None:
    closing = [judged for judged in ("achieved", "improved", "partly_improved") if may_be_judged(computed, judged)]
    assert bool(closing) == (computed not in ("no_change", "worsened"))
