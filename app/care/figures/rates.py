"""The figures of mission_care.md §5.2, reckoned from published cells alone: share, interval, n, or that data do not suffice.

Nothing here knows more than a reader of the tables: a share whose numerator or denominator is kept back is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.care.figures.measures import ALERTS, DUTIES, FAIRNESS, LEVELS_NOW, MISSED, SETTLED, WAITS
from app.core.errors import Sentence
from app.core.intervals import wilson
from app.core.small_cells import FEW, LEAST, POOL

FEWEST = 20
"""Below this denominator no share is told (domain §9.1: an interval would say nothing)."""
HIDDEN = Sentence("人数太少，不列", "Too few students to be told")
NOT_ENOUGH = Sentence("数据还不够", "Not enough data")
NO_SAMPLE = Sentence(
    "没有对未提示的学生抽样面谈，不能估计漏掉多少",
    "No sample of students without a sign was interviewed: misses cannot be estimated",
)
Cells = Sequence[Any]
Measures = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """One figure: `number` in the list of the mission, n the denominator, its value by `kind`.

    "share": `value`, `low`, `high` in 0–1, `done` the numerator where it is told; "agreement": −1–1; "minutes": a median, up to
    a day, `LONGER` beyond it; "count": students.
    """

    number: int
    code: str
    name: Sentence
    counted: Sentence
    kind: str = "share"
    value: float | None = None
    low: float | None = None
    high: float | None = None
    done: int | None = None
    n: int = 0
    why: Sentence | None = None


@dataclass(frozen=True)
class Share:
    """A figure's definition: which columns of which measure over which others; `over` None: over all."""

    number: int
    code: str
    measure: str
    of: tuple[int, ...]
    name: Sentence
    counted: Sentence
    over: tuple[int, ...] | None = None


ELIGIBLE = Sentence("有测评任务的在籍学生，免测不计", "Students with a task, exempt ones left out")
SHARES: tuple[Share, ...] = (
    Share(1, "coverage", "coverage", (0,), Sentence("测评覆盖率", "Coverage of screening"), ELIGIBLE),
    Share(2, "refused", "reasons", (4,), Sentence("家长不同意的占比", "Refused by guardians"), ELIGIBLE, ()),
    Share(2, "withdrawn", "reasons", (5,), Sentence("同意后撤回的占比", "Agreed, then taken back"), ELIGIBLE, ()),
    Share(
        3, "invalid", "reasons", (2,), Sentence("作答无效的占比", "Answers that are not valid"),
        Sentence("已经作答的学生：有效的加无效或待复测的", "Students who answered: valid, not valid or to be repeated"), (2,),
    ),
    Share(
        5, "confirmed", "confirmed", (0,), Sentence("面谈后确认的占比", "Confirmed after an interview"),
        Sentence("建议关注、已面谈并作出决定的学生", "Students proposed for attention, interviewed and decided about"),
    ),
    Share(
        6, "only_screening", "found_by", (0,), Sentence("只有测评看到的占比", "Seen by screening alone"),
        Sentence("最近一次决定为需要支持的学生", "Students whose newest decision is support"),
    ),
    Share(
        6, "only_staff", "found_by", (1,), Sentence("只有教职工看到的占比", "Seen by staff alone"),
        Sentence("最近一次决定为需要支持的学生", "Students whose newest decision is support"),
    ),
    Share(
        10, "interval_kept", "interval", (0,), Sentence("一年之内再测的占比", "Screened again within a year"),
        Sentence("以前有过有效测评、到今天应当再测的学生", "Students with valid answers before who were due again by today"),
    ),
    Share(7, "alerts_in_time", "alerts", (0,), ALERTS.name, ALERTS.counted),
    Share(8, "settled_in_time", "settled", (0,), SETTLED.name, SETTLED.counted),
    Share(12, "duties_in_time", "duties", (0,), DUTIES.name, DUTIES.counted),
)  # fmt: skip
SUPPORT = Sentence("需要支持的占比", "Share with support")
AGREEMENT_NAME = Sentence("班主任观察与问卷的一致性（加权 κ）", "Agreement of teachers and questionnaires (weighted κ)")
AGREEMENT_COUNTED = Sentence(
    "90 天内有观察、180 天内有有效问卷的学生", "Students rated within 90 days with valid answers within 180"
)
MISSED_NAME = Sentence("测评漏掉的占比", "Missed by screening")
SEEN_NAME = Sentence("需要支持的学生里已经看到的占比（推算）", "Of those who need support, seen already (an estimate)")
SEEN_COUNTED = Sentence(
    "现在需要支持的学生；漏掉的按抽样面谈推算，区间随抽样",
    "Students with support now; those missed are estimated from the sample",
)
FEWEST_AGREEING = 100
CONSENT_NAME = Sentence("同意有效的占比", "Consent in force")
LACKING = (3, 4, 5)
"""Columns of the reasons that say that an agreement was missing: no reply, not agreed, taken back."""
CLOSE_ENOUGH = 0.02
"""A share of consent that a reader can tell to within this is told by its middle."""
WAITS_NAME = Sentence("警报接手用时的中位数", "Median time until an alert is taken on")
WAITS_COUNTED = Sentence(
    "本学年有过危急警报的学生，取最近一次，按 5 分钟进整；过了期限还没有人接手的排在最后",
    "Students with an alert this school year, the newest, rounded up to five minutes; late ones nobody took on yet come last",
)
RED_NAME = Sentence("在办的红色个案", "Open red cases")


