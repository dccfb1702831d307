"""The clock of the decision: it stands still while the item is not in evaluation, for nothing may be decided before."""

from __future__ import annotations

from sqlalchemy import select

from app.core import rows
from app.core.casework import deadlines
from app.core.casework.deadlines import Deadline
from app.core.casework.door import reaching
from app.core.database import db
from app.improvement.effects.models import EffectEvaluation
from workflows.improvement.effect_evaluation import COMPUTED, DECIDE


def fit_clock(evaluation: EffectEvaluation) -> None:
    """Make the clock of a computed effect fit where its item stands now; inside an act, and the same when done twice.

    The ten days run from when the item came into evaluation, if that is later than the computation. A suspension of an
    item in evaluation only stops them (domain A3b).
    """
    with reaching(evaluation):
        rows.lock(evaluation.item)
        running = (Deadline.record_id == evaluation.id, Deadline.closed_at.is_(None))
        named = Deadline.name == f"{COMPUTED.code}.{DECIDE.code}"
        for row in db.session.scalars(select(Deadline).where(*running, named)):
            _fit(row, evaluation)


def _fit(row: Deadline, evaluation: EffectEvaluation) -> None:
    since = evaluation.item.state_since
    has_run = row.paused_at is None or row.paused_at > row.started_at
    if not evaluation.item_is_evaluating:
        row.paused_at = row.paused_at or max(since, row.started_at)
    elif has_run and evaluation.item.previous_state == "suspended":
        if row.paused_at is not None:
            row.run_on(since)
    elif row.paused_at is not None or row.started_at < since:
        deadlines.start_over(row, DECIDE, evaluation, since)
