"""Which lists, items and reopenings an actor sees: the policy's scopes, and nothing of a draft that is not theirs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem, ProblemList, Reopening

APPROVING = "problems.approve_school_list"
HANDED_IN = ("under_review", "approved", "returned")
DRAFTS = (("county", "problems.view_drafts"), ("school", "problems.view_school_drafts"))


def _of(actor: Actor, model: Any, right: str) -> ColumnElement[bool] | None:
    scopes = decide.scopes_of(actor, right)
    return or_(*(scope.where(actor, model) for scope in scopes)) if scopes else None


def _issued_or_own_draft(actor: Actor, model: Any) -> ColumnElement[bool]:
    """What was issued; what is still being drafted only to those who draft, approve or oversee it."""
    if actor.system:
        return true()
    drafts = [
        and_(model.level == level, reach) for level, right in DRAFTS if (reach := _of(actor, model, right)) is not None
    ]
    return or_(model.issued_on.is_not(None), *drafts, *_sent_up(actor, model))


def _sent_up(actor: Actor, model: Any) -> list[ColumnElement[bool]]:
    """A school's list that was handed in and that nobody at the school may approve is seen by the next level (decision 39)."""
    above = [scope for scope in decide.scopes_of(actor, APPROVING) if scope.instead_of]
    if not above:
        return []
    handed_in = and_(ProblemList.level == "school", ProblemList.state.in_(HANDED_IN))
    found = and_(handed_in, or_(*(scope.where(actor, ProblemList) for scope in above)))
    if model is ProblemList:
        return [found]
    return [model.list_id.in_(select(ProblemList.id).where(found).correlate(None))]


def visible_items(actor: Actor, statement: Select[Any]) -> Select[Any]:
    """A select on items, narrowed to those the actor may see."""
    seen = decide.visible(actor, statement, ProblemItem, "problems.view_items")
    return seen.where(_issued_or_own_draft(actor, ProblemItem))


def visible_lists(actor: Actor, statement: Select[Any]) -> Select[Any]:
    """A select on lists: those of the actor's own scope, and issued ones that carry an item the actor sees."""
    if actor.system:
        return statement
    own = _of(actor, ProblemList, "problems.view_lists")
    kept = () if own is None else (and_(own, _issued_or_own_draft(actor, ProblemList)),)
    return statement.where(or_(*kept, _carries(actor)))


def _carries(actor: Actor) -> ColumnElement[bool]:
    held = visible_items(actor, select(ProblemItem.id).where(ProblemItem.list_id == ProblemList.id))
    return held.correlate(ProblemList).exists()


def visible_reopenings(actor: Actor, statement: Select[Any]) -> Select[Any]:
    """A select on reopenings, narrowed to those the actor may see."""
    return decide.visible(actor, statement, Reopening, "problems.view_reopenings")


def sees_whole(actor: Actor, problem_list: ProblemList) -> bool:
    """Whether the actor sees every line of a list, not only the lines of the own unit."""
    return decide.may(actor, "problems.view_lists", problem_list)
