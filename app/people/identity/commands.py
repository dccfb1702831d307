"""Commands for accounts: list, open, first role, one-time code, and the present code of an account outside production."""

from __future__ import annotations

from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from app.core import clock, limits
from app.core.database import db, use_context
from app.core.errors import Invalid, StepRefused
from app.core.policy.actor import SYSTEM
from app.core.web import drafts
from app.people.directory.models import Person, RoleAssignment, Unit
from app.people.identity import access, factors, operations, sessions
from app.people.identity.models import Account
from app.people.identity.operations import FIRST, NewAccount, Release
from app.people.identity.terms import running
from config.settings import Settings

account = AppGroup("account", help="Accounts: list, open, codes.")


def _account(name: str) -> Account:
    found = db.session.scalar(select(Account).where(Account.name == name))
    if found is None:
        raise click.ClickException(f"No account is called {name}.")
    return found


def _refused(error: Any) -> click.ClickException:
    sentences = error.sentences.values() if isinstance(error, Invalid) else error.sentences
    return click.ClickException(" ".join(f"{s.zh} {s.en}" for s in sentences))


@account.command("list")
@with_appcontext
def list_() -> None:
    """Every account: name, person, roles in force, state."""
    use_context(SYSTEM.context())
    roles: dict[Any, list[str]] = {}
    held = select(RoleAssignment.person_id, RoleAssignment.role, Unit.short_name).join(
        Unit, Unit.id == RoleAssignment.unit_id
    )
    for person_id, role, unit in db.session.execute(held.where(running(RoleAssignment, clock.today()))):
        roles.setdefault(person_id, []).append(f"{role}@{unit}")
    rows = select(Account, Person.name).join(Person, Person.id == Account.person_id).order_by(Account.name)
    for found, name in db.session.execute(rows):
        state = "disabled" if found.disabled_at else "active" if found.totp_confirmed_at else "waiting"
        click.echo("\t".join((found.name, name, ",".join(sorted(roles.get(found.person_id, ["-"]))), state)))


@account.command("totp")
@click.argument("name")
@with_appcontext
def totp(name: str) -> None:
    """Print the present code of NAME's second factor; for trying out, refused in production."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    if settings.production:
        raise click.ClickException("Refused in production: a second factor lives on its owner's phone.")
    found = _account(name)
    if found.totp_sealed is None:
        raise click.ClickException(f"{name} has not enrolled yet: sign in with the password and take in the picture.")
    secret = factors.unseal(found.id, found.county_id, found.totp_sealed)
    if found.totp_last_step >= factors.present_step():
        click.echo(f"{factors.code_now(secret, 1)}  (the present code was used; this one works now as well)")
    else:
        click.echo(f"{factors.code_now(secret)}  ({factors.seconds_left()} s)")


@account.command("open")
@click.argument("name")
@click.option("--staff-no", required=True, help="The person's number on the staff list.")
@click.option("--county", help="Code of the county bureau, where the number is not unique.")
@click.option("--role", type=click.Choice(sorted(FIRST)), help="A first role at the person's unit.")
@with_appcontext
def open_(name: str, staff_no: str, county: str | None, role: str | None) -> None:
    """Open the account NAME; its owner asks for a code at the sign-in page, `account release` gives it.

    --role is for the first administrators and office director of a county: name the security administrator last, from then
    on roles come from them.
    """
    use_context(SYSTEM.context())
    wanted = select(Person).where(Person.staff_no == staff_no)
    if county:
        wanted = wanted.where(Person.county_id.in_(select(Unit.id).where(Unit.code == county)))
    persons = db.session.scalars(wanted).all()
    if len(persons) != 1:
        raise click.ClickException(f"{len(persons)} persons have the number {staff_no}; give --county.")
    try:
        if role:
            operations.give_first_role(SYSTEM, persons[0], role)
        operations.open_account(SYSTEM, persons[0], NewAccount(name))
    except (Invalid, StepRefused) as error:
        raise _refused(error) from error
    click.echo(f"{name} is open. Next: the person asks for a code at the sign-in page and reads you the number;")
    click.echo(f"then: flask account release {name} NUMBER")


@account.command("release")
@click.argument("name")
@click.argument("number")
@with_appcontext
def release(name: str, number: str) -> None:
    """Print a one-time code for the browser that shows NUMBER; ten minutes, once."""
    try:
        click.echo(operations.release_code(SYSTEM, _account(name), Release(number)))
    except (Invalid, StepRefused) as error:
        raise _refused(error) from error


@account.command("tidy")
@with_appcontext
def tidy() -> None:
    """Remove what is over: old counts of tries, drafts, requests for codes, ended sessions. Once a day."""
    counts = (
        ("attempts", limits.forget_old()),
        ("drafts", drafts.forget_old_drafts()),
        ("requests", access.forget_old_requests()),
        ("sessions", sessions.forget_old_sessions()),
    )
    click.echo(" ".join(f"{name}={count}" for name, count in counts))


COMMANDS: list[click.Command] = [account]
