"""Pupils' scores as a kind of import: read under pseudonyms, kept for the few days of a reckoning, then gone (domain §6.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, text

from app.core import clock
from app.core.audit import trail
from app.core.copying import copy_in
from app.core.database import db
from app.core.errors import Sentence, StepRefused
from app.core.imports.directory import Lookups
from app.core.imports.good_rows import GoodRows
from app.core.imports.models import ROLLBACK_DAYS, ImportBatch
from app.core.imports.registry import Counts, HeadCount, ImportKind, Target
from app.core.imports.scores_rows import MOST_COVARIATES, MOST_SCORES
from app.core.imports.staged import StagedSheet
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.effects.models import ValueAddedRun, ValueAddedScore
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.monitoring.queries.cycles import cycle_for
from app.improvement.suppliers.operations import must_be_covered
from app.improvement.suppliers.queries import sources
from app.people.directory import lookups as directory

TAKES_SCORES = ("collecting", "imported", "verified", "released", "improving")
NOT_NOW = Sentence(
    "这一周期现在不收增值成绩：开始采集以后、结束以前才能上传",
    "This round takes no scores now: files come in after collecting has begun and before the round is closed",
)
PRE = tuple(f"pre_{n}" for n in range(1, MOST_SCORES + 1))
COVARIATES = tuple(f"covariate_{n}" for n in range(1, MOST_COVARIATES + 1))
COLUMNS = {
    "school": "text",
    "pseudonym": "text",
    "class_no": "int4",
    "subject": "text",
    "pre": "text",
    "covariates": "text",
    "post": "float8",
}
ADD = text(
    """insert into value_added_scores
           (county_id, school_id, cycle_id, batch_id, subject, pseudonym, class_no, pre, covariates, post)
       select :county, u.id, :cycle, :batch, s.subject, s.pseudonym, s.class_no, s.pre::jsonb, s.covariates::jsonb, s.post
       from incoming_scores s
       join units u on u.county_id = :county and u.kind = 'school' and u.code = s.school"""
)


def target(actor: Actor, ref: str | None) -> Target:
    """The round that takes the file. Raises NotFound, and StepRefused when it takes none now."""
    cycle = cycle_for(actor, ref or "", "imports.upload_results")
    if cycle.state not in TAKES_SCORES:
        raise StepRefused((NOT_NOW,))
    return Target(cycle.county_id, None, None, cycle.name, cycle.address, cycle)


def _cycle(batch: ImportBatch) -> MonitoringCycle:
    return db.session.get_one(MonitoringCycle, batch.target_id)


def lookups(batch: ImportBatch) -> Lookups:
    """The schools of the county, by code and by every name."""
    cycle = _cycle(batch)
    return Lookups(
        as_of=min(cycle.ends_on, clock.today()),
        schools=directory.schools(batch.county_id),
        aliases=directory.aliases(batch.county_id),
        place_names=directory.place_names(batch.county_id),
        cycles=frozenset({cycle.code}),
    )


def accept(batch: ImportBatch, staged: GoodRows | None) -> Counts:
    """One row a pupil and subject; a file that replaces another takes its rows away first."""
    if staged is None:
        raise RuntimeError("scores are accepted from their checked rows")
    removed = _forget(batch.supersedes_id) if batch.supersedes_id is not None else 0
    values = {"batch": batch.id, "county": batch.county_id, "cycle": batch.target_id}
    written = copy_in("incoming_scores", COLUMNS, _lines(staged))
    db.session.execute(ADD, values)
    return Counts(added=written, removed=removed)


def _lines(staged: GoodRows) -> Iterator[tuple[Any, ...]]:
    """Columns that nobody filled in any row are left out of every row."""
    pre, covariates = (_used(staged, codes) for codes in (PRE, COVARIATES))
    wanted = ("school_code", "pseudonym", "class_no", "subject", "post", *pre, *covariates)
    for school, pseudonym, class_no, subject, after, *others in staged.accepted(*wanted):
        before, beside = others[: len(pre)], others[len(pre) :]
        yield school, pseudonym, class_no, subject, json.dumps(before), json.dumps(beside), after


def _used(staged: GoodRows, codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in codes if any(value is not None for value in staged.column(code)))


def _forget(batch_id: Any) -> int:
    found: Any = db.session.execute(delete(ValueAddedScore).where(ValueAddedScore.batch_id == batch_id))
    return int(found.rowcount)


def depends(batch: ImportBatch) -> int:
    """Reckonings made from the file."""
    wanted = select(func.count()).select_from(ValueAddedRun).where(ValueAddedRun.batch_id == batch.id)
    return int(db.session.scalar(wanted) or 0)


def headcount(batch: ImportBatch, staged: StagedSheet) -> Sequence[HeadCount]:
    """Pupils in the file, and those with both ends of the comparison."""
    rows = list(staged.accepted("pre_1", "post"))
    linked = sum(before is not None and after is not None for before, after in rows)
    share = f"{linked / len(rows):.1%}" if rows else ""
    return (
        HeadCount("可接收的行", "Rows to accept", len(rows)),
        HeadCount("两次成绩都有", "With both scores", linked, share),
    )


def fixed(batch: ImportBatch) -> Mapping[str, str]:
    """Every row is of the round that the file was sent for."""
    return {"cycle_code": _cycle(batch).code}


def accepted(batch: ImportBatch) -> None:
    """The rows go when the file goes."""
    post("value_added_clear", batch, queue="heavy", due_at=clock.now() + timedelta(days=ROLLBACK_DAYS, minutes=2))


def clear_scores(row: OutboxRow) -> None:
    """Seven days after acceptance no pupil's score is kept any more; what was reckoned from them stays."""
    batch = db.session.get(ImportBatch, row.record_id)
    if batch is None:
        return
    with trail.act(SYSTEM, "system", "value_added.clear_scores", batch) as deed:
        deed.main.extra["rows"] = _forget(batch.id)


SCORES = ImportKind(
    code="scores",
    zh="增值评价成绩",
    en="Scores for value added",
    target=target,
    lookups=lookups,
    accept=accept,
    roll_back=lambda batch: Counts(removed=_forget(batch.id)),
    depends=depends,
    headcount=headcount,
    fixed=fixed,
    learn=directory.learn_schools,
    sources=sources,
    covered=must_be_covered,
    accepted=accepted,
    personal=True,
    second_person=True,
    versions=True,
    private_columns=frozenset({"pseudonym"}),
)
