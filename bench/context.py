"""What figures share: servers, schema and application, none of them started before a figure asks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from config.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from app.core.servers import Servers
    from bench.county import County


@dataclass(frozen=True)
class Site:
    """An application with its settings and the county in its database."""

    app: Flask
    settings: Settings
    county: County


class Context:
    """One run of the bench; at its end everything it started is stopped and its folder removed.

    A figure that needs none of this costs none of it. Servers write durably, as in use.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def at_the_end(self, undo: Callable[[], object]) -> None:
        """Have `undo` called when the run ends, the last one first: for what a figure starts on its own."""
        self._stack.callback(undo)

    @cached_property
    def folder(self) -> Path:
        """An empty folder of this run."""
        made = Path(tempfile.mkdtemp(prefix="bihuan-bench-"))
        made.chmod(0o711)
        self._stack.callback(shutil.rmtree, made, ignore_errors=True)
        return made

    @cached_property
    def servers(self) -> Servers:
        """PostgreSQL and Valkey of our own, with keys, roles and the newest schema, and no rows."""
        from app.core.servers import embedded, migrate, renew_context

        settings = Settings.from_env({"BIHUAN_ENV": "test", "BIHUAN_DATA": str(self.folder / "data")})
        _make_keys(settings)
        servers = self._stack.enter_context(embedded(settings))
        migrate(servers.settings.database_owner_url)
        renew_context(servers.settings.database_owner_url, servers.settings.context_key_file)
        return servers

    def database(self, name: str) -> str:
        """A further database on `servers` with the newest schema and no rows; its owner's address."""
        from app.core.servers import migrate

        assert self.servers.postgres is not None
        self.servers.postgres.create_database(name)
        url = self.servers.postgres.url("bihuan_owner", name)
        migrate(url)
        return url

    @cached_property
    def settings(self) -> Settings:
        """Settings of an application on `servers`, as the app role."""
        return self.servers.settings

    @cached_property
    def app(self) -> Flask:
        """The application on `servers`, in this process."""
        return self._application(self.settings)

    def _application(self, settings: Settings) -> Flask:
        from app.core.database import db
        from app.factory import create_app

        app = create_app(settings)

        def disconnect() -> None:
            with app.app_context():
                db.engine.dispose()

        self._stack.callback(disconnect)
        return app

    @cached_property
    def county(self) -> County:
        """A county of 40,000 items in the application's database, with the statistics that autovacuum would make."""
        from bench import county

        found = county.build(self.app, county.SIZE)
        self._looked_at("bihuan")
        return found

    def grown(self, times: int) -> Site:
        """A county so many times as large, in a database and an application of its own."""
        from bench import county

        return self.sized(f"grown_{times}", times * county.SIZE)

    def sized(self, name: str, items: int) -> Site:
        """A county of so many items, in a database and an application of its own."""
        from bench import county

        base = self.app
        owner = self.database(name)
        self._share_secret(base.extensions["bihuan.settings"], name)
        assert self.servers.postgres is not None
        address = self.servers.postgres.url("bihuan_app", name)
        settings = replace(self.settings, database_url=address, database_owner_url=owner)
        app = self._application(settings)
        found = county.build(app, items)
        self._looked_at(name)
        return Site(app, settings, found)

    def _share_secret(self, settings: Settings, name: str) -> None:
        """Contexts are signed with one secret in a process: a further database gets the one that is in use."""
        import psycopg

        assert self.servers.postgres is not None
        with psycopg.connect(self.servers.postgres.url("postgres", name).replace("+psycopg", "")) as connection:
            connection.execute("delete from ctx.secret")
            secret = settings.context_key_file.read_bytes()
            connection.execute("insert into ctx.secret (sole, secret) values (true, %s)", (secret,))

    def _looked_at(self, name: str) -> None:
        import psycopg

        assert self.servers.postgres is not None
        address = self.servers.postgres.url("postgres", name).replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("vacuum analyze")


def _make_keys(settings: Settings) -> None:
    from app.core.servers.context_secret import write_key
    from app.core.vault import MasterKeys

    write_key(settings.secret_key_file, os.urandom(32))
    settings.master_key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    MasterKeys.create(settings.master_key_file)