def figures_of(measures: Measures) -> list[Figure]:
    """Every figure of a county, in the order of the mission's list."""
    found = [_share(one, measures) for one in SHARES]
    found += list(_instruments(measures))
    found += _sampled(measures)
    found += [_agreement(measures.get("agreement")), _consent(measures), _wait(measures.get(WAITS)), _red(measures)]
    return sorted(found, key=lambda one: one.number)


def _share(one: Share, measures: Measures) -> Figure:
    line = (measures.get(one.measure) or {}).get("line")
    if line is None:
        return Figure(one.number, one.code, one.name, one.counted, why=NOT_ENOUGH)
    done = _sum(line["cells"], one.of)
    if one.over is None:
        over: int | None = line["total"]
    else:
        covered = (measures.get("coverage") or {}).get("line")
        base = None if covered is None else covered["total"] if one.over == () else _sum(covered["cells"], (0,))
        rest = _sum(line["cells"], one.over) if one.over else 0
        over = None if base is None or rest is None else base + rest
    return figure(one.number, one.code, one.name, one.counted, done, over)


def _sampled(measures: Measures) -> Iterator[Figure]:
    """What screening misses, by those alone who were drawn by chance, and with it the bounds of what it sees."""
    line, levels = ((measures.get(code) or {}).get("line") for code in ("missed", "levels"))
    about = 5, "missed", MISSED_NAME, MISSED.counted
    if line is None:
        yield Figure(*about, why=NOT_ENOUGH if "missed" in measures else NO_SAMPLE)
        yield Figure(5, "seen", SEEN_NAME, SEEN_COUNTED, why=NO_SAMPLE)
        return
    missed = figure(*about, _sum(line["cells"], (0,)), line["total"])
    yield missed
    everyday, supported = (_sum(levels["cells"], some) if levels else None for some in ((0,), (1, 2, 3)))
    if missed.value is None or not everyday or not supported:
        yield Figure(5, "seen", SEEN_NAME, SEEN_COUNTED, n=supported or 0, why=missed.why or HIDDEN)
        return
    value, low, high = (
        supported / (supported + share * everyday) for share in (missed.value, missed.high or 0, missed.low or 0)
    )
    yield Figure(5, "seen", SEEN_NAME, SEEN_COUNTED, "share", value, low, high, None, supported)


def _sum(cells: Cells, places: Sequence[int]) -> int | None:
    wanted = [cells[place] for place in places]
    return sum(wanted) if all(isinstance(cell, int) for cell in wanted) else None


def figure(number: int, code: str, name: Sentence, counted: Sentence, done: int | None, over: int | None) -> Figure:
    """A share with its 95 % interval after Wilson; without one, why."""
    if over is not None and over < FEWEST:
        return Figure(number, code, name, counted, n=over, why=NOT_ENOUGH)
    if done is None or over is None or done > over:
        return Figure(number, code, name, counted, n=over or 0, why=HIDDEN)
    low, high = wilson(done / over, over)
    return Figure(number, code, name, counted, "share", done / over, low, high, done, over)


def _consent(measures: Measures) -> Figure:
    """Students whose agreement was in force, reckoned from the reasons as they are published: it tells nothing beside them."""
    covered, reasons = ((measures.get(code) or {}).get("line") for code in ("coverage", "reasons"))
    about = 2, "consented", CONSENT_NAME, ELIGIBLE
    if covered is None or covered["total"] < FEWEST:
        return Figure(*about, n=covered["total"] if covered else 0, why=NOT_ENOUGH)
    n, lacking = covered["total"], between(reasons, LACKING) if reasons else _up_to(between(covered, (1,)))
    if lacking is None or lacking[1] - lacking[0] > CLOSE_ENOUGH * n or lacking[1] > n:
        return Figure(*about, n=n, why=HIDDEN)
    most, least = (1 - number / n for number in lacking)
    exact = n - lacking[0] if most == least else None
    return Figure(*about, "share", (most + least) / 2, wilson(least, n)[0], wilson(most, n)[1], exact, n)


