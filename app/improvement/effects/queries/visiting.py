"""What became of the problems that visits found: one row a problem, with its item, its measure and what was measured again."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased, raiseload

from app.core import clock
from app.core.calendar.days import add_working_days
from app.core.casework.deadlines import work_calendar
from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.visiting import Followed
from app.improvement.plans.models import RemediationAction
from app.improvement.problems.models import ItemFinding, ProblemItem
from app.improvement.problems.queries.reach import visible_items
from app.improvement.visits.models import SupervisionVisit, VisitFinding
from app.improvement.visits.models.findings import TO_ANSWER
from workflows.improvement.supervision_visit import RESPOND


def followed(actor: Actor, visits: Select[Any]) -> list[Followed]:
    """The problems and recurrences of the visits meant, once their feedback is out, the newest feedback first."""
    rows = db.session.execute(_rows(visits)).all()
    items = _items(actor, {row.found_item for row in rows if row.found_item is not None})
    overrides, today = work_calendar().overrides, clock.today()

    def due(feedback_on: date) -> date:
        return add_working_days(feedback_on, RESPOND.days, overrides)

    days = {day: due(day) for day in {row.feedback_on for row in rows}}
    return [_followed(row, items, days[row.feedback_on], today) for row in rows]


def _item() -> Any:
    """The item of a problem: its own, or the one into which its finding went."""
    converted = (
        select(ItemFinding.item_id)
        .where(ItemFinding.finding_id == VisitFinding.data_finding_id)
        .order_by(ItemFinding.item_id)
        .limit(1)
        .correlate(VisitFinding)
        .scalar_subquery()
    )
    return func.coalesce(VisitFinding.item_id, converted)


def _latest(item: Any) -> Any:
    """The newest evaluation of the item that was decided on the day of the feedback or later."""
    newest = aliased(EffectEvaluation)
    return (
        select(newest.id)
        .where(newest.item_id == item, newest.state == "decided", newest.decided_on >= SupervisionVisit.feedback_on)
        .order_by(newest.decided_on.desc(), newest.id.desc())
        .limit(1)
        .correlate(VisitFinding, SupervisionVisit)
        .scalar_subquery()
    )


def _rows(visits: Select[Any]) -> Any:
    item, evaluation = _item(), EffectEvaluation
    return (
        select(
            VisitFinding.ref, VisitFinding.text, VisitFinding.answer, VisitFinding.answered_on, VisitFinding.carried_as,
            VisitFinding.settled_as, SupervisionVisit.feedback_on, SupervisionVisit.is_unanswered,
            ProblemItem.id.label("found_item"), ProblemItem.state.label("item_state"),
            RemediationAction.state.label("action_state"), evaluation.outcome, evaluation.design, evaluation.computed,
        )
        .join(SupervisionVisit, SupervisionVisit.id == VisitFinding.visit_id)
        .outerjoin(ProblemItem, ProblemItem.id == item)
        .outerjoin(RemediationAction, RemediationAction.id == VisitFinding.action_id)
        .outerjoin(evaluation, evaluation.id == _latest(item))
        .where(
            VisitFinding.visit_id.in_(visits), VisitFinding.kind.in_(TO_ANSWER),
            and_(SupervisionVisit.feedback_on.is_not(None), or_(ProblemItem.id.is_(None), ProblemItem.state != "void")),
        )
        .order_by(SupervisionVisit.feedback_on.desc(), VisitFinding.visit_id, VisitFinding.position)
    )  # fmt: skip


def _items(actor: Actor, ids: set[Any]) -> dict[Any, ProblemItem]:
    """The items among them that the actor may open."""
    if not ids:
        return {}
    wanted = visible_items(actor, select(ProblemItem)).where(ProblemItem.id.in_(ids))
    wanted = wanted.options(raiseload(ProblemItem.all_causes), raiseload(ProblemItem.problem_list))
    return {one.id: one for one in db.session.scalars(wanted)}


def _followed(row: Any, items: dict[Any, ProblemItem], due: date, today: date) -> Followed:
    computed = row.computed or {}
    ends = computed.get("ends") or [{}]
    return Followed(
        row.ref, row.text, row.answer, row.answered_on, due, bool(row.is_unanswered or (row.answer is None and today > due)),
        row.carried_as, row.settled_as, items.get(row.found_item), row.item_state, row.action_state, row.outcome, row.design,
        computed.get("estimate"), ends[0].get("value_type"),
    )  # fmt: skip
