"""Monitoring rounds with planted, known deficits, sent in as workbooks the way a county receives them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from sqlalchemy import func, select

from app.core.database import db
from app.core.imports.arrival import take_in
from app.core.policy.actor import Actor
from app.core.spreadsheets import write_workbook
from app.demo import hearings, teaching
from app.demo.teaching import Classes
from app.demo.telling import FOR_THE_WORKER, Teller
from app.demo.tree import County
from app.improvement.monitoring.models import Indicator, MonitoringCycle, ReleaseAck
from app.improvement.monitoring.operations import cycles, indicators, reconciliation, releases
from app.improvement.monitoring.operations.cycles import CycleIn
from app.improvement.monitoring.operations.moves import Move
from app.improvement.suppliers.queries import sources
from app.people.directory.models import Student, Unit

SUBJECT_WORDS = {
    "chinese": ("语文", ("阅读理解", "表达与交流", "语言积累")),
    "math": ("数学", ("数与运算", "图形与几何", "统计与概率", "问题解决")),
    "english": ("英语", ("听力", "阅读", "书面表达")),
    "science": ("科学", ("物质科学", "生命科学", "科学探究")),
    "quality": ("学习品质", ("学习动力", "学习策略", "学业负担", "睡眠达标率")),
}
ROLLS_BEGIN = date(2026, 9, 1)
RATES = {"睡眠达标率"}
LOWER_IS_BETTER = {"学业负担"}
TYPES = {"学习动力": "process", "学习策略": "process", "学业负担": "process", "睡眠达标率": "comprehensive"}
FURTHER = (
    ("VA.math.g8", "数学增值", "同一起点的学生后来进步多少，由增值评价计算", "math", "subject", "value_added", "school"),
    ("TE.conduct", "师德师风学生评教", "教师层面的汇总，只留数据，不作结论", "general", "comprehensive", "process", "teacher"),
    ("ST.growth", "学生成长写实完成度", "德智体美劳五方面记录，只留数据，不作结论", "general", "comprehensive",
     "comprehensive", "student"),
)  # fmt: skip
"""Indicators that no round of the demo measures: code, name, definition, subject, domain, type, object."""
STAGES = {"G8": ("31", "38"), "G4": ("21", "38")}
Row = tuple[str | int | float | None, ...]
HEADERS = (
    "周期代码",
    "层级",
    "单位代码",
    "学校代码",
    "年级",
    "班级",
    "学科",
    "指标代码",
    "数值类型",
    "方向",
    "数值",
    "基准类型",
    "基准值",
    "基准标准误",
    "有效人数",
    "应测人数",
    "标准差",
    "设计效应",
)


@dataclass(frozen=True)
class Round:
    """One monitoring round: what it measures and when things happen."""

    code: str
    name: str
    level: str
    stage: str
    grades: tuple[str, ...]
    subjects: tuple[str, ...]
    starts: date
    released: date
    seed: int
    planted: float
    """Share of school × indicator cells with a planted deficit."""
    marked_again: int = 0
    """The papers of so many schools, the first of the county, were marked a second time: a corrected file."""
    by_class: bool = False
    """Some schools are told the values of their classes too, which have since moved up a grade."""
    supplier: str = ""
    """Who outside the bureau brought the file."""


ROUNDS = (
    Round(
        "2019-JUNIOR",
        "2019 年初中省测",
        "province",
        "junior",
        ("G8",),
        ("chinese", "math", "english", "science"),
        date(2019, 11, 12),
        date(2020, 4, 20),
        19,
        0.09,
    ),
    Round(
        "2021-PRIMARY",
        "2021 年小学省测",
        "province",
        "primary",
        ("G4",),
        ("chinese", "math", "science"),
        date(2021, 11, 16),
        date(2022, 4, 18),
        21,
        0.08,
    ),
    Round(
        "2022-QUALITY",
        "2022 年学习品质监测",
        "county",
        "junior",
        ("G4", "G8"),
        ("quality",),
        date(2022, 5, 24),
        date(2022, 9, 5),
        22,
        0.09,
    ),
    Round(
        "2023-COUNTY",
        "2023 年县复测",
        "county",
        "junior",
        ("G4", "G8"),
        tuple(SUBJECT_WORDS),
        date(2023, 11, 14),
        date(2024, 3, 11),
        23,
        0.045,
    ),
    Round(
        "2025-COUNTY",
        "2025 年县学业质量监测",
        "county",
        "junior",
        ("G4", "G8"),
        tuple(SUBJECT_WORDS),
        date(2025, 11, 18),
        date(2026, 9, 7),
        25,
        0.08,
        by_class=True,
        supplier="明测教育评价中心",
    ),
)


def code_of(subject: str, grade: str, word: str) -> str:
    """The code of an indicator: subject, grade and its place in the subject's list."""
    return f"{subject}.{grade.lower()}.{SUBJECT_WORDS[subject][1].index(word) + 1}"


