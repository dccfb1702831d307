"""What is counted: measures with their columns, who counts in the denominator, and by what they may be cut."""

from __future__ import annotations

from dataclasses import dataclass

from app.care.rainbow.words import LEVELS
from app.core.errors import Sentence

CUTS: dict[str, tuple[int, str, Sentence]] = {
    "school": (0b011111, "school", Sentence("按学校", "By school")),
    "grade": (0b101111, "grade", Sentence("按年级", "By grade")),
    "sex": (0b110111, "gender", Sentence("按性别", "By sex")),
    "boarding": (0b111011, "boarding", Sentence("按是否住校", "By boarding")),
    "left_behind": (0b111101, "left_behind", Sentence("按是否留守", "By whether parents work away")),
    "school_type": (0b111110, "school_type", Sentence("按学校类型", "By type of school")),
}
"""Cut → mask of `grouping(…)` in counting.sql, its column there, its name."""
WHOLE = 0b111111
FAIRNESS = ("sex", "grade", "boarding", "left_behind", "school_type")


@dataclass(frozen=True)
class Measure:
    """One division of students: `code` (or the beginning of it, for one a rule set or scale), columns in order."""

    code: str
    name: Sentence
    counted: Sentence
    columns: tuple[Sentence, ...]
    cuts: tuple[str, ...] = ()
    tiers: bool = False
    """Its columns are levels of support."""


