"""Value added of a round: what schools and classes did beyond what pupils' earlier scores let expect, or why nobody can say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from app.core.on_demand import on_demand
from app.improvement.effects.statistics.growth import growth, growth_z
from app.improvement.effects.statistics.prediction import (
    LEAST_TREND_POINTS,
    cohort,
    t_quantile,
    value_added_by_trend,
)
from app.improvement.effects.statistics.shrinkage import multilevel, trouble
from app.improvement.effects.value_added_scatter import scatter
from app.improvement.provenance import Reason, Rules, code_version, newest_version, read_rules, sentences

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]
else:
    np = on_demand("numpy")

MULTILEVEL, COHORT, GROWTH, GROWTH_Z, TREND = "multilevel", "cohort", "growth", "growth_z", "trend"
ASKED = (MULTILEVEL, GROWTH, GROWTH_Z, TREND)
"""Models that may be asked for; a cohort regression stands in where groups are too few for the first."""
ABOVE, SAME, BELOW = "above", "same", "below"
LEAST_DEGREES = 10


class ValueAddedRules(Rules):
    """The numbers of domain §7.3 and decision 44 that a county may replace."""

    least_pupils: Annotated[int, Field(ge=2)]
    least_groups: Annotated[int, Field(ge=4)]
    enough_groups: Annotated[int, Field(ge=4)]
    least_coverage: Annotated[float, Field(gt=0, le=1)]
    least_scatter_cell: Annotated[int, Field(ge=3)]


@cache
def value_added_rules(version: int | None = None) -> ValueAddedRules:
    """The rules of one version, the newest when none is named; raises FileNotFoundError for an unknown version."""
    return read_rules(ValueAddedRules, "value_added", version or newest_version("value_added"))


@dataclass(frozen=True, slots=True, eq=False)
class Pupils:
    """Rows of a file of scores: school (n,) and class_no (n,) as lists, pre (n, k) with covariates behind, post (n,).

    NaN stands for a score that is not there. `columns` names the k columns; the first `measures` of them are scores in
    time order, the others declared covariates.
    """

    school: Sequence[str]
    class_no: Sequence[int | None]
    columns: tuple[str, ...]
    measures: int
    pre: Floats
    post: Floats

    @property
    def linked(self) -> NDArray[np.bool_]:
        """Pupils with every number there."""
        return np.isfinite(self.post) & np.isfinite(self.pre).all(axis=1)


@dataclass(frozen=True, slots=True)
class Effect:
    """One school (class_no None) or class: n of rows linked, means, and the effect with its 95 % limits in score units.

    `effect`, `low`, `high`, `verdict` are None together where nothing can be said; `reason` says why.
    """

    school: str
    class_no: int | None
    rows: int
    n: int
    pre_mean: float | None = None
    pre_sd: float | None = None
    post_mean: float | None = None
    post_sd: float | None = None
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A whole run: the model that was used, what it found, and why it says less than was asked."""

    asked: str
    model: str | None
    columns: tuple[str, ...]
    rows: int
    n: int
    groups: int
    few_groups: bool
    reasons: tuple[Reason, ...]
    coefficients: tuple[tuple[str, float, float], ...]
    tau2: float | None
    sigma2: float | None
    post_sd: float | None
    counts: dict[str, int]
    scatter: dict[str, Any]
    effects: tuple[Effect, ...]
    rule_version: str
    code_version: str

    @property
    def coverage(self) -> float:
        """Linked pupils over all rows, 0–1."""
        return self.n / self.rows if self.rows else 0.0

    def as_json(self) -> dict[str, Any]:
        """Everything but the effects of schools and classes, as plain JSON values."""
        whole = {key: value for key, value in asdict(self).items() if key != "effects"}
        return whole | {
            "columns": list(self.columns),
            "coefficients": [list(line) for line in self.coefficients],
            "reasons": sentences(self.reasons),
            "coverage": self.coverage,
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    model: str
    effect: Floats
    low: Floats
    high: Floats
    coefficients: tuple[tuple[str, float, float], ...] = ()
    tau2: float | None = None
    sigma2: float | None = None


def reckon(pupils: Pupils, asked: str = MULTILEVEL, rules: ValueAddedRules | None = None) -> Reckoning:
    """Value added by school and class.

    Only pupils with all scores count. Schools under `least_pupils` linked pupils or `least_coverage` are left out of the
    fit and shown without an effect. Raises ValueError for a model that is not offered.
    Source: domain §7.1–7.3, decision 44, decisions §6 "small groups".
    """
    rules = rules or value_added_rules()
    if asked not in ASKED:
        raise ValueError(f"model is one of {ASKED}")
    linked, schools = pupils.linked, np.array(pupils.school)
    rows, n = len(pupils.post), int(linked.sum())
    whole = _said_of_all(rows, n, pupils, asked, rules)
    places = sorted(set(pupils.school))
    plain = [_described(pupils, schools == code, linked, code, None, rules) for code in places]
    kept = [one.school for one in plain if one.reason is None]
    found, why = (None, whole) if whole else _fitted(pupils, linked & np.isin(schools, kept), schools, asked, rules)
    effects = _told(plain, kept, found, why)
    classes = _classes(pupils, linked, schools, kept, asked, rules) if found else ()
    few = found is not None and len(kept) < rules.enough_groups
    reasons = (why,) if why else (*_notes(asked, found, len(kept), few, rules),)
    return Reckoning(
        asked=asked,
        model=found.model if found else None,
        columns=pupils.columns,
        rows=rows,
        n=n,
        groups=len(kept),
        few_groups=few,
        reasons=reasons,
        coefficients=found.coefficients if found else (),
        tau2=found.tau2 if found else None,
        sigma2=found.sigma2 if found else None,
        post_sd=float(pupils.post[linked].std()) if n > 1 else None,
        counts=_counts(effects),
        scatter=scatter(pupils.pre[linked, 0], pupils.post[linked], rules.least_scatter_cell),
        effects=(*effects, *classes),
        rule_version=rules.version,
        code_version=value_added_code_version(),
    )


def value_added_code_version() -> str:
    """Version of the code that reckons value added; changes with any of its source files."""
    names = ("growth", "prediction", "shrinkage")
    files = ("value_added.py", "value_added_scatter.py", *(f"statistics/{name}.py" for name in names))
    return code_version("value-added", Path(__file__).parent, files)


def _said_of_all(rows: int, n: int, pupils: Pupils, asked: str, rules: ValueAddedRules) -> Reason | None:
    if not rows or n / rows < rules.least_coverage:
        return _low_coverage(n, rows, rules)
    if asked == TREND and pupils.measures < LEAST_TREND_POINTS:
        return _SHORT_TREND
    return None


def _described(
    pupils: Pupils,
    here: NDArray[np.bool_],
    linked: NDArray[np.bool_],
    school: str,
    class_no: int | None,
    rules: ValueAddedRules,
) -> Effect:
    rows, both = int(here.sum()), here & linked
    n = int(both.sum())
    reason = _few_pupils(n, rules) if n < rules.least_pupils else None
    if reason is None and n / rows < rules.least_coverage:
        reason = _low_coverage(n, rows, rules)
    if n < rules.least_pupils:
        return Effect(school, class_no, rows, n, reason=reason)
    pre, post = pupils.pre[both, 0], pupils.post[both]
    numbers = (float(pre.mean()), float(pre.std(ddof=1)), float(post.mean()), float(post.std(ddof=1)))
    return Effect(school, class_no, rows, n, *numbers, reason=reason)


def _fitted(
    pupils: Pupils, used: NDArray[np.bool_], labels: NDArray[Any], asked: str, rules: ValueAddedRules
) -> tuple[_Found | None, Reason | None]:
    """Effects of the groups of the pupils used, in the order of their labels; or why there are none."""
    if not used.any():
        return None, _FEW_GROUPS
    names, group = np.unique(labels[used], return_inverse=True)
    pre, post = pupils.pre[used], pupils.post[used]
    if len(names) < 2 or len(post) - len(names) - pre.shape[1] < LEAST_DEGREES:
        return None, _FEW_GROUPS
    wrong = trouble(pre, post, group)
    if wrong is not None and (asked == MULTILEVEL or wrong not in ("column", "exact")):
        return None, _TROUBLES[wrong]
    if asked == MULTILEVEL and len(names) >= rules.least_groups:
        fit = multilevel(pre, post, group)
        lines = _lines(pupils.columns, fit.coefficients, fit.errors)
        return _Found(MULTILEVEL, fit.effect, fit.low, fit.high, lines, fit.tau2, fit.sigma2), None
    return _by_means(pupils, pre, post, group, asked), None


def _lines(columns: tuple[str, ...], values: Floats, errors: Floats) -> tuple[tuple[str, float, float], ...]:
    return tuple(zip(("intercept", *columns), values.tolist(), errors.tolist(), strict=True))


def _by_means(pupils: Pupils, pre: Floats, post: Floats, group: Codes, asked: str) -> _Found:
    """Mean of each group beyond the county's; limits by the spread of pupils within groups, t with N − groups degrees."""
    lines: tuple[tuple[str, float, float], ...] = ()
    if asked == MULTILEVEL:
        fit = cohort(pre, post)
        values, lines = fit.residuals, _lines(pupils.columns, fit.coefficients, fit.errors)
    elif asked == TREND:
        values = value_added_by_trend(pre[:, : pupils.measures], post)
    elif asked == GROWTH_Z:
        last = pre[:, pupils.measures - 1]
        county = [(float(scores.mean()), float(scores.std())) for scores in (last, post)]
        values = growth_z(last, post, county[0], county[1])
    else:
        values = growth(pre[:, pupils.measures - 1], post)
    n = np.bincount(group).astype(np.float64)
    means = np.bincount(group, values) / n
    degrees = len(values) - len(n)
    variance = float(((values - means[group]) ** 2).sum()) / degrees
    half = t_quantile(0.975, degrees) * np.sqrt(variance * (1 / n - 1 / len(values)))
    effect = means - float(values.mean())
    model = COHORT if asked == MULTILEVEL else asked
    return _Found(model, effect, effect - half, effect + half, lines, None, variance)


def _told(plain: Sequence[Effect], kept: Sequence[str], found: _Found | None, why: Reason | None) -> tuple[Effect, ...]:
    order = {code: place for place, code in enumerate(sorted(kept))}
    return tuple(_with(one, found, order.get(one.school), why) for one in plain)


def _with(one: Effect, found: _Found | None, place: int | None, why: Reason | None) -> Effect:
    facts: dict[str, Any] = {name: getattr(one, name) for name in one.__slots__}
    if found is None or place is None:
        return Effect(**facts | {"reason": one.reason or why})
    low, high = float(found.low[place]), float(found.high[place])
    verdict = ABOVE if low > 0 else BELOW if high < 0 else SAME
    return Effect(**facts | {"effect": float(found.effect[place]), "low": low, "high": high, "verdict": verdict})


def _classes(
    pupils: Pupils,
    linked: NDArray[np.bool_],
    schools: NDArray[Any],
    kept: Sequence[str],
    asked: str,
    rules: ValueAddedRules,
) -> tuple[Effect, ...]:
    """The same with classes as groups, where the file names them."""
    named = np.array([number is not None for number in pupils.class_no]) & np.isin(schools, kept)
    numbers = [0 if number is None else number for number in pupils.class_no]
    labels = np.array([f"{code}|{number:03d}" for code, number in zip(pupils.school, numbers, strict=True)])
    pairs = sorted({(pupils.school[row], numbers[row]) for row in np.flatnonzero(named).tolist()})
    plain = [
        _described(pupils, named & (labels == f"{school}|{number:03d}"), linked, school, number, rules)
        for school, number in pairs
    ]
    used = [f"{one.school}|{one.class_no:03d}" for one in plain if one.reason is None]
    found, why = _fitted(pupils, linked & named & np.isin(labels, used), labels, asked, rules)
    order = {label: place for place, label in enumerate(sorted(used))}
    return tuple(_with(one, found, order.get(f"{one.school}|{one.class_no:03d}"), why) for one in plain)


def _counts(effects: Sequence[Effect]) -> dict[str, int]:
    counts = {ABOVE: 0, SAME: 0, BELOW: 0, "unsaid": 0}
    for one in effects:
        counts[one.verdict or "unsaid"] += 1
    return counts


def _notes(asked: str, found: _Found | None, groups: int, few: bool, rules: ValueAddedRules) -> list[Reason]:
    notes = []
    if found is not None and asked == MULTILEVEL and found.model == COHORT:
        notes.append(_instead(groups, rules))
    if few:
        notes.append(_few_groups(groups, rules))
    if found is not None and found.tau2 == 0:
        notes.append(_NO_SPREAD)
    return notes


def _percent(share: float) -> str:
    return f"{math.floor(share * 1000) / 10:g}%"


def _low_coverage(n: int, rows: int, rules: ValueAddedRules) -> Reason:
    least = _percent(rules.least_coverage)
    return Reason(
        "low_coverage",
        f"{rows} 名学生里两次成绩都有的 {n} 名，不到 {least}，不足以下结论",
        f"Pupils with both scores: {n} of {rows}, less than {least}: too few to say.",
    )


def _few_pupils(n: int, rules: ValueAddedRules) -> Reason:
    return Reason(
        "few_pupils",
        f"两次成绩都有的学生不到 {rules.least_pupils} 名，不足以下结论",
        f"Pupils with both scores: fewer than {rules.least_pupils}, too few to say.",
    )


def _few_groups(groups: int, rules: ValueAddedRules) -> Reason:
    return Reason(
        "few_groups",
        f"学校较少（{groups} 所，{rules.enough_groups} 所起较稳），区间更宽，读的时候要留余地",
        f"Few groups ({groups}; steady from {rules.enough_groups} on): read the wide intervals with care.",
    )


def _instead(groups: int, rules: ValueAddedRules) -> Reason:
    return Reason(
        "cohort_instead",
        f"学校只有 {groups} 所，多层模型要 {rules.least_groups} 所，改用全县回归",
        f"Schools: {groups}; a multilevel model needs {rules.least_groups}. A regression over the county stands in.",
    )


_FEW_GROUPS = Reason(
    "too_few", "可以比较的学校或学生太少，不足以下结论", "Too few schools or pupils to compare: too few to say."
)
_SHORT_TREND = Reason(
    "short_trend", "趋势要三次以上的成绩，文件里不到三次", "A trend needs three earlier scores or more."
)
_NO_SPREAD = Reason("no_spread", "学校之间看不出差别", "No difference between schools can be seen.")
_TROUBLES = {
    "equal": Reason(
        "equal", "后测成绩全部相同，算不出差别", "All later scores are equal, so that no difference can be worked out."
    ),
    "exact": Reason(
        "exact",
        "后测可以由前测完全算出，请核对是不是同一列",
        "The later score follows exactly from the earlier one; check whether a column was sent twice.",
    ),
    "column": Reason(
        "column",
        "有一列对所有人都相同，或由其他列加减得来，请去掉后再算",
        "One column is the same for everybody or made of the others; leave it out.",
    ),
    "few": _FEW_GROUPS,
}
