"""What rows of monitoring results must agree with: their scope, the list of indicators, ranges, enrolment."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from app.core.imports.columns import Json
from app.core.imports.directory import Indicator
from app.core.imports.reasons import note
from app.core.imports.schools_in_rows import school as school_check
from app.core.imports.vocabulary import label
from app.core.imports.work import Work

_ROSTER_TOLERANCE = 1.02
_NEEDS = {"region": (), "school": (), "grade": ("grade",), "class": ("grade", "class_no")}
_SEPARATOR = "-"


def settle_scopes(work: Work) -> None:
    """Bring level, scope and school together: the scope code becomes the code of the school."""
    by_name = school_check(work.kind.column("school_code"), work.setting)
    levels, scopes, schools = (work.values[code] for code in ("scope_level", "scope_code", "school_code"))
    answers = work.ask(scopes, lambda text: by_name(_school_part(text)) if isinstance(text, str) else (None, ()))
    for row, (level, scope) in enumerate(zip(levels, scopes, strict=True)):
        if level == "region":
            _settle_region(work, row, scope)
        elif level is not None:
            found, notes = answers[row]
            if scope is None:
                scopes[row] = schools[row]
            elif found is None:
                for each in notes:
                    work.block(row, "scope_code", each)
            elif schools[row] is None and work.is_empty(row, "school_code"):
                schools[row] = scopes[row] = found
            elif schools[row] is not None and schools[row] != found:
                _say_difference(work, row, str(found), str(schools[row]))
            else:
                scopes[row] = found


def _school_part(scope: str) -> str:
    """The school in a scope such as 2133000001-G7-03."""
    head = scope.split(_SEPARATOR)[0].strip()
    return head if head.isdigit() else scope


def _settle_region(work: Work, row: int, scope: Json) -> None:
    regions = work.lookups.regions
    if scope is not None and regions is not None and scope not in regions:
        work.block(row, "scope_code", note("region_unknown"))


def _say_difference(work: Work, row: int, first: str, second: str) -> None:
    directory = work.lookups.directory
    work.block(row, "scope_code", note("scope_differs", first=directory.name(first), second=directory.name(second)))


def complete_scopes(work: Work) -> None:
    """After grades are settled: ask for what the level needs and write grade and class into the scope code."""
    levels, scopes = work.values["scope_level"], work.values["scope_code"]
    for row, level in enumerate(levels):
        parts = [scopes[row]]
        for code in _NEEDS.get(str(level), ()):
            value = work.values[code][row]
            if value is None and work.is_empty(row, code):
                column = work.kind.column(code)
                words = (label("scope_level", str(level)), str(level))
                work.remark(row, code, note("scope_incomplete", level=words, column=column.label))
            parts.append(f"{value:02d}" if isinstance(value, int) else value)
        if None not in parts:
            scopes[row] = _SEPARATOR.join(str(part) for part in parts)


def check_measures(work: Work) -> None:
    """Type of value against percentages, ranges, standard deviation and what is not used."""
    types, values = work.values["value_type"], work.values["value"]
    for row, kind in enumerate(types):
        _check_percentages(work, row, kind)
        if kind == "rate":
            _check_rates(work, row)
        _check_spread(work, row, kind, values[row])


def _check_percentages(work: Work, row: int, kind: Json) -> None:
    if kind in (None, "rate"):
        return
    for code in ("value", "benchmark_value"):
        if any(each.reason.code == "percent" for each in work.remarks_on(row, code)):
            words = (label("value_type", str(kind)), str(kind))
            work.block(row, code, note("percent_in_mean", value_type=words))


def _check_rates(work: Work, row: int) -> None:
    for code in ("value", "benchmark_value"):
        value = work.values[code][row]
        if isinstance(value, (int, float)) and not 0 <= value <= 1:
            work.block(row, code, note("rate_range"))


def _check_spread(work: Work, row: int, kind: Json, value: Json) -> None:
    spread = work.values["sd"][row]
    if isinstance(spread, (int, float)) and spread <= 0:
        work.block(row, "sd", note("sd_positive"))
    elif kind == "mean" and spread is None and value is not None and not work.remarks_on(row, "sd"):
        work.remark(row, "sd", note("sd_missing"))
    elif kind in ("rate", "index"):
        for code in ("sd", "benchmark_se"):
            if work.values[code][row] is not None and (code != "sd" or kind == "rate"):
                work.remark(row, code, note("sd_not_used", column=work.kind.column(code).label))


def check_indicators(work: Work) -> None:
    """Cycle and indicator must be known, type and direction as listed, values within the indicator's range."""
    known = work.lookups.indicators
    for row, code in enumerate(work.values["indicator_code"]):
        known_cycle(work, row)
        if known is None or code is None:
            continue
        indicator = known.get(str(code))
        if indicator is None:
            work.block(row, "indicator_code", note("indicator_unknown", choices=_alike(str(code), known)))
        else:
            _by_its_own_code(work, row, indicator)
            _compare_with_list(work, row, indicator)
            _keep_to_aggregates(work, row, indicator)


