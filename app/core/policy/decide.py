"""The three questions of the policy: `may` (buttons), `require` (operations), `visible` (a select already narrowed)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence, Set
from typing import Any, TypeVar, cast

from sqlalchemy import false, or_

from app.core.errors import NotAllowed, Sentence
from app.core.policy.actor import Actor
from app.core.policy.roles import HOLDERS, ROLES, VISITORS
from app.core.policy.scopes import Scope

S = TypeVar("S")


def scopes_of(actor: Actor, right: str) -> tuple[Scope, ...]:
    """The scopes on which the actor's role holds `right`; empty when it does not."""
    role = ROLES.get(actor.role) or HOLDERS.get(actor.role) or VISITORS.get(actor.role)
    return role.grants.get(right, ()) if role else ()


def instead_of(actor: Actor, right: str) -> tuple[str, ...]:
    """The roles below, none of whose holders may, where the actor's role has `right` as the next level; else none."""
    return next((scope.instead_of for scope in scopes_of(actor, right) if scope.instead_of), ())


def next_level_words(below: Sequence[str], above: str) -> Sentence:
    """Why a step is with the role `above`, as records, letters and pages say it (decision 39)."""
    lower, upper = [ROLES[role] for role in below], ROLES[above]
    zh, en = "、".join(role.zh for role in lower), ", ".join(role.en.lower() for role in lower)
    return Sentence(
        f"没有可办这一步的{zh}，由{upper.zh}办理", f"Nobody who may take this step as {en}: {upper.en.lower()}"
    )


def holds(actor: Actor, right: str) -> bool:
    """Whether the role holds `right` on anything at all."""
    return actor.system or bool(scopes_of(actor, right))


def holds_as_own(actor: Actor, right: str) -> bool:
    """Whether `right` is the role's daily work: not only what comes up from the level below."""
    return holds(actor, right) and not instead_of(actor, right)


def may(actor: Actor, right: str, record: Any = None) -> bool:
    """Whether the actor may use `right` on `record` (on anything at all without one)."""
    if actor.system:
        return True
    scopes = scopes_of(actor, right)
    if record is None:
        return bool(scopes)
    return any(scope.holds(actor, record) for scope in scopes)


def among(actor: Actor, right: str, records: Sequence[Any]) -> Set[uuid.UUID]:
    """Ids of those of `records`, all of one model, on which the actor may use `right`: `may` for a whole list."""
    if actor.system:
        return {record.id for record in records}
    found: set[uuid.UUID] = set()
    for scope in scopes_of(actor, right):
        found |= scope.among(actor, [record for record in records if record.id not in found])
    return found


def require(actor: Actor, right: str, record: Any = None) -> None:
    """Raises NotAllowed when `may` says no."""
    if not may(actor, right, record):
        raise NotAllowed(right, record)


def visible(actor: Actor, select_: S, model: Any, right: str) -> S:
    """`select_` narrowed to the rows of `model` on which the actor holds `right`; none when the role does not hold it."""
    if actor.system:
        return select_
    scopes = scopes_of(actor, right)
    shown = or_(*(scope.where(actor, model) for scope in scopes)) if scopes else false()
    return cast(S, cast(Any, select_).where(shown))
