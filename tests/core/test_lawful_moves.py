"""What the database itself holds to: the ways of the state machines, and two persons for two parts (security 65, 66)."""

from __future__ import annotations

import uuid
from itertools import product
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.audit import trail
from app.core.casework.records import MOVABLES
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from tests.by_hand import by_hand
from tests.cast import Cast
from tests.policy.records import write
from workflows.catalogue import ALL
from workflows.engine import ways
from workflows.vocabulary import Step, Workflow


def _moves(table: str, identity: uuid.UUID, here: str, there: str, before: str) -> bool:
    """Whether plain SQL of the app role, inside an act, takes the record from one state to the other."""
    with by_hand("test.put"):
        put = text(f"update {table} set state = :here, previous_state = :before where id = :id")  # noqa: S608
        db.session.execute(put, {"here": here, "before": before, "id": identity})
    try:
        with trail.act(SYSTEM, "system", "test.sql"), db.session.begin_nested():
            moved = text(f"update {table} set state = :there where id = :id")  # noqa: S608
            return bool(db.session.execute(moved, {"there": there, "id": identity}).rowcount)  # type: ignore[attr-defined]
    except IntegrityError as refused:
        assert "no step leads" in str(refused.orig)
        return False


@pytest.mark.parametrize("table", ["problem_items", "remediation_plans", "evidence", "closure_requests"])
def test_security_66_plain_sql_moves_a_record_only_along_the_ways_of_its_machine(
    app: Flask, cast: Cast, table: str
) -> None:
    school = cast.units["shuangqiao"]
    chain = write(cast, cast["principal"], school, school, "记号")
    use_context(SYSTEM.context())
    machine = MOVABLES[table].workflow
    free = {(here, there) for here, there, back in ways(machine) if not back}
    back = {(here, there) for here, there, only_back in ways(machine) if only_back}
    codes = [state.code for state in machine.states]
    for here, there in product(codes, codes):
        if here == there:
            continue
        elsewhere = next(code for code in codes if code not in {here, there})
        lawful = (here, there) in free
        assert _moves(table, chain.ids[table], here, there, elsewhere) is lawful, (here, there)
        if (here, there) in back:
            assert _moves(table, chain.ids[table], here, there, there), (here, there)


def test_security_66_every_table_of_records_that_move_carries_the_guard_of_its_own_machine(app: Flask) -> None:
    rows = db.session.execute(
        text("select tgrelid::regclass::text, tgargs from pg_trigger where tgname = 'refuse_unlawful_move'")
    )
    guarded = {table: bytes(arguments).rstrip(b"\0").decode() for table, arguments in rows}
    assert guarded == {table: model.workflow.name for table, model in MOVABLES.items()}


def test_security_66_the_app_role_cannot_change_what_is_lawful(app: Flask) -> None:
    for statement in (
        "insert into ctx.moves values ('problem_item', 'issued', 'closed', false)",
        "delete from ctx.other_persons",
        "alter table problem_items disable trigger refuse_unlawful_move",
        "set session_replication_role = replica",
    ):
        with pytest.raises(Exception, match=r"permission denied|must be owner"), db.session.begin_nested():
            db.session.execute(text(statement))


FOUR_EYES = [
    (flow, step, other)
    for flow in ALL
    for step in flow.steps
    if step.four_eyes_when is None
    for other in step.four_eyes
    if "." not in other
]


@pytest.mark.parametrize(("flow", "step", "other"), FOUR_EYES, ids=lambda one: getattr(one, "name", one))
def test_security_65_the_database_refuses_the_second_part_by_the_same_person(
    app: Flask, cast: Cast, flow: Workflow, step: Step, other: str
) -> None:
    first, second = cast.actor("office_director"), cast.actor("leading_group_head")
    record = SimpleNamespace(id=uuid.uuid4())
    with trail.act(first, "step", f"{flow.name}.{other}", record):
        pass
    with trail.act(second, "step", step.key, record):
        pass
    with pytest.raises(IntegrityError, match="another person"), trail.act(first, "step", step.key, record):
        pass
