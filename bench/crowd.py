"""Students at their phones, in a process of their own: `python -m bench.crowd` reads who they are and tells how long they waited.

Each comes in through the door with code, birth date and telephone, opens the questions, and answers one after the other
with a pause as for reading; then hands in. A connection for each request, as a proxy in front makes them by default.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

AT_THE_DOOR = 8
"""Who comes in at the same time: the door is not what is measured."""
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Heard:
    """What became of the requests: seconds of each saved answer and of each handing in, and every fault in words."""

    answers: list[float] = field(default_factory=list)
    handed_in: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass
class Browser:
    """One student's browser: the cookies it keeps, the address of the school it stands behind."""

    port: int
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, method: str, path: str, status: int, form: dict[str, Any] | None = None, as_json: bool = False
    ) -> str:
        """The body of the answer. Raises RuntimeError for another status, OSError for a connection that breaks."""
        body = urlencode(form or {}).encode() if method == "POST" else b""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(self._head(method, path, len(body), as_json) + body)
            await writer.drain()
            head, _, content = (await reader.read()).partition(b"\r\n\r\n")
        finally:
            writer.close()
        lines = head.decode("latin-1").split("\r\n")
        if lines[0].split(" ")[1:2] != [str(status)]:
            raise RuntimeError(f"{method} {re.sub('[0-9a-f]{16}', '…', path)}: {lines[0]} instead of {status}")
        for line in lines:
            if line.lower().startswith("set-cookie: "):
                name, _, value = line[12:].partition(";")[0].partition("=")
                self.cookies[name] = value
        return content.decode()

    def _head(self, method: str, path: str, length: int, as_json: bool) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1", "Host: bench.invalid", "X-Forwarded-Proto: https",
            f"X-Forwarded-For: {self.address}", "X-Forwarded-Host: bench.invalid", "Connection: close",
            f"Accept: {'application/json' if as_json else 'text/html'}", "Referer: https://bench.invalid/code",
        ]  # fmt: skip
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {length}"]
        return "\r\n".join([*lines, "", ""]).encode()


async def come_in(browser: Browser, student: dict[str, Any]) -> str:
    """Through the door to the questions; the token of the page's forms."""
    door = await browser.ask("GET", "/code", 200)
    given = {
        "code": student["code"],
        "birth_date": student["born"],
        "tail": student["tail"],
        "csrf_token": _token(door),
    }
    await browser.ask("POST", "/code", 303, given)
    return _token(await browser.ask("GET", student["path"], 200))


def _token(page: str) -> str:
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError("a page without a form")
    return found[1]


async def answer_all(browser: Browser, student: dict[str, Any], token: str, think: list[float], heard: Heard) -> None:
    """One answer after the other, each kept before the next one is thought of; then handed in."""
    dice, many = random.Random(student["code"]), len(student["answers"])
    await asyncio.sleep(dice.uniform(0, think[1]))
    for sequence, (scale, item, value) in enumerate(student["answers"], 1):
        form = {
            "scale": scale,
            "item": item,
            "value": value,
            "sequence": sequence,
            "milliseconds": 4800,
            "csrf_token": token,
        }
        began = time.perf_counter()
        told = json.loads(await browser.ask("POST", student["path"], 200, form, as_json=True))
        heard.answers.append(time.perf_counter() - began)
        if told != {"answered": sequence, "asked": many, "stale": False, "sequence": sequence}:
            heard.faults.append(f"answer {sequence} of {many}: {told}")
        await asyncio.sleep(dice.uniform(*think))
    began = time.perf_counter()
    await browser.ask("POST", f"{student['path']}/submit", 303, {"csrf_token": token})
    heard.handed_in.append(time.perf_counter() - began)


async def crowd(given: dict[str, Any]) -> dict[str, Any]:
    """Everybody in, then everybody answers at once."""
    heard, place = Heard(), asyncio.Semaphore(AT_THE_DOOR)

    async def enter(student: dict[str, Any]) -> tuple[Browser, str] | None:
        browser = Browser(given["port"], student["address"])
        async with place:
            try:
                return browser, await come_in(browser, student)
            except (OSError, RuntimeError) as fault:
                heard.faults.append(f"at the door: {fault!r}")
                return None

    async def answer(student: dict[str, Any], inside: tuple[Browser, str]) -> None:
        try:
            await answer_all(inside[0], student, inside[1], given["think"], heard)
        except (OSError, RuntimeError, ValueError) as fault:
            heard.faults.append(repr(fault))

    inside = await asyncio.gather(*map(enter, given["students"]))
    began = time.perf_counter()
    await asyncio.gather(
        *(answer(one, found) for one, found in zip(given["students"], inside, strict=True) if found is not None)
    )
    return {**vars(heard), "seconds": time.perf_counter() - began}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(crowd(json.load(sys.stdin)))))
