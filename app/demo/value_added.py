"""Made-up scores of pupils before and after, sent in as a workbook, reckoned, and read by a researcher."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from app.core.imports.arrival import take_in
from app.core.spreadsheets import write_workbook
from app.demo.rounds import SUBJECT_WORDS, Round
from app.demo.telling import FOR_THE_WORKER, Teller
from app.demo.tree import County
from app.improvement.effects.models import InterpretationReport, ValueAddedRun
from app.improvement.effects.operations import interpretations
from app.improvement.effects.operations.interpretations import InterpretationIn, InterpretationStep
from app.improvement.effects.operations.value_added import RunIn, run_value_added
from app.improvement.monitoring.models import MonitoringCycle

HEADERS = ("监测周期", "代号", "学校代码", "班级", "学科", "前测1", "后测")
RECKONED = {"2021-PRIMARY": 14, "2023-COUNTY": 14, "2025-COUNTY": 14}
"""Rounds whose mathematics is reckoned, so many days after the release."""
KINDS = {"primary": ("21", "38"), "junior": ("31", "38")}
"""Kinds of schools whose pupils sit in the grade that a round of this stage reckons."""
Row = tuple[str | int | float | None, ...]
SAID = InterpretationIn(
    title="八年级数学增值解读",
    across="多数学校的区间包含 0，看不出和全县同起点学生有差别。低于预期的学校前测均分并不都低，起点低不等于进步小。",
    over_time="和 2023 年县复测相比，少数学校的增值由看不出差别变为高于预期；区间仍有重叠，还不能说已经稳定。",
    limits="只有一次前测，转学学生没有连上；人数少的学校区间宽，不足以下结论。增值不说明原因，要结合课堂观察和访谈。",
    advice="低于预期的学校先看作业分层和课堂反馈；请高于预期的学校介绍做法，不比名次。",
    said={
        "basic": "供测评组和教研员核对数据使用。",
        "analysis": "供领导小组和科室了解全县情况。",
        "topic": "供数学教研活动使用。",
        "public": "向社会说明全县总体情况，不涉及任何学校和学生。",
    },
)

TAKEN_BACK = "纵向发展一段漏写了两轮测试卷不同，补写后重新发布"
SENT_BACK = "学生不足 30 名的学校请单列一段，说明区间为什么宽"


def tell(county: County, teller: Teller, cycle: MonitoringCycle, one: Round) -> None:
    """Scores come in and mathematics is reckoned; the newest round is read out in a published report."""
    if one.code not in RECKONED:
        return
    run = reckon(county, teller, cycle, one, "math", one.released + timedelta(days=RECKONED[one.code]))
    if one.code == list(RECKONED)[-1]:
        _read_out(county, teller, cycle, run, one.released + timedelta(days=20))


def reckon(
    county: County, teller: Teller, cycle: MonitoringCycle, one: Round, subject: str, day: date
) -> ValueAddedRun:
    """One member sends the file, another accepts it, and the subject is reckoned."""
    sender, accepter = county.any("assessment_member", 0), county.any("assessment_member", 1)
    teller.at(day, 10)
    file = write_workbook(HEADERS, list(rows_of(county, one, subject)), sheet="前后测成绩")
    name = f"{one.name}{SUBJECT_WORDS[subject][0]}前后测成绩（代号）.xlsx"
    take_in(sender, "scores", cycle.ref, file, name, accepter, leaving=FOR_THE_WORKER)
    return run_value_added(sender, cycle, RunIn(subject, "multilevel"))


def _read_out(county: County, teller: Teller, cycle: MonitoringCycle, run: ValueAddedRun, day: date) -> None:
    """One report was published and taken back, its successor stands; three more wait at their author, the office, the author again."""
    researcher, office = county.researcher("math"), county.any("office_director")

    def drafted(on: date, title: str) -> InterpretationReport:
        teller.at(on, 9)
        place = InterpretationReport(
            county_id=cycle.county_id, cycle_id=cycle.id, cycle=cycle, run_id=run.id, subject=run.subject
        )
        return interpretations.draft_interpretation(researcher, place, replace(SAID, title=title))

    def signed(on: date, title: str) -> InterpretationReport:
        report = drafted(on, title)
        interpretations.sign_interpretation(researcher, report, InterpretationStep())
        return report

    def published(on: date, title: str) -> InterpretationReport:
        report = signed(on, title)
        teller.at(on + timedelta(days=2), 15)
        interpretations.publish_interpretation(office, report, InterpretationStep())
        return report

    first = published(day, f"{SAID.title}（初稿）")
    teller.at(day + timedelta(days=4), 10)
    interpretations.withdraw_interpretation(office, first, InterpretationStep(reason=TAKEN_BACK))
    published(day + timedelta(days=5), SAID.title)
    sent_back = signed(day + timedelta(days=9), "规模较小学校的数学增值解读")
    teller.at(day + timedelta(days=10), 14)
    interpretations.return_interpretation(office, sent_back, InterpretationStep(reason=SENT_BACK))
    signed(day + timedelta(days=11), "作业分层与数学增值专题解读")
    drafted(day + timedelta(days=12), "数学增值解读（供学校教研组使用）")


def rows_of(county: County, one: Round, subject: str) -> Iterator[Row]:
    """One pupil a row: a start, what the school and its year added, and chance; one in twenty-five has one score only."""
    word = SUBJECT_WORDS[subject][0]
    number = 0
    grade = "G4" if one.stage == "primary" else "G8"
    for school, (_identity, kind, _short) in county.schools.items():
        if kind not in KINDS[one.stage]:
            continue
        random = Random(f"{one.seed}{school}{subject}pupils")
        size = max(12, round(Random(f"{school}{grade}").gauss(95, 45)))
        added = Random(f"{school}{subject}added").gauss(0, 18) + random.gauss(0, 8)
        start = Random(f"{school}start").gauss(500, 25)
        for pupil in range(size):
            number += 1
            pre = random.gauss(start, 95)
            post = 500 + 0.72 * (pre - 500) + added + random.gauss(0, 65)
            missing = random.random()
            yield (
                one.code,
                f"{subject[:2].upper()}{one.seed}-{number:05d}",
                school,
                f"{1 + pupil % max(1, size // 40)}班",
                word,
                None if missing < 0.02 else round(pre, 1),
                "缺考" if missing > 0.98 else round(post, 1),
            )