COVERAGE = Measure(
    "coverage",
    Sentence("参加情况", "Taking part"),
    Sentence(
        "本学年已结束的测评里有任务的在籍学生，免测的不计",
        "Students on the roll with a task in this school year's finished screenings, exempt ones left out",
    ),
    (Sentence("有效完成", "Valid answers"), Sentence("没有有效完成", "No valid answers")),
    ("school", "grade", "sex"),
)
REASONS = Measure(
    "reasons",
    Sentence("没有完成的原因", "Why not"),
    Sentence("上一行里没有有效完成的学生", "Those of the line above without valid answers"),
    (
        Sentence("还在进行", "Still running"),
        Sentence("同意了但没有答完", "Agreed, not answered"),
        Sentence("作答无效或待复测", "Not valid, or to be repeated"),
        Sentence("家长没有回复", "No reply of the guardians"),
        Sentence("不参加", "Not taking part"),
        Sentence("同意后撤回", "Agreed, then taken back"),
        Sentence("学生本人不参加", "The student's own choice"),
    ),
    ("school",),
)
LEVELS_NOW = Measure(
    "levels",
    Sentence("现在的支持层级", "Levels of support now"),
    Sentence("层级已由有资质的人确认的在籍学生", "Students on the roll whose level was confirmed by qualified people"),
    tuple(LEVELS.values()),
    ("school", *FAIRNESS),
    True,
)
PROPOSED = Measure(
    "proposed",
    Sentence("规则建议的层级", "Levels as the rules propose"),
    Sentence("每名学生按这一版规则最近一次计算", "The newest computation of each student by this version of the rules"),
    (*LEVELS.values(), Sentence("信息不足", "Not enough known")),
    (),
    True,
)
SCALE = Measure(
    "scale",
    Sentence("量表结果", "Results of a scale"),
    Sentence("答过这份量表、结果可用的学生，取最近一次", "Students with usable answers to this scale, the newest"),
    (
        Sentence("低于提示线", "Below the line"),
        Sentence("达到提示线", "At the line or above"),
    ),
)
CONFIRMED = Measure(
    "confirmed",
    Sentence("面谈后确认", "Confirmed after an interview"),
    Sentence(
        "规则建议关注、已经面谈并作出决定的学生", "Students proposed for attention, interviewed and decided about"
    ),
    (Sentence("确认需要支持", "Support confirmed"), Sentence("改为常规或退回", "Everyday support, or sent back")),
    ("sex", "boarding", "left_behind"),
)
MISSED = Measure(
    "missed",
    Sentence("抽样面谈", "Talks with those drawn by chance"),
    Sentence(
        "系统没有提示、随机抽到、已经面谈并作出决定的学生",
        "Students proposed for everyday support, drawn by chance, interviewed and decided about",
    ),
    (
        Sentence("面谈后需要支持", "Support after the talk"),
        Sentence("面谈后仍为常规", "Everyday support after the talk"),
    ),
)
FOUND_BY = Measure(
    "found_by",
    Sentence("由谁先看到", "Who saw it"),
    Sentence("最近一次决定为需要支持的学生", "Students whose newest decision is support"),
    (
        Sentence("只有测评", "Screening alone"),
        Sentence("只有教职工", "Staff alone"),
        Sentence("两边都看到", "Both"),
        Sentence("其他来源", "Other sources"),
    ),
)
INTERVAL = Measure(
    "interval",
    Sentence("再次测评的间隔", "Time between screenings"),
    Sentence(
        "以前有过有效测评、到今天应当再测的学生", "Students with valid answers before who were due again by today"
    ),
    (
        Sentence("一年之内再测", "Again within a year"),
        Sentence("过了一年才测，或还没有测", "Later than a year, or not yet"),
    ),
)
MOVED = Measure(
    "moved",
    Sentence("层级变化", "Moves between levels"),
    Sentence(
        "有过两次决定的学生：上一次到最近一次", "Students decided about twice: from the time before to the newest"
    ),
    tuple(LEVELS.values()),
    (),
    True,
)
IN_TIME = (Sentence("按期", "In time"), Sentence("逾期", "Late"))
ALERTS = Measure(
    "alerts",
    Sentence("警报按期接手", "Alerts taken on in time"),
    Sentence(
        "本学年有过危急警报的学生，一次没有按期就算逾期", "Students with an alert this school year; late once is late"
    ),
    IN_TIME,
)
SETTLED = Measure(
    "settled",
    Sentence("建议按期办结", "Proposals decided in time"),
    Sentence(
        "本学年的建议已经决定，或者过了期限还没有决定的学生，取最近一次",
        "Students whose newest proposal of this school year was decided, or is overdue",
    ),
    IN_TIME,
    ("school",),
)
DUTIES = Measure(
    "duties",
    Sentence("支持任务按期完成", "Tasks of support done in time"),
    Sentence(
        "本学年有支持任务做了或者到期的学生，有一件逾期就算逾期",
        "Students with a task done or due this school year; one late task is late",
    ),
    IN_TIME,
    ("school",),
)
ALL: tuple[Measure, ...] = (
    COVERAGE, REASONS, LEVELS_NOW, PROPOSED, SCALE, CONFIRMED, MISSED, FOUND_BY, INTERVAL, MOVED, ALERTS, SETTLED, DUTIES,
)  # fmt: skip
PROCESS_MEASURES = ("coverage", "settled", "duties")
"""What an inspector may know of a school (domain §2.3: checks process completeness only)."""
BY_CODE = {measure.code: measure for measure in ALL}
AGREEMENT, WAITS = "agreement", "waits"
"""Teacher's rating by questionnaire, each in four steps; how long alerts waited, in steps of five minutes: of these two no
cell is published, only one number of the whole county."""
FEWEST_FOR_AGREEMENT, FEWEST_FOR_WAITS = 100, 20
STEP_MINUTES, DAY_STEPS = 5, 288
"""Alerts that waited longer than a day, or are late and wait still, stand in the step after the last."""
LONGER = STEP_MINUTES * (DAY_STEPS + 1)
"""What stands for longer than a day, in minutes."""


ROSTER = "roster"
"""All students on the roll: only to know when half of them have a level, so that cuts of levels begin."""


def measure_of(code: str) -> Measure:
    """The measure of a code such as "scale phq9"; KeyError where there is none."""
    return BY_CODE[code.partition(" ")[0]]
