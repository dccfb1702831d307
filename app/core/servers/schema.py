"""Bringing a database to the newest step of the schema, as the owner of its tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from app.core.servers.context_secret import renew_context_secret
from app.core.servers.lawful_moves import write_lawful_moves
from config.settings import PROJECT


def alembic_config(owner_url: str) -> Config:
    """What alembic needs to know, for the database at `owner_url`."""
    config = Config()
    config.set_main_option("script_location", str(PROJECT / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    return config


def migrate(owner_url: str) -> None:
    """Run the migrations that the database has not seen, then tell it what the state machines allow; quick when nothing is new."""
    config = alembic_config(owner_url)
    newest = set(ScriptDirectory.from_config(config).get_heads())
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        present = set(MigrationContext.configure(connection).get_current_heads())
    if present != newest:
        command.upgrade(config, "heads")
    with engine.begin() as connection:
        write_lawful_moves(connection)
    engine.dispose()


def renew_context(owner_url: str, path: Path) -> None:
    """A new context secret in the database and in the file at `path`."""
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        renew_context_secret(connection, path)
    engine.dispose()
