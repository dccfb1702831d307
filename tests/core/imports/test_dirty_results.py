"""Monitoring results as they really arrive: missing words, percentages, impossible spreads, more pupils than enrolled."""

import pytest

from app.core.imports.kinds import RESULTS
from tests.core.imports.county import LOOKUPS, codes, said, staged
from tests.factories.workbooks import FORMS, RESULT_HEAD, result, results, sent


@pytest.fixture(params=["xlsx", "csv gb18030", "xls"])
def form(request):
    return request.param


def one(form="xlsx", *, known=None, **changes):
    return staged(results(result(**changes)), form, RESULTS, **(known or {}))


@pytest.mark.parametrize("form", FORMS)
def test_a_faultless_row_is_taken_with_its_numbers(form):
    sheet = one(form)
    assert codes(sheet) == []
    (row,) = sheet.rows()
    assert row.key == "2026-JC-01|school|2133000001|G6||math|MATH|county"
    assert row.values == {
        "cycle_code": "2026-JC-01", "scope_level": "school", "scope_code": "2133000001", "school_code": "2133000001",
        "grade": "G6", "class_no": None, "subject": "math", "indicator_code": "MATH", "value_type": "mean",
        "direction": "higher", "value": 482.0, "benchmark_type": "county", "benchmark_value": 500.0, "benchmark_se": 1.2,
        "n": 120, "n_expected": 122, "sd": 100.0, "deff": 1.0,
    }  # fmt: skip


def test_the_eight_cells_of_the_first_closed_loop_are_read_as_they_stand(form):
    cells = [
        ("F1", 482, 120), ("F2", 470, 100), ("F3", 480, 18), ("F4", 497, 3000), ("F5", 491, 150), ("F6", 505, 110), ("F7", 460, 64),
    ]  # fmt: skip
    rows = [
        result(层级="区域", 范围代码="330000", 指标代码=code, 数值=value, 人数=n, 应测人数=n)
        for code, value, n in cells
    ]
    rows.append(
        result(
            层级="区域",
            范围代码="330000",
            指标代码="F8",
            数值类型="比率",
            数值=0.55,
            基准值=0.7,
            基准标准误="",
            标准差="",
            人数=120,
            应测人数=120,
        )
    )
    sheet = staged(results(*rows), form, RESULTS, indicators=None)
    assert codes(sheet) == []
    assert list(sheet.accepted("indicator_code", "value", "n"))[-1] == ("F8", 0.55, 120)
    assert sheet.counts == (8, 8, 0, 0, 0)


# --- missing values


@pytest.mark.parametrize(
    ("word", "reason"), [("缺考", "absent"), ("/", "not_given"), ("—", "not_given"), ("", "not_given")]
)
def test_a_missing_value_is_kept_with_its_reason_and_never_becomes_zero(form, word, reason):
    sheet = one(form, 数值=word, 人数=word, 标准差=word)
    (row,) = sheet.rows()
    assert row.status == "warned"
    assert row.values["value"] is None and row.values["n"] is None
    assert row.values["missing"]["value"] == reason
    assert sheet.counts.accepted == 1


def test_missing_words_are_blocked_in_key_columns(form):
    assert ("C2", "missing_in_key", "block") in said(one(form, 范围代码="/"))
    assert ("F2", "missing_in_key", "block") in said(one(form, 学科="缺考"))


def test_a_value_without_its_number_of_pupils_is_blocked(form):
    assert said(one(form, 人数="")) == [("N2", "required", "block")]
    assert ("N2", "required", "block") in said(one(form, 人数="/"))


def test_a_mean_needs_its_standard_deviation_and_a_rate_does_not(form):
    assert said(one(form, 标准差="")) == [("P2", "sd_missing", "block")]
    assert said(one(form, 指标代码="PASS", 数值类型="比率", 数值=0.6, 基准值=0.7, 标准差="", 基准标准误="")) == []


