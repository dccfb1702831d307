"""Figure 16: `make demo` from an empty data folder to the first answer, and once more with the data there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench.context import Context
from bench.rounds import figure
from bench.web import answers, free_port
from config.settings import PROJECT, addresses_file

PATIENCE = 900
LEAST = {"students": 40_000, "problem_items": 100}
READY = "闭环已就绪"


def run(context: Context) -> Iterator[dict[str, Any]]:
    """Seconds of both starts; a demo without its county raises AssertionError."""
    data, port = context.folder / "demo", free_port()
    first, counted = _started(data, port)
    second, kept = _started(data, port)
    assert counted == kept, f"the second start changed the data: {counted}, {kept}"
    method = (
        f"make demo with the packages installed, an own data folder and port, until it says that it is ready and the "
        f"sign-in page answers; {counted['students']:,} students and {counted['problem_items']} problem items are there; "
        f"the papers of closed items are printed after that, by the worker, as in use"
    )
    yield figure("16 first start", first, "s", goal=("<=", 180), stretch=90, method=method + "; no partner")
    again = "the same command with the data there, the same rows afterwards; no partner"
    yield figure("16 second start", second, "s", goal=("<=", 8), stretch=4, method=again)


def _started(data: Path, port: int) -> tuple[float, dict[str, int]]:
    """How long it took, and how many rows there are."""
    log = data.with_suffix(f".{time.monotonic_ns()}.log")
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    env |= {"BIHUAN_DATA": str(data), "BIHUAN_PORT": str(port)}
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["make", "demo"], cwd=PROJECT, env=env, stdout=out, stderr=out, start_new_session=True
        )
        try:
            _wait(process, port, log, began + PATIENCE)
            return time.monotonic() - began, _rows(data)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path, until: float) -> None:
    while not (READY in log.read_text("utf-8", "replace") and answers(port, "/sign-in")):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"make demo did not get ready: {log.read_text('utf-8', 'replace')[-400:]}")
        time.sleep(0.05)


def _rows(data: Path) -> dict[str, int]:
    address = json.loads(addresses_file(data).read_text("utf-8"))["DATABASE_OWNER_URL"]
    address = address.replace("+psycopg", "").replace("bihuan_owner@", "postgres@")
    with psycopg.connect(address) as line:
        found = {table: line.execute(f"select count(*) from {table}").fetchone() for table in LEAST}
    counted = {table: int(row[0]) for table, row in found.items() if row is not None}
    assert all(counted[table] >= least for table, least in LEAST.items()), counted
    return counted
