"""Flask commands: county, accounts, closures, audit, backups, keys, database, workers. Thin: each calls what the pages call too."""

from __future__ import annotations

import time
from importlib.util import find_spec
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from app.core import backups
from app.core.audit import commands as audit
from app.core.vault import commands as vault
from app.improvement.effects import commands as effects
from app.people.directory import commands as directory
from app.people.identity import commands as identity


def commands() -> list[click.Command]:
    """Every command of the command line."""
    return [
        worker,
        relay_,
        sweep_,
        handbook,
        *audit.COMMANDS,
        *backups.COMMANDS,
        vault.keys,
        *directory.COMMANDS,
        *identity.COMMANDS,
        *effects.COMMANDS,
        *_demo(),
    ]


def _demo() -> list[click.Command]:
    """The commands of the demo county, which a delivery for real use leaves out."""
    if find_spec("app.demo") is None:
        return []
    from app.demo import commands as demo

    return list(demo.COMMANDS)


@click.command("handbook")
@click.option("--check", is_flag=True, help="Fail when a page is stale instead of writing it.")
def handbook(check: bool) -> None:
    """Write docs/handbook: one page a machine, and who may do what (access.md)."""
    from app.core.policy import handbook as access
    from workflows import handbook as pages

    arguments = ["--check"] if check else []
    if pages.main(arguments) + access.main(arguments):
        raise click.ClickException("docs/handbook is stale: run `make handbook`.")


@click.command("worker")
@click.argument("queues")
@click.option("--burst", is_flag=True, help="End when the queues are empty.")
@with_appcontext
def worker(queues: str, burst: bool) -> None:
    """Serve the queues given, separated by commas, in that order."""
    from app.core import pdf, queue

    if "heavy" in queues or "letters" in queues:
        pdf.warm()
    queue.work(current_app.config["REDIS_URL"], tuple(queues.split(",")), burst=burst)


@click.command("relay")
@click.option("--once", is_flag=True)
@with_appcontext
def relay_(once: bool) -> None:
    """Hand waiting outbox rows to the queue, for ever."""
    from app.core.outbox.deliver import relay

    _repeat(relay, 0.5, once)


@click.command("sweep")
@click.option("--once", is_flag=True)
@with_appcontext
def sweep_(once: bool) -> None:
    """Take the reminders and escalations that have come due, every half minute."""
    from app.core.audit.verification import anchor_when_due
    from app.core.casework.daily import run_daily
    from app.core.casework.deadlines import sweep

    def sweep_and_anchor() -> int:
        anchor_when_due(current_app.extensions["bihuan.settings"].anchor_files)
        return sweep() + run_daily()

    _repeat(sweep_and_anchor, 30, once)


def _repeat(job: Any, seconds: float, once: bool) -> None:
    from app.core import logs
    from app.core.database import db

    log = logs.get(__name__)
    while True:
        try:
            done = job()
        except Exception as error:  # a pause of database or queue must not end the loop
            if once:
                raise
            db.session.rollback()
            log.warning("round_failed", job=job.__name__, error=type(error).__name__)
            done = 0
        db.session.close()
        if once:
            return
        if not done:
            time.sleep(seconds)
