"""What has gone up to the next level because a role ended: posted with the ending, told to those above once (decision 39)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import String, cast, exists, literal, select

from app.core import clock
from app.core.casework.daily import take_each
from app.core.casework.door import operation
from app.core.casework.records import MOVABLES
from app.core.casework.waiting import BESIDES, main_steps
from app.core.database import db, use_context
from app.core.outbox.deliver import first_time
from app.core.outbox.models import Effect, OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.ladder import LEVELS, gone_up
from app.people.directory.models import RoleAssignment
from app.people.letters import tell_above
from workflows.vocabulary import Sentence, Step

KIND = "role_over"
LOOKED_BACK = timedelta(days=14)
"""So long after its last day a role is still found by the sweep: longer than any standstill of a server."""
AT_ONCE = 500
DEED = "role.over"


def tell_over(held: RoleAssignment) -> None:
    """A role is over: whether anything waits for nobody now is looked at behind the scenes; once, inside an act."""
    if first_time(f"{KIND}:{held.id}:{held.to_on}"):
        tell_fewer(held, held.role, held.school_id)


def tell_fewer(about: Any, role: str, school_id: Any = None) -> None:
    """Fewer than before may take what waits for this role, at one school or in the county; inside an act."""
    if any(role in level.below for levels in LEVELS.values() for level in levels):
        post(KIND, about, role=role, school=school_id or "")


@operation(right="system", name=DEED)
def be_over(actor: Actor, held: RoleAssignment, given: None = None) -> None:
    """The last day of a role is past."""
    tell_over(held)


def roles_over() -> int:
    """The job of each sweep: roles whose last day is past and of which nobody was told; how many."""
    use_context(SYSTEM.context())
    key = literal(f"{KIND}:") + cast(RoleAssignment.id, String) + ":" + cast(RoleAssignment.to_on, String)
    today = clock.today()
    over = select(RoleAssignment).where(
        RoleAssignment.to_on < today, RoleAssignment.to_on >= today - LOOKED_BACK, ~exists().where(Effect.key == key)
    )
    return take_each(over.order_by(RoleAssignment.id), RoleAssignment, lambda held: be_over(SYSTEM, held, None))


def role_over(row: OutboxRow) -> None:
    """Tell the next level of each record that nobody below may take on now."""
    use_context(SYSTEM.context())
    for right, levels in LEVELS.items():
        if any(row.data["role"] in level.below for level in levels):
            for record, step in _gone_up(right, row):
                words = Sentence(f"{step.zh}：{record.label}", f"{step.en}: {record.named.en}")
                tell_above(record, right, words)


def _gone_up(right: str, row: OutboxRow) -> Iterator[tuple[Any, Step | Sentence]]:
    for model in MOVABLES.values():
        steps = _steps(model, right)
        wanted = select(model.id).where(model.state.in_(steps), model.county_id == row.county_id)
        if row.data["school"]:
            wanted = wanted.where(model.school_id == row.data["school"])
        ids = db.session.scalars(wanted).all() if steps else []
        for begin in range(0, len(ids), AT_ONCE):
            up = gone_up(right, model, ids[begin : begin + AT_ONCE])
            for record in db.session.scalars(select(model).where(model.id.in_(up))).unique().all() if up else ():
                step = next((one for one in steps[record.state] if _asks(one, record, right)), None)
                if step is not None:
                    yield record, step


def _steps(model: Any, right: str) -> dict[str, tuple[Any, ...]]:
    """State → what may wait there for this right: steps that lead on, and what stands beside them in words."""
    found: dict[str, tuple[Any, ...]] = {
        code: tuple(step for step in steps if right in step.rights)
        for code, steps in main_steps(model.workflow).items()
    }
    for (table, code), (what, words) in BESIDES.items():
        rights = (what,) if isinstance(what, str) else what.rights
        if table == model.__tablename__ and right in rights:
            found[code] = (*found.get(code, ()), words if isinstance(what, str) else what)
    return {code: steps for code, steps in found.items() if steps}


def _asks(one: Step | Sentence, record: Any, right: str) -> bool:
    return not isinstance(one, Step) or one.right_for(record) == right
