"""Whoever is not signed in any more, or not yet: every address × every way to be nobody, one request each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.policy.actor import SYSTEM
from app.core.policy.roles import ROLES
from app.core.web.current import PUBLIC
from app.people.directory.models import Person, RoleAssignment
from app.people.identity.models import Account, SignInSession
from tests.cast import Cast, Player, sign_in, with_token
from tests.policy.addresses import filled, rights_of, routes
from tests.policy.stage import FOREIGN, OWN, Call, ask, set_stage

Change = Callable[[Player], Any]


def _of_session(**values: Any) -> Change:
    return lambda player: update(SignInSession).where(SignInSession.account_id == player.account_id).values(values)


def _of_role(**values: Any) -> Change:
    return lambda player: update(RoleAssignment).where(RoleAssignment.id == player.assignment_id).values(values)


def _of_account(**values: Any) -> Change:
    return lambda player: update(Account).where(Account.id == player.account_id).values(values)


def _left(player: Player) -> Any:
    return update(Person).where(Person.id == player.person_id).values(left_on=clock.today() - timedelta(days=1))


def _standings() -> dict[str, Change | None]:
    """Name → what makes a signed-in browser one that counts for nothing; None: never signed in."""
    yesterday, tomorrow = clock.today() - timedelta(days=1), clock.today() + timedelta(days=1)
    return {
        "anonymous": None,
        "none": _of_session(assignment_id=None),
        "former": _of_role(to_on=yesterday),
        "future": _of_role(from_on=tomorrow, to_on=None),
        "left": _left,
        "disabled": _of_account(disabled_at=clock.now()),
        "locked out": _of_account(epoch=Account.epoch + 1),
        "ended": _of_session(ended_at=clock.now(), end="own"),
        "expired": _of_session(ends_at=clock.now() - timedelta(seconds=1)),
        "idle": _of_session(last_seen_at=clock.now() - timedelta(hours=1)),
        "password only": _of_session(verified_at=None, fresh_at=None),
    }


STANDINGS = tuple(_standings())
AS_ROLE = dict(zip(STANDINGS, ("sys_admin", "principal", "office_director", "evaluator", "dept_head", "auditor",
                               "security_admin", "homeroom_teacher", "leading_group_head", "school_coordinator",
                               "assessment_member"), strict=True))  # fmt: skip
"""In whose browser the addresses are asked; that the role makes no difference is asked below."""
KEPT_FOR_LATER = "insert into drafts"
"""What was typed in a form that came a moment too late waits for the next sign-in, as its sender's draft."""


def _become(standing: str, player: Player) -> None:
    change = _standings()[standing]
    if change is not None:
        with trail.act(SYSTEM, "system", "test.standing"):
            db.session.execute(change(player).execution_options(synchronize_session=False))
        db.session.expunge_all()


@pytest.mark.parametrize("standing", STANDINGS)
def test_security_22_nobody_gets_further_than_the_sign_in_page(standing: str, app: Flask, cast: Cast) -> None:
    stage = set_stage(app, cast, AS_ROLE[standing])
    client = stage.client
    if standing == "anonymous":
        client = with_token(app.test_client())
    _become(standing, stage.player)
    faults, calls, table = [], 0, routes(app)
    for method, rule in table:
        call = ask(client, method, filled(rule, stage.own.refs), {"title": "x"} if method == "POST" else {})
        calls += 1
        public = rights_of(app, rule)[0] == PUBLIC
        written = [w for w in call.writes if not w.lower().startswith(KEPT_FOR_LATER)]
        fault = (
            call.trouble if call.status >= 500
            else "words of a county are shown" if FOREIGN in call.body or (OWN in call.body and not public)
            else f"writes {written[0]}" if written and not (public and method == "POST")
            else f"{call.status} {call.location}" if not public and not _turned_away(rule.endpoint, call)
            else ""
        )  # fmt: skip
        if fault:
            faults.append(f"{method} {rule.rule}: {fault}")
    print(f"{standing}: {calls} requests = {len(table)} routes")
    assert calls == len(table)
    assert not faults, f"{len(faults)} of {calls}:\n" + "\n".join(faults)


def _turned_away(endpoint: str, call: Call) -> bool:
    """Programs are told that a token is missing, browsers are led to the door."""
    return call.status == 401 if endpoint.startswith("api.") else _to_the_door(call.status, call.location)


def _to_the_door(status: int, location: str) -> bool:
    return status == 303 and location.partition("?")[0].startswith("/sign-in")


@pytest.mark.parametrize("standing", STANDINGS[1:])
def test_security_25_no_role_reaches_its_pages_once_it_counts_no_more(standing: str, app: Flask, cast: Cast) -> None:
    reached = []
    for role in sorted(ROLES):
        player = cast[role]
        client = sign_in(app.test_client(), player)
        before = ask(client, "GET", "/todo", {})
        _become(standing, player)
        after = ask(client, "GET", "/todo", {})
        if before.status != 200 or not _to_the_door(after.status, after.location):
            reached.append((role, before.status, after.status, after.location))
    assert not reached
