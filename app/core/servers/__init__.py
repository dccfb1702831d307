"""Embedded PostgreSQL and Valkey: started by ourselves, never as root, reachable through private sockets only.

`DATABASE_URL` and `REDIS_URL` win: then nothing is started here and a real server is used.
"""

from app.core.servers.context_secret import renew_context_secret
from app.core.servers.embedded import Servers, embedded
from app.core.servers.postgres import PostgresServer, start_postgres
from app.core.servers.processes import ServerRefused
from app.core.servers.schema import alembic_config, migrate, renew_context
from app.core.servers.valkey import ValkeyServer, start_valkey

__all__ = [
    "PostgresServer",
    "ServerRefused",
    "Servers",
    "ValkeyServer",
    "alembic_config",
    "embedded",
    "migrate",
    "renew_context",
    "renew_context_secret",
    "start_postgres",
    "start_valkey",
]
