"""Value added from pupils' rows: what is said, what is left unsaid, and why."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.improvement.effects.interpretation_versions import cut
from app.improvement.effects.value_added import Pupils, Reckoning, reckon, value_added_rules
from app.improvement.effects.value_added_scatter import scatter
from tests.improvement.effects.statistics.worlds import county

RULES = value_added_rules()


def pupils(schools: int = 24, size: int = 40, school_sd: float = 25.0, seed: int = 11, classes: int = 2) -> Pupils:
    """A county of so many schools with so many pupils each, in classes by turns."""
    pre, post, group, _truth = county(np.random.default_rng(seed), schools, size, school_sd)
    numbers = [1 + row % classes for row in range(len(post))] if classes else [None] * len(post)
    return Pupils([f"S{code:02d}" for code in group], numbers, ("pre_1",), 1, pre, post)


def said(found: Reckoning) -> list[str]:
    return [reason.code for reason in found.reasons]


def schools_of(found: Reckoning) -> dict[str, object]:
    return {one.school: one for one in found.effects if one.class_no is None}


def test_schools_come_in_code_order_each_with_its_interval_and_its_pupils() -> None:
    found = reckon(pupils())
    schools = [one for one in found.effects if one.class_no is None]
    assert (found.model, found.groups, found.few_groups, found.reasons) == ("multilevel", 24, False, ())
    assert [one.school for one in schools] == sorted(one.school for one in schools)
    for one in schools:
        assert one.effect is not None and one.low is not None and one.high is not None
        assert one.low < one.effect < one.high
        assert (one.n, one.rows) == (40, 40)
        assert one.verdict == ("above" if one.low > 0 else "below" if one.high < 0 else "same")
    assert sum(found.counts.values()) == 24


def test_no_effect_is_ever_without_its_interval() -> None:
    for found in (reckon(pupils()), reckon(pupils(6)), reckon(pupils(3, 6)), reckon(pupils(), "growth")):
        for one in found.effects:
            assert (one.effect is None) == (one.low is None) == (one.high is None) == (one.verdict is None)
            assert one.effect is not None or one.reason is not None


@pytest.mark.parametrize(("schools", "few"), [(10, True), (19, True), (20, False)])
def test_below_twenty_schools_it_says_few_groups(schools: int, few: bool) -> None:
    found = reckon(pupils(schools))
    assert (found.model, found.few_groups, "few_groups" in said(found)) == ("multilevel", few, few)


def test_nine_schools_are_compared_by_the_county_regression_instead() -> None:
    found = reckon(pupils(9))
    assert (found.model, said(found)[:1]) == ("cohort", ["cohort_instead"])
    assert found.tau2 is None
    assert sum(one.n * one.effect for one in found.effects if one.class_no is None and one.effect) == pytest.approx(
        0, abs=1e-6
    )


def test_a_school_under_five_pupils_is_shown_without_an_effect_and_the_rest_is_fitted() -> None:
    whole = pupils()
    few = Pupils(
        [*whole.school, "S99"], [*whole.class_no, 1], ("pre_1",), 1,
        np.vstack([whole.pre, [[500.0]]]), np.append(whole.post, 700.0),
    )  # fmt: skip
    found = reckon(few)
    lone = schools_of(found)["S99"]
    assert (lone.n, lone.effect, lone.pre_mean, lone.reason.code) == (1, None, None, "few_pupils")  # type: ignore[attr-defined]
    same = reckon(whole)
    assert [one.effect for one in same.effects if one.class_no is None] == [
        one.effect for one in found.effects if one.class_no is None and one.school != "S99"
    ]


def test_with_too_few_linked_pupils_nothing_is_said_of_anybody() -> None:
    whole = pupils()
    post = whole.post.copy()
    post[::4] = np.nan
    found = reckon(replace(whole, post=post))
    assert (found.model, said(found), round(found.coverage, 2)) == (None, ["low_coverage"], 0.75)
    assert all(one.effect is None for one in found.effects)
    assert "不足以下结论" in found.reasons[0].zh


def test_a_school_whose_pupils_were_not_linked_is_left_out_alone() -> None:
    whole = pupils()
    pre = whole.pre.copy()
    pre[:12] = np.nan
    found = reckon(replace(whole, pre=pre))
    first = schools_of(found)["S00"]
    assert (found.groups, first.reason.code, first.effect) == (23, "low_coverage", None)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("post", "pre", "code"),
    [
        (lambda p: np.full_like(p.post, 480.0), lambda p: p.pre, "equal"),
        (lambda p: 2 * p.pre[:, 0] + 3, lambda p: p.pre, "exact"),
        (lambda p: p.post, lambda p: np.full_like(p.pre, 480.0), "column"),
    ],
)
def test_scores_that_tell_nothing_get_a_sentence(post: object, pre: object, code: str) -> None:
    whole = pupils()
    found = reckon(replace(whole, post=post(whole), pre=pre(whole)))  # type: ignore[operator]
    assert (found.model, said(found)) == (None, [code])
    assert len(found.reasons[0].zh) > 10


def test_missing_covariates_make_a_pupil_unlinked() -> None:
    whole = pupils()
    beside = np.random.default_rng(1).normal(size=(len(whole.post), 1))
    beside[0] = np.nan
    found = reckon(replace(whole, columns=("pre_1", "寄宿"), pre=np.hstack([whole.pre, beside])))
    assert found.n == len(whole.post) - 1
    assert [name for name, _value, _error in found.coefficients] == ["intercept", "pre_1", "寄宿"]


def test_one_school_alone_cannot_be_compared() -> None:
    found = reckon(pupils(1))
    assert (found.model, said(found)) == (None, ["too_few"])


def test_schools_that_do_not_differ_are_said_not_to_differ() -> None:
    whole = pupils(24, 40, 0.0)
    fit = np.polyval(np.polyfit(whole.pre[:, 0], whole.post, 1), whole.pre[:, 0])
    rest = whole.post - fit
    codes = np.array(whole.school)
    level = np.array([rest[codes == code].mean() for code in whole.school])
    found = reckon(replace(whole, post=fit + rest - level))
    assert (found.tau2, said(found), found.counts["same"]) == (0.0, ["no_spread"], 24)


def test_a_trend_needs_three_scores() -> None:
    assert said(reckon(pupils(), "trend")) == ["short_trend"]
    whole = pupils()
    three = np.hstack([whole.pre - 20, whole.pre - 10, whole.pre])
    found = reckon(replace(whole, pre=three, columns=("pre_1", "pre_2", "pre_3"), measures=3), "trend")
    assert (found.model, len(schools_of(found))) == ("trend", 24)


def test_a_model_nobody_offers_is_refused() -> None:
    with pytest.raises(ValueError, match="one of"):
        reckon(pupils(), "markov")


def test_classes_stand_beside_their_school_in_their_order() -> None:
    found = reckon(pupils())
    classes = [(one.school, one.class_no) for one in found.effects if one.class_no is not None]
    assert classes == sorted(classes)
    assert len(classes) == 48
    assert not [one for one in reckon(pupils(classes=0)).effects if one.class_no is not None]


def test_who_is_reckoned_first_does_not_matter() -> None:
    whole = pupils()
    turned = np.random.default_rng(2).permutation(len(whole.post))
    other = Pupils(
        [whole.school[row] for row in turned], [whole.class_no[row] for row in turned], ("pre_1",), 1,
        whole.pre[turned], whole.post[turned],
    )  # fmt: skip
    one, two = reckon(whole), reckon(other)
    assert [effect.effect for effect in one.effects] == pytest.approx([effect.effect for effect in two.effects])


# Before and after -----------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.integers(0, 400), st.integers(0, 2**32 - 1))
def test_no_cell_of_the_picture_holds_fewer_than_five_pupils(n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    pre = np.round(500 + 100 * random.standard_normal(n))
    post = np.round(pre + 50 * random.standard_normal(n))
    found = scatter(pre, post, 5)
    assert all(count >= 5 for _x, _y, count in found["cells"])
    assert sum(count for _x, _y, count in found["cells"]) + found["hidden"] == n


# Four versions --------------------------------------------------------------------------------------------------------


def lines(below: int, same: int, above: int) -> list[dict[str, object]]:
    verdicts = ["below"] * below + ["same"] * same + ["above"] * above
    return [
        {"code": f"{row:03d}", "name": f"第{row}小学", "n": 60, "rows": 60, "coverage": 1.0, "effect": 1.0, "low": 0.5,
         "high": 1.5, "verdict": verdict, "reason": {}}
        for row, verdict in enumerate(verdicts)
    ]  # fmt: skip


COUNTY = {
    "model": "multilevel", "rows": 3400, "n": 3300, "groups": 56, "coverage": 0.97, "coefficients": [["b0", 1.0, 0.1]],
    "reasons": [], "few_groups": False, "post_sd": 100.0, "inputs_sha256": "0", "code_version": "x",
}  # fmt: skip


def test_the_public_version_names_no_school_and_gives_no_small_number() -> None:
    versions = cut(COUNTY, lines(3, 40, 13), 10)
    text = str(versions["public"])
    assert "小学" not in text and "coefficients" not in text
    assert versions["public"]["counts"] == {"below": None, "same": 40, "above": None, "unsaid": None}


def test_a_county_of_few_pupils_publishes_no_number() -> None:
    versions = cut(COUNTY | {"n": 8, "rows": 9}, lines(1, 1, 1), 10)
    assert set(versions["public"]["counts"].values()) == {None}
    assert versions["public"]["county"] == {"model": "multilevel", "n": None, "groups": None, "coverage": None}


def test_all_four_versions_come_from_the_same_lines() -> None:
    schools = lines(3, 40, 13)
    versions = cut(COUNTY, schools, 10)
    assert versions["basic"]["schools"] == schools
    assert versions["analysis"]["counts"] == {"below": 3, "same": 40, "above": 13, "unsaid": 0}
    assert [one["code"] for one in versions["topic"]["standing"]["below"]] == ["000", "001", "002"]


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_what_the_public_is_not_shown_cannot_be_worked_out(below: int, same: int, above: int) -> None:
    shown = cut(COUNTY, lines(below, same, above), 10)["public"]["counts"]
    hidden = [word for word, count in shown.items() if count is None]
    left = below + same + above - sum(count for count in shown.values() if count is not None)
    assert len(hidden) != 1
    assert not hidden or len(hidden) == 4 or left >= 10
