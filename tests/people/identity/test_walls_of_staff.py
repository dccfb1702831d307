"""Persons at work, their roles and drafts stand behind forced row-level security too: nobody appoints in another unit."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.web.drafts import draft_of, keep_draft
from tests.cast import Cast, Place, sign_in

APPOINT = text(
    """insert into role_assignments (id, county_id, school_id, unit_id, person_id, role, from_on)
       values (:id, :county, :school, :unit, :person, :role, '2026-09-01')"""
)
ANSWER_FOR = text(
    """insert into school_responsibilities (id, county_id, assignment_id, school_id, from_on)
       values (:id, :county, :held, :school, '2026-09-01')"""
)
ASSIGN = text(
    """insert into case_assignments (id, county_id, school_id, entity, record_id, person_id, part, from_on)
       values (:id, :county, :school, 'problem_items', :record, :person, 'evaluator', '2026-09-01')"""
)
TABLES = {"persons": "name = 'x'", "role_assignments": "role = 'principal'"}
"""Those of which the other county has rows: there a change can be tried."""
ALIKE = {"role_requests", "school_responsibilities", "unit_aliases", "indicators"}
"""Those that stand behind the very same wall."""
WALLS = text("select tablename, policyname, cmd, qual, with_check from pg_policies where tablename = any(:tables)")


def appoint(cast: Cast, key: str, place: Place, role: str, school: uuid.UUID | None = None) -> None:
    """Raw SQL in the context of a player, in an open act: what an injection could do at worst."""
    belongs = {"county": place.county_id, "school": school or place.school_id, "unit": place.id}
    person = cast[key].person_id
    with trail.act(cast.actor(key), "write", "test.write"):
        db.session.execute(APPOINT, {"id": uuid7(), "person": person, "role": role, **belongs})


@pytest.mark.parametrize(
    ("key", "unit", "role"),
    [
        ("principal", "chengguan", "principal"),
        ("principal", "bureau", "office_director"),
        ("subject_teacher", "bureau", "sys_admin"),
        ("office_director", "other_bureau", "office_director"),
        ("security_admin", "other_bureau", "security_admin"),
        ("auditor", "bureau", "office_director"),
    ],
)
def test_security_26_nobody_appoints_in_another_unit_by_raw_sql(
    key: str, unit: str, role: str, app: Flask, cast: Cast
) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        appoint(cast, key, cast.units[unit], role)


def test_security_26_a_school_gives_no_role_of_the_bureau(app: Flask, client: FlaskClient, cast: Cast) -> None:
    own = cast["principal"].unit.school_id
    with pytest.raises(IntegrityError, match="place"):
        appoint(cast, "principal", cast.county, "office_director", own)


@pytest.mark.parametrize("key", ["office_director", "evaluator"])
def test_security_26_nobody_names_the_own_county_to_reach_a_school_of_another(key: str, app: Flask, cast: Cast) -> None:
    there, own = cast.units["other_yizhong"], cast.county.id
    with pytest.raises(IntegrityError, match="unit_of_county"):
        appoint(cast, key, replace(there, county_id=own), "principal")
    db.session.rollback()
    with pytest.raises(IntegrityError, match="school_of_county"), trail.act(cast.actor(key), "write", "test.write"):
        answers = {"id": uuid7(), "county": own, "held": cast[key].assignment_id, "school": there.id}
        db.session.execute(ANSWER_FOR, answers)
    db.session.rollback()
    with pytest.raises(IntegrityError, match="school_of_county"), trail.act(cast.actor(key), "write", "test.write"):
        given = {"id": uuid7(), "county": own, "school": there.id, "person": cast["external_evaluator"].person_id}
        db.session.execute(ASSIGN, given | {"record": uuid7()})


def test_security_26_a_role_that_is_none_of_its_place_opens_nothing(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    player = cast["principal"]
    assert sign_in(client, player).get("/").status_code == 200
    with trail.act(cast.actor("principal"), "write", "test.write"):
        db.session.execute(
            text("update role_assignments set role = 'office_director' where id = :id"), {"id": player.assignment_id}
        )
    assert client.get("/").location == "/sign-in?then=/"


@pytest.mark.parametrize("table", TABLES)
def test_security_26_rows_of_another_county_are_not_changed_by_raw_sql(table: str, app: Flask, cast: Cast) -> None:
    with trail.act(cast.actor("office_director"), "write", "test.write"):
        changed: Any = db.session.execute(
            text(f"update {table} set {TABLES[table]} where county_id = :county"), {"county": cast.other_county.id}
        )
        assert changed.rowcount == 0
        there = text(f"select count(*) from {table} where county_id = :county")
        assert db.session.scalar(there, {"county": cast.other_county.id}), "nothing stands there, so nothing was tried"
        removed: Any = db.session.execute(
            text(f"delete from {table} where county_id = :county"), {"county": cast.other_county.id}
        )
        assert removed.rowcount == 0


@pytest.mark.parametrize("table", sorted(ALIKE))
def test_security_26_the_other_tables_of_staff_have_the_wall_that_was_tried(table: str, app: Flask) -> None:
    walls: dict[str, set[tuple[Any, ...]]] = {table: set(), "role_assignments": set()}
    for row in db.session.execute(WALLS, {"tables": list(walls)}):
        walls[row.tablename].add(tuple(row)[1:])
    assert walls[table] == walls["role_assignments"] != set()


def test_security_26_a_draft_is_there_for_its_writer_alone(app: Flask, cast: Cast) -> None:
    writer, colleague = cast.actor("principal"), cast.actor("school_coordinator")
    use_context(writer.context())
    assert keep_draft(writer, "plan:abc", {"note": ["半小时写的字"]})
    assert draft_of(writer, "plan:abc")
    for other in (colleague.context(), cast.actor("office_director").context(), None):
        db.session.rollback()
        use_context(other)
        assert db.session.scalar(text("select count(*) from drafts")) == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            keep_draft(writer, "plan:abc", {"note": ["改了"]})
        db.session.rollback()