def add_indicators(county: County) -> None:
    """The county's list of indicators, added by the office."""
    office = county.any("office_director")
    for subject, (_name, words) in SUBJECT_WORDS.items():
        for grade in STAGES:
            for word in words:
                rate = word in RATES
                indicators.add_indicator(
                    office,
                    Indicator(county_id=county.id),
                    indicators.IndicatorIn(
                        code=code_of(subject, grade, word),
                        name=word,
                        definition=f"{word}的{'达标人数比例' if rate else '量尺分，县均值定为 500，标准差 100'}",
                        subject=subject,
                        domain="comprehensive" if subject == "quality" else "subject",
                        evaluation_type=TYPES.get(word, "result"),
                        value_type="rate" if rate else "mean",
                        direction="lower" if word in LOWER_IS_BETTER else "higher",
                        family=f"{subject}-{grade}",
                        lowest=0.0,
                        highest=1.0 if rate else 1000.0,
                        index_margin=None,
                        unit_word="" if rate else "分",
                    ),
                )


def add_further_indicators(county: County) -> None:
    """The list knows more than the rounds measure: value added, and what is on teachers or students."""
    for code, name, definition, subject, domain, kind, of in FURTHER:
        indicators.add_indicator(
            county.any("office_director"),
            Indicator(county_id=county.id),
            indicators.IndicatorIn(
                code=code,
                name=name,
                definition=definition,
                subject=subject,
                domain=domain,
                evaluation_type=kind,
                object_code=of,
                value_type="mean",
                direction="higher",
                family=code,
                lowest=None,
                highest=None,
                index_margin=None,
                unit_word="分",
            ),
        )


def codes_of(one: Round) -> tuple[str, ...]:
    """The indicators a round measures."""
    return tuple(
        code_of(subject, grade, word)
        for subject in one.subjects
        for grade in one.grades
        for word in SUBJECT_WORDS[subject][1]
    )


Enrolled = Mapping[tuple[uuid.UUID, str], int]


def enrolled_now() -> Enrolled:
    """Pupils by school and grade, as the rolls have them."""
    count = select(Student.school_id, Student.grade, func.count()).group_by(Student.school_id, Student.grade)
    return {(school, grade): n for school, grade, n in db.session.execute(count)}


def rows_of(
    county: County, one: Round, enrolled: Enrolled | None = None, classes: Classes | None = None
) -> Iterator[Row]:
    """One row a school, grade and indicator; the same deficits for the same seed, better again in a later round.

    Before the rolls begin the numbers are made up; later they are those of the rolls. A school with `classes` has a row
    for each class beside it, whose values make up the school's.
    """
    again = replace(one, seed=one.seed + 100)
    for place, (school, (identity, kind, _short)) in enumerate(county.schools.items()):
        for grade in one.grades:
            if kind not in STAGES[grade]:
                continue
            size = max(12, round(Random(f"{school}{grade}").gauss(95, 45)))
            if enrolled is not None:
                size = enrolled.get((identity, grade), 0) - 2
            groups = (classes or {}).get((identity, f"G{int(grade[1:]) + 1}"), [])
            size = sum(pupils for _number, pupils in groups) or size
            if size < 3:
                continue
            for subject in one.subjects:
                for word in SUBJECT_WORDS[subject][1]:
                    whole = _row(again if place < one.marked_again else one, school, grade, subject, word, size)
                    yield whole
                    yield from _class_rows(whole, groups, word)


def _class_rows(whole: Row, groups: Sequence[tuple[int, int]], word: str) -> Iterator[Row]:
    """The classes of a grade around its value: what they differ by adds up to nothing over all pupils."""
    random, spread = Random(f"{whole[2]}{whole[7]}classes"), 0.03 if word in RATES else 6.0
    apart = [random.gauss(0, spread) for _group in groups]
    pupils = sum(n for _number, n in groups)
    middle = sum(gap * n for gap, (_number, n) in zip(apart, groups, strict=True)) / pupils if pupils else 0.0
    for gap, (number, n) in zip(apart, groups, strict=True):
        value = float(whole[10] or 0) + gap - middle
        value = round(min(0.99, max(0.01, value)), 4) if word in RATES else round(value, 1)
        yield (whole[0], "班级", *whole[2:5], number, *whole[6:10], value, *whole[11:14], n, n, *whole[16:])


def _effect(one: Round, school: str, grade: str, subject: str, word: str) -> tuple[Random, float, bool]:
    """The random numbers that go on, how far the cell lies above the county (standard deviations), and if it was planted."""
    random = Random(f"{one.seed}{school}{grade}{subject}{word}")
    lasting = Random(f"{school}{grade}{subject}{word}").gauss(0.03, 0.09)
    effect, planted = lasting + random.gauss(0, 0.05), random.random() < one.planted
    return random, -random.uniform(0.30, 0.62) if planted else effect, planted


def planted(one: Round, school: str, grade: str, subject: str, word: str) -> bool:
    """Whether this cell was given a deficit, of 0.30 to 0.62 standard deviations."""
    return _effect(one, school, grade, subject, word)[2]


