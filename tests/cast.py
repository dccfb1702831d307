"""The named cast of every test: two counties, their units and schools, one person per role, each able to sign in.

A pytest plugin: tests take the fixture `cast`, with `app` (rolled back) or with `committed` (real commits).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert, select

from app.core import clock
from app.core.audit import trail
from app.core.database import db, new_ref, uuid7
from app.core.imports.grades import cohort_of
from app.core.policy.actor import SYSTEM, Actor, Taught
from app.core.policy.roles import ROLES
from app.people.directory.models import (
    Person,
    RoleAssignment,
    SchoolClass,
    SchoolResponsibility,
    TeachingDuty,
    Unit,
)
from app.people.directory.pinyin import pinyin_of
from app.people.identity import factors, passwords, sessions
from app.people.identity.models import Account, SignInSession
from app.people.identity.sessions import Visit
from tests.cast_list import ROLE_OF, UNITS

PASSWORD = "石桥边第3棵香樟树-2026"
"""Everybody's password."""
SINCE = date(2020, 9, 1)
YEAR = 2026
GRADE_4, GRADE_7 = "G4", "G7"


@dataclass(frozen=True)
class Place:
    """A unit as plain values."""

    key: str
    id: uuid.UUID
    ref: str
    kind: str
    code: str
    name: str
    county_id: uuid.UUID
    school_id: uuid.UUID | None


@dataclass(frozen=True)
class Player:
    """A person of the cast as plain values."""

    key: str
    name: str
    role: str
    unit: Place
    person_id: uuid.UUID
    person_ref: str
    account_id: uuid.UUID
    account_ref: str
    account_name: str
    assignment_id: uuid.UUID
    subjects: tuple[str, ...] = ()
    schools: tuple[uuid.UUID, ...] = ()
    classes: tuple[uuid.UUID, ...] = ()
    taught: tuple[Taught, ...] = ()
    staff_no: str = ""
    secret: str = ""


@dataclass(frozen=True)
class Cast:
    """Everybody: `cast["principal"]` is a player, `cast.units["shuangqiao"]` a unit."""

    units: dict[str, Place] = field(default_factory=dict)
    players: dict[str, Player] = field(default_factory=dict)
    classes: dict[str, uuid.UUID] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Player:
        return self.players[key]

    @property
    def county(self) -> Place:
        """清澜县, the county most tests play in."""
        return self.units["bureau"]

    @property
    def other_county(self) -> Place:
        """云溪县, for everything that must stay apart."""
        return self.units["other_bureau"]

    @property
    def schools(self) -> list[Place]:
        """The six schools of 清澜县."""
        return [u for u in self.units.values() if u.kind == "school" and u.county_id == self.county.id]

    def actor(self, key: str) -> Actor:
        """The player acting in the role, as a request would load them, with a fresh second factor."""
        player = self.players[key]
        role = ROLES[player.role]
        return Actor(
            person_id=player.person_id,
            account_id=player.account_id,
            assignment_id=player.assignment_id,
            name=player.name,
            role=player.role,
            unit_id=player.unit.id,
            unit_name=player.unit.name,
            county_id=player.unit.county_id,
            school_id=player.unit.school_id,
            schools=player.schools,
            subjects=player.subjects,
            classes=player.classes,
            taught=player.taught,
            data_classes=role.data_classes,
            county_wide=role.county_wide,
            fresh_until=(clock.now() + timedelta(minutes=5)).timestamp(),
        )


@cache
def _hash() -> str:
    return passwords.hash_password(PASSWORD)


def make_cast() -> Cast:
    """Write everybody in one act of the system; the fast path of the fixtures, about a third of a second."""
    found = Cast()
    rows: dict[Any, list[dict[str, Any]]] = {
        model: [] for model in (Unit, Person, RoleAssignment, SchoolClass, Account, SchoolResponsibility, TeachingDuty)
    }
    for key, kind, code, name, short, school_type, parent in UNITS:
        _unit(found, rows[Unit], key, kind, code, name, short, school_type, parent)
    for key, place in found.units.items():
        if place.kind == "school":
            _class(found, rows[SchoolClass], key, place)
    for number, (key, name, role, unit, further) in enumerate(ROLE_OF, 1):
        _player(found, rows, number, key, name, role, found.units[unit], further)
    with trail.act(SYSTEM, "system", "cast.enter"):
        for model, values in rows.items():
            db.session.execute(insert(model), values)
    return found


def _unit(found: Cast, rows: list[dict[str, Any]], key: str, kind: str, code: str, *rest: Any) -> None:
    name, short, school_type, parent = rest
    identity, ref = uuid7(), new_ref()
    county = found.units[parent].county_id if parent else identity
    school = identity if kind == "school" else None
    found.units[key] = Place(key, identity, ref, kind, code, name, county, school)
    rows.append(
        {
            "id": identity,
            "ref": ref,
            "county_id": county,
            "parent_id": found.units[parent].id if parent else None,
            "kind": kind,
            "code": code,
            "name": name,
            "short_name": short,
            "pinyin": pinyin_of(name),
            "school_type": school_type,
            "from_on": SINCE,
        }
    )


def _class(found: Cast, rows: list[dict[str, Any]], key: str, place: Place) -> None:
    grade, name = (GRADE_4, "四年级1班") if place.code.startswith("21") else (GRADE_7, "七年级1班")
    found.classes[key] = uuid7()
    rows.append(
        {
            "id": found.classes[key],
            "county_id": place.county_id,
            "school_id": place.id,
            "school_year": YEAR,
            "grade": grade,
            "class_no": 1,
            "name": name,
        }
    )


