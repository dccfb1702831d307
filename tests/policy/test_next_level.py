"""Decision 39 for every right that goes up: the role above holds it while nobody below may take the step, and only then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.audit import trail
from app.core.casework.records import MOVABLES
from app.core.database import db, use_context, uuid7
from app.core.policy import decide
from app.core.policy.actor import SYSTEM
from app.core.policy.grants import GRANTS
from app.core.policy.ladder import CLIMBING, LADDER, other_steps
from app.core.policy.roles import ROLES
from app.people.directory.models import RoleAssignment
from app.people.directory.operations import StandInWish, name_stand_in
from app.people.directory.queries import members, own_bureau
from tests.cast import Cast, Player
from tests.policy.stage import set_stage


def _table(right: str) -> str:
    return next(name for name, model in MOVABLES.items() if any(right in s.rights for s in model.workflow.steps))


def _holders(cast: Cast, roles: Iterable[str]) -> list[Player]:
    """Of the county and of 双桥中学, where the record is."""
    here = cast.units["shuangqiao"].id
    of_county = [one for one in cast.players.values() if one.role in roles and one.unit.county_id == cast.county.id]
    return [one for one in of_county if one.unit.school_id in (None, here) and (not one.schools or here in one.schools)]


def _take_parts(cast: Cast, right: str, record: Any, roles: Iterable[str]) -> None:
    """Everybody of these roles took an earlier part; where the step asks for none, their roles ended yesterday."""
    for player in _holders(cast, roles):
        if other_steps(right):
            use_context(SYSTEM.context())
            with trail.act(cast.actor(player.key), "step", other_steps(right)[0], record):
                pass
            continue
        _dated(player, clock.today() - timedelta(days=1))


def _dated(player: Player, to_on: Any) -> None:
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.dated"):
        held = update(RoleAssignment).where(RoleAssignment.id == player.assignment_id)
        db.session.execute(held.values(to_on=to_on).execution_options(synchronize_session=False))


def _deputy(cast: Cast, role: str) -> RoleAssignment:
    """A deputy in the role, who took no part."""
    pattern = _holders(cast, [role])[0]
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.deputy"):
        named = RoleAssignment(
            id=uuid7(), county_id=pattern.unit.county_id, school_id=pattern.unit.school_id, unit_id=pattern.unit.id,
            person_id=cast["homeroom_teacher"].person_id, role=role, from_on=clock.today(),
            to_on=clock.today() + timedelta(days=30), is_deputy=True,
        )  # fmt: skip
        db.session.add(named)
    return named


def _may(cast: Cast, role: str, right: str, record: Any) -> bool:
    actor, model = cast.actor(role), type(record)
    use_context(actor.context())
    held = decide.may(actor, right, record)
    listed = db.session.scalar(decide.visible(actor, select(model.id).where(model.id == record.id), model, right))
    assert held == (listed is not None), "a list and a button agree"
    assert held == (record.id in decide.among(actor, right, [record]))
    return held


def _levels(right: str) -> list[str]:
    return [role for role in LADDER.values() if any(s.instead_of for s in GRANTS[role].get(right, ()))]


@pytest.mark.parametrize("right", sorted(CLIMBING))
def test_decision_39_a_step_goes_up_only_while_nobody_below_may_and_comes_back_at_once(
    right: str, app: Flask, cast: Cast
) -> None:
    record = set_stage(app, cast, "evaluator").record(_table(right), "own")
    head = cast.actor("leading_group_head")
    below = [role for role, rights in GRANTS.items() if any(not s.instead_of for s in rights.get(right, ()))]
    above = list(dict.fromkeys(_levels(right)))
    assert above, "there is somebody above"
    for number, role in enumerate(above):
        assert [one for one in above if _may(cast, one, right, record)] == above[:number], f"somebody of {below} may"
        _take_parts(cast, right, record, below)
        if role == "leading_group_member":
            assert not _may(cast, role, right, record), "the head has named nobody"
            use_context(head.context())
            name_stand_in(head, own_bureau(head), StandInWish(members(head)[0], clock.today()))
        assert [one for one in above if _may(cast, one, right, record)] == above[: number + 1]
        named = _deputy(cast, below[0])
        assert not _may(cast, role, right, record), "a deputy is there"
        use_context(SYSTEM.context())
        with trail.act(SYSTEM, "system", "test.end"):
            db.session.delete(named)
        below = [role]


def test_decision_39_every_level_of_the_ladder_is_a_role_and_the_ladder_ends() -> None:
    for role in LADDER:
        seen = [role]
        while (above := LADDER.get(seen[-1])) is not None:
            assert above in ROLES and above not in seen
            seen.append(above)
        assert seen[-1] == ("school_counselor" if "homeroom_teacher" in seen else "leading_group_member")