def test_optional_numbers_may_be_missing_with_a_reminder(form):
    sheet = one(form, 设计效应="/", 应测人数="—")
    assert [code for _, code, _ in said(sheet)] == ["not_given", "not_given"]
    assert sheet.counts.blocked == 0


# --- numbers


def test_percentages_become_rates_with_a_reminder(form):
    sheet = one(form, 指标代码="PASS", 数值类型="达标率", 数值="85%", 基准值="90%", 标准差="", 基准标准误="")
    assert said(sheet) == [("J2", "percent", "warn"), ("L2", "percent", "warn")]
    assert (sheet.column("value"), sheet.column("benchmark_value")) == ([0.85], [0.9])


def test_percentages_in_a_mean_are_blocked(form):
    assert ("J2", "percent_in_mean", "block") in said(one(form, 数值="85%"))


@pytest.mark.parametrize(
    ("typed", "code"),
    [("<5", "number_suppressed"), ("85分", "number_form"), ("合格", "number_form"), ("#REF!", "error_value")],
)
def test_other_text_in_place_of_a_number_is_blocked(form, typed, code):
    assert ("J2", code, "block") in said(one(form, 数值=typed))


def test_numbers_as_text_are_read(form):
    sheet = one(form, 数值="４８２", 人数="１２０")
    assert (sheet.column("value"), sheet.column("n"), sheet.counts.blocked) == ([482.0], [120], 0)


@pytest.mark.parametrize("typed", [0, -1, "-0.5"])
def test_a_spread_that_is_not_positive_is_blocked(form, typed):
    assert said(one(form, 标准差=typed)) == [("P2", "sd_positive", "block")]


@pytest.mark.parametrize(
    ("value", "benchmark", "where"), [(1.01, 0.7, "J2"), (-0.1, 0.7, "J2"), (60, 0.7, "J2"), (0.6, 70, "L2")]
)
def test_rates_outside_nought_to_one_are_blocked(form, value, benchmark, where):
    sheet = one(form, 指标代码="PASS", 数值类型="比率", 数值=value, 基准值=benchmark, 标准差="", 基准标准误="")
    assert (where, "rate_range", "block") in said(sheet)


def test_values_outside_the_range_of_their_indicator_are_blocked(form):
    assert said(one(form, 数值=1001)) == [("J2", "indicator_range", "block")]


@pytest.mark.parametrize(("typed", "code"), [(0, "number_range"), (-3, "number_range"), (12.5, "number_whole")])
def test_the_number_of_pupils_is_a_whole_number_from_one(form, typed, code):
    assert ("N2", code, "block") in said(one(form, 人数=typed))


@pytest.mark.parametrize("typed", [0, -2])
def test_a_design_effect_is_above_nought(form, typed):
    assert said(one(form, 设计效应=typed)) == [("Q2", "number_positive", "block")]


def test_a_standard_error_of_the_benchmark_is_not_used_for_rates(form):
    sheet = one(form, 指标代码="PASS", 数值类型="比率", 数值=0.6, 基准值=0.7, 标准差="")
    assert said(sheet) == [("M2", "sd_not_used", "warn")]


# --- enrolment


@pytest.mark.parametrize(("n", "blocked"), [(120, False), (122, False), (123, True)])
def test_more_pupils_than_enrolled_times_1_02_are_blocked(form, n, blocked):
    assert (("N2", "n_over_roster", "block") in said(one(form, 人数=n))) is blocked


def test_a_class_is_compared_with_the_class(form):
    sheet = one(form, 层级="班级", 班级="3班", 人数=42)
    assert said(sheet) == [("N2", "n_over_roster", "block")]
    assert "40" in next(sheet.rows()).messages[0]["zh"]


def test_a_region_is_compared_with_the_number_expected_only(form):
    assert said(one(form, 层级="区域", 范围代码="330000", 人数=3000, 应测人数=3050)) == []
    assert said(one(form, 层级="区域", 范围代码="330000", 人数=3200, 应测人数=3050)) == [
        ("N2", "n_over_roster", "block")
    ]


