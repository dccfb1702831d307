"""Starting, recognising and ending the processes that belong to us, as the user who may run them."""

import ctypes
import fcntl
import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Protocol

ACCOUNT = "bihuan_db"
"""The system account that runs the embedded servers when we ourselves are root."""
PR_SET_PDEATHSIG = 1
SERVER_ENV = {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
"""All that an embedded server gets to know of our environment."""
_libc = ctypes.CDLL(None, use_errno=True)


class ServerRefused(Exception):
    """An embedded server cannot run here; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The unprivileged account of the embedded servers."""

    uid: int
    gid: int


def server_user() -> ServerUser | None:
    """The account to run servers as: None when we are not root and simply run them ourselves."""
    if os.geteuid() != 0:
        return None
    entry = _account(ACCOUNT) or _new_account() or _account("nobody")
    if entry is None:
        raise ServerRefused(f"没有可用的非特权用户：请先执行 useradd --system {ACCOUNT} (create this user first).")
    return ServerUser(entry.pw_uid, entry.pw_gid)


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _new_account() -> pwd.struct_passwd | None:
    home = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    try:
        subprocess.run(["useradd", "--system", "--user-group", *home, ACCOUNT], capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return _account(ACCOUNT)


def as_user(user: ServerUser | None) -> dict[str, Any]:
    """Arguments of `subprocess` that give up root for good."""
    return {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}


def reachable(path: Path, user: ServerUser | None) -> bool:
    """Whether `user` can enter the folder, or run the program, at `path`."""
    if user is None:
        return os.access(path, os.X_OK)
    asked = subprocess.run(["/usr/bin/test", "-x", str(path)], check=False, cwd="/", **as_user(user))
    return bool(asked.returncode == 0)


def private_folder(path: Path, user: ServerUser | None = None) -> Path:
    """Make the folder `path`, closed to everybody but `user`; nothing that was there before changes its mode.

    :raises ServerRefused: when something else is there: a link, a folder of another owner, or one open to others.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    status = path.lstat()
    closed = stat.S_ISDIR(status.st_mode) and not status.st_mode & 0o077
    if closed and user is not None and status.st_uid == os.geteuid() and not any(path.iterdir()):
        os.chown(path, user.uid, user.gid)
        return path
    if not closed or status.st_uid != (os.geteuid() if user is None else user.uid):
        raise ServerRefused(f"{path}: 不是闭环的文件夹，请移走 (not a folder of ours; move it away).")
    return path


def launch(
    command: Sequence[str],
    *,
    cwd: Path,
    log: IO[bytes] | None = None,
    user: ServerUser | None = None,
    env: Mapping[str, str] | None = None,
    when_orphaned: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a process that gets `when_orphaned` from the kernel as soon as we are gone, however we went.

    Call it from the main thread: the kernel watches the thread that started the child.
    """
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        umask=0o077,
        preexec_fn=partial(end_with_parent, os.getpid(), when_orphaned),
        **as_user(user),
    )


def end_with_parent(parent: int, signal_number: int) -> None:
    """From now on this process, a child of `parent`, gets the signal as soon as `parent` is gone."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


class Running(Protocol):
    """A child of ours, however it was started."""

    pid: int

    def poll(self) -> int | None:
        """The exit code; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired after `timeout` seconds."""

    def send_signal(self, number: int, /) -> None:
        """Send it a signal unless it has ended."""

    def kill(self) -> None:
        """End it at once."""


def end(process: Running, ladder: Sequence[tuple[int, float]]) -> None:
    """Ask `process` to stop with each signal of `ladder` in turn, waiting the seconds beside it; reap it."""
    for number, seconds in ladder:
        if process.poll() is None:
            process.send_signal(number)
        try:
            process.wait(seconds)
            return
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    process.wait()


def end_left_behind(pid: int, ladder: Sequence[tuple[int, float]]) -> None:
    """The same for a process that an earlier, killed start left behind and that the caller has recognised as ours."""
    born = started_at(pid)
    for number, seconds in (*ladder, (int(signal.SIGKILL), 10.0)):
        if born is None or started_at(pid) != born:
            return
        os.kill(pid, number)
        until(lambda: started_at(pid) != born, seconds)


def end_session(leader: int) -> None:
    """Kill what a child of ours (`launch` made it the leader of a session) started itself and did not take along."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _stat(int(folder.name))[3:4] == [str(leader)]:
            with suppress(ProcessLookupError):
                os.kill(int(folder.name), signal.SIGKILL)


def _stat(pid: int) -> list[str]:
    """The kernel's line about process `pid` from its state on; empty when there is no such process."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return line.rpartition(")")[2].split()


def started_at(pid: int) -> str | None:
    """When process `pid` began, in the kernel's ticks: pid and ticks name one process for good. None: it is gone."""
    known = _stat(pid)
    return None if not known or known[0] in {"Z", "X"} else known[19]


def works_in(pid: int, folder: Path, program: str) -> bool:
    """Whether process `pid` is our `program`: named so, and at home in `folder`."""
    try:
        at_home = Path(os.readlink(f"/proc/{pid}/cwd")) == folder.resolve()
        first = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
    return at_home and program in first


def at_home(folder: Path, program: str) -> list[int]:
    """Every process that is our `program` at home in `folder`."""
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in numbers if works_in(pid, folder, program)]


def until(true: Callable[[], bool], seconds: float, every: float = 0.02) -> bool:
    """Wait until `true()` holds, at most `seconds`; says whether it came to hold."""
    last = time.monotonic() + seconds
    while not true():
        if time.monotonic() > last:
            return False
        time.sleep(every)
    return True


def lock_folder(folder: Path) -> IO[bytes]:
    """Claim `folder` for this start; the kernel gives the claim back when its holder dies.

    :raises ServerRefused: when another start has it.
    """
    lock = folder.with_suffix(".lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise ServerRefused(f"{folder}: 已有闭环在使用此数据文件夹 (another start uses this data folder).") from None
    return lock


def tail(log: Path) -> str:
    """The last lines of a log, for a sentence that says why something did not start."""
    return "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-12:])
