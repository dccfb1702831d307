"""Both embedded servers at once, as far as the settings do not name real ones."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.core.servers.context_secret import write_key
from app.core.servers.places import server_home, socket_folder
from app.core.servers.postgres import PostgresServer, start_postgres
from app.core.servers.processes import server_user
from app.core.servers.valkey import ValkeyServer, start_valkey
from config.settings import Settings, addresses_file

OWN_ACCOUNTS = ("worker", "relay")
"""Processes that sign on under a name of their own; the web processes are `bihuan_app` (security 21)."""


@dataclass(frozen=True)
class Servers:
    """The servers that run now; `settings` carries their addresses. None: a real server of that kind is used."""

    settings: Settings
    postgres: PostgresServer | None
    valkey: ValkeyServer | None

    def addresses(self) -> dict[str, str]:
        """Environment variables for a process that uses these servers as the owner."""
        return {
            "DATABASE_URL": self.settings.database_url,
            "DATABASE_OWNER_URL": self.settings.database_owner_url,
            "DATABASE_BACKUP_URL": self.settings.database_backup_url,
            "REDIS_URL": self.settings.redis_url,
        }


@contextmanager
def embedded(settings: Settings, *, durable: bool = True) -> Iterator[Servers]:
    """Start what `settings` has no address for, note the addresses for other commands, stop it all at the end.

    :raises ServerRefused: when a server cannot run here, with what to do.
    """
    with ExitStack() as stack:
        postgres = valkey = None
        found: dict[str, Any] = {}
        if not (settings.database_url and settings.redis_url):
            user = server_user()
            home = server_home(settings.data, user)
            sockets = socket_folder(home / "run", user)
            stack.callback(_forget_empty, sockets)
        if not settings.database_url:
            postgres = start_postgres(home / "postgres", sockets=sockets, durable=durable)
            stack.callback(postgres.stop)
            found |= {"database_url": postgres.url_app, "database_owner_url": postgres.url_owner}
            found["database_backup_url"] = postgres.url("bihuan_backup")
            found |= {f"{who}_database_url": postgres.url(f"bihuan_{who}") for who in OWN_ACCOUNTS}
        if not settings.redis_url:
            valkey = start_valkey(home / "valkey", sockets=sockets, durable=durable)
            stack.callback(valkey.stop)
            found["redis_url"] = valkey.url
            found |= {f"{who}_redis_url": valkey.url_of(f"bihuan_{who}") for who in OWN_ACCOUNTS}
        servers = Servers(replace(settings, **found), postgres, valkey)
        if found:
            note = addresses_file(settings.data)
            write_key(note, json.dumps(servers.addresses()).encode())
            stack.callback(note.unlink, missing_ok=True)
        yield servers


def _forget_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def without_note(env: dict[str, str] | None = None) -> dict[str, str]:
    """The environment with the addresses of servers that an earlier start may have noted left out."""
    return {"DATABASE_URL": "", "DATABASE_OWNER_URL": "", "REDIS_URL": ""} | (dict(os.environ) if env is None else env)
