"""What of a round's cells may be told at all: no pupil by a small number, by what stands around it, or by subtraction.

A cell of fewer than five pupils keeps no value (`few`), nor does one more beside it where the whole is told (`kept`);
what once was not told stays so. A round that is done again tells a cell that moved by one to four pupils as it was told
before, and every whole around it whose other parts would give those few away (domain P0, decision 54, security 31).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, text

from app.core.copying import copy_in
from app.core.database import db
from app.core.small_cells import FEW, KEPT, LEAST, suppress
from app.improvement.monitoring.models import MonitoringCycle, MonitoringResult

UNTOLD = (FEW, KEPT)
COLUMNS = """r.id, r.batch_id, r.cell_key, r.scope_level, r.unit_id, r.grade, r.class_no, r.indicator_id, r.value_type,
             r.value, r.missing, r.n, r.benchmark_type, r.benchmark_value, r.kept_from_id"""
CELLS = text(
    f"""select {COLUMNS} from monitoring_results r
        where r.cycle_id = :cycle and r.superseded_at is null order by r.cell_key"""
)
TOLD = text(
    f"""select {COLUMNS} from monitoring_results r join monitoring_cycles c on c.id = r.cycle_id
        where r.superseded_at is null and c.id = any(:cycles) order by c.released_on, c.created_at, r.cell_key"""
)
SAME_PUPILS = text(
    """with recursive line(id) as (
           select replaces_id from monitoring_cycles where id = :cycle
           union select c.replaces_id from monitoring_cycles c join line on c.id = line.id)
       select c.id from monitoring_cycles c
       join monitoring_cycles own on own.id = :cycle and c.county_id = own.county_id and c.id <> own.id
       where c.released_on is not null
         and (c.id in (select id from line)
              or (c.instrument = own.instrument and c.starts_on <= own.ends_on and c.ends_on >= own.starts_on))"""
)
HIDE = text(
    """update monitoring_results r set value = null, sd = null, n = 0, n_expected = null, missing = x.word
       from untold_cells x where r.id = x.id"""
)
KEEP = text(
    """update monitoring_results r
       set value = t.value, missing = t.missing, n = t.n, n_expected = t.n_expected, sd = t.sd, deff = t.deff,
           kept_from_id = t.id
       from kept_cells x join monitoring_results t on t.id = x.told where r.id = x.id"""
)
KEEP_BENCHMARK = text(
    """update monitoring_results r set benchmark_value = t.benchmark_value, benchmark_se = t.benchmark_se
       from kept_benchmarks x join monitoring_results t on t.id = x.told where r.id = x.id"""
)

Pupils = tuple[uuid.UUID | None, str | None, int | None]
"""Whom a cell is about: unit (None: the whole county), grade, class."""
At = tuple[Any, Pupils]
"""Indicator and pupils: one measured value, whatever it is compared with."""
Cells = Mapping[At, Sequence[Row[Any]]]


@dataclass
class Telling:
    """What is done with the cells of a round: the word of those that are not told, the told one that others keep."""

    untold: dict[At, str] = field(default_factory=dict)
    kept: dict[At, Row[Any]] = field(default_factory=dict)
    moved: dict[At, int] = field(default_factory=dict)


def tell_safely(cycle: MonitoringCycle, batch_id: uuid.UUID | None = None) -> None:
    """Hold back what must not be told of a round's cells in force; safe to repeat. Inside an open act.

    batch_id: the file whose cells came in just now; they may call for another one beside them to be held back.
    """
    cells = by_pupils(db.session.execute(CELLS, {"cycle": cycle.id}))
    told = by_pupils(db.session.execute(TOLD, {"cycles": rounds_done_again(cycle)}))
    found = told_safely(cells, told, batch_id)
    _write(cells, told, found)


def rounds_done_again(cycle: MonitoringCycle) -> list[uuid.UUID]:
    """Rounds that were let out and measured the same pupils: those it does again, and those of the same days."""
    return list(db.session.scalars(SAME_PUPILS, {"cycle": cycle.id}))


def by_pupils(rows: Iterable[Row[Any]]) -> dict[At, list[Row[Any]]]:
    """Rows of one measured value together, in the order given."""
    found: dict[At, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        unit = None if row.scope_level == "region" else row.unit_id
        found[row.indicator_id, (unit, row.grade, row.class_no)].append(row)
    return dict(found)


def told_safely(cells: Cells, told: Cells, batch_id: uuid.UUID | None) -> Telling:
    """Decide on every cell of a round, the smaller ones first, so that a whole knows what its parts keep."""
    found = Telling()
    for at, rows in cells.items():
        _by_itself(found, at, rows[0], told.get(at, ()))
    parts = _parts(cells)
    for whole, groups in parts:
        for group in groups:
            _beside(found, cells, whole, group, batch_id)
    for whole, groups in parts:
        _around(found, cells, told, whole, groups, batch_id)
    return found


def _by_itself(found: Telling, at: At, row: Row[Any], earlier: Sequence[Row[Any]]) -> None:
    if row.missing in UNTOLD or row.value is None:
        return
    words = [one.missing for one in earlier]
    if KEPT in words:
        found.untold[at] = KEPT
    elif row.n < LEAST or (FEW in words and row.n < 2 * LEAST - 1):
        found.untold[at] = FEW
    else:
        near = [one for one in earlier if one.value is not None and _is_near(row, one)]
        if near and row.kept_from_id is None:
            found.kept[at] = min(near, key=lambda one: abs(one.n - row.n))
            found.moved[at] = max(1, abs(found.kept[at].n - row.n))


def _is_near(row: Row[Any], one: Row[Any]) -> bool:
    """Apart by one to four pupils; of a rate, also by one to four of those who reached it."""
    if row.n != one.n:
        return bool(abs(row.n - one.n) < LEAST)
    return bool(row.value_type == "rate" and 0 < abs(round(row.value * row.n) - round(one.value * one.n)) < LEAST)


def unsaid(versions: Iterable[MonitoringResult]) -> set[uuid.UUID]:
    """Which versions of a cell tell no number beside those before them, the one in force first."""
    said: list[MonitoringResult] = []
    silent = set()
    for one in versions:
        if any(one.is_near(other) for other in said):
            silent.add(one.id)
        else:
            said.append(one)
    return silent


def _parts(cells: Cells) -> list[tuple[At, list[list[At]]]]:
    """Each whole with the cells that part it, one list for each way of parting; classes first, the county last."""
    groups: dict[At, dict[tuple[bool, ...], list[At]]] = defaultdict(lambda: defaultdict(list))
    for at in cells:
        for whole in _wholes(at):
            if whole in cells:
                groups[whole][tuple(part is not None for part in at[1])].append(at)
    order = sorted(groups, key=lambda at: -sum(part is not None for part in at[1]))
    return [(whole, list(groups[whole].values())) for whole in order]


def _wholes(at: At) -> Iterator[At]:
    indicator, (unit, grade, class_no) = at
    for wider in {(unit, grade, None), (unit, None, None), (None, grade, None), (None, None, None)}:
        if wider != (unit, grade, class_no):
            yield indicator, wider


def _beside(found: Telling, cells: Cells, whole: At, group: Sequence[At], batch_id: uuid.UUID | None) -> None:
    """Beside a cell that is not told another one is held back, or the whole gives it away."""
    fresh = any(row.batch_id == batch_id for at in (whole, *group) for row in cells[at])
    hidden = [at for at in group if _is_untold(found, cells, at)]
    if (
        not (hidden and fresh)
        or _is_untold(found, cells, whole)
        or any(_word(found, cells, at) == KEPT for at in hidden)
    ):
        return
    shown = suppress([0 if at in hidden and at not in found.untold else cells[at][0].n for at in group], LEAST)
    for at, n in zip(group, shown, strict=True):
        if n is None and at not in hidden:
            found.untold[at] = KEPT


def _word(found: Telling, cells: Cells, at: At) -> str | None:
    return found.untold.get(at) or cells[at][0].missing


def _is_untold(found: Telling, cells: Cells, at: At) -> bool:
    return _word(found, cells, at) in UNTOLD


def _around(
    found: Telling, cells: Cells, told: Cells, whole: At, groups: Sequence[Sequence[At]], batch_id: uuid.UUID | None
) -> None:
    """A whole is told anew only where the parts that keep their values have moved by none or by five pupils together."""
    before = [row for row in told.get(whole, ()) if row.value is not None]
    if not before or whole in found.kept or _is_untold(found, cells, whole) or cells[whole][0].kept_from_id is not None:
        return
    for group in groups:
        keeping = [at for at in group if at in found.kept or cells[at][0].kept_from_id is not None]
        fresh = cells[whole][0].batch_id == batch_id or any(at in found.kept for at in keeping)
        if fresh and 0 < sum(found.moved.get(at, 1) for at in keeping) < LEAST:
            found.kept[whole], found.moved[whole] = before[-1], max(1, abs(before[-1].n - cells[whole][0].n))
            return


def _write(cells: Cells, told: Cells, found: Telling) -> None:
    untold = [(row.id, word) for at, word in found.untold.items() for row in cells[at]]
    kept = [(row.id, one.id) for at, one in found.kept.items() if at not in found.untold for row in cells[at]]
    measures = {_measure(at) for at in cells if at in found.kept or cells[at][0].kept_from_id is not None}
    benchmarks = list(_benchmarks(cells, told, measures))
    for table, columns, rows, statement in (
        ("untold_cells", {"id": "uuid", "word": "text"}, untold, HIDE),
        ("kept_cells", {"id": "uuid", "told": "uuid"}, kept, KEEP),
        ("kept_benchmarks", {"id": "uuid", "told": "uuid"}, benchmarks, KEEP_BENCHMARK),
    ):
        if rows:
            copy_in(table, columns, rows)
            db.session.execute(statement)


def _measure(at: At) -> tuple[Any, str | None]:
    return at[0], at[1][1]


def _benchmarks(cells: Cells, told: Cells, measures: Collection[Any]) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
    """The county's mean is a whole too: where a part of it keeps its value, so does the mean that stands beside all."""
    known: dict[Any, Row[Any]] = {}
    for at, rows in told.items():
        known |= {key: row for row in rows if row.benchmark_type == "county" for key in (row.cell_key, _measure(at))}
    for at, rows in cells.items():
        for row in rows if _measure(at) in measures else ():
            one = known.get(row.cell_key) or known.get(_measure(at))
            if row.benchmark_type == "county" and one is not None and one.benchmark_value != row.benchmark_value:
                yield row.id, one.id
