"""The report groups what must be mended, lists what was tidied and what was left out, and adds up."""

import json

import pytest

from app.core.imports.checking import Choices
from app.core.imports.kinds import RESULTS
from app.core.imports.reading import Place
from app.core.imports.report import report
from tests.core.imports.county import staged
from tests.factories.workbooks import (
    STUDENT_HEAD,
    Formula,
    Sent,
    Sheet,
    id_number,
    result,
    results,
    roster,
    sent,
    student,
)


def cause(found, title):
    return next(each for each in found.causes if each.zh == title)


def test_rows_with_the_same_unknown_school_are_mended_once():
    rows = [student(n, 学校代码="柳河中心校") for n in (1, 2, 3)]
    found = report(staged(roster(student(4), *rows, student(5, 学校代码="不知道小学"))))
    schools = cause(found, "学校名称对不上")
    assert (schools.rows, len(schools.spots), schools.more) == (4, 2, 0)
    first = schools.spots[0]
    assert (first.sheet, first.where, first.typed, first.rows) == ("Sheet1", "A3–A5", ["柳河中心校"], [3, 4, 5])
    assert first.choices[0] == ["2133000002", "清澜县柳河镇中心小学"]
    assert first.zh == "名册里没有“柳河中心校”" and first.en and first.fix_zh and first.fix_en


def test_spoilt_identifiers_form_one_cause_with_a_spot_per_cell():
    rows = [
        student(1, 身份证号="3.3E+17"),
        student(2, 身份证号="330000201303070000"),
        student(3, 身份证号=330000201303070015),
    ]
    spoilt = cause(report(staged(roster(*rows))), "号码被 Excel 改坏")
    assert [spot.where for spot in spoilt.spots] == ["E2", "E3", "E4"]
    assert [spot.typed for spot in spoilt.spots] == [["3.3E+17"], ["330000201303070000"], ["330000201303070000"]]


def test_contradicting_rows_stand_together_with_what_differs():
    found = report(staged(roster(student(1), student(2), student(1, 班级="4班"))))
    twice = cause(found, "同一学籍号，内容不同")
    (spot,) = twice.spots
    assert (spot.where, spot.key) == ("B2、B4", f"G{id_number(1)}")
    assert spot.pick == [
        {"sheet": "Sheet1", "row_no": 2, "typed": {"class_no": "3班"}},
        {"sheet": "Sheet1", "row_no": 4, "typed": {"class_no": "4班"}},
    ]
    mended = staged(
        roster(student(1), student(2), student(1, 班级="4班")), choices=Choices(keep={spot.key: Place("Sheet1", 4)})
    )
    assert mended.counts.blocked == 1


def test_what_was_tidied_is_counted_with_examples():
    rows = [student(1), student(2, 学校代码="", 姓名="王　兰"), student(3, 学校代码="")]
    found = report(staged(roster(*rows, merges=((1, 0, 3, 0),))))
    by_code = {each.code: each for each in found.reminders}
    assert by_code["merged"].rows == 2
    assert by_code["merged"].examples[0] == ["A2:A4", "2133000001"]
    assert by_code["invisible"].examples == [["王　兰", "王兰"]]
    assert by_code["merged"].ranges == ["A3–A4"]


def test_words_read_as_codes_are_listed_once_with_how_often_they_occur():
    found = report(staged(roster(student(1), student(2), student(3, 年级="小学六年级"))))
    grades = next(each for each in found.coded if each.column == "grade")
    assert grades.rows == 3
    assert sorted(grades.examples) == [["六年级", "G6"], ["小学六年级", "G6"]]
    assert "年级" in grades.zh and "Grade" in grades.en


def test_rows_left_out_are_listed_by_reason_and_place():
    rows = [["学生名册"], STUDENT_HEAD, student(1), [], student(1), ["填表人：周某"]]
    found = report(staged(sent(rows)))
    assert {each.code: (each.rows, each.where) for each in found.drops} == {
        "title": (1, ["Sheet1 1"]), "header": (1, ["Sheet1 2"]), "blank": (1, ["Sheet1 4"]),
        "footer": (1, ["Sheet1 6"]), "duplicate": (1, ["Sheet1 5"]),
    }  # fmt: skip


def test_hidden_parts_and_formulas_are_reminders():
    file = Sent(
        (
            Sheet(
                [STUDENT_HEAD, student(1), student(2, 姓名=Formula("=A1", "王兰"))],
                "甲",
                hidden_rows=(1,),
                hidden_columns=(0,),
            ),
            Sheet([STUDENT_HEAD, student(3)], "乙", hidden=True),
            Sheet([["说明"]], "丙"),
        )
    )
    found = report(staged(file))
    assert {each.code: each.rows for each in found.reminders} == {
        "hidden_sheet": 1,
        "hidden_rows": 1,
        "hidden_columns": 2,
        "formulas": 1,
    }
    assert found.unused_sheets == ["丙"]
    assert [sheet["visibility"] for sheet in found.sheets] == ["visible", "hidden"]


