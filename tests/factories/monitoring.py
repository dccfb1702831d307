"""Rounds of monitoring as counties have them: indicators, a workbook with the worked cells F1–F8, the way to a release."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.imports.arrival import take_in
from app.core.imports.grades import cohort_of, school_year
from app.core.imports.models import ImportBatch
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.monitoring import operations
from app.improvement.monitoring.models import (
    BriefingRecord,
    FeedbackMeeting,
    Indicator,
    MonitoringCycle,
    MonitoringResult,
)
from app.improvement.monitoring.operations import (
    BriefingIn,
    CycleIn,
    IndicatorIn,
    MeetingIn,
    Move,
    ReleaseIn,
    VerifyIn,
)
from app.people.directory.models import Unit
from tests.cast import Cast
from tests.factories.workbooks import as_xlsx, sent

HEADER = (
    "层级", "范围代码", "学校代码", "学校名称", "年级", "班级", "学科", "指标代码", "数值类型", "方向", "数值",
    "基准类型", "基准值", "基准标准误", "人数", "应测人数", "标准差", "设计效应",
)  # fmt: skip
NUMBER, SHAPE, PROBLEM, PASS = "MATH-NUM", "MATH-GEO", "MATH-SOLVE", "MATH-PASS"
REMARK = "已逐条与来源核对，情况属实"
INTERPRETATION = "与县均值相比差距明显，连续两次单元检测也集中在同一类题目上失分，课堂观察中看到练习没有分层，薄弱学生缺少当堂反馈，需要列为问题推进。"


@dataclass(frozen=True)
class Line:
    """One row of a sheet of results; the defaults are a mean of 100 pupils at the county mean."""

    school: str
    indicator: str = NUMBER
    value: Any = 500
    benchmark: Any = 500
    n: Any = 100
    sd: Any = 100
    level: str = "学校"
    grade: str = "七年级"
    class_no: str = ""
    kind: str = "均分"
    expected: Any = None
    against: str = "县均值"

    def cells(self, cast: Cast) -> list[Any]:
        """The row as it stands in the sheet."""
        place = cast.units.get(self.school)
        scope, code, name = (place.code, place.code, place.name) if place else (self.school, "", "")
        spread = None if self.kind != "均分" else self.sd
        expected = self.n if self.expected is None else self.expected
        return [
            self.level, scope, code, name, self.grade, self.class_no, "数学", self.indicator, self.kind, "越高越好",
            self.value, self.against, self.benchmark, None, self.n, expected, spread, None,
        ]  # fmt: skip


WORKED = (
    Line("shuangqiao", NUMBER, 482, n=120),
    Line("yuntai", NUMBER, 470, n=100),
    Line("chengguan", NUMBER, 480, n=18),
    Line("shimen", NUMBER, 497, n=3000),
    Line("shuangqiao", SHAPE, 491, n=150),
    Line("yuntai", SHAPE, 505, n=110),
    Line("chengguan", SHAPE, 460, n=64),
    Line("shuangqiao", PASS, 66 / 120, 0.70, n=120, kind="比率"),
)
"""F1–F8 of domain §8, in this order."""


def act_as(actor: Actor) -> Actor:
    """Let the session see what a request of this actor would see."""
    use_context(actor.context())
    return actor


def indicator_in(code: str, name: str, kind: str = "mean", direction: str = "higher", **changes: Any) -> IndicatorIn:
    """What an indicator says of itself."""
    highest = {"mean": 1000.0, "rate": 1.0, "index": 100.0}[kind]
    given: dict[str, Any] = {
        "code": code, "name": name, "definition": "", "subject": "math", "domain": "subject", "value_type": kind, "direction": direction,
        "family": "JC-数学", "lowest": 0.0, "highest": highest, "index_margin": None, "unit_word": "分",
    }  # fmt: skip
    return IndicatorIn(**given | changes)


def make_indicators(cast: Cast) -> dict[str, Indicator]:
    """数与运算, 图形与几何, 问题解决, 达标率."""
    director = act_as(cast.actor("office_director"))
    wanted = (
        (NUMBER, "数与运算", "mean"),
        (SHAPE, "图形与几何", "mean"),
        (PROBLEM, "问题解决", "mean"),
        (PASS, "达标率", "rate"),
    )
    return {
        code: operations.add_indicator(director, Indicator(county_id=cast.county.id), indicator_in(code, name, kind))
        for code, name, kind in wanted
    }


def cycle_in(code: str = "2026-CZ-01", name: str = "2026秋七年级数学监测", **changes: Any) -> CycleIn:
    """What a round says of itself; measured last week."""
    today = clock.today()
    given: dict[str, Any] = {
        "code": code, "name": name, "level": "county", "stage": "junior", "grades": ("G7",), "subjects": ("math",),
        "instrument": "县学业水平测评", "instrument_version": "2026", "coverage": "census",
        "benchmark_source": "县教研室 2026 年参照组", "benchmark_type": "county",
        "starts_on": today - timedelta(days=10), "ends_on": today - timedelta(days=7),
        "indicator_codes": (NUMBER, SHAPE, PROBLEM, PASS),
    }  # fmt: skip
    return CycleIn(**given | changes)


def begin_cycle(cast: Cast, **changes: Any) -> MonitoringCycle:
    """A round that collects."""
    director = act_as(cast.actor("office_director"))
    county = db.session.get_one(Unit, cast.county.id)
    cycle = operations.prepare_cycle(director, county, cycle_in(**changes))
    operations.start_collecting(director, cycle, Move())
    return cycle


def workbook(cast: Cast, lines: Sequence[Line], write: Callable[..., bytes] = as_xlsx, note: str = "") -> bytes:
    """A sheet of results as the assessment group sends it: a title, a header, the rows, a footer."""
    rows = [["清澜县数学监测结果", note], list(HEADER), *(line.cells(cast) for line in lines), ["填表人", "许知夏"]]
    return write(sent(rows))


def bring_in(
    cast: Cast, cycle: MonitoringCycle, lines: Sequence[Line], name: str = "结果.xlsx", note: str = ""
) -> ImportBatch:
    """Uploaded by the assessment group, accepted by an evaluator."""
    member = act_as(cast.actor("assessment_member"))
    batch = take_in(
        member, "results", cycle.ref, workbook(cast, lines, note=note), name, accept_as=cast.actor("evaluator")
    )
    act_as(member)
    db.session.refresh(cycle)
    return batch


def put_in(cast: Cast, cycle: MonitoringCycle, lines: Sequence[Line]) -> None:
    """The same cells without a file, for tests that are not about imports: one act of the system."""
    indicators = {i.code: i for i in db.session.scalars(select(Indicator).where(Indicator.county_id == cast.county.id))}
    with trail.act(SYSTEM, "system", "test.put_in"):
        batch = ImportBatch(
            id=uuid7(), kind="results", county_id=cast.county.id, target_entity="monitoring_cycles", state="accepted",
            target_id=cycle.id, owner_id=cast["assessment_member"].person_id, file_name="结果.xlsx", file_size=1,
            file_sha256=hashlib.sha256(cycle.code.encode()).hexdigest(), rows_read=len(lines), rows_good=len(lines),
        )  # fmt: skip
        db.session.add(batch)
        db.session.flush()
        db.session.add_all(_cell(cast, cycle, batch, indicators, row, line) for row, line in enumerate(lines, 3))
    act_as(cast.actor("assessment_member"))
    db.session.refresh(cycle)


LEVEL_CODES = {"区域": "region", "学校": "school", "年级": "grade", "班级": "class"}
KIND_CODES = {"均分": "mean", "比率": "rate", "指数": "index"}
BENCHMARK_CODES = {"县均值": "county", "省均值": "province"}
GRADE_CODES = {"四年级": "G4", "七年级": "G7", "八年级": "G8", "": None}


def _cell(
    cast: Cast, cycle: MonitoringCycle, batch: ImportBatch, indicators: dict[str, Indicator], row: int, line: Line
) -> MonitoringResult:
    place, level = cast.units[line.school], LEVEL_CODES[line.level]
    grade, against = GRADE_CODES[line.grade], BENCHMARK_CODES[line.against]
    key = (level, place.code, grade or "", str(line.class_no), "math", line.indicator, against)
    return MonitoringResult(
        county_id=cast.county.id, school_id=None if level == "region" else place.id, unit_id=place.id,
        cycle_id=cycle.id, batch_id=batch.id, indicator_id=indicators[line.indicator].id, cell_key="|".join(key),
        scope_level=level, grade=grade, class_no=int(line.class_no) if line.class_no else None, subject="math",
        cohort=cohort_of(grade, school_year(cycle.ends_on.year, cycle.ends_on.month)) if grade else None,
        value_type=KIND_CODES[line.kind], direction=indicators[line.indicator].direction, value=line.value,
        benchmark_type=against, benchmark_value=line.benchmark, n=line.n, n_expected=line.expected or line.n,
        sd=line.sd if line.kind == "均分" else None, file_sha256=batch.file_sha256, sheet="Sheet1", row_no=row,
        cell=f"K{row}",
    )  # fmt: skip


def verify(cast: Cast, cycle: MonitoringCycle) -> None:
    """The import is finished by who brought it in, and signed by another."""
    operations.finish_import(act_as(cast.actor("assessment_member")), cycle, Move())
    lines = ("rows", "missing", "range", "numbers", "schools", "indicators")
    operations.verify_cycle(act_as(cast.actor("evaluator_2")), cycle, VerifyIn(dict.fromkeys(lines, REMARK)))


def release(cast: Cast, cycle: MonitoringCycle) -> None:
    """Versions prepared by the office, let out by the head of the leading group."""
    operations.prepare_release(act_as(cast.actor("office_director")), cycle, ReleaseIn({"basic": "全体学校参加。"}))
    operations.release_cycle(act_as(cast.actor("leading_group_head")), cycle, Move())


def released(cast: Cast, lines: Sequence[Line] = WORKED, **changes: Any) -> MonitoringCycle:
    """A round from its preparation to its release."""
    cycle = begin_cycle(cast, **changes)
    put_in(cast, cycle, lines)
    verify(cast, cycle)
    release(cast, cycle)
    return cycle


def refusal(words: str = "人数与学校报来的不一致，请重新核对") -> Move:
    """A reason that is long enough."""
    return Move(reason=words)


def unit_of(cast: Cast, key: str) -> uuid.UUID:
    """Id of a unit of the cast."""
    return cast.units[key].id


def brief(cast: Cast, cycle: MonitoringCycle, day: date | None = None) -> None:
    """The county's leaders hear a report."""
    place = BriefingRecord(county_id=cast.county.id, unit_id=cast.units["office"].id, cycle_id=cycle.id)
    given = BriefingIn(
        day or clock.today(), "韩其琛", "领导小组全体成员", "听取监测情况，要求十个工作日内形成问题清单。"
    )
    operations.record_briefing(act_as(cast.actor("office_director")), place, given)


def feed_back(cast: Cast, cycle: MonitoringCycle, subject: str | None, day: date | None = None) -> None:
    """The county feeds results back."""
    place = FeedbackMeeting(county_id=cast.county.id, unit_id=cast.units["office"].id, cycle_id=cycle.id)
    given = MeetingIn(day or clock.today(), "county", subject, "各校教学副校长", "逐项反馈，各校认领问题。")
    operations.record_meeting(act_as(cast.actor("office_director")), place, given)