def test_nothing_to_compare_with_is_said(form):
    sheet = one(form, 应测人数="", known={"roster": None})
    assert said(sheet) == [("N2", "n_roster_unknown", "warn")]


# --- scopes


def test_the_scope_may_be_a_code_a_name_or_carry_grade_and_class(form):
    rows = [
        result(),
        result(范围代码="清溪小学", 指标代码="PASS", 数值类型="比率", 数值=0.6, 基准值=0.7, 标准差="", 基准标准误=""),
        result(层级="年级"),
        result(层级="班级", 班级="3班", 人数=40),
        result(层级="班级", 范围代码="2133000001-G6-04", 班级="4班", 人数=40),
        result(层级="区域", 范围代码="330000"),
    ]
    sheet = staged(results(*rows), form, RESULTS)
    assert sheet.column("scope_code") == [
        "2133000001", "2133000001", "2133000001-G6", "2133000001-G6-03", "2133000001-G6-04", "330000",
    ]  # fmt: skip
    assert sheet.column("school_code") == ["2133000001"] * 5 + [None]
    assert sheet.counts.blocked == 0


def test_a_level_without_its_grade_or_class_is_blocked(form):
    assert said(one(form, 层级="年级", 年级="")) == [("D2", "scope_incomplete", "block")]
    assert ("E2", "scope_incomplete", "block") in said(one(form, 层级="班级"))


def test_an_unknown_school_or_region_is_blocked(form):
    assert ("C2", "school_unknown", "block") in said(one(form, 范围代码="没听过的小学"))
    assert ("C2", "region_unknown", "block") in said(one(form, 层级="区域", 范围代码="990000"))


def test_scope_and_school_column_must_be_the_same_school(form):
    rows = [[*result(), "清溪小学"], [*result(指标代码="LOAD", 数值类型="指数", 方向="越低越好"), "柳河小学"]]
    sheet = staged(sent([[*RESULT_HEAD, "学校名称"], *rows]), form, RESULTS)
    assert ("C3", "scope_differs", "block") in said(sheet)
    assert sheet.status(0) == "ok"


def test_the_school_column_can_stand_in_for_the_scope(form):
    head = [name for name in RESULT_HEAD if name != "范围代码"]
    row = [cell for name, cell in zip(RESULT_HEAD, result(), strict=True) if name != "范围代码"]
    sheet = staged(sent([["学校名称", *head], ["清溪小学", *row]]), form, RESULTS)
    assert sheet.column("scope_code") == ["2133000001"]
    assert sheet.counts.blocked == 0


# --- indicators, cycles, contradictions


def test_unknown_cycles_and_indicators_are_blocked(form):
    assert said(one(form, 监测周期="2019-XX", 指标代码="WHAT")) == [
        ("A2", "cycle_unknown", "block"),
        ("G2", "indicator_unknown", "block"),
    ]


def test_type_and_direction_must_be_those_of_the_indicator(form):
    assert ("I2", "indicator_differs", "block") in said(one(form, 方向="越低越好"))
    assert ("H2", "indicator_differs", "block") in said(one(form, 数值类型="指数"))


def test_the_same_cell_with_two_values_blocks_both_rows(form):
    sheet = staged(results(result(数值=482), result(数值=428)), form, RESULTS)
    assert [code for _, code, _ in said(sheet)] == ["duplicate_differs"] * 2
    assert not RESULTS.partial


def test_the_same_cell_against_two_benchmarks_is_two_rows(form):
    sheet = staged(results(result(), result(基准类型="省均值", 基准值=505)), form, RESULTS)
    assert sheet.counts.accepted == 2


def test_the_lookups_of_these_tests_are_left_as_they_were():
    assert LOOKUPS.roster[("2133000001", "G6", 0)] == 120