def test_columns_that_were_not_read_are_named():
    found = report(staged(sent([[*STUDENT_HEAD, "家庭住址"], [*student(1), "某村"]])))
    assert found.sheets[0]["unread_columns"] == ["家庭住址"]


def test_good_rows_of_a_roster_may_go_ahead_and_results_only_as_a_whole():
    half = report(staged(roster(student(1), student(2, 班级="实验班"))))
    assert (half.may_accept, half.may_accept_rest) == (False, True)
    whole = report(staged(results(result(), result(指标代码="WHAT")), kind=RESULTS))
    assert (whole.may_accept, whole.may_accept_rest) == (False, False)
    assert report(staged(roster(student(1)))).may_accept
    assert not report(staged(sent([STUDENT_HEAD, []]))).may_accept


def test_missing_values_and_heads_are_counted():
    rows = [
        result(),
        result(指标代码="LOAD", 数值类型="指数", 方向="越低越好", 数值="缺考", 人数="", 标准差=""),
        result(指标代码="PASS", 数值类型="比率", 数值="/", 基准值=0.5, 人数=118, 标准差=""),
    ]
    found = report(staged(results(*rows), kind=RESULTS))
    assert found.missing == {"absent": 1, "not_given": 1}
    assert found.headcount == {"enrolled": 120, "measured": 120}


def test_the_report_is_plain_json_and_its_sentences_are_complete_in_both_languages():
    rows = [student(n, 班级="实验班", 身份证号="3.3E+17", 出生日期="3/7/2010", 学校代码="某校") for n in (1, 3)]
    kept = json.loads(json.dumps(report(staged(roster(*rows))).to_json(), ensure_ascii=False))
    assert kept["counts"] == {"read": 2, "accepted": 0, "warned": 0, "blocked": 2, "dropped": 0}
    for each in kept["causes"]:
        for spot in each["spots"]:
            assert all(spot[part] for part in ("zh", "en", "fix_zh", "fix_en"))
            assert "{" not in spot["zh"] + spot["en"]


def test_a_thousand_different_faults_are_cut_to_two_hundred_with_the_rest_counted():
    rows = [student(n, 学校代码=f"{chr(0x4E00 + n)}{chr(0x5E00 + n)}校") for n in range(1, 301)]
    schools = cause(report(staged(roster(*rows), "csv utf-8")), "学校名称对不上")
    assert (schools.rows, len(schools.spots), schools.more) == (300, 200, 100)


@pytest.mark.parametrize("rows", [(), (student(1),)])
def test_counts_add_up(rows):
    counts = report(staged(roster(*rows))).counts
    assert counts.read == counts.accepted + counts.blocked + counts.dropped


def test_unknown_words_indicators_and_cycles_come_with_something_to_choose():
    found = report(staged(roster(student(1, 性别="南"))))
    (spot,) = cause(found, "性别的写法认不出").spots
    assert spot.choices[:2] == [["男", "男"], ["女", "女"]]
    found = report(staged(results(result(监测周期="2026JC01", 指标代码="MATHS")), kind=RESULTS))
    assert cause(found, "指标代码对不上").spots[0].choices[0] == ["MATH", "MATH"]
    assert cause(found, "监测周期代码对不上").spots[0].choices == [["2026-JC-01", "2026-JC-01"]]


def test_what_is_chosen_in_place_mends_all_rows_with_that_word():
    rows = [student(1, 性别="南"), student(3, 性别="南")]
    mended = staged(roster(*rows), choices=Choices(values={"gender": {"南": "男"}}))
    assert mended.column("gender") == ["1", "1"]
    head = ["学校名称", *STUDENT_HEAD[1:]]
    by_name = sent([head, ["没听过的小学", *student(1)[1:]]])
    chosen = staged(by_name, choices=Choices(values={"school_name": {"没听过的小学": "2133000002"}}))
    assert chosen.column("school_code") == ["2133000002"]
    scoped = results(result(范围代码="没听过的小学"))
    chosen = staged(scoped, kind=RESULTS, choices=Choices(values={"scope_code": {"没听过的小学": "2133000002"}}))
    assert chosen.column("scope_code") == ["2133000002"]


def test_choices_survive_being_kept_as_json():
    choices = Choices({"gender": {"南": "男"}}, {"k": Place("甲", 3), "l": None}, {Place("甲", 4): "已转学"})
    assert Choices.from_json(json.loads(json.dumps(choices.to_json()))) == choices
    assert Choices.from_json({}) == Choices()
