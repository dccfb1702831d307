"""Web servers of the bench and the browsers that ask them: the same gunicorn for ours and for the bare partner."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from config.settings import PROJECT, Settings

if TYPE_CHECKING:
    from bench.context import Context

PROCESSES, THREADS = "2", "8"
BEHIND_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.9", "X-Forwarded-Host": "bench.invalid"}
COOKIE = "__Host-bihuan"


@dataclass
class Server:
    """A gunicorn that answers on `port`."""

    process: subprocess.Popen[bytes]
    port: int

    def pss(self) -> float:
        """Memory of the master and its workers in MiB: proportional shares, so what they share counts once."""
        return sum(_pss(pid) for pid in (self.process.pid, *_children(self.process.pid))) / 1024


def ours(context: Context, settings: Settings | None = None) -> Server:
    """The product as in production, behind a proxy that speaks HTTPS, with its throttle in Valkey."""
    port = free_port()
    settings = settings or context.settings
    env = {
        "BIHUAN_ENV": "production",
        "BIHUAN_DATA": str(settings.data),
        "BIHUAN_PORT": str(port),
        "BIHUAN_TLS_PROXY": "on",
        "BIHUAN_TRUSTED_PROXIES": "127.0.0.1",
        "BIHUAN_PUBLIC_URL": "https://bench.invalid",
        "BIHUAN_CONTENT_URL": "https://files.bench.invalid",
        "BIHUAN_WEB_PROCESSES": PROCESSES,
        "BIHUAN_WEB_THREADS": THREADS,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    return _start(context, ["--config", "config/gunicorn.py"], port, env)


def partner(context: Context, database: str = "bihuan") -> Server:
    """Flask, Jinja and one or two queries, nothing else, under the same workers and threads."""
    port = free_port()
    assert context.servers.postgres is not None
    address = context.servers.postgres.url("postgres", database).replace("+psycopg", "")
    arguments = ["--worker-class", "gthread", "--workers", PROCESSES, "--threads", THREADS, "--preload"]
    arguments += ["--keep-alive", "5", "--bind", f"127.0.0.1:{port}", "bench.partner:app"]
    return _start(context, arguments, port, {"BENCH_DATABASE": address})


def _start(context: Context, arguments: list[str], port: int, env: Mapping[str, str]) -> Server:
    log = (context.folder / f"web-{port}.log").open("wb")
    command = [sys.executable, "-m", "gunicorn", *arguments]
    process = subprocess.Popen(command, cwd=PROJECT, env=os.environ | env, stdout=log, stderr=log)
    context.at_the_end(lambda: _stop(process))
    until = time.monotonic() + 120
    while not answers(port):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the web server did not start: {Path(log.name).read_text('utf-8')[-2000:]}")
        time.sleep(0.1)
    return Server(process, port)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


def answers(port: int, path: str = "/static/favicon.svg") -> bool:
    """Whether a web server there answers without a fault of its own."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("HEAD", path, headers=BEHIND_PROXY)
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
    return answer.status < 500


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _pss(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("Pss:")))


def _children(pid: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def cookie(settings: Settings, token: str) -> tuple[str, str]:
    """The Cookie header of a signed-in browser, and the CSRF token of its forms."""
    from flask import Flask
    from flask.sessions import SecureCookieSessionInterface
    from itsdangerous import URLSafeTimedSerializer

    app = Flask("bench.cookie")
    app.secret_key = settings.secret_key()
    raw = "the token of the bench's forms"
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    signed = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw)
    return f"{COOKIE}={serializer.dumps({'sign_in': token, 'csrf_token': raw})}", str(signed)


@dataclass(frozen=True)
class Ask:
    """One request, as bytes, and what its answer must have."""

    content: bytes
    status: int = 200
    says: bytes = b""


def get(path: str, headers: Mapping[str, str] | None = None, status: int = 200, says: str = "") -> Ask:
    """A GET on a kept-alive connection."""
    lines = [f"GET {path} HTTP/1.1", "Host: bench.invalid", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    return Ask("\r\n".join([*lines, "", ""]).encode(), status, says.encode())


def post(path: str, body: str, headers: Mapping[str, str], status: int = 303) -> Ask:
    """A POST of a form."""
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body.encode()))}
    lines = [f"POST {path} HTTP/1.1", "Host: bench.invalid", *(f"{k}: {v}" for k, v in {**headers, **kind}.items())]
    return Ask("\r\n".join([*lines, "", body]).encode(), status)


@dataclass
class Line:
    """One kept-alive connection; raw, so that asking costs the machine little beside answering."""

    port: int
    seconds: list[float] = field(default_factory=list)
    _socket: socket.socket | None = None

    def ask(self, one: Ask) -> bytes:
        """The body of the answer; raises AssertionError for another status or when it does not say what it must."""
        began = time.perf_counter()
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(one.content)
        head, body = self._answer()
        status = int(head.split(b" ", 2)[1])
        assert status == one.status, f"{status} instead of {one.status}: {head[:200]!r}"
        assert one.says in body, f"the page does not say {one.says.decode()!r}"
        if b"connection: close" in head.lower():
            self.close()
        self.seconds.append(time.perf_counter() - began)
        return body

    def _answer(self) -> tuple[bytes, bytes]:
        assert self._socket is not None
        found = b""
        while b"\r\n\r\n" not in found:
            part = self._socket.recv(65536)
            assert part, "the server hung up"
            found += part
        head, _, body = found.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        parts, missing = [body], length - len(body)
        while missing > 0:
            part = self._socket.recv(min(missing, 1 << 20))
            assert part, "the server hung up"
            parts.append(part)
            missing -= len(part)
        return head, b"".join(parts)

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


@dataclass(frozen=True)
class Load:
    """What a run of many requests gave."""

    per_second: float
    p95: float


def load(server: Server, asks: Sequence[Ask], connections: int) -> Load:
    """All of `asks` over so many connections at once, each connection taking every n-th; the first fault is raised."""
    lines = [Line(server.port) for _ in range(connections)]
    faults: list[BaseException] = []

    def work(number: int) -> Callable[[], None]:
        def walk() -> None:
            try:
                for one in asks[number::connections]:
                    lines[number].ask(one)
            except BaseException as fault:
                faults.append(fault)

        return walk

    threads = [threading.Thread(target=work(number)) for number in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    for line in lines:
        line.close()
    if faults:
        raise faults[0]
    times: list[Any] = [second for line in lines for second in line.seconds]
    return Load(len(asks) / took, quantiles(times, n=20)[18])
