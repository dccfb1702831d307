"""Bringing a database to the newest step of the schema, as the owner of its tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from app.core.on_demand import on_demand
from app.core.servers.context_secret import renew_context_secret
from app.core.servers.lawful_moves import write_lawful_moves
from config.settings import PROJECT

if TYPE_CHECKING:
    from alembic import command, config, script
    from alembic.runtime import migration
else:
    command, config, script = (on_demand(f"alembic.{name}") for name in ("command", "config", "script"))
    migration = on_demand("alembic.runtime.migration")


def alembic_config(owner_url: str) -> config.Config:
    """What alembic needs to know, for the database at `owner_url`."""
    told = config.Config()
    told.set_main_option("script_location", str(PROJECT / "migrations").replace("%", "%%"))
    told.set_main_option("path_separator", "os")
    told.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    return told


def migrate(owner_url: str) -> None:
    """Run the migrations that the database has not seen, then tell it what the state machines allow; quick when nothing is new."""
    told = alembic_config(owner_url)
    newest = set(script.ScriptDirectory.from_config(told).get_heads())
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        present = set(migration.MigrationContext.configure(connection).get_current_heads())
    if present != newest:
        command.upgrade(told, "heads")
    with engine.begin() as connection:
        write_lawful_moves(connection)
    engine.dispose()


def renew_context(owner_url: str, path: Path) -> None:
    """A new context secret in the database and in the file at `path`."""
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        renew_context_secret(connection, path)
    engine.dispose()
