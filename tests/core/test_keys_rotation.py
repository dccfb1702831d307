"""`flask keys rotate` on real tables: every value under the new key, readable all the time, whenever it was ended."""

import threading
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask, current_app
from sqlalchemy import delete, insert, select, text, update

from app import models  # noqa: F401 (every table is known)
from app.core.audit import trail
from app.core.database import Base, db, show, use_context, uuid7
from app.core.policy.actor import SYSTEM
from app.core.vault import KeyRing, Place, commands, rotation
from app.core.vault.rotation import sealed_columns
from app.people.directory.models import Person
from tests.cast import Cast
from tests.people.identity.races import race

PHONE = "13800138000"


@dataclass
class Office:
    """A tenant, its ring, and persons whose phone numbers are sealed."""

    ring: KeyRing
    tenant: UUID
    persons: list[UUID]

    def opened(self) -> list[str]:
        """Every phone number as it opens now."""
        use_context(SYSTEM.context())
        rows = db.session.execute(
            select(Person.id, Person.phone_sealed).where(Person.id.in_(self.persons)).order_by(Person.id)
        ).all()
        db.session.rollback()
        return [
            self.ring.open_text(Place(self.tenant, "persons", row_id, "phone_sealed"), sealed)
            for row_id, sealed in rows
            if sealed
        ]

    def keys_in_use(self) -> set[bytes]:
        """Ids of the school keys that the values are sealed under."""
        use_context(SYSTEM.context())
        found = db.session.scalars(select(Person.phone_sealed).where(Person.id.in_(self.persons)))
        used = {bytes(sealed[1:17]) for sealed in found if sealed}
        db.session.rollback()
        return used


@pytest.fixture
def office(committed: Flask, cast: Cast) -> Office:
    ring: KeyRing = committed.extensions["bihuan.vault"]
    ring.forget()
    school = cast.actor("principal")
    assert school.school_id and school.county_id and school.unit_id
    persons = [uuid7() for _ in range(30)]
    rows = [
        {
            "id": each,
            "county_id": school.county_id,
            "school_id": school.school_id,
            "unit_id": school.unit_id,
            "staff_no": f"V{number:03}",
            "name": "某某",
            "phone_sealed": ring.seal(
                Place(school.school_id, "persons", each, "phone_sealed"), f"{PHONE[:-2]}{number:02}"
            ),
        }
        for number, each in enumerate(persons)
    ]
    with trail.act(SYSTEM, "system", "test.prepare"):
        db.session.execute(insert(Person), rows)
    return Office(ring, school.school_id, persons)


def test_every_sealed_column_has_a_tenant_and_an_id() -> None:
    columns = sealed_columns(Base.metadata)

    assert {(each.table.name, each.column.name) for each in columns} >= {
        ("persons", "phone_sealed"),
        ("students", "private"),
    }
    for each in columns:
        assert "id" in each.table.c, f"{each.table.name} needs an id, so that its sealed values can be re-wrapped"
        assert str(each.tenant)


def test_rotation_brings_every_value_under_the_new_key_and_retires_the_old(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 7)
    before = office.keys_in_use()
    numbers = office.opened()

    assert commands.rotate_tenant(office.ring, office.tenant) == 30
    assert office.keys_in_use() == {office.ring.current(office.tenant).id.bytes} != before
    assert office.opened() == numbers
    generations = {
        key.generation: key.retired for key in office.ring.store.load(office.tenant) if key.purpose == "seal"
    }
    assert generations == {1: True, 2: False}
    use_context(SYSTEM.context())
    told = text("select count(*), sum((body->>'count')::int) from audit.access_log where step = 'keys.rotate'")
    assert tuple(db.session.execute(told).one()) == (5, 30)
    db.session.rollback()


