"""Reads of evidence: one piece with its versions, what may be shown again, and what waits to be judged."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, text
from sqlalchemy.orm import joinedload

from app.core.casework.deadlines import Deadline
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import Order, page_of
from app.improvement.plans.models import (
    ArrivedFile,
    Evidence,
    EvidenceUse,
    EvidenceVersion,
    RemediationAction,
    RemediationPlan,
)
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Unit

VIEW = "plans.view_evidence"
JUDGING = {
    "county": ("plans.judge_evidence", "plans.verify_action"),
    "school": ("plans.judge_school_evidence", "plans.verify_school_action"),
}
JUDGES = tuple(right for pair in JUDGING.values() for right in pair)
WATCH = "plans.watch_evidence"


def judges(actor: Actor) -> bool:
    """Whether evidence is this actor's to judge; else the queue is read, with links to the measures."""
    return any(decide.holds_as_own(actor, right) for right in JUDGES)


def _seen_actions(actor: Actor) -> Select[Any]:
    return decide.visible(actor, select(RemediationAction.id), RemediationAction, VIEW)


def evidence_for(actor: Actor, ref: str) -> Evidence:
    """One piece of evidence of a measure that the actor sees, or that is shown for one. Raises NotFound."""
    seen = _seen_actions(actor)
    shown = select(EvidenceUse.evidence_id).where(EvidenceUse.action_id.in_(seen))
    query = (
        select(Evidence)
        .where(Evidence.ref == ref, or_(Evidence.action_id.in_(seen), Evidence.id.in_(shown)))
        .options(joinedload(Evidence.owner))
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("evidence", ref)
    return found


def version_for(actor: Actor, ref: str, number: str) -> EvidenceVersion:
    """One version whose file may be given out: nobody gets what the scanner has not passed. Raises NotFound."""
    evidence = evidence_for(actor, ref)
    for one in evidence.versions:
        if str(one.number) == number and one.file_sha256 is not None and one.checked:
            return one
    raise NotFound("evidence_version", ref)


def uses_elsewhere(actor: Actor, evidence: Evidence) -> Sequence[RemediationAction]:
    """Other measures for which it is shown as well, those that the actor sees."""
    used = select(EvidenceUse.action_id).where(EvidenceUse.evidence_id == evidence.id)
    query = select(RemediationAction).where(RemediationAction.id.in_(used))
    return db.session.scalars(decide.visible(actor, query, RemediationAction, VIEW)).all()


def reusable(actor: Actor, action: RemediationAction, words: str = "") -> list[Evidence]:
    """Accepted evidence of the same unit that is not shown for this measure yet, the newest first."""
    used = select(EvidenceUse.evidence_id).where(EvidenceUse.action_id == action.id)
    query = (
        select(Evidence)
        .where(
            Evidence.unit_id == action.unit_id,
            Evidence.county_id == actor.county_id,
            Evidence.state == "accepted",
            Evidence.action_id != action.id,
            Evidence.id.not_in(used),
        )
        .order_by(Evidence.happened_on.desc().nulls_last(), Evidence.id)
    )
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(or_(Evidence.title.ilike(like), Evidence.description.ilike(like)))
    return list(db.session.scalars(query).unique())


@dataclass(frozen=True)
class ToJudge:
    """A measure whose evidence, or whose report that it is done, waits for somebody to judge it."""

    id: uuid.UUID
    ref: str
    title: str
    state: str
    number: str
    item: str
    unit: str
    unit_code: str
    severity: str
    waiting: int
    since: datetime | None
    clock: Deadline | None = None
    mine: bool = field(default=False)


def _queue(actor: Actor) -> tuple[Any, Any]:
    """What waits to be judged, and since when it waits."""
    waiting = (
        select(Evidence.action_id, func.count().label("n"), func.min(Evidence.state_since).label("since"))
        .where(Evidence.state == "submitted")
        .group_by(Evidence.action_id)
        .subquery()
    )
    since = func.coalesce(waiting.c.since, RemediationAction.state_since)
    query: Any = (
        select(
            RemediationAction.id,
            RemediationAction.ref,
            RemediationAction.title,
            RemediationAction.state,
            ProblemItem.number,
            ProblemItem.title.label("item"),
            ProblemItem.severity,
            Unit.short_name.label("unit"),
            Unit.code.label("unit_code"),
            func.coalesce(waiting.c.n, 0).label("waiting"),
            since.label("since"),
            (RemediationAction.owner_id == actor.person_id).label("mine"),
        )
        .join(RemediationPlan, RemediationPlan.id == RemediationAction.plan_id)
        .join(ProblemItem, ProblemItem.id == RemediationPlan.item_id)
        .join(Unit, Unit.id == RemediationAction.unit_id)
        .outerjoin(waiting, waiting.c.action_id == RemediationAction.id)
        .where(or_(waiting.c.n > 0, RemediationAction.state == "evidence_submitted"))
        .where(RemediationAction.state != "cancelled")
    )
    return query.where(or_(*_reach(actor))), since


def _reach(actor: Actor) -> list[Any]:
    """County items by the county's right, school items by the school's; all that waits for who steers and judges none."""
    if not judges(actor):
        return [RemediationAction.id.in_(decide.visible(actor, select(RemediationAction.id), RemediationAction, WATCH))]
    found = []
    for level, rights in JUDGING.items():
        mine = select(RemediationAction.id).join(RemediationPlan).join(ProblemItem).where(ProblemItem.level == level)
        found += [RemediationAction.id.in_(decide.visible(actor, mine, RemediationAction, right)) for right in rights]
    return found


@dataclass(frozen=True)
class QueueFilter:
    """What the queue is narrowed to; `sort` is waiting (the longest first) or unit."""

    words: str = ""
    unit: str = ""
    severities: tuple[str, ...] = ()
    sort: str = "waiting"
    after: str = ""


QUEUE_ORDERS = ("waiting", "unit")


def to_judge(actor: Actor, wanted: QueueFilter, *, whole: bool = False) -> list[ToJudge]:
    """What waits to be judged by this actor, or by others for who watches, in its order; one more than a page, or all."""
    seen, since = _queue(actor)
    longest: Order = ((since, False), (RemediationAction.id, False))
    order = longest if wanted.sort == "waiting" else ((Unit.code, False), *longest)
    query = page_of(seen, RemediationAction, order, "" if whole else wanted.after, wanted.sort)
    if wanted.unit:
        query = query.where(Unit.ref == wanted.unit)
    if wanted.severities:
        query = query.where(ProblemItem.severity.in_(wanted.severities))
    if wanted.words:
        like = f"%{wanted.words.replace('%', '').replace('_', '')}%"
        query = query.where(or_(RemediationAction.title.ilike(like), ProblemItem.number.ilike(like)))
    rows = db.session.execute(query.limit(None) if whole else query).all()
    clocks = judging_clocks(actor, [row.id for row in rows])
    return [ToJudge(**{**row._mapping, "mine": bool(row.mine)}, clock=clocks.get(row.id)) for row in rows]


def judging_clocks(actor: Actor, action_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Deadline]:
    """The nearest running clock of a judgement on each measure: of a piece that waits, or of the measure itself."""
    running = (Deadline.closed_at.is_(None), Deadline.name.like("%.judge"))
    pieces = select(Deadline, Evidence.action_id).join(Evidence, Evidence.id == Deadline.record_id)
    own = select(Deadline, Deadline.record_id).where(Deadline.record_id.in_(action_ids), *running)
    found = [*db.session.execute(pieces.where(Evidence.action_id.in_(action_ids), *running)), *db.session.execute(own)]
    found.sort(key=lambda row: row[0].due_at, reverse=True)
    return {row[1]: row[0] for row in found}


def units_to_judge(actor: Actor) -> list[tuple[str, str]]:
    """The units of what waits to be judged: reference and short name, in code order."""
    seen, _since = _queue(actor)
    query = seen.with_only_columns(Unit.ref, Unit.short_name, Unit.code).distinct().order_by(Unit.code)
    return [(row.ref, row.short_name) for row in db.session.execute(query)]


SUBMITTED_BY = text(
    "select distinct record_id from audit.transition_log where record_id = any(:ids) and person_id = :person"
    " and step in ('evidence.submit', 'evidence.resubmit')"
)


def submitted_by(actor: Actor, action: RemediationAction) -> set[uuid.UUID]:
    """The measure's pieces that this person handed in, whatever the role was: judging them is for others."""
    values = {"ids": [piece.id for piece in action.evidence], "person": actor.person_id}
    return set(db.session.execute(SUBMITTED_BY, values).scalars())


def arrived(actor: Actor, digests: Sequence[str]) -> list[ArrivedFile]:
    """The actor's own files that were sent and belong to no evidence yet, in the order asked for."""
    query = select(ArrivedFile).where(ArrivedFile.person_id == actor.person_id, ArrivedFile.sha256.in_(digests))
    held = {one.sha256: one for one in db.session.scalars(query)}
    return [held[digest] for digest in dict.fromkeys(digests) if digest in held]
