"""`flask keys`: renew and re-wrap the schools' keys while the application runs, and look whether every key is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import click
from flask import current_app
from flask.cli import with_appcontext

from app.core import clock
from app.core.audit import trail
from app.core.database import Base, db, use_context
from app.core.policy.actor import SYSTEM
from app.core.vault.master import MasterKeys
from app.core.vault.ring import KeyRing
from app.core.vault.rotation import retire_old, rewrap_some, still_under, waiting

A_DAY = timedelta(days=1)
"""A key is destroyed no sooner than this after its successor was made: work that began with it has long ended."""


@click.group("keys")
def keys() -> None:
    """Keys of the sealed fields."""


@keys.command("check")
@with_appcontext
def check() -> None:
    """Unwrap every key once; ends with an error naming the first that is missing or damaged."""
    ring = _ring()
    ring.check()
    click.echo(f"{sum(len(ring.store.load(tenant)) for tenant in ring.store.schools())} keys, all of them open.")


@keys.command("rotate")
@click.option(
    "--tenant", "only", type=click.UUID, multiple=True, help="Only this school or county; several may be given."
)
@click.option("--master", is_flag=True, help="First add a master key and bring every school key under it.")
@click.option("--by", prompt="Account of a system administrator", help="Who does it: an account name.")
@click.option("--code", prompt="Code of the second factor", hide_input=True, help="The present code of that account.")
@with_appcontext
def rotate(only: Iterable[UUID], master: bool, by: str, code: str) -> None:
    """Begin a new generation of the schools' keys and bring every value under it; a run that was ended goes on.

    Work on keys needs a fresh second factor of a system administrator (security 17).
    """
    if not current_app.extensions["bihuan.second_factor"](by, code):
        raise click.ClickException("The code does not fit, was used, or the account is no system administrator's.")
    ring = _ring()
    if master:
        _renew_master(ring)
    for tenant in list(only) or list(ring.store.schools()):
        click.echo(f"{tenant}: {rotate_tenant(ring, tenant)} values")


@keys.command("shred")
@click.option("--by", prompt="Account of a system administrator", help="Who does it: an account name.")
@click.option("--code", prompt="Code of the second factor", hide_input=True, help="The present code of that account.")
@with_appcontext
def shred(by: str, code: str) -> None:
    """Destroy the keys that `flask keys rotate --master` replaced at least a day ago.

    What was erased since they were made opens in no older backup any more, and nor does anything else that lies sealed
    there: make a backup first, and take the old lines out of every copy of the master key file.
    """
    if not current_app.extensions["bihuan.second_factor"](by, code):
        raise click.ClickException("The code does not fit, was used, or the account is no system administrator's.")
    done = shred_outworn(_ring())
    click.echo(f"{done.keys} school keys and {done.masters} master keys are destroyed.")


@dataclass(frozen=True)
class Shredded:
    """How many keys were destroyed."""

    keys: int
    masters: int


def shred_outworn(ring: KeyRing) -> Shredded:
    """Destroy school keys that nothing is sealed by any more, and master keys that wrap none.

    Raises ClickException while any value, whoever's it is, still needs one of them; then nothing is destroyed.
    """
    path = current_app.extensions["bihuan.settings"].master_key_file
    doomed = ring.store.outworn(clock.now() - A_DAY)
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "keys.shred") as deed:
        if left := still_under(db.session.connection(), Base.metadata, [key.id for key in doomed]):
            raise click.ClickException(f"{left} values are sealed by an older key still: run flask keys rotate first.")
        masters = _unused_masters(ring, {key.id for key in doomed})
        deed.main.extra = {"count": len(doomed), "masters": len(masters)}
    for key in doomed:
        ring.store.remove(key)
    ring.master = MasterKeys.drop(path, masters)
    ring.forget()
    return Shredded(len(doomed), len(masters))


def _unused_masters(ring: KeyRing, doomed: set[UUID]) -> list[str]:
    """Generations of the master key that wrap no key but the doomed ones; none while a retired key is too young to go."""
    rows = [key for tenant in ring.store.schools() for key in ring.store.load(tenant) if key.id not in doomed]
    known = ring.master.read_again()
    used = {key.master for key in rows} | {known.current}
    return [] if any(key.retired for key in rows) else [name for name in known.generations if name not in used]


def rotate_tenant(ring: KeyRing, tenant: UUID) -> int:
    """Renew one tenant's key, unless an ended run has left values behind; returns how many values were brought over."""
    ring.forget(tenant)
    if not _left(ring, tenant):
        ring.renew(tenant)
    moved = 0
    while _left(ring, tenant) and (done := _one_batch(ring, tenant)):
        moved += done
    if not _left(ring, tenant):
        retire_old(ring, tenant)
    return moved


def _left(ring: KeyRing, tenant: UUID) -> int:
    use_context(SYSTEM.context())
    left = waiting(db.session.connection(), ring, Base.metadata, tenant)
    db.session.rollback()
    return left


def _one_batch(ring: KeyRing, tenant: UUID) -> int:
    """One batch in an act of its own, so that a kill loses nothing and a writer waits for milliseconds only."""
    with trail.act(SYSTEM, "system", "keys.rotate") as deed:
        table, done = next(rewrap_some(db.session.connection(), ring, Base.metadata, tenant), ("", 0))
        deed.main.entity = table or None
        deed.main.extra = {"tenant": str(tenant), "count": done}
    return done


def _renew_master(ring: KeyRing) -> None:
    path = current_app.extensions["bihuan.settings"].master_key_file
    ring.master = MasterKeys.add(path)
    with trail.act(SYSTEM, "system", "keys.renew_master") as deed:
        moved = sum(ring.rewrap_school_keys(tenant) for tenant in ring.store.schools())
        deed.main.extra = {"count": moved}
    click.echo(f"{moved} school keys are under the new master key.")


def _ring() -> KeyRing:
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring
