"""The policy itself, decided for every address × role × relation: in Python and in SQL alike, and nothing beyond a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy import decide
from app.core.policy.actor import NOBODY, SYSTEM, Actor
from app.core.policy.assignments import CaseAssignment
from app.core.policy.roles import ROLES
from app.people.directory.models import SchoolResponsibility, TeachingDuty
from tests.cast import Cast
from tests.policy.addresses import record_of, rights_of, routes
from tests.policy.stage import MODELS, Stage, set_stage

DATED = {"assigned", "schools", "classes", "led_classes", "lessons", "led_grade"}
"""Scopes that rest on rows with a last day."""
BEYOND_A_SCHOOL = {"county", "subject", "everywhere"}
RELATIONS = ("own", "neighbour", "foreign", "former", "none", "expired")


def _actors(stage: Stage) -> dict[str, Actor]:
    """Relation → who asks: for `former` and later on one's own records, but with nothing in force any more."""
    here = stage.cast.actor(stage.player.key)
    return dict.fromkeys(("own", "neighbour", "foreign"), here) | {
        "former": replace(here, schools=(), classes=(), taught=()),
        "none": replace(here, role="", schools=(), classes=(), taught=(), data_classes=(), county_wide=False),
        "expired": NOBODY,
    }


def _end_everything(stage: Stage) -> None:
    """Yesterday was the last day of all that the player was given."""
    yesterday = clock.today() - timedelta(days=1)
    rows: tuple[Any, ...] = (
        update(CaseAssignment).where(CaseAssignment.person_id == stage.player.person_id),
        update(SchoolResponsibility).where(SchoolResponsibility.assignment_id == stage.player.assignment_id),
        update(TeachingDuty).where(TeachingDuty.person_id == stage.player.person_id),
    )
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.end"):
        for wanted in rows:
            db.session.execute(wanted.values(to_on=yesterday).execution_options(synchronize_session=False))


def _allowed(relation: str, scopes: set[str]) -> set[str]:
    """The scopes that may reach a record in this relation."""
    if relation in ("none", "expired"):
        return set()
    if relation == "foreign":
        return scopes & {"everywhere"}
    if relation == "neighbour":
        return scopes & BEYOND_A_SCHOOL
    return scopes - DATED if relation == "former" else scopes


def _decided(stage: Stage, actor: Actor, right: str, table: str | None, relation: str) -> str | bool:
    """The decision; a sentence where it is wrong."""
    scopes = {scope.name for scope in decide.scopes_of(stage.cast.actor(stage.player.key), right)}
    place = relation if relation in ("own", "neighbour", "foreign") else "own"
    if table is None or table not in stage.chain(place).ids:
        held = decide.may(actor, right)
        return held if held == bool(scopes and relation not in ("none", "expired")) else "held by nobody"
    record, model = stage.record(table, place), MODELS[table]
    held = decide.may(actor, right, record)
    if held and not _allowed(relation, scopes):
        return "reaches a record it may not"
    if scopes:
        use_context(SYSTEM.context())
        wanted = decide.visible(actor, select(model.id).where(model.id == record.id), model, right)
        if bool(db.session.scalar(wanted)) != held:
            return "a list and a button do not agree"
    return held


@pytest.mark.parametrize("role", sorted(ROLES))
def test_security_22_every_right_is_decided_for_every_relation(role: str, app: Flask, cast: Cast) -> None:
    stage = set_stage(app, cast, role)
    relations = RELATIONS if stage.next_door is not None else tuple(r for r in RELATIONS if r != "neighbour")
    table, known, faults, decisions = routes(app), {}, [], 0
    for relation, actor in _actors(stage).items():
        if relation not in relations:
            continue
        if relation == "former":
            _end_everything(stage)
        for method, rule in table:
            decisions += 1
            for right in rights_of(app, rule):
                asked = (relation, right, record_of(rule))
                if asked not in known:
                    known[asked] = _decided(stage, actor, right, record_of(rule), relation)
                if isinstance(known[asked], str):
                    faults.append(f"{method} {rule.rule} [{relation}] {right}: {known[asked]}")
    print(f"{role}: {decisions} decisions = {len(table)} routes × {len(relations)} relations")
    assert decisions == len(table) * len(relations)
    assert not faults, f"{len(faults)} of {decisions}:\n" + "\n".join(faults)


@pytest.mark.parametrize("role", ["external_evaluator", "inspector", "homeroom_teacher"])
def test_security_25_what_was_given_for_a_time_is_gone_the_day_after(role: str, app: Flask, cast: Cast) -> None:
    stage = set_stage(app, cast, role)
    table = [(method, rule) for method, rule in routes(app) if method == "GET" and record_of(rule)]
    given = [
        rule
        for method, rule in table
        if (scopes := _scopes(stage, rights_of(app, rule)))
        and scopes <= DATED
        and stage.call(method, rule, "own").status == 200
    ]
    assert given, "the role is given something for a time, else this says nothing"
    _end_everything(stage)
    still = [rule.rule for rule in given if stage.call("GET", rule, "own").status != 404]
    print(f"{role}: {len(given)} pages of {len(table)} are there until the last day")
    assert not still


def _scopes(stage: Stage, rights: tuple[str, ...]) -> set[str]:
    actor = stage.cast.actor(stage.player.key)
    return {scope.name for right in rights for scope in decide.scopes_of(actor, right)}


def test_security_25_outsiders_hold_rights_on_what_they_are_given_or_their_own_school_only() -> None:
    wide = {
        (role.code, right, scope.name)
        for role in ROLES.values()
        if role.level == "outside"
        for right, scopes in role.grants.items()
        for scope in scopes
        if scope.name not in ("assigned", "school", "self", "own")
    }
    assert not wide, "their sight in the database follows their assignments; a wider scope would open whole schools"
