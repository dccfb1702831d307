"""Work on hostile or heavy documents in a short-lived child: no network, no secrets, limits on time, memory and files.

A small server process, started with an almost empty environment, imports the libraries once and forks per request, so
that a child costs milliseconds. It ends with the process that started it; its children end with it.
"""

import atexit
import ctypes
import gc
import importlib
import logging
import os
import resource
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DONE, BROKEN, READY = b"d", b"b", b"ready"
MEGABYTE = 1024 * 1024
CLONE_NEWUSER, CLONE_NEWNET, PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 0x10000000, 0x40000000, 1, 38
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "TZ")

Task = Callable[[bytes], bytes]


class TaskOverdue(Exception):
    """The child reached its limit of time or memory, or was killed."""


class SandboxAway(Exception):
    """The server process of the sandbox does not start; a fault of the installation."""


class TaskBroken(Exception):
    """The task raised; the text is the kind of its error, never content."""


@dataclass(frozen=True)
class Limits:
    """seconds: of processor and of wall clock; megabytes: of private memory; file_megabytes: of any file written."""

    seconds: int = 20
    megabytes: int = 512
    file_megabytes: int = 64


class Sandbox:
    """Runs one task, a function `bytes -> bytes` named "module:function", in children; safe between threads and forks.

    task: its module's `prepare()`, where it has one, is called once in the server (imports, caches). env: variables
    that the libraries need, made from the server's private folder.
    """

    def __init__(
        self, task: str, limits: Limits = Limits(), env: Callable[[Path], dict[str, str]] | None = None
    ) -> None:
        self.task = task
        self.limits = limits
        self.env = env
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._owner = 0

    def warm(self) -> None:
        """Start the server and wait until it has imported what the task needs; processes forked later share it."""
        self._connected().close()

    def run(self, payload: bytes) -> bytes:
        """What the task makes of `payload`; raises TaskOverdue or TaskBroken."""
        with self._connected() as line:
            line.settimeout(self.limits.seconds + 10)
            try:
                _send(line, payload)
                answer = _receive(line)
            except (OSError, EOFError):
                raise TaskOverdue(self.task) from None
        if answer[:1] == BROKEN:
            raise TaskBroken(answer[1:].decode("ascii", "replace"))
        return answer[1:]

    def close(self) -> None:
        """End the server and its children, if this process started it."""
        with self._lock:
            server, self._server, self._folder = self._server, None, None
        if server is not None and self._owner == os.getpid():
            server.terminate()
            server.wait(10)

    def _connected(self) -> socket.socket:
        with self._lock:
            return self._reached() or self._started()

    def _reached(self) -> socket.socket | None:
        if self._folder is None:
            return None
        line = socket.socket(socket.AF_UNIX)
        try:
            line.connect(str(self._folder / "s"))
        except OSError:
            line.close()
            return None
        return line

    def _started(self) -> socket.socket:
        if self._server is not None and self._owner == os.getpid():
            self._server.wait(10)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder, self._owner = Path(tempfile.mkdtemp(prefix="bihuan-")), os.getpid()
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        env |= {"PYTHONPATH": str(ROOT), "HOME": str(self._folder), "TMPDIR": str(self._folder)}
        env |= self.env(self._folder) if self.env else {}
        limits = (str(number) for number in astuple(self.limits))
        command = [sys.executable, "-P", "-B", "-m", __name__, self.task, str(self._folder), str(self._owner), *limits]
        self._server = subprocess.Popen(
            command, env=env, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        atexit.register(self.close)
        assert self._server.stdout is not None
        with self._server.stdout as says:
            ready = says.read(len(READY)) == READY
        line = self._reached() if ready else None
        if line is None:
            raise SandboxAway(f"the sandbox of {self.task} did not start")
        return line


# The server ----------------------------------------------------------------------------------------------------------


def serve(task: Task, folder: Path, parent: int, limits: Limits) -> None:
    """Accept requests and fork a child for each, until the process that started us is gone."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "s"))
    listener.listen(64)
    gc.collect()
    gc.freeze()
    os.write(1, READY)
    os.dup2(2, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while os.getppid() == parent:
        if select.select([listener], [], [], 0.5)[0]:
            line, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _work(line, task, limits)
            line.close()


def _work(line: socket.socket, task: Task, limits: Limits) -> None:
    """In the child: take the limits on, do the task, answer; a child that is killed answers by its silence."""
    _die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (limits.megabytes * MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_megabytes * MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        payload = _receive(line)
    except (OSError, EOFError):
        os._exit(1)
    signal.alarm(limits.seconds)
    try:
        answer = DONE + task(payload)
    except MemoryError:
        os._exit(1)
    except BaseException as error:
        answer = BROKEN + _told(error).encode("ascii", "replace")
    signal.alarm(0)
    _send(line, answer)
    os._exit(0)


def _told(error: BaseException) -> str:
    """Kind and place of an error; never its message, which may quote the document."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno} {frame.name}"


def _die_with_parent() -> None:
    """Ask the kernel to kill this process as soon as the server ends."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() == 1:
        os._exit(1)


def leave_network() -> bool:
    """Move this process into an empty network; False where the kernel forbids it and the tasks alone must see to it."""
    libc = ctypes.CDLL(None, use_errno=True)
    return any(libc.unshare(flags) == 0 for flags in (CLONE_NEWNET, CLONE_NEWUSER | CLONE_NEWNET))


def _send(line: socket.socket, content: bytes) -> None:
    line.sendall(struct.pack(">I", len(content)) + content)


def _receive(line: socket.socket) -> bytes:
    (length,) = struct.unpack(">I", _exactly(line, 4))
    return _exactly(line, length)


def _exactly(line: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = line.recv(min(length, MEGABYTE))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def main() -> None:
    """Entry of the server process: task, folder, parent, limits as arguments."""
    task, place, parent, *limits = sys.argv[1:]
    folder = Path(place)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()
    warnings.simplefilter("ignore")
    try:
        leave_network()
        module_name, _, function = task.partition(":")
        module = importlib.import_module(module_name)
        getattr(module, "prepare", lambda: None)()
        serve(getattr(module, function), folder, int(parent), Limits(*map(int, limits)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
