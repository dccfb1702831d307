"""The whole matrix: every address × every role × own, neighbouring and foreign records, one request each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.routing import Rule

from app.core import clock
from app.core.policy.decide import holds
from app.core.policy.roles import ROLES
from app.core.web.current import PUBLIC, SIGNED_IN
from app.people.identity import passwords
from tests.cast import Cast
from tests.policy.addresses import filled, record_of, rights_of, routes
from tests.policy.stage import FOREIGN, NEXT_DOOR, Call, Stage, set_stage

UNSEEN = {"GET": {404}, "POST": {403, 404}}
NOT_THERE_NOW: dict[str, str] = {
    "boards.report": "the file of a made-up digest lies on no shelf",
    "audit.entry": "entries are numbered; number 1 may belong to nobody",
    "incidents.pack": "only with the record that is asked about",
    "incidents.notice": "only with the record that is asked about",
    "identity.new_account": "only for a person without an account",
    "identity.end_session": "a session of one's own",
    "identity.redrive": "message number 1 may not exist",
}
"""Addresses whose record may be missing although the role holds the right, each with why."""


def _fault(stage: Stage, method: str, rule: object, relation: str, call: Call) -> str | None:
    rights = rights_of(stage.app, rule)  # type: ignore[arg-type]
    named = record_of(rule)  # type: ignore[arg-type]
    endpoint = rule.endpoint  # type: ignore[attr-defined]
    if call.status >= 500:
        return f"{call.status} {call.trouble}"
    if FOREIGN in call.body:
        return "a foreign county's words are shown"
    if stage.next_door is not None and NEXT_DOOR in call.body and method == "GET":
        return "another school's words are shown"
    if method == "GET" and call.writes:
        return f"reading writes: {call.writes[0]}"
    if rights[0] in (PUBLIC, SIGNED_IN):
        return None
    if endpoint.startswith("api."):
        return None if call.status == 401 else f"{call.status}: a browser's session opens the programs' interface"
    held = stage.held(rule, relation)  # type: ignore[arg-type]
    if call.status in (403, 404) and not call.told:
        return f"{call.status}, and the trail does not tell"
    if not any(holds(stage.actor, right) for right in rights):
        return None if call.status == 404 else f"{call.status} instead of 404 without the right"
    if named is not None and not held:
        return None if call.status in UNSEEN[method] else f"{call.status} for a record that the role may not know"
    opens = method == "GET" and (named is None or rule.rule.endswith("<ref>"))  # type: ignore[attr-defined]
    if held and relation == "own" and opens and call.status in (403, 404) and endpoint not in NOT_THERE_NOW:
        return f"{call.status} although the role holds the right"
    return None


def test_security_22_every_parameter_of_every_address_is_known(app: Flask) -> None:
    unknown = []
    for _method, rule in routes(app):
        try:
            filled(rule, {})
        except KeyError as missing:
            unknown.append(missing.args[0])
    assert not unknown, "\n".join(sorted(set(unknown)))


CHANGING = re.compile(r"[\w.-]{60,}|\b[0-9a-f]{16}\b")
"""Tokens of forms, new in every answer, and the ref that was asked for, where the page repeats its own address."""


def _difference(foreign: Call, nothing: Call) -> str | None:
    """What tells a foreign record from one that does not exist."""
    if (foreign.status, nothing.status) != (404, 404):
        return f"{foreign.status} and {nothing.status}"
    if CHANGING.sub("", foreign.body) != CHANGING.sub("", nothing.body):
        return "two pages"
    if foreign.queries != nothing.queries:
        return f"{foreign.queries} queries and {nothing.queries}"
    return None if foreign.told and nothing.told else "the try is not in the trail"


@dataclass
class Walk:
    """One role at every address once: how much was asked, and what was wrong by the matrix or told two records apart."""

    said: str
    calls: int = 0
    due: int = 0
    compared: int = 0
    faults: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


def _walked(stage: Stage) -> Walk:
    table = routes(stage.app)
    beside = sum(1 for method, rule in table if method == "GET" and record_of(rule)) if stage.next_door else 0
    walk = Walk(f"{len(table)} routes × 2 (own, foreign) + {beside} (next door)", due=len(table) * 2 + beside)
    stage.client.get("/todo")  # what waits is counted once, before the first comparison
    for relation, method, rule in stage.asks():
        call = stage.call(method, rule, relation)
        walk.calls += 1
        fault = _fault(stage, method, rule, relation, call)
        if fault is not None:
            walk.faults.append(f"{method} {rule.rule} [{relation}]: {fault}")
        if relation == "foreign" and method == "GET" and _is_compared(stage, rule):
            walk.compared += 1
            difference = _difference(call, stage.call_for_nothing(rule))
            if difference is not None:
                walk.differences.append(f"{rule.rule}: {difference}")
    return walk


def _is_compared(stage: Stage, rule: Rule) -> bool:
    """A page of one record, for who holds a right to such pages."""
    return (
        not rule.endpoint.startswith("api.")
        and record_of(rule) is not None
        and any(holds(stage.actor, right) for right in rights_of(stage.app, rule))
    )


WALKS: dict[str, Walk] = {}


@pytest.fixture
def walk(role: str, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """The walk of a role, taken once for both requirements, in no time: nothing that is kept for seconds runs out on it."""
    if role not in WALKS:
        stage, still, now = set_stage(app, cast, role), clock.monotonic(), clock.machine_now()
        monkeypatch.setattr(clock, "monotonic", lambda: still)
        monkeypatch.setattr(clock, "machine_now", lambda: now)
        monkeypatch.setattr(passwords, "CODE_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        WALKS[role] = _walked(stage)
    return WALKS[role]


every_role = pytest.mark.parametrize("role", sorted(ROLES), scope="module")
"""Both tests of a role stand beside each other."""


@every_role
def test_security_24_a_foreign_record_and_none_are_the_same_answer(role: str, walk: Walk) -> None:
    print(f"{role}: {walk.compared} pages compared")
    assert not walk.differences, "\n".join(walk.differences)


def test_every_address_as_it_is_filled_leads_to_its_own_page(app: Flask) -> None:
    door = app.url_map.bind("localhost", url_scheme="https")
    missed = []
    for method, rule in routes(app):
        address = filled(rule, {})
        if not door.test(address, method) or door.match(address, method)[0] != rule.endpoint:
            missed.append(f"{method} {rule.rule}: {address}")
    assert not missed, "Say in tests/policy/addresses.py what stands there:\n" + "\n".join(missed)


@every_role
def test_security_22_every_address_answers_a_role_by_the_matrix(role: str, walk: Walk) -> None:
    print(f"{role}: {walk.calls} requests = {walk.said}")
    assert walk.calls == walk.due
    assert not walk.faults, f"{len(walk.faults)} of {walk.calls}:\n" + "\n".join(walk.faults)
