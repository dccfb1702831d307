"""The whole matrix: every address × every role × own, neighbouring and foreign records, one request each."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.core import clock
from app.core.policy.decide import holds
from app.core.policy.roles import ROLES
from app.core.web.current import PUBLIC, SIGNED_IN
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
    if not any(holds(stage.cast.actor(stage.player.key), right) for right in rights):
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


@pytest.mark.parametrize("role", sorted(ROLES))
def test_security_24_a_foreign_record_and_none_are_the_same_answer(
    role: str, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, faults, compared = set_stage(app, cast, role), [], 0
    actor = stage.cast.actor(stage.player.key)
    stage.client.get("/todo")  # what waits is counted once, before the first comparison
    still = clock.monotonic()
    monkeypatch.setattr(clock, "monotonic", lambda: still)  # nothing kept for seconds runs out between two answers
    for method, rule in routes(app):
        rights = rights_of(app, rule)
        if (
            method != "GET"
            or rule.endpoint.startswith("api.")
            or record_of(rule) is None
            or not any(holds(actor, right) for right in rights)
        ):
            continue
        foreign, nothing = stage.call(method, rule, "foreign"), stage.call_for_nothing(rule)
        compared += 1
        if (foreign.status, nothing.status) != (404, 404):
            faults.append(f"{rule.rule}: {foreign.status} and {nothing.status}")
        elif CHANGING.sub("", foreign.body) != CHANGING.sub("", nothing.body):
            faults.append(f"{rule.rule}: two pages")
        elif foreign.queries != nothing.queries:
            faults.append(f"{rule.rule}: {foreign.queries} queries and {nothing.queries}")
        elif not foreign.told or not nothing.told:
            faults.append(f"{rule.rule}: the try is not in the trail")
    print(f"{role}: {compared} pages compared")
    assert not faults, "\n".join(faults)


def test_every_address_as_it_is_filled_leads_to_its_own_page(app: Flask) -> None:
    door = app.url_map.bind("localhost", url_scheme="https")
    missed = []
    for method, rule in routes(app):
        address = filled(rule, {})
        if not door.test(address, method) or door.match(address, method)[0] != rule.endpoint:
            missed.append(f"{method} {rule.rule}: {address}")
    assert not missed, "Say in tests/policy/addresses.py what stands there:\n" + "\n".join(missed)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_security_22_every_address_answers_a_role_by_the_matrix(role: str, app: Flask, cast: Cast) -> None:
    stage = set_stage(app, cast, role)
    faults, calls = [], 0
    for relation, method, rule in stage.asks():
        call = stage.call(method, rule, relation)
        calls += 1
        fault = _fault(stage, method, rule, relation, call)
        if fault is not None:
            faults.append(f"{method} {rule.rule} [{relation}]: {fault}")
    table = routes(app)
    beside = sum(1 for method, rule in table if method == "GET" and record_of(rule)) if stage.next_door else 0
    print(f"{role}: {calls} requests = {len(table)} routes × 2 (own, foreign) + {beside} (next door)")
    assert calls == len(table) * 2 + beside
    assert not faults, f"{len(faults)} of {calls}:\n" + "\n".join(faults)