def _by_its_own_code(work: Work, row: int, indicator: Indicator) -> None:
    """The same indicator has a code of its own at every level of monitoring; the list's is kept."""
    if work.values["indicator_code"][row] != indicator.code:
        work.remark(row, "indicator_code", note("level_code", code=indicator.code))
        work.values["indicator_code"][row] = indicator.code


def _keep_to_aggregates(work: Work, row: int, indicator: Indicator) -> None:
    if indicator.least_n is None:
        return
    if work.values["scope_level"][row] == "class":
        work.block(row, "scope_level", note("psyche_class"))
    n = work.values["n"][row]
    if isinstance(n, int) and n < indicator.least_n:
        work.block(row, "n", note("psyche_few", least=indicator.least_n))


def known_cycle(work: Work, row: int) -> None:
    """The round of a row must be one that takes this file."""
    cycles, cycle = work.lookups.cycles, work.values["cycle_code"][row]
    if cycles is not None and cycle is not None and cycle not in cycles:
        work.block(row, "cycle_code", note("cycle_unknown", choices=_alike(str(cycle), cycles)))


@lru_cache(maxsize=512)
def _alike_words(typed: str, known: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((code, code) for code in get_close_matches(typed, known, 3, 0.3))


def _alike(typed: str, known: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Up to three known codes that look like the typed one."""
    return _alike_words(typed, tuple(sorted(known)))


def _compare_with_list(work: Work, row: int, indicator: Indicator) -> None:
    for code, right in (("value_type", indicator.value_type), ("direction", indicator.direction)):
        if right is not None and work.values[code][row] not in (None, right):
            words = (label(code, right), right)
            column = work.kind.column(code).label
            work.remark(row, code, note("indicator_differs", indicator=indicator.code, column=column, right=words))
    low = float("-inf") if indicator.low is None else indicator.low
    high = float("inf") if indicator.high is None else indicator.high
    for code in ("value", "benchmark_value"):
        value = work.values[code][row]
        if isinstance(value, (int, float)) and not low <= value <= high:
            said = note("indicator_range", indicator=indicator.code, low=f"{low:g}", high=f"{high:g}")
            work.block(row, code, said)


def compare_with_enrolment(work: Work) -> None:
    """More pupils than enrolled × 1.02 blocks; regions compare with the expected number; nothing known is said."""
    roster = work.lookups.roster or {}
    keys = zip(*(work.values[code] for code in ("scope_level", "school_code", "grade", "class_no")), strict=True)
    expected = work.values["n_expected"]
    for row, (n, (level, school, grade, number)) in enumerate(zip(work.values["n"], keys, strict=True)):
        if not isinstance(n, int) or level is None:
            continue
        enrolled: Json = None
        if level != "region" and school is not None:
            enrolled = roster.get((str(school), str(grade or ""), number if isinstance(number, int) else 0))
        limit = expected[row] if enrolled is None else enrolled
        if not isinstance(limit, int):
            work.remark(row, "n", note("n_roster_unknown"))
        elif n > limit * _ROSTER_TOLERANCE:
            work.block(row, "n", note("n_over_roster", roster=limit))
