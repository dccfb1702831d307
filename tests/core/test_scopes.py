"""Every scope says the same of a record in hand and of a select: what a button shows is what a list shows."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ForeignKey, String, Uuid, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.policy import decide, scopes
from app.core.policy.actor import NOBODY, SYSTEM, Actor, Taught
from app.core.policy.assignments import PART_OF, CaseAssignment
from app.core.policy.roles import ROLES
from app.core.policy.scopes import Scope
from tests.cast import Cast

ALL = {name: thing for name, thing in vars(scopes).items() if isinstance(thing, Scope)}
KEYS = [uuid.UUID(int=number) for number in range(1, 4)]
SUBJECTS = ["math", "chinese", "english"]
SCOPED = ("county_id", "school_id", "unit_id", "owner_id", "person_id", "class_id", "student_id")
COHORTS, NUMBERS = [2019, 2020], [1, 2]


class Room(DeclarativeBase):
    """Tables of this test alone."""


class Thing(Room):
    """A record with every column that a scope may read."""

    __tablename__ = "scope_things"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid7)
    county_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    school_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    student_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    subject: Mapped[str | None] = mapped_column(String(20))
    class_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    cohort: Mapped[int | None]
    class_no: Mapped[int | None]


class Part(Room):
    """What belongs to a thing: whoever is assigned the thing is assigned it."""

    __tablename__ = "scope_parts"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid7)
    thing_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("scope_things.id"), info={PART_OF: True})


class PartOfPart(Room):
    """And what belongs to that."""

    __tablename__ = "scope_parts_of_parts"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid7)
    part_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("scope_parts.id"), info={PART_OF: True})


class Bare(Room):
    """A record of the county without any other column: a narrower scope does not reach it."""

    __tablename__ = "scope_bare_things"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid7)
    county_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    school_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)


@pytest.fixture
def tables(app: Flask) -> Iterator[None]:
    """Both tables, as temporary ones of the connection that is rolled back."""
    connection = db.session.connection()
    for table in Room.metadata.sorted_tables:
        table._prefixes = ["TEMPORARY"]
        table.create(connection)
    yield


def keys() -> st.SearchStrategy[uuid.UUID | None]:
    """One of few, so that actor and record often meet; or nothing."""
    return st.one_of(st.none(), st.sampled_from(KEYS))


things = st.lists(
    st.fixed_dictionaries(
        {
            **{name: keys() for name in SCOPED},
            "subject": st.one_of(st.none(), st.sampled_from(SUBJECTS)),
            "cohort": st.one_of(st.none(), st.sampled_from(COHORTS)),
            "class_no": st.one_of(st.none(), st.sampled_from(NUMBERS)),
        }
    ),
    min_size=1,
    max_size=6,
)
actors = st.builds(
    Actor,
    person_id=keys(),
    county_id=keys(),
    school_id=keys(),
    unit_id=keys(),
    schools=st.lists(st.sampled_from(KEYS), max_size=2).map(tuple),
    subjects=st.lists(st.sampled_from(SUBJECTS), max_size=2).map(tuple),
    classes=st.lists(st.sampled_from(KEYS), max_size=2).map(tuple),
    taught=st.lists(
        st.builds(Taught, st.sampled_from(COHORTS), st.sampled_from(NUMBERS), st.sampled_from(["", *SUBJECTS])),
        max_size=3,
    ).map(tuple),
)


def _shown(scope: Scope, actor: Actor, model: Any) -> set[uuid.UUID]:
    return set(db.session.scalars(select(model.id).where(scope.where(actor, model))))


@pytest.mark.parametrize("name", sorted(set(ALL) - {"ASSIGNED"}))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=things, actor=actors)
def test_a_scope_holds_for_exactly_the_rows_it_selects(tables: None, name: str, rows: list[Any], actor: Actor) -> None:
    scope, point = ALL[name], db.session.begin_nested()
    for model in (Thing, Bare):
        columns = {column.key for column in model.__table__.columns}
        records = [model(**{k: v for k, v in row.items() if k in columns}) for row in rows]
        db.session.connection().execute(
            model.__table__.insert(),  # type: ignore[attr-defined]
            [{"id": uuid7(), **{k: v for k, v in row.items() if k in columns}} for row in rows],
        )
        found = db.session.scalars(select(model)).all()
        assert len(found) == len(records)
        if name == "SCHOOLS" or hasattr(model, "subject") or name != "SUBJECT":
            held = {record.id for record in found if scope.holds(actor, record)}
            assert _shown(scope, actor, model) == held == scope.among(actor, found)
        db.session.expunge_all()
    point.rollback()


@dataclass
class Day:
    """Days from today."""

    begins: int
    ends: int | None


@pytest.mark.parametrize(
    "day", [Day(-5, None), Day(0, 0), Day(-5, 5), Day(-5, -1), Day(1, None), Day(-5, 0), Day(1, 9)]
)
@pytest.mark.parametrize("person", [0, 1])
def test_an_assignment_reaches_its_record_on_its_days_only(tables: None, cast: Cast, day: Day, person: int) -> None:
    use_context(SYSTEM.context())
    who = [cast["inspector"], cast["grade_leader"]][person]
    mine, other = uuid7(), uuid7()
    db.session.connection().execute(Thing.__table__.insert(), [{"id": mine}, {"id": other}])  # type: ignore[attr-defined]
    with trail.act(SYSTEM, "system", "test.assign"):
        db.session.add(
            CaseAssignment(
                county_id=cast.county.id, school_id=None, entity="scope_things", record_id=mine, person_id=cast["inspector"].person_id,
                part="handler", from_on=clock.today() + timedelta(days=day.begins),
                to_on=None if day.ends is None else clock.today() + timedelta(days=day.ends),
            )
        )  # fmt: skip
    for model, above, keys_ in ((Part, "thing_id", (mine, other)), (PartOfPart, "part_id", (mine, other))):
        rows = [{"id": key, above: key} for key in keys_]
        db.session.connection().execute(model.__table__.insert(), rows)  # type: ignore[attr-defined]
    actor = Actor(person_id=who.person_id)
    runs = day.begins <= 0 and (day.ends is None or day.ends >= 0) and person == 0
    records = db.session.scalars(select(Thing)).all()
    held = {record.id for record in records if scopes.ASSIGNED.holds(actor, record)}
    assert scopes.ASSIGNED.among(actor, records) == held
    assert _shown(scopes.ASSIGNED, actor, Thing) == held == ({mine} if runs else set())
    for model in (Part, PartOfPart):
        parts = db.session.scalars(select(model)).all()
        assert {part.id for part in parts if scopes.ASSIGNED.holds(actor, part)} == held
        assert _shown(scopes.ASSIGNED, actor, model) == held


def test_nothing_is_never_the_same_as_nothing(tables: None) -> None:
    db.session.connection().execute(Thing.__table__.insert(), [{"id": uuid7()}])  # type: ignore[attr-defined]
    empty = db.session.scalars(select(Thing)).one()
    for name, scope in ALL.items():
        if name not in ("EVERYWHERE", "ASSIGNED"):
            assert not scope.holds(Actor(), empty) and not _shown(scope, Actor(), Thing), name


def test_security_25_nobody_and_a_role_without_the_right_see_nothing(tables: None) -> None:
    assert decide.scopes_of(NOBODY, "problems.view_items") == ()
    for actor in (NOBODY, Actor(role="sys_admin", county_id=KEYS[0]), Actor(role="no such role")):
        shown = decide.visible(actor, select(Thing.id), Thing, "problems.view_items")
        assert db.session.scalars(shown).all() == [] and not decide.may(actor, "problems.view_items", Thing())


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_list_shows_what_a_button_would_allow(tables: None, role: str) -> None:
    """The same for whole roles with all their rights, on every pair of a record's and an actor's place."""
    rows = [
        {
            "id": uuid7(),
            "county_id": c,
            "school_id": s,
            "unit_id": s,
            "owner_id": c,
            "person_id": None,
            "subject": "math",
            "cohort": cohort,
            "class_no": number,
        }
        for c in KEYS
        for s in (None, *KEYS)
        for cohort in (None, *COHORTS)
        for number in (None, *NUMBERS)
    ]
    db.session.connection().execute(Thing.__table__.insert(), rows)  # type: ignore[attr-defined]
    records = db.session.scalars(select(Thing)).all()
    actor = Actor(
        role=role,
        county_id=KEYS[0],
        school_id=KEYS[1],
        unit_id=KEYS[1],
        person_id=KEYS[2],
        schools=(KEYS[2],),
        subjects=("math",),
        taught=(Taught(COHORTS[0], 1, "math"), Taught(COHORTS[0], 2, "english")),
    )
    for right in ROLES[role].grants:
        shown = set(db.session.scalars(decide.visible(actor, select(Thing.id), Thing, right)))
        assert shown == {record.id for record in records if decide.may(actor, right, record)}, right


def test_a_teacher_s_scope_is_as_wide_as_the_duty_and_no_wider(tables: None) -> None:
    """One school, two cohorts of two classes in two subjects, and whole grades: who reaches which of them."""
    cells = [
        (cohort, number, subject)
        for cohort in COHORTS
        for number in (None, *NUMBERS)
        for subject in ("math", "english")
    ]
    rows = [
        {"id": uuid7(), "school_id": school, "cohort": cohort, "class_no": number, "subject": subject}
        for school in KEYS[:2]
        for cohort, number, subject in cells
    ]
    db.session.connection().execute(Thing.__table__.insert(), rows)  # type: ignore[attr-defined]
    records = db.session.scalars(select(Thing)).all()
    actor = Actor(school_id=KEYS[0], taught=(Taught(2019, 1, "math"), Taught(2019, 2, "english"), Taught(2020, 1, "")))
    reached = {
        name: sorted(
            (record.cohort, record.class_no or 0, record.subject)
            for record in records
            if ALL[name].holds(actor, record) and record.school_id == KEYS[0]
        )
        for name in ("LED_CLASSES", "LESSONS", "LED_GRADE")
    }
    assert reached["LESSONS"] == [(2019, 1, "math"), (2019, 2, "english")]
    assert {(cohort, number) for cohort, number, _subject in reached["LED_CLASSES"]} == {
        (2019, 1),
        (2019, 2),
        (2020, 1),
    }
    assert len(reached["LED_GRADE"]) == len(cells)
    for name in reached:
        assert not [record for record in records if ALL[name].holds(actor, record) and record.school_id != KEYS[0]]
