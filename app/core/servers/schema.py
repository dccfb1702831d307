"""Bringing a database to the newest step of the schema, as the owner of its tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from app.core.on_demand import on_demand
from app.core.servers.context_secret import renew_context_secret
from app.core.servers.lawful_moves import write_lawful_moves
from app.core.servers.processes import ServerRefused
from config.settings import ADDRESSES, PROJECT, Settings

if TYPE_CHECKING:
    from alembic import command, config, script
    from alembic.runtime import migration
else:
    command, config, script = (on_demand(f"alembic.{name}") for name in ("command", "config", "script"))
    migration = on_demand("alembic.runtime.migration")


SECONDS = 10
"""How long a server may take to answer before it counts as unreachable."""


def refuse_unreachable(settings: Settings) -> None:
    """Sign on once at every database address that is set.

    :raises ServerRefused: with the name of the first setting that leads nowhere; what stands in it is not told.
    """
    for name, item in ADDRESSES.items():
        address = str(getattr(settings, item)) if name.startswith("DATABASE_") else ""
        try:
            if address:
                _sign_on(address)
        except (ArgumentError, ValueError, ImportError):
            raise ServerRefused(
                f"{name}: 地址写法不对，应为 postgresql+psycopg://账号:密码@主机:端口/数据库 "
                "(not written as an address of a database)."
            ) from None
        except SQLAlchemyError:
            raise ServerRefused(
                f"{name}: 连不上数据库。请检查数据库是否在运行，主机、端口、库名、账号和密码对不对，改好后再启动 "
                "(the database does not let us in: check that it runs, and its host, port, name, account and password)."
            ) from None


def _sign_on(address: str) -> None:
    engine = create_engine(address, connect_args={"connect_timeout": SECONDS})
    try:
        engine.connect().close()
    finally:
        engine.dispose()


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