def _player(
    found: Cast,
    rows: dict[Any, list[dict[str, Any]]],
    number: int,
    key: str,
    name: str,
    role: str,
    unit: Place,
    more: Any,
) -> None:
    person_id, account_id, assignment_id = uuid7(), uuid7(), uuid7()
    schools = tuple(found.units[s].id for s in more.get("schools", ()))
    classes = (found.classes[unit.key],) if "duty" in more else ()
    account_name, staff_no, secret = f"{key}".replace("_", "."), f"T{number:04}", _secret(number)
    person_ref, account_ref = new_ref(), new_ref()
    belongs = {"county_id": unit.county_id, "school_id": unit.school_id}
    home = found.units[more.get("works_at", unit.key)]
    rows[Person].append(
        {
            "id": person_id,
            "ref": person_ref,
            "county_id": home.county_id,
            "school_id": home.school_id,
            "unit_id": home.id,
            "staff_no": staff_no,
            "name": name,
            "pinyin": pinyin_of(name),
            "email": f"{account_name}@example.invalid",
            "qualification_type": "心理健康教育教师资格" if role in ("school_counselor", "psych_expert") else None,
        }
    )
    rows[Account].append(
        {
            "id": account_id,
            "ref": account_ref,
            "person_id": person_id,
            "county_id": unit.county_id,
            "name": account_name,
            "password_hash": _hash(),
            "totp_sealed": factors.seal(account_id, unit.county_id, secret),
            "totp_confirmed_at": clock.now(),
        }
    )
    rows[RoleAssignment].append(
        {
            "id": assignment_id,
            **belongs,
            "person_id": person_id,
            "unit_id": unit.id,
            "role": role,
            "subjects": more.get("subjects", []),
            "from_on": SINCE,
            "to_on": clock.today() + timedelta(days=more["days"]) if "days" in more else None,
        }
    )
    for school in schools:
        rows[SchoolResponsibility].append(
            {"county_id": unit.county_id, "assignment_id": assignment_id, "school_id": school, "from_on": SINCE}
        )
    taught: tuple[Taught, ...] = ()
    if classes:
        subject = more.get("subjects", [None])[0]
        duty = {"person_id": person_id, "class_id": classes[0], "duty": more["duty"], "subject": subject}
        rows[TeachingDuty].append({**belongs, **duty, "from_on": SINCE})
        grade = GRADE_4 if unit.code.startswith("21") else GRADE_7
        taught = (Taught(cohort_of(grade, YEAR), 1, subject or ""),)
    found.players[key] = Player(
        key, name, role, unit, person_id, person_ref, account_id, account_ref, account_name, assignment_id,
        tuple(more.get("subjects", ())), schools, classes, taught, staff_no, secret,
    )  # fmt: skip


def _secret(number: int) -> str:
    """A secret of one's own for each player, the same in every run."""
    return "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(number * 7 + i * i + i) % 32] for i in range(32))


def code(player: Player, steps: int = 0) -> str:
    """What the player's phone shows now, or so many steps of 30 seconds away."""
    return factors.code_now(player.secret, steps)


def sign_in(client: FlaskClient, player: Player, *, fresh: bool = True) -> FlaskClient:
    """Put the player into this browser as if both factors had been given; `fresh`: just now."""
    token, now = sessions.new_token(), clock.now()
    with trail.act(SYSTEM, "system", "cast.sign_in"):
        db.session.add(
            SignInSession(
                token_hash=sessions.hash_of(token),
                account_id=player.account_id,
                assignment_id=player.assignment_id,
                epoch=epoch_of(player),
                verified_at=now,
                fresh_at=now if fresh else None,
                last_seen_at=now,
                ends_at=now + timedelta(hours=12),
                agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0",
                address="127.0.0.1",
            )
        )
    with client.session_transaction() as browser:
        browser["sign_in"] = token
    return with_token(client)


def with_token(client: FlaskClient) -> FlaskClient:
    """Let every request of this client carry the token of its forms, as the pages do."""
    raw = "a token of this test's forms"
    with client.session_transaction() as browser:
        browser["csrf_token"] = raw
    signed = URLSafeTimedSerializer(client.application.secret_key or b"", salt="wtf-csrf-token").dumps(raw)
    client.environ_base["HTTP_X_CSRFTOKEN"] = signed
    return client


def epoch_of(player: Player) -> int:
    """The account's epoch now."""
    return db.session.execute(select(Account.epoch).where(Account.id == player.account_id)).scalar_one()


def sign_in_at_the_door(client: FlaskClient, player: Player) -> Any:
    """Both steps through the pages; returns the last answer. Slower by one Argon2 run."""
    with_token(client).post("/sign-in", data={"name": player.account_name, "password": PASSWORD})
    return with_token(client).post("/sign-in/code", data={"code": code(player)})


def visit() -> Visit:
    """A browser that nobody knows."""
    return Visit("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0", "127.0.0.1")


@pytest.fixture(scope="session")
def _cast_of_the_worker(application: Flask) -> Cast:
    with application.app_context():
        found = make_cast()
        db.session.close()
    return found


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> Iterator[Cast]:
    """Everybody, in the database of `app` or of `committed`, whichever the test takes."""
    if "committed" in request.fixturenames:
        request.getfixturevalue("committed")
        yield make_cast()
        return
    yield request.getfixturevalue("_cast_of_the_worker")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The cast of `app` is written before `app` opens the transaction that is rolled back."""
    for item in items:
        names = getattr(item, "fixturenames", [])
        if "cast" in names and "committed" not in names:
            names.insert(0, "_cast_of_the_worker")
