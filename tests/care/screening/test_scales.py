"""Scales as data: every vector of the specification, and what a scale file may not say (domain §5, decision 57)."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.care.screening.scales.definition import Scale
from app.care.screening.scales.scoring import Person, check_answers, score
from app.care.screening.scales.shelf import failed_vectors, read_scale, shipped, written
from app.care.screening.scales.validity import judge

SCALES = {scale.code: scale for scale in shipped()}
SPECIFIED = ("phq9", "phqa", "gad7", "who5", "asq", "psc17_mixed", "cesdc", "cesd", "dass21", "dassy", "mht", "mssmhs")


def digits(text: str) -> list[int | None]:
    return [None if word == "_" else int(word) for word in text.split()]


def yes(scale: str, *numbers: int) -> list[int | None]:
    return [int(number in numbers) for number in SCALES[scale].by_id]


MSSMHS_S15 = [
    3 if item in {5, 13, 14, 16, 44, 57} else 4 if item in {31, 33, 36, 38, 40, 55} else 2 if item == 3 else 1
    for item in range(1, 61)
]
MHT_S13 = (*range(1, 11), 16, 17, 18, *range(36, 40), *range(56, 61), 84, 94)
D21 = digits("1 0 2 1 1 1 0 2 1 2 1 1 2 1 0 1 1 1 0 1 1")

VECTORS: list[tuple[str, str, list[int | None], dict[str, float], int | None, list[str], str]] = [
    ("S01", "phq9", digits("1 1 2 1 1 0 1 0 0"), {"total": 7}, 1, [], "valid"),
    ("S02", "phq9", digits("2 2 2 2 2 2 2 1 0"), {"total": 15}, 3, [], "valid"),
    ("S03", "phq9", digits("1 0 1 0 1 0 0 0 1"), {"total": 4}, 0, ["O1b"], "valid"),
    ("S04", "phq9", [3] * 9, {"total": 27}, 4, ["O1a"], "valid"),
    ("S05", "phq9", digits("2 2 1 _ 1 1 1 0 0"), {"total": 9}, 1, [], "valid"),
    ("S06a", "gad7", digits("1 2 1 1 1 2 2"), {"total": 10}, 2, [], "valid"),
    ("S06b", "gad7", digits("3 3 2 2 2 2 2"), {"total": 16}, 3, [], "valid"),
    ("S07a", "who5", digits("2 2 1 3 2"), {"total": 40}, 1, [], "valid"),
    ("S07b", "who5", digits("1 1 1 2 2"), {"total": 28}, 2, [], "valid"),
    ("S07c", "who5", digits("3 3 2 3 2"), {"total": 52}, 0, [], "valid"),
    ("S08a", "cesdc", [1] * 20, {"total": 24}, 2, [], "needs_retest"),
    ("S08b", "cesdc", [0] * 20, {"total": 12}, 0, [], "needs_retest"),
    ("S08c", "cesdc", [3] * 20, {"total": 48}, 3, [], "needs_retest"),
    ("S09", "cesdc", digits("1 0 1 2 0 1 1 2 0 0 2 2 0 1 0 2 0 1 0 1"), {"total": 13}, 0, [], "valid"),
    ("S10", "dass21", D21, {"depression": 20, "anxiety": 6, "stress": 16}, 2, [], "valid"),
    ("S11", "dassy", D21, {"depression": 10, "anxiety": 3, "stress": 8, "total": 21}, 2, [], "valid"),
    ("S12", "psc17_mixed", digits("1 2 1 0 1 1 2 0 1 1 1 1 1 0 2 0 2"),
     {"internalising": 7, "attention": 7, "externalising": 3, "total": 17}, 2, [], "valid"),
    ("S13", "mht", yes("mht", *MHT_S13),
     {"learning": 10, "interpersonal": 3, "self_blame": 4, "somatic": 5, "validity": 2, "total": 22}, 1, [], "valid"),
    ("S14", "mht", [1] * 100, {"total": 90, "validity": 10}, 3, ["O1b", "O1b"], "needs_retest"),
    ("S15", "mssmhs", MSSMHS_S15, {"total": 91 / 60, "depression": 3, "study": 4, "ocd": 7 / 6}, 1, [], "valid"),
    ("S16", "mssmhs", [2] * 60, {"total": 2}, 1, [], "flagged"),
    ("S17", "asq", digits("0 0 0 1 0"), {"positive": 1}, 0, ["O1a"], "valid"),
]  # fmt: skip


def answers(scale: Scale, given_: list[int | None]) -> dict[int, int | None]:
    return dict(zip(scale.by_id, given_, strict=True))


@pytest.mark.parametrize(("name", "code", "given_", "scores", "band", "overrides", "verdict"), VECTORS)
def test_every_vector_of_the_specification_gives_what_it_says(
    name: str,
    code: str,
    given_: list[int | None],
    scores: dict[str, float],
    band: int,
    overrides: list[str],
    verdict: str,
) -> None:
    scale = SCALES[code]
    result = score(scale, answers(scale, given_))
    assert {key: result.scores[key] for key in scores} == pytest.approx(scores), name
    assert result.band == band, name
    assert [hit.override for hit in result.hits] == overrides, name
    assert judge(scale, answers(scale, given_), result).verdict == verdict, name


def test_the_shelf_holds_every_scale_of_the_registry_and_no_text_without_a_licence() -> None:
    assert sorted(SCALES) == sorted(SPECIFIED)
    for scale in SCALES.values():
        assert failed_vectors(scale) == [], scale.code
        assert scale.complete == scale.licence.ship_text, scale.code
        assert scale.licence.status == "free" or not any(item.zh or item.en for item in scale.items), scale.code


def test_a_scale_written_as_yaml_reads_back_as_itself() -> None:
    for scale in SCALES.values():
        assert read_scale(written(scale)) == scale


def test_a_vector_that_no_longer_holds_is_named_with_what_came_instead() -> None:
    content = yaml.safe_load(written(SCALES["gad7"]).replace("'on'", "on"))
    content = SCALES["gad7"].model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content["bands"][0]["cuts"][1]["max"] = 10
    wrong = failed_vectors(Scale.model_validate(content))
    assert wrong == ["vector 1: band is 1, expected 2"]


def test_a_positive_answer_of_the_last_asq_question_is_a_crisis() -> None:
    scale = SCALES["asq"]
    assert not any(hit.crisis for hit in score(scale, answers(scale, digits("0 0 0 1 0"))).hits)
    assert [hit.crisis for hit in score(scale, answers(scale, digits("0 0 0 1 1"))).hits] == [False, True]


def test_a_critical_item_left_blank_is_no_positive_but_is_told() -> None:
    scale = SCALES["phq9"]
    result = score(scale, answers(scale, digits("3 3 3 3 3 3 3 3 _")))
    assert (result.critical, result.blank_critical) == (False, (9,))


def test_a_worry_without_an_alert_is_not_critical() -> None:
    scale = SCALES["dass21"]
    result = score(scale, answers(scale, [0] * 20 + [2]))
    assert ([hit.override for hit in result.hits], result.critical) == (["O7"], False)


def test_too_many_blanks_make_the_answers_invalid_and_still_call_people() -> None:
    scale = SCALES["phq9"]
    given_ = answers(scale, digits("_ _ _ 1 1 1 1 1 2"))
    result = score(scale, given_)
    assert (result.scores["total"], result.band, result.critical) == (None, None, True)
    assert judge(scale, given_, result).verdict == "invalid"


@pytest.mark.parametrize(
    ("seconds", "shared", "verdict"),
    [(None, False, "valid"), (1.5, False, "valid"), (1.49, False, "flagged"), (0.99, False, "needs_retest"),
     (9.0, True, "flagged"), (1.2, True, "needs_retest")],
)  # fmt: skip
def test_haste_and_a_shared_device_are_doubts_and_two_doubts_ask_again(
    seconds: float | None, shared: bool, verdict: str
) -> None:
    scale = SCALES["phq9"]
    given_ = answers(scale, digits("1 1 2 1 1 0 1 0 0"))
    assert judge(scale, given_, score(scale, given_), seconds=seconds, shared_device=shared).verdict == verdict


def test_two_contradicted_pairs_are_a_doubt_and_one_is_none() -> None:
    content = SCALES["gad7"].model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content["validity"] = {"pairs": [{"items": [1, 2], "max_difference": 1}, {"items": [3, 4], "max_difference": 1}]}
    scale = Scale.model_validate(content)
    one, two = digits("3 0 1 1 1 1 1"), digits("3 0 3 0 1 1 1")
    assert judge(scale, answers(scale, one), score(scale, answers(scale, one))).verdict == "valid"
    assert judge(scale, answers(scale, two), score(scale, answers(scale, two))).flags == ("contradicted",)


def test_cuts_may_differ_by_sex_age_and_grade() -> None:
    content = SCALES["gad7"].model_dump(mode="json", by_alias=True, exclude_defaults=True)
    whole = content["bands"][0]
    content["bands"] = [
        whole | {"when": {"grade_max": 9}},
        {"on": "total", "when": {"grade_min": 10}, "cuts": [{"max": 21, "band": 0}]},
    ]
    scale = Scale.model_validate(content)
    given_ = answers(scale, [2] * 7)
    assert [score(scale, given_, Person(grade=grade)).band for grade in (9, 10, None)] == [2, 0, None]


def broken(**change: Any) -> dict[str, Any]:
    return SCALES["gad7"].model_dump(mode="json", by_alias=True, exclude_defaults=True) | change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"colour": "red"}, "Extra inputs are not permitted"),
        ({"version": "one"}, "String should match pattern"),
        ({"scores": [{"id": "total", "items": [1, 99]}]}, "no item has the number"),
        ({"bands": [{"on": "totals", "cuts": [{"max": 1, "band": 0}]}]}, "which no score is"),
        ({"bands": [{"on": "total", "cuts": [{"max": 5, "band": 0}, {"max": 4, "band": 1}]}]}, "cuts rise"),
        ({"bands": [{"on": "total", "cuts": [{"max": 5, "band": 5}]}]}, "less than or equal to 4"),
        ({"eligibility": {"age_min": 12, "age_max": 11}}, "lies above"),
        ({"test_vectors": []}, "at least 1 item"),
        ({"test_vectors": [{"answers": [1, 2], "expect": {}}]}, "has 2 answers for 7 items"),
        ({"test_vectors": [{"answers": [9, 0, 0, 0, 0, 0, 0], "expect": {}}]}, "is no answer of item 1"),
    ],
)
def test_a_file_that_cannot_be_a_scale_is_refused_with_the_reason(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Scale.model_validate(broken(**change))


def test_answers_out_of_range_or_of_another_scale_are_named_item_by_item() -> None:
    assert check_answers(SCALES["gad7"], {1: 3, 2: 4, 8: 0}) == [
        "item 2: 4 is not an answer of gad7 1.0.0",
        "item 8 is not part of gad7 1.0.0",
    ]
    with pytest.raises(ValueError, match="item 2"):
        score(SCALES["gad7"], {2: 4})


@given(st.data())
def test_a_worse_answer_never_lowers_the_band_of_a_symptom_scale(data: st.DataObject) -> None:
    scale = SCALES[data.draw(st.sampled_from(["phq9", "gad7", "cesdc", "dass21", "dassy", "psc17_mixed", "mssmhs"]))]
    given_ = {item.id: data.draw(st.sampled_from(sorted(scale.values(item)))) for item in scale.items}
    item = data.draw(st.sampled_from(scale.items))
    low, high = scale.ends(item)
    worse = given_ | {item.id: low if item.reverse else high}
    before, after = score(scale, given_).band, score(scale, worse).band
    assert before is not None
    assert after is not None
    assert after >= before
