"""Commands of the audit: verify the chain, anchor its head. The first bad entry is named and the exit code is 1."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import IO

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import create_engine

from app.core import clock
from app.core.audit import digest
from app.core.audit.operations import keep, verdict_now
from app.core.audit.retention import NotSealed, latest_day, seal_before
from app.core.audit.verification import Anchor, head_of, read_anchors, write_anchor
from app.core.database import db
from app.core.servers.context_secret import write_key
from app.core.vault.signing import SIGNERS, NoSigner
from config.settings import Settings

audit = AppGroup("audit", help="The trail: verify its chain, anchor its head.")


@audit.command("verify")
@click.option("--from", "start", type=click.IntRange(min=1), default=1, help="Begin at this entry.")
@click.option("--anchor", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Compare with this file.")
@with_appcontext
def verify_(start: int, anchor: Path | None) -> None:
    """Recompute every hash, compare details and anchors; name the first bad entry."""
    verdict = verdict_now(start, read_anchors(anchor) if anchor else None)
    if start == 1:
        keep(verdict)
    if verdict.fault is not None:
        click.echo(f"BAD entry {verdict.fault.seq}: {verdict.fault.what}", err=True)
        raise SystemExit(1)
    click.echo(f"OK {verdict.entries} entries, head {verdict.seq} {verdict.head.hex()}")


@audit.command("anchor")
@click.option("--every", type=click.IntRange(min=1), help="Again and again, with so many seconds in between.")
@with_appcontext
def anchor_(every: int | None) -> None:
    """Write number and hash of the last entry to every anchor file."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    while True:
        with db.engine.connect() as connection:
            written = write_anchor(connection, settings.anchor_files)
        if every is None:
            click.echo(f"anchored {written.seq} {written.head}")
            return
        time.sleep(every)


@audit.command("digest")
@click.argument("target", type=click.File("w"), default="-")
@with_appcontext
def digest_(target: IO[str]) -> None:
    """Write the signed digest of the trail, to be kept elsewhere: once a day, by the bureau."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    key = settings.signing_key_file
    if not key.exists() and not settings.production:
        write_key(key, SIGNERS[settings.suite].new_key())
    try:
        with db.engine.connect() as connection:
            seq, head = head_of(connection)
        anchor = Anchor(clock.machine_now().isoformat(timespec="seconds"), seq, head.hex())
        target.write(digest.signed(anchor, settings.suite, key.read_bytes()).written())
        click.echo(SIGNERS[settings.suite].public_of(key.read_bytes()).decode(), err=True)
    except (FileNotFoundError, NoSigner) as why:
        raise click.ClickException(f"BIHUAN_SIGNING_KEY_FILE: {why}") from None


@audit.command("check-digest")
@click.argument("source", type=click.File("r"))
@click.option("--public", type=click.File("rb"), required=True, help="The public key as the bureau keeps it.")
@with_appcontext
def check_digest(source: IO[str], public: IO[bytes]) -> None:
    """Is this digest signed by that key, and does the chain still hold up to it?"""
    try:
        found = digest.read(source.read())
    except ValueError as why:
        raise click.ClickException(str(why)) from None
    if not found.holds(public.read()):
        raise click.ClickException("the signature is not of this key, or the digest was changed")
    verdict = verdict_now(1, [found.anchor])
    if verdict.fault is not None:
        raise click.ClickException(f"BAD entry {verdict.fault.seq}: {verdict.fault.what}")
    click.echo(f"OK up to entry {found.anchor.seq}, signed {found.anchor.at} ({found.suite})")


@audit.command("seal")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Seal what is older than this day; default: 5 years.")
@click.option("--by", prompt="Account of a system administrator", help="Who does it: an account name.")
@click.option("--code", prompt="Code of the second factor", hide_input=True, help="The present code of that account.")
@with_appcontext
def seal_(before: datetime | None, by: str, code: str) -> None:
    """Seal entries that need not be kept any longer; a stub stays, and the chain tells of it."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    if not current_app.extensions["bihuan.second_factor"](by, code):
        raise click.ClickException("The code does not fit, was used, or the account is no system administrator's.")
    day = before.date() if before else latest_day(clock.today())
    anchors = [line for place in settings.anchor_files for line in read_anchors(place)]
    engine = create_engine(settings.database_owner_url)
    try:
        with engine.begin() as connection:
            done = seal_before(connection, day, anchors)
    except NotSealed as why:
        raise click.ClickException(str(why)) from None
    finally:
        engine.dispose()
    click.echo(f"sealed {done.first_seq} to {done.last_seq}")


COMMANDS: list[click.Command] = [audit]
