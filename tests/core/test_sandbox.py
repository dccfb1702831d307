"""A child that works on a hostile document has no secrets, no network, little time, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from app.core.sandbox import Limits, Sandbox, SandboxAway, TaskBroken, TaskOverdue

ROOT = Path(__file__).parents[2]
SHORT = Limits(seconds=1, megabytes=128, file_megabytes=1)


def sandbox(function: str) -> Sandbox:
    return Sandbox(f"tests.core.sandbox_tasks:{function}", SHORT)


@pytest.fixture
def misbehaving() -> Iterator[Sandbox]:
    made = sandbox("misbehave")
    yield made
    made.close()


def test_a_task_answers_in_bytes_of_any_size() -> None:
    box = sandbox("echo")
    large = os.urandom(3_000_000)

    assert box.run(b"") == b""
    assert box.run(b"abc") == b"cba"
    assert box.run(large) == large[::-1]
    box.close()


def test_libraries_are_loaded_once_and_many_threads_share_them() -> None:
    box = sandbox("ready_at")
    answers: list[bytes] = []
    threads = [threading.Thread(target=lambda: answers.append(box.run(b""))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 8 and len(set(answers)) == 1
    box.close()


@pytest.mark.parametrize("deed", [b"spin", b"sleep", b"sleep while deaf", b"eat", b"die"])
def test_a_child_over_its_limits_is_ended_and_the_next_one_works(misbehaving: Sandbox, deed: bytes) -> None:
    misbehaving.warm()
    began = time.monotonic()

    with pytest.raises(TaskOverdue):
        misbehaving.run(deed)
    assert time.monotonic() - began < 4
    assert misbehaving.run(b"") == b"survived"


def test_an_error_is_told_by_kind_and_place_without_its_message(misbehaving: Sandbox) -> None:
    with pytest.raises(TaskBroken, match=r"ValueError at sandbox_tasks.py:\d+ misbehave") as broken:
        misbehaving.run(b"raise")
    assert "4711" not in str(broken.value)


def test_a_child_cannot_fill_the_disk(misbehaving: Sandbox) -> None:
    with pytest.raises((TaskBroken, TaskOverdue)):
        misbehaving.run(b"fill")


def test_a_child_knows_no_secret_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    box = sandbox("environment")

    assert b"DATABASE_URL" not in box.run(b"") and b"secret" not in box.run(b"")
    box.close()


def test_a_child_in_an_empty_network_reaches_nobody() -> None:
    box = sandbox("call")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        network, reached = box.run(str(listener.getsockname()[1]).encode()).decode().split()
    box.close()

    assert reached == str(network == os.readlink("/proc/self/ns/net"))


def test_a_server_that_was_killed_is_started_again(misbehaving: Sandbox) -> None:
    misbehaving.warm()
    server = misbehaving._server
    assert server is not None
    server.kill()
    server.wait()

    assert misbehaving.run(b"") == b"survived"


def test_a_forked_process_shares_the_warm_server_and_never_ends_it(misbehaving: Sandbox) -> None:
    misbehaving.warm()
    child = os.fork()
    if child == 0:
        answered = misbehaving.run(b"") == b"survived"
        misbehaving.close()
        os._exit(0 if answered else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert misbehaving._server is not None and misbehaving._server.poll() is None


def test_a_parent_killed_in_the_middle_leaves_neither_process_nor_folder() -> None:
    program = (
        "from app.core.sandbox import Sandbox, Limits; box = Sandbox('tests.core.sandbox_tasks:misbehave', Limits(30));"
        "box.warm(); print(box._server.pid, box._folder, flush=True); box.run(b'sleep')"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as says:
        pid, folder = says.readline().split()
    server = psutil.Process(int(pid))
    began = time.monotonic()
    while not (children := server.children()) and time.monotonic() - began < 5:
        time.sleep(0.05)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    _gone, left = psutil.wait_procs([server, *children], timeout=5)

    assert children and not left, (
        "the child at work ends with it, and so does that of the warming up where it is there still"
    )
    assert not Path(folder).exists()


def test_a_task_that_does_not_exist_is_told_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SandboxAway, match="did not start"):
        sandbox("nothing_of_that_name").run(b"")
    assert "nothing_of_that_name" in capfd.readouterr().err
