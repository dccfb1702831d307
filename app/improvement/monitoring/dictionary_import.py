"""The county's list of indicators (指标库, its data dictionary) as a kind of import: indicators in, versions kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, select, text

from app.core import clock
from app.core.database import db, uuid7
from app.core.errors import ImportRefused, NotFound, Sentence
from app.core.imports.directory import Listed, Lookups
from app.core.imports.good_rows import GoodRows
from app.core.imports.indicator_rows import FIXED, is_same
from app.core.imports.models import ImportBatch
from app.core.imports.registry import Counts, ImportKind, Target
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import Indicator, IndicatorVersion
from app.improvement.monitoring.operations.indicators import keep_versions
from app.people.directory.imports import place

LEVELS = ("national", "province", "city")
SAID = (
    "name", "definition", "subject", "domain", "evaluation_type", "object_code", "value_type", "direction", "family",
    "lowest", "highest", "index_margin", "unit_word", "retired",
)  # fmt: skip
"""What an indicator says of itself, beside its codes."""
NO_LONGER = Sentence(
    "核对以后已有结果用到其中的指标，请重新核对",
    "Results came in that rest on one of these indicators since they were checked; check the file again",
)
ROWS = text("select values from import_rows where batch_id = :batch and status in ('ok', 'warned') order by id")
USED = text("select distinct indicator_id from monitoring_results where county_id = :county")
RESTING = text(
    """select count(*) from indicators i left join indicator_versions v on v.indicator_id = i.id and v.batch_id = :batch
       where (i.batch_id = :batch or v.id is not null)
         and (i.version <> coalesce(v.version + 1, 1)
              or exists (select from monitoring_results r join import_batches b on b.id = r.batch_id
                         where r.indicator_id = i.id and coalesce(b.accepted_at, r.created_at) >= :at)
              or (v.id is null and (
                  exists (select from data_findings f where f.indicator_id = i.id)
                  or exists (select from problem_items p where p.indicator_id = i.id)
                  or exists (select from remediation_plans p where p.indicator_id = i.id)
                  or exists (select from effect_evaluations e where e.indicator_id = i.id)
                  or exists (select from monitoring_cycles c where c.county_id = i.county_id
                             and jsonb_exists(c.indicator_codes, i.code)))))"""
)


def target(actor: Actor, ref: str | None) -> Target:
    """The actor's county. Raises NotFound for who does not keep its list of indicators."""
    if not decide.holds(actor, "monitoring.manage_indicators"):
        raise NotFound("unit", ref or "")
    found = place(actor, ref)
    return Target(found.county_id, None, found.unit_id, found.label, "/monitoring/indicators")


def lookups(batch: ImportBatch) -> Lookups:
    """The list as it is, and which of its indicators results rest on."""
    used = set(db.session.scalars(USED, {"county": batch.county_id}))
    listed = db.session.scalars(select(Indicator).where(Indicator.county_id == batch.county_id))
    known = {one.code: Listed(one.code, told_by(one), one.id in used) for one in listed}
    return Lookups(as_of=clock.today(), listed=known)


def told_by(one: Indicator) -> dict[str, Any]:
    """An indicator by the columns of its file."""
    codes = {f"{level}_code": one.level_codes.get(level) for level in LEVELS}
    return {"code": one.code, **{name: getattr(one, name) for name in SAID}, **codes}


def accept(batch: ImportBatch, staged: GoodRows | None) -> Counts:
    """New indicators are added, listed ones changed by a new version; an empty cell leaves what stands."""
    given = {row["code"]: row for row in db.session.scalars(ROWS, {"batch": batch.id})}
    wanted = select(Indicator).where(Indicator.county_id == batch.county_id, Indicator.code.in_(given))
    known = {one.code: one for one in db.session.scalars(wanted.with_for_update())}
    changes = {one.code: _changes(one, given[one.code]) for one in known.values()}
    changed = [known[code] for code, values in changes.items() if values]
    _refuse_where_results_came(batch, changed, changes)
    keep_versions(changed, batch.id)
    for one in changed:
        _write(one, changes[one.code])
        one.version += 1
    added = [code for code in given if code not in known]
    for code in added:
        one = Indicator(id=uuid7(), county_id=batch.county_id, batch_id=batch.id, code=code, level_codes={})
        _write(one, {name: value for name, value in given[code].items() if value is not None and name != "code"})
        db.session.add(one)
    db.session.flush()
    return Counts(added=len(added), changed=len(changed), same=len(given) - len(added) - len(changed))


def _changes(one: Indicator, row: Mapping[str, Any]) -> dict[str, Any]:
    here = told_by(one)
    return {name: value for name, value in row.items() if value is not None and not is_same(value, here.get(name))}


def _refuse_where_results_came(
    batch: ImportBatch, changed: Iterable[Indicator], changes: Mapping[str, Mapping[str, Any]]
) -> None:
    used = set(db.session.scalars(USED, {"county": batch.county_id}))
    if any(one.id in used and not changes[one.code].keys().isdisjoint(FIXED) for one in changed):
        raise ImportRefused(NO_LONGER)


def _write(one: Indicator, values: Mapping[str, Any]) -> None:
    for name in SAID:
        if name in values:
            setattr(one, name, values[name])
    codes = {level: values[f"{level}_code"] for level in LEVELS if f"{level}_code" in values}
    one.level_codes = {**one.level_codes, **codes}


def roll_back(batch: ImportBatch) -> Counts:
    """What the file added goes, what it changed says what it said before, as a version of its own."""
    kept = select(IndicatorVersion).where(IndicatorVersion.batch_id == batch.id)
    before = {version.indicator_id: version.said for version in db.session.scalars(kept)}
    changed = db.session.scalars(select(Indicator).where(Indicator.id.in_(before)).with_for_update()).all()
    keep_versions(changed, None)
    for one in changed:
        for name in (*SAID, "level_codes"):
            setattr(one, name, before[one.id][name])
        one.version += 1
    added = delete(Indicator).where(Indicator.batch_id == batch.id).returning(Indicator.id)
    return Counts(changed=len(changed), removed=len(db.session.scalars(added).all()))


def depends(batch: ImportBatch) -> int:
    """Indicators of the file that were changed since, or that results or other records rest on since."""
    return int(db.session.execute(RESTING, {"batch": batch.id, "at": batch.accepted_at}).scalar_one())


INDICATORS = ImportKind(
    code="indicators",
    zh="指标库",
    en="List of indicators",
    target=target,
    lookups=lookups,
    accept=accept,
    roll_back=roll_back,
    depends=depends,
    second_person=True,
    from_record=True,
)