def _row(one: Round, school: str, grade: str, subject: str, word: str, size: int) -> Row:
    random, effect, _planted = _effect(one, school, grade, subject, word)
    if word in LOWER_IS_BETTER:
        effect = -effect
    code = code_of(subject, grade, word)
    head = (one.code, "学校", school, school, grade, None, SUBJECT_WORDS[subject][0], code)
    way = "越低越好" if word in LOWER_IS_BETTER else "越高越好"
    if word in RATES:
        value = min(0.97, max(0.05, 0.70 + effect * 0.45))
        return (*head, "比率", way, round(value, 4), "县", 0.70, None, size, size + random.randrange(3), None, 1.0)
    value = 500 + effect * 100 + random.gauss(0, 3)
    return (*head, "均值", way, round(value, 1), "县", 500.0, None, size, size + random.randrange(3), 100.0, 1.0)


def workbook(county: County, one: Round) -> bytes:
    """The round's results as a workbook with Chinese headers."""
    enrolled = enrolled_now() if one.starts >= ROLLS_BEGIN else None
    classes = teaching.measured(county, one.starts) if one.by_class else None
    return write_workbook(HEADERS, list(rows_of(county, one, enrolled, classes)), sheet=one.name[:28])


HEADS = {"school": "principal", "department": "dept_head"}
"""Who signs for the results of a unit."""
LINES = ("rows", "missing", "range", "numbers", "schools", "indicators")
EXPLAINED = reconciliation.VerifyIn(dict.fromkeys(LINES, "已与学校和命题单位核对，差异来自转学与缺考，名单留存备查"))


def prepare(county: County, one: Round) -> MonitoringCycle:
    """The office describes a round."""
    return cycles.prepare_cycle(county.any("office_director"), db.session.get_one(Unit, county.id), _description(one))


def collect(county: County, teller: Teller, one: Round, day: date) -> MonitoringCycle:
    """Described and opened for files; the story stands on `day` afterwards."""
    teller.at(one.starts.replace(day=1), 9)
    cycle = prepare(county, one)
    cycles.start_collecting(county.any("office_director"), cycle, Move())
    teller.at(day, 10)
    return cycle


def bring_in(county: County, cycle: MonitoringCycle, one: Round, importer: Actor, verifier: Actor) -> None:
    """The county's workbook comes in and is accepted by a second person."""
    file, name = workbook(county, one), f"{one.name}成绩汇总（最终版）.xlsx"
    source = next((ref for ref, _identity, called in sources(importer) if called == one.supplier), "")
    take_in(importer, "results", cycle.ref, file, name, verifier, leaving=FOR_THE_WORKER, supplier=source)
    db.session.refresh(cycle)


def tell(county: County, teller: Teller, one: Round) -> MonitoringCycle:
    """From preparation to release and sign-for, every step by its own person on its own day."""
    cycle = release(county, teller, one)
    _signed_for(county, teller, cycle, one.released)
    told = [(subject, SUBJECT_WORDS[subject][0]) for subject in one.subjects]
    hearings.tell(county, teller, cycle, one.released, told)
    return cycle


def release(county: County, teller: Teller, one: Round) -> MonitoringCycle:
    """From preparation to release."""
    office, importer = county.any("office_director"), county.any("assessment_member", 0)
    verifier, head = county.any("assessment_member", 1), county.any("leading_group_head")
    cycle = collect(county, teller, one, one.released.replace(day=2))
    bring_in(county, cycle, one, importer, verifier)
    cycles.finish_import(importer, cycle, Move())
    teller.at(one.released.replace(day=8), 15)
    reconciliation.verify_cycle(verifier, cycle, EXPLAINED)
    teller.at(one.released, 9)
    summaries = dict.fromkeys(("basic", "analysis", "topic", "public"), f"{one.name}结果，按单位编码排列，不作排名。")
    releases.prepare_release(office, cycle, releases.ReleaseIn(summaries))
    releases.release_cycle(head, cycle, Move())
    return cycle


def _description(one: Round) -> CycleIn:
    return CycleIn(
        code=one.code,
        name=one.name,
        level=one.level,
        stage=one.stage,
        grades=one.grades,
        subjects=one.subjects,
        instrument=one.name,
        instrument_version="1.0",
        coverage="census",
        benchmark_source="县均值",
        benchmark_type="county",
        starts_on=one.starts,
        ends_on=one.starts,
        indicator_codes=codes_of(one),
        document_numbers=(f"清教督〔{one.starts.year}〕12号", f"清教〔{one.starts.year}〕31号"),
    )


def _signed_for(county: County, teller: Teller, cycle: MonitoringCycle, released: date) -> None:
    """Every school and department signs for its package in time; of a round of this autumn some have not yet."""
    recent = released >= date(2026, 9, 1)
    wanted = select(Unit.id, Unit.kind, Unit.code).where(Unit.county_id == cycle.county_id)
    units = {row.id: (HEADS.get(row.kind, ""), row.code) for row in db.session.execute(wanted)}
    acks = db.session.scalars(select(ReleaseAck).where(ReleaseAck.cycle_id == cycle.id)).all()
    for number, ack in enumerate(acks):
        if units[ack.unit_id] not in county.players or (recent and number % 29 == 28):
            continue
        teller.at(released + timedelta(days=1 + number % 4), 9 + number % 8)
        releases.acknowledge_release(county.at(*units[ack.unit_id]), ack, Move())
