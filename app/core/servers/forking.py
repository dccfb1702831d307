"""A process of ours parted from the one that starts it: what was imported there is not imported once more in each.

Only for the embedded servers of a demo, whose accounts have no passwords: a process parted so keeps a copy of its
parent's memory, where in production the owner's address lies. There every process begins anew (`processes.launch`).
"""

import atexit
import ctypes
import gc
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO

from app.core.servers.processes import end_with_parent

SHARED = ("app.factory", "app.core.queue", "flask.cli", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread")
"""What the processes of the application load; named only, as this file lies below them."""
CHANGED_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FIRST_OF_OTHERS = 3
"""Files opened before are the parent's: its locks would outlive it in the child."""
EVERY = 0.02
PR_SET_NAME = 15


def import_shared() -> None:
    """Import once what the children need; what is loaded then stays where it is and is shared by all of them.

    Nobody looks for rubbish meanwhile: modules leave none, and looking takes a quarter of the time.
    """
    gc.disable()
    for name in SHARED:
        import_module(name)
    gc.collect()
    gc.freeze()
    gc.enable()


class Forked:
    """A running child, with those methods of `subprocess.Popen` that the supervisor needs."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for the signal that ended it; None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired after `timeout` seconds."""
        last = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if last is not None and time.monotonic() > last:
                raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0)
            time.sleep(EVERY)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def fork(
    module: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: IO[bytes] | None = None, name: str = ""
) -> Forked:
    """Start `python -m module…` in a child of this process, with this environment, in a session of its own.

    `name`: by which lists of processes tell it from its brothers, whose command line is the same. Its output goes to
    `log`, else where ours goes. It gets SIGTERM as soon as we are gone. Call it from the main thread while no other runs.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    parent, output = os.getpid(), None if log is None else log.fileno()
    pid = os.fork()
    if pid == 0:
        _be(parent, module, cwd, env, output, name)
    return Forked(pid)


def _be(parent: int, module: Sequence[str], cwd: Path, env: Mapping[str, str], output: int | None, name: str) -> None:
    """In the child: become that module; nothing of the parent's program goes on here."""
    code = 1
    try:
        if name and sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)
        _settle(parent, cwd, env, output)
        code = _run(module)
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _settle(parent: int, cwd: Path, env: Mapping[str, str], output: int | None) -> None:
    for number in CHANGED_SIGNALS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    atexit._clear()
    os.setsid()
    end_with_parent(parent, signal.SIGTERM)
    os.umask(0o077)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if output is not None:
        os.dup2(output, 1)
        os.dup2(output, 2)
    os.closerange(FIRST_OF_OTHERS, os.sysconf("SC_OPEN_MAX"))
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)


def _run(module: Sequence[str]) -> int:
    sys.argv = list(module)
    try:
        runpy.run_module(module[0], run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        print(ended.code, file=sys.stderr)
        return 1
    return 0