def between(line: Mapping[str, Any], places: Sequence[int]) -> tuple[int, int] | None:
    """The least and the most that may stand in these cells of a published line, by themselves or by its sum; None: untold."""
    rest = [place for place in range(len(line["cells"])) if place not in places]
    inside, outside = (_bounds([line["cells"][place] for place in some]) for some in (places, rest))
    by_sum = outside and (max(0, line["total"] - outside[1]), max(0, line["total"] - outside[0]))
    return min((found for found in (inside, by_sum) if found), key=lambda found: found[1] - found[0], default=None)


def _up_to(found: tuple[int, int] | None) -> tuple[int, int] | None:
    """Where too few took no part for their reasons to be told: none of them lacked an agreement, or all of them did."""
    return (0, found[1]) if found else None


def _bounds(cells: Cells) -> tuple[int, int] | None:
    """A FEW may be anything up to what it stays FEW for; what is kept back, anything."""
    if not all(isinstance(cell, int) or cell == FEW for cell in cells):
        return None
    shown = sum(cell for cell in cells if cell != FEW)
    return shown, shown + sum(2 * LEAST - 2 for cell in cells if cell == FEW)


def _wait(kept: Mapping[str, Any] | None) -> Figure:
    if not kept or kept["n"] is None:
        return Figure(7, WAITS, WAITS_NAME, WAITS_COUNTED, "minutes", why=NOT_ENOUGH)
    return Figure(
        7, WAITS, WAITS_NAME, WAITS_COUNTED, "minutes", kept["value"], kept["low"], kept["high"], None, kept["n"]
    )


def _red(measures: Measures) -> Figure:
    """The cell of the levels that stands beside it, by the name under which the leading group asks for it."""
    line = (measures.get("levels") or {}).get("line")
    if line is None:
        return Figure(4, "open_red", RED_NAME, LEVELS_NOW.counted, "count", why=NOT_ENOUGH)
    red, n = line["cells"][-1], line["total"]
    told = red if isinstance(red, int) else None
    return Figure(
        4, "open_red", RED_NAME, LEVELS_NOW.counted, "count", told, done=told, n=n, why=HIDDEN if told is None else None
    )


def _instruments(measures: Measures) -> Iterator[Figure]:
    for code, one in measures.items():
        if code.startswith("scale ") and one["line"] is not None:
            cells = one["line"]["cells"]
            below, above = _sum(cells, (0,)), _sum(cells, (1,))
            over = None if below is None or above is None else below + above
            name = Sentence(f"{code[6:].upper()} 达到提示线的占比", f"{code[6:].upper()}: at the line or above")
            counted = Sentence("答过这份量表、结果可用的学生", "Students with usable answers to this scale")
            yield figure(4, code.replace(" ", "_"), name, counted, above, over)


def _agreement(kept: Mapping[str, Any] | None) -> Figure:
    if not kept or kept.get("n") is None:
        return Figure(13, "agreement", AGREEMENT_NAME, AGREEMENT_COUNTED, "agreement", why=NOT_ENOUGH)
    return Figure(
        13, "agreement", AGREEMENT_NAME, AGREEMENT_COUNTED, "agreement", kept["value"], kept["low"], kept["high"],
        None, kept["n"],
    )  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """One cut of a share: the groups with their figures, and how many times the largest is the smallest (None: not told)."""

    cut: str
    groups: list[tuple[str, Figure]]
    times: float | None

    @property
    def is_wide(self) -> bool:
        """More than twice: the rules are to be looked at again (domain §10.1, bias check)."""
        return self.times is not None and self.times > 2


def gaps(measures: Measures, measure: str = "levels") -> list[Gap]:
    """Figure 14: the share with support (levels 2–4), or confirmed, by sex, grade, boarding, parents away, school type."""
    found = []
    for cut in FAIRNESS:
        table = (measures.get(measure) or {}).get("cuts", {}).get(cut)
        if table is not None:
            groups = [(key, _supported(table["groups"], line, measure)) for key, line in _in_order(table["rows"])]
            told = [one.value for _key, one in groups if one.value is not None]
            times = max(told) / min(told) if len(told) > 1 and min(told) > 0 else None
            found.append(Gap(cut, groups, times))
    return found


def _in_order(rows: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """G4 … G9, G10; the other groups by their codes; those that are told together last."""
    return sorted(rows.items(), key=lambda row: (row[0] == POOL, len(row[0]), row[0]))


def _supported(groups: Sequence[Sequence[int]], line: Mapping[str, Any], measure: str) -> Figure:
    wanted = {1, 2, 3} if measure == "levels" else {0}
    places = [place for place, group in enumerate(groups) if wanted.issuperset(group)]
    whole = {column for place in places for column in groups[place]} == wanted
    done = _sum(line["cells"], places) if whole else None
    return figure(14, measure, SUPPORT, SUPPORT, done, line["total"])