def test_a_rotation_that_was_killed_goes_on_with_the_same_key(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 10)
    batches = iter([commands._one_batch])

    def killed_after_one(ring: KeyRing, tenant: UUID) -> int:
        for batch in batches:
            return batch(ring, tenant)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(commands, "_one_batch", killed_after_one)
        with pytest.raises(SystemExit):
            commands.rotate_tenant(office.ring, office.tenant)
    half_way = office.ring.current(office.tenant)

    assert len(office.keys_in_use()) == 2 and len(office.opened()) == 30
    assert commands.rotate_tenant(office.ring, office.tenant) == 20
    assert office.ring.current(office.tenant).id == half_way.id
    assert office.keys_in_use() == {half_way.id.bytes}


def test_security_35_whoever_reads_during_a_rotation_reads_right(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 3)
    numbers, batch = office.opened(), commands._one_batch
    was_read, over = threading.Semaphore(0), threading.Event()
    generations: list[int] = []

    def batch_between_reads(ring: KeyRing, tenant: UUID) -> int:
        done = batch(ring, tenant)
        assert was_read.acquire(timeout=60)
        return done

    def deed(number: int) -> int:
        if number == 0:
            try:
                return commands.rotate_tenant(office.ring, office.tenant)
            finally:
                over.set()
        mine = Office(KeyRing(office.ring.master, office.ring.store), office.tenant, office.persons)
        reads = 0
        while not over.is_set():
            assert mine.opened() == numbers
            generations.append(len(mine.keys_in_use()))
            reads += 1
            was_read.release()
        return reads

    monkeypatch.setattr(commands, "_one_batch", batch_between_reads)
    moved, *reads = race(current_app._get_current_object(), 4, deed)  # type: ignore[attr-defined]
    assert moved == 30 and all(isinstance(one, int) and one > 0 for one in reads), reads
    assert 2 in generations, "both generations stood side by side while somebody read"


def test_a_row_that_somebody_is_writing_is_left_for_the_next_run(office: Office) -> None:
    with db.engine.connect() as writer:
        show(writer, SYSTEM.context())
        writer.execute(select(Person.id).where(Person.id == office.persons[0]).with_for_update())
        assert commands.rotate_tenant(office.ring, office.tenant) == 29
        writer.rollback()

    assert len(office.opened()) == 30
    assert commands.rotate_tenant(office.ring, office.tenant) == 1


def test_a_value_moved_to_another_row_by_hand_does_not_open(office: Office) -> None:
    first, second, *_ = office.persons
    stolen = select(Person.phone_sealed).where(Person.id == first).scalar_subquery()
    with trail.act(SYSTEM, "system", "test.tamper"):
        db.session.execute(update(Person).where(Person.id == second).values(phone_sealed=stolen))

    with pytest.raises(Exception, match="does not belong here"):
        office.opened()


def test_a_school_key_rolled_back_with_a_request_would_be_lost_so_it_is_not(committed: Flask, cast: Cast) -> None:
    ring: KeyRing = committed.extensions["bihuan.vault"]
    fresh = uuid7()
    place = Place(fresh, "persons", fresh, "phone_sealed")
    with pytest.raises(ZeroDivisionError), trail.act(SYSTEM, "system", "test.fail"):
        sealed = ring.seal(place, PHONE)
        raise ZeroDivisionError
    ring.forget()

    assert ring.open_text(place, sealed) == PHONE


def test_the_commands_speak_and_leave_the_values_readable(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.extensions, "bihuan.second_factor", lambda name, code: (name, code) == ("a", "1"))
    runner = current_app.test_cli_runner()
    checked = runner.invoke(commands.keys, ["check"])
    rotated = runner.invoke(commands.keys, ["rotate", "--master", "--tenant", str(office.tenant), "--by=a", "--code=1"])
    assert runner.invoke(commands.keys, ["rotate", "--master", "--by=a", "--code=2"]).exit_code == 1

    assert checked.exit_code == 0 and "all of them open" in checked.output
    assert rotated.exit_code == 0 and f"{office.tenant}: 30 values" in rotated.output, rotated.output
    assert len(office.opened()) == 30
    with trail.act(SYSTEM, "system", "test.tidy"):
        db.session.execute(delete(Person).where(Person.id.in_(office.persons)))
