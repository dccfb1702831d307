"""The secret that app and database share to sign what a transaction may see (decision 11)."""

import os
import secrets
from pathlib import Path

from sqlalchemy import Connection, text


def renew_context_secret(owner_connection: Connection, path: Path) -> bytes:
    """Put 32 new random bytes into `ctx.secret` and the file at `path`; every context signed before is void.

    The caller commits; a dump of the database taken earlier is of no use for signing.
    """
    secret = secrets.token_bytes(32)
    owner_connection.execute(text("delete from ctx.secret"))
    owner_connection.execute(text("insert into ctx.secret (sole, secret) values (true, :secret)"), {"secret": secret})
    write_key(path, secret)
    return secret


def write_key(path: Path, key: bytes) -> None:
    """Write a key file in one step, for our own eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as writing:
        writing.write(key)
        os.fsync(writing.fileno())
    os.replace(unfinished, path)
