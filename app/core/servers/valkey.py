"""The embedded Valkey: queues that survive a restart, and an account for the app that cannot empty them."""

import os
import secrets
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.core.servers.places import programs, socket_folder
from app.core.servers.processes import (
    SERVER_ENV,
    ServerRefused,
    ServerUser,
    end,
    end_left_behind,
    launch,
    lock_folder,
    private_folder,
    server_user,
    tail,
    until,
    works_in,
)

GRACEFUL = ((int(signal.SIGTERM), 20.0),)
QUEUES_ONLY = "~* &* +@all -@admin -@dangerous +info +sort +keys +client|setname +client|list"
RULES = {
    "bihuan_app": QUEUES_ONLY,
    "bihuan_worker": QUEUES_ONLY,
    "bihuan_relay": QUEUES_ONLY,
    "keeper": "~* &* +@all",
}
"""Web, workers and relay, each by its own name, get what queues need, without what empties, reconfigures or stops the server."""
ACCOUNTS = "accounts.acl"


@dataclass
class ValkeyServer:
    """A running queue server; `stop()` ends it."""

    folder: Path
    sockets: Path
    user: ServerUser | None
    durable: bool
    lock: IO[bytes]
    passwords: dict[str, str] = field(default_factory=lambda: {name: secrets.token_hex(24) for name in RULES})
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """For the app: everything but dangerous commands."""
        return self.url_of("bihuan_app")

    @property
    def url_keeper(self) -> str:
        """For maintenance and tests: every command."""
        return self.url_of("keeper")

    def url_of(self, account: str) -> str:
        """The address with which `account` signs on."""
        return f"unix://{account}:{self.passwords[account]}@{quote(str(self.socket))}?db=0"

    def start(self) -> None:
        """Start the server and wait until it answers.

        :raises ServerRefused: with the end of its log when it does not.
        """
        self._end_earlier()
        _, program = programs(self.user)
        self._write_accounts()
        log = self.folder.with_suffix(".log")
        with log.open("ab") as writing:
            self.process = launch(
                [str(program), *_options(self.socket, self.durable)],
                cwd=self.folder,
                log=writing,
                user=self.user,
                env=SERVER_ENV,
            )
        if not until(lambda: self.process.poll() is not None or self._answers(), 60) or self.process.poll() is not None:
            self.stop()
            raise ServerRefused(f"队列服务未能启动 (Valkey did not start):\n{tail(log)}")

    def _write_accounts(self) -> None:
        lines = [f"user {name} on >{self.passwords[name]} {RULES[name]}" for name in RULES]
        accounts = private_file(self.folder / ACCOUNTS, self.user)
        accounts.write_text("\n".join(["user default off", *lines, ""]), "ascii")

    def _answers(self) -> bool:
        client = redis.Redis.from_url(self.url, retry=Retry(NoBackoff(), 0))
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
        finally:
            client.close()

    def _end_earlier(self) -> None:
        """End a server that a killed start left behind."""
        try:
            pid = int((self.folder / "valkey.pid").read_text())
        except (FileNotFoundError, ValueError):
            return
        if works_in(pid, self.folder, "valkey-server"):
            end_left_behind(pid, GRACEFUL)

    def stop(self) -> None:
        """Write everything to disk and end."""
        end(self.process, GRACEFUL)
        self.lock.close()


def private_file(path: Path, user: ServerUser | None) -> Path:
    """An empty file of `user` that nobody else can read, ready to be written."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    if user is not None:
        os.chown(path, user.uid, user.gid)
    return path


def _options(socket: Path, durable: bool) -> list[str]:
    wanted = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": ".",
        "pidfile": "valkey.pid",
        "aclfile": ACCOUNTS,
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
        "stop-writes-on-bgsave-error": "no",
        "enable-debug-command": "no",
        "enable-module-command": "no",
    }
    return [part for name, value in wanted.items() for part in (f"--{name}", value)]


def start_valkey(folder: Path, *, sockets: Path | None = None, durable: bool = True) -> ValkeyServer:
    """Start Valkey on `folder`, append-only file on, nothing ever evicted.

    :raises ServerRefused: when another start uses the folder or the server fails.
    """
    user = server_user()
    private_folder(folder, user)
    lock = lock_folder(folder)
    server = ValkeyServer(folder, sockets or socket_folder(folder.with_suffix(".run"), user), user, durable, lock)
    try:
        server.start()
    except BaseException:
        lock.close()
        raise
    return server
