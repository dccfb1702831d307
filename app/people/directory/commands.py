"""`flask county`: begin a county on an empty database, before anybody can sign in."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.errors import Invalid, StepRefused
from app.core.policy.actor import SYSTEM
from app.people.directory import operations
from app.people.directory.models import Unit
from app.people.directory.operations import CountyIn, PersonIn

county = AppGroup("county", help="The beginning of a county: its bureau, its first people.")


def _refused(error: Any) -> click.ClickException:
    sentences = error.sentences.values() if isinstance(error, Invalid) else error.sentences
    return click.ClickException(" ".join(f"{s.zh} {s.en}" for s in sentences))


@county.command("open")
@click.argument("code")
@click.argument("name")
@click.option("--short", default="", help="The name on narrow pages; without it the full one, less 教育局.")
@with_appcontext
def open_(code: str, name: str, short: str) -> None:
    """Open the county bureau NAME under CODE, such as 330901 清澜县教育局."""
    use_context(SYSTEM.context())
    try:
        operations.open_county(SYSTEM, None, CountyIn(code, name, short))
    except (Invalid, StepRefused) as error:
        raise _refused(error) from error
    click.echo(f"{name} is open. Next: flask county person STAFF_NO NAME, once for each of the first administrators.")


@county.command("person")
@click.argument("staff_no")
@click.argument("name")
@click.option("--county", "code", help="Code of the county bureau, where there are several.")
@with_appcontext
def person(staff_no: str, name: str, code: str | None) -> None:
    """Add NAME to the bureau's staff under STAFF_NO, as long as the county has no security administrator."""
    use_context(SYSTEM.context())
    wanted = select(Unit).where(Unit.kind == "county_bureau")
    bureaus = db.session.scalars(wanted.where(Unit.code == code) if code else wanted).all()
    if len(bureaus) != 1:
        raise click.ClickException(f"{len(bureaus)} county bureaus are meant; open one, or give --county.")
    try:
        operations.add_first_person(SYSTEM, bureaus[0], PersonIn(staff_no, name))
    except (Invalid, StepRefused) as error:
        raise _refused(error) from error
    click.echo(f"{name} is on the staff. Next: flask account open ACCOUNT --staff-no {staff_no} --role ROLE")


COMMANDS: list[click.Command] = [county]
