"""Security requirement 73: what was erased cannot be read in an older backup, because its key is nowhere any more."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, select, text, update

from app.core import backups
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.core.vault import KeyRing, Place, commands
from app.core.vault.master import KeyMissing, MasterKeys
from app.core.vault.rows import KeyRows
from app.people.directory.models import Person
from config.settings import Settings
from tests.cluster import Cluster
from tests.core import test_backups, test_keys_rotation
from tests.core.test_keys_rotation import Office

kept, office = test_backups.kept, test_keys_rotation.office


@pytest.fixture
def own_master(
    committed: Flask, office: Office, tmp_path: Path, kept: Settings, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy of the master key file that this test may destroy lines of."""
    from dataclasses import replace

    path = tmp_path / "master.key"
    path.write_bytes(kept.master_key_file.read_bytes())
    path.chmod(0o600)
    monkeypatch.setitem(committed.extensions, "bihuan.settings", replace(kept, master_key_file=path))
    monkeypatch.setattr(office.ring, "master", MasterKeys.read(path))
    return path


@pytest.fixture
def restored(cluster: Cluster) -> Iterator[str]:
    """An empty database of its own, for what comes out of a backup."""
    name, admin = (
        "restored_older_backup",
        create_engine(cluster.url("postgres", "postgres"), isolation_level="AUTOCOMMIT"),
    )
    with admin.connect() as connection:
        connection.execute(text(f"drop database if exists {name} with (force)"))
        connection.execute(text(f"create database {name} template template0"))
    yield name
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()


def _back_up_and_restore(app: Flask, cluster: Cluster, settings: Settings, tmp_path: Path, name: str) -> None:
    runner, clear = app.test_cli_runner(), tmp_path / "older.dump"
    made = runner.invoke(backups.backup, ["make"])
    assert made.exit_code == 0, made.output
    [sealed] = settings.backups.iterdir()
    assert runner.invoke(backups.backup, ["open", str(sealed), str(clear)]).exit_code == 0
    program, _env = backups.dump_command(settings)
    command = [
        str(Path(program[0]).with_name("pg_restore")),
        "-h",
        cluster.sockets,
        "-U",
        "postgres",
        "-d",
        name,
        str(clear),
    ]
    subprocess.run(command, check=True, capture_output=True)


def _read(office: Office, cluster: Cluster, name: str, ring: KeyRing, person: Any) -> str:
    engine = create_engine(cluster.url("postgres", name))
    with engine.connect() as connection:
        sealed = connection.execute(select(Person.phone_sealed).where(Person.id == person)).scalar_one()
    engine.dispose()
    return ring.open_text(Place(office.tenant, "persons", person, "phone_sealed"), sealed)


def test_security_73_what_was_erased_is_unreadable_in_an_older_backup_and_the_rest_is_read(
    committed: Flask, office: Office, cluster: Cluster, kept: Settings, own_master: Path, restored: str, tmp_path: Path,
    clock: Any,
) -> None:  # fmt: skip
    numbers, held = office.opened(), len(MasterKeys.read(own_master).generations)
    erased = sorted(office.persons)[0]
    _back_up_and_restore(committed, cluster, kept, tmp_path, restored)
    older = create_engine(cluster.url("postgres", restored), poolclass=NullPool)
    rings = {
        "with the keys that lay in the backup": lambda: KeyRing(MasterKeys.read(own_master), KeyRows(older)),
        "with the keys of today": lambda: KeyRing(MasterKeys.read(own_master), office.ring.store),
    }
    for how, ring in rings.items():
        assert _read(office, cluster, restored, ring(), erased) == numbers[0], how

    with trail.act(SYSTEM, "system", "test.erase"):
        db.session.execute(update(Person).where(Person.id == erased).values(phone_sealed=None))
    _rotate(office)
    early = commands.shred_outworn(office.ring)
    assert (early.keys, early.masters) == (0, 0), "work that began with the old key may still go on"
    clock.advance(hours=25)
    done = commands.shred_outworn(office.ring)

    assert done.keys >= 1 and done.masters == held
    assert len(MasterKeys.read(own_master).generations) == 1
    for how, ring in rings.items():
        with pytest.raises(KeyMissing):
            pytest.fail(f"{how}: {_read(office, cluster, restored, ring(), erased)}")
    assert office.opened() == numbers[1:]
    older.dispose()
    use_context(SYSTEM.context())
    told = db.session.execute(
        text("select body from audit.access_log where step = 'keys.shred' order by seq desc limit 1")
    )
    assert told.scalar_one()["count"] == done.keys


def _rotate(office: Office) -> None:
    commands._renew_master(office.ring)
    for tenant in list(office.ring.store.schools()):
        commands.rotate_tenant(office.ring, tenant)


def test_security_73_no_key_is_destroyed_while_a_value_of_anybody_needs_it(
    committed: Flask, office: Office, own_master: Path, clock: Any
) -> None:  # fmt: skip
    use_context(SYSTEM.context())
    old = db.session.scalar(select(Person.phone_sealed).where(Person.id == office.persons[3]))
    db.session.rollback()
    _rotate(office)
    with trail.act(SYSTEM, "system", "test.late"):
        db.session.execute(update(Person).where(Person.id == office.persons[3]).values(phone_sealed=old))
    clock.advance(hours=25)
    before = own_master.read_bytes()
    with pytest.raises(click.ClickException, match="1 values"):
        commands.shred_outworn(office.ring)
    assert own_master.read_bytes() == before and len(office.opened()) == 30
    assert commands.rotate_tenant(office.ring, office.tenant) == 1
    clock.advance(hours=25)
    assert commands.shred_outworn(office.ring).keys >= 1 and len(office.opened()) == 30


def test_a_process_that_knows_an_older_master_key_wraps_nothing_by_it(
    committed: Flask, office: Office, own_master: Path
) -> None:  # fmt: skip
    waiting = KeyRing(MasterKeys.read(own_master), office.ring.store)
    MasterKeys.add(own_master)
    made = waiting.renew(office.tenant)
    assert made.master == MasterKeys.read(own_master).current


def test_destroying_keys_needs_a_fresh_code_of_a_system_administrator(committed: Flask, office: Office) -> None:
    refused = committed.test_cli_runner().invoke(commands.keys, ["shred", "--by", "nobody", "--code", "000000"])
    assert refused.exit_code == 1 and "code does not fit" in refused.output
