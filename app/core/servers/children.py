"""The processes of the application itself: started together, restarted when they fall, ended together."""

import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from app.core import clock
from app.core.servers.context_secret import write_key
from app.core.servers.forking import fork
from app.core.servers.processes import (
    Running,
    ServerRefused,
    end,
    end_left_behind,
    end_session,
    launch,
    started_at,
    tail,
)
from config.settings import PROJECT

SHORT_LIFE = 10.0
"""A child that falls sooner than this, several times in a row, will not do better at once."""
PATIENCE = 3
LONGEST_PAUSE = 60.0
LOG_LIMIT = 20 * 1024**2
LOGS_KEPT = 190 * 86_400
"""Seconds: six months and a week."""
GENTLY = ((int(signal.SIGTERM), 25.0),)


@dataclass
class Child:
    """One process with its log."""

    name: str
    module: Sequence[str]
    log: Path
    env: Mapping[str, str]
    shared: bool
    """Whether it is parted from this process, which has imported the application already."""
    behind_the_scenes: bool
    """Whether people are served without it: nothing else ends because it keeps falling."""
    process: Running = field(init=False)
    began: float = 0.0
    falls: int = 0
    again_at: float | None = None

    def start(self) -> None:
        """Start it, its output appended to its log."""
        with self.log.open("ab") as writing:
            self.process = begin(self.module, self.env, self.shared, writing, self.name)
        self.began = time.monotonic()

    def restart_if_fallen(self) -> bool:
        """Start it again when it ended, after a pause when it keeps falling; says so.

        :raises ServerRefused: when it keeps falling and nobody is served without it.
        """
        if self.process.poll() is None:
            return False
        now = time.monotonic()
        if self.again_at is None:
            self.falls = self.falls + 1 if now - self.began < SHORT_LIFE else 1
            if self.falls > PATIENCE and not self.behind_the_scenes:
                raise ServerRefused(f"{self.name} 反复退出 (keeps ending):\n{tail(self.log)}")
            self.again_at = now + self._pause()
        if now < self.again_at:
            return False
        self.again_at = None
        self.start()
        return True

    def _pause(self) -> float:
        return min(LONGEST_PAUSE, 2.0 ** (self.falls - PATIENCE)) if self.falls > PATIENCE else 0.0


class Children:
    """All children of one start, written down so that the next start knows them should we be killed."""

    def __init__(self, data: Path, env: Mapping[str, str], shared: bool = False) -> None:
        self.note = data / "children.json"
        self.logs = data / "logs"
        self.env = env
        self.shared = shared
        self.all: list[Child] = []
        self.logs.mkdir(mode=0o700, exist_ok=True)

    def start(self, name: str, module: Sequence[str], own: Mapping[str, str] | None = None) -> None:
        """Start one more; `own`: what one behind the scenes alone is told, such as the account it signs on with."""
        log = fresh_log(self.logs / f"{name}.log")
        child = Child(name, module, log, {**self.env, **(own or {})}, self.shared, own is not None)
        child.start()
        self.all.append(child)
        self._write_down()

    def watch(self) -> list[str]:
        """Restart the fallen; their names."""
        fallen = [child.name for child in self.all if child.restart_if_fallen()]
        if fallen:
            self._write_down()
        return fallen

    def stop(self) -> None:
        """Ask all at once, then wait for each."""
        for child in self.all:
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        for child in self.all:
            end(child.process, GENTLY)
            end_session(child.process.pid)
        self.note.unlink(missing_ok=True)

    def _write_down(self) -> None:
        running = {child.process.pid: started_at(child.process.pid) for child in self.all}
        write_key(self.note, json.dumps(running).encode())


def end_children_left_behind(data: Path) -> None:
    """End what a killed start noted and the kernel has not ended yet; a pid that went to others is left alone."""
    note = data / "children.json"
    if not note.exists():
        return
    for pid, began in json.loads(note.read_text("utf-8")).items():
        if started_at(int(pid)) == began:
            end_left_behind(int(pid), GENTLY)
        if started_at(int(pid)) is None:
            end_session(int(pid))
    note.unlink(missing_ok=True)


def fresh_log(path: Path) -> Path:
    """The log at `path`, after the one before was put aside when it had grown long; six months stay (security 48)."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        os.replace(path, path.with_suffix(f".{clock.machine_now():%Y%m%d%H%M%S%f}.log"))
    for old in path.parent.glob(f"{path.stem}.*.log"):
        if clock.machine_now().timestamp() - old.stat().st_mtime > LOGS_KEPT:
            old.unlink()
    path.touch(mode=0o600)
    return path


def begin(
    module: Sequence[str], env: Mapping[str, str], shared: bool, log: IO[bytes] | None = None, name: str = ""
) -> Running:
    """Start `python -m module…` in the project's folder; `shared`: parted from us instead of begun anew."""
    if shared:
        return fork(module, cwd=PROJECT, env=env, log=log, name=name)
    return launch([sys.executable, "-m", *module], cwd=PROJECT, log=log, env=env)


def flask(*arguments: str) -> tuple[str, ...]:
    """The module and arguments of a command of ours."""
    return ("flask", "--app", "wsgi", *arguments)
