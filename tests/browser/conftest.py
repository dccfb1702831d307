"""A whole site for a real browser: the application on loopback with real commits, the cast, and Chromium.

def test_something(site: Site, visit: Visit) -> None:
    page = visit("principal")          # signed in with both factors, as that player
    page.goto(site.address + "/todo")
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    TimeoutError,
    expect,
    sync_playwright,
)
from werkzeug.serving import WSGIRequestHandler, make_server

from app.core.database import db
from app.people.identity.factors import STEP_SECONDS, present_step
from tests.cast import PASSWORD, Cast, Place, Player, code, make_cast, sign_in
from tests.conftest import _application, settings_for
from tests.policy.record_states import BEGINNINGS
from tests.policy.records import Chain, administered, write

HERE = Path(__file__).parent
AXE = (HERE / "vendor" / "axe.min.js").read_text("utf-8")
CHROMIUM = os.environ.get("BIHUAN_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None
)
"""The system's browser, the one without windows first: the same pages in half the time, as it draws no frame around each.

Where there is none, the one that playwright brought (Ubuntu).
"""
SWITCHES = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--js-flags=--no-opt --no-maglev",
]
"""Pages live for a second here: a script that is compiled a second and a third time, to run faster later, costs a fifth."""
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
NORMS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
UNCHECKED = {"region"}
"""Rules that are no norm: a skip link and messages stand outside landmarks on purpose."""

COOKIE = "__Host-bihuan"
PATIENCE = 30_000
"""Milliseconds that a busy machine may take for a page, an answer or a job; what comes earlier is not waited for."""
expect.set_options(timeout=PATIENCE)
Visit = Callable[..., Page]


@dataclass
class Site:
    """The running application with everybody in it."""

    app: Flask
    cast: Cast
    address: str
    pictures: Path | None
    """Where what windows show is kept; nowhere, unless somebody asked for it."""
    last_code: dict[str, int] = field(default_factory=dict)
    furniture: Chain | None = None
    beginnings: Chain | None = None
    """Further records of the same kinds, in the states in which most of them begin."""

    @property
    def records(self) -> Chain:
        """One record of each kind; only where the site is furnished."""
        assert self.furniture is not None, "this site stands empty"
        return self.furniture

    def inside(self, work: Callable[[], Any]) -> Any:
        """What `work` returns inside the application; in a thread of its own, as this one belongs to the browser."""

        def run() -> Any:
            with self.app.app_context():
                try:
                    return work()
                finally:
                    db.session.close()

        return apart(run)

    def code_for(self, player: Player) -> str:
        """What the player's phone shows; where that code was used already, the next one, as soon as it counts."""
        step = max(present_step(), self.last_code.get(player.key, 0) + 1)
        while step > present_step() + 1:
            time.sleep(STEP_SECONDS / 30)
        self.last_code[player.key] = step
        return code(player, step - present_step())


class Silent(WSGIRequestHandler):
    """Answers without a line in the log for each file."""

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Say nothing."""


def apart(work: Callable[[], Any]) -> Any:
    """Run in another thread: where a browser is open, this thread has an event loop, which Flask's teardown refuses."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(work).result()


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Path) -> Iterator[Site]:
    """The application with everybody and one record of each kind in it."""
    with serving(cluster, worker, keys) as running:
        school = running.cast.units["shuangqiao"]
        running.inside(lambda: _furnish(running, school))
        yield running


def _furnish(running: Site, school: Place) -> None:
    who = running.cast["principal"]
    running.furniture = write(running.cast, who, school, school, "八年级数学作业没有分层")
    administered(running.furniture, who)
    running.beginnings = write(
        running.cast, who, school, school, "七年级阅读量不足", beside=running.furniture, states=BEGINNINGS
    )
    administered(running.beginnings, running.cast["inspector"])


@contextmanager
def serving(cluster: Any, worker: str, keys: Path) -> Iterator[Site]:
    """The application on a free port of loopback, with a database of its own where commits are real."""
    database = f"bihuan_{worker}_site"
    cluster.make_database(database)
    app = _of_the_worker(cluster, database, worker, keys)
    with app.app_context():
        cast = make_cast()
        db.session.close()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    answering = threading.Thread(target=server.serve_forever, daemon=True)
    answering.start()
    try:
        yield Site(app, cast, f"http://127.0.0.1:{server.server_port}", _pictures())
    finally:
        server.shutdown()
        answering.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


@cache
def _of_the_worker(cluster: Any, database: str, worker: str, keys: Path) -> Flask:
    """One application serves the sites of a worker one after the other: what it compiled once it knows for all of them."""
    app = _application(settings_for(cluster, database, worker, keys))
    app.config["TESTING"] = False
    return app


def _pictures() -> Path | None:
    wanted = os.environ.get("BIHUAN_PICTURES")
    return Path(wanted) if wanted else None


@pytest.fixture(scope="module")
def chromium(site: Site) -> Iterator[Browser]:
    """One browser for the tests of a module; it ends with it, so that later tests have their thread to themselves."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=os.geteuid() != 0, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Visit]:
    """Open a window of one's own, signed in as a player with both factors (or as nobody).

    at_the_door=False spares the two pages of signing in, for tests that ask for something else.
    """
    opened: list[BrowserContext] = []

    def enter(key: str | None = None, size: Any = None, language: str = "zh", at_the_door: bool = True) -> Page:
        context = chromium.new_context(viewport=size or WIDE, locale="zh-CN", timezone_id="Asia/Shanghai")
        context.set_default_timeout(60_000)
        opened.append(context)
        page = context.new_page()
        if key is not None and at_the_door:
            sign_in_at(page, site, key)
        elif key is not None:
            step_in(context, site, key)
            page.goto(f"{site.address}/me")
        if language == "en":
            speak(page, site, "en")
        return page

    yield enter
    for context in opened:
        context.close()


def sign_in_at(page: Page, site: Site, key: str) -> None:
    """Name and password, then the code of the phone, as people do it."""
    player = site.cast[key]
    page.goto(f"{site.address}/sign-in")
    page.fill("input[name=name]", player.account_name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit], form[data-once] button[type=submit]")
    page.wait_for_url(re.compile("/sign-in/code"))
    page.fill("input[name=code]", site.code_for(player))  # the sixth digit submits the form
    try:
        page.wait_for_url(lambda address: "/sign-in" not in address)
    except TimeoutError as late:
        raise AssertionError(f"{key} stays at {page.url}: {page.inner_text('body')[:300]}") from late


def step_in(context: BrowserContext, site: Site, key: str) -> None:
    """Give the window a session in which both factors were given just now."""

    def carried() -> str:
        client = sign_in(site.app.test_client(), site.cast[key])
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        return str(cookie.value)

    safe = site.address.replace("http:", "https:")
    context.add_cookies(
        [
            {
                "name": COOKIE,
                "value": site.inside(carried),
                "url": safe,
                "secure": True,
                "httpOnly": True,
                "sameSite": "Lax",
            }
        ]
    )


def speak(page: Page, site: Site, language: str) -> None:
    """Change the language by the form of the menu, unless the page speaks it already."""
    page.wait_for_load_state()
    if page.evaluate("language => document.documentElement.lang.startsWith(language)", language):
        return
    wanted = f"form[action$='/language'] button[value={language}], form[action$='/language'] button"
    with page.expect_navigation():
        page.evaluate("wanted => document.querySelector(wanted).click()", wanted)
    assert page.evaluate("language => document.documentElement.lang.startsWith(language)", language)


def leave(page: Page, by: Locator) -> None:
    """Press what leads to another page, and wait until that one is there: its address, its words, its scripts."""
    with page.expect_navigation():
        by.click()


@dataclass
class Watch:
    """What a window complains of while it is watched."""

    complaints: list[str] = field(default_factory=list)

    def of(self, page: Page) -> Watch:
        """Begin to listen."""
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._said(page, said))
        page.on("response", lambda answer: self._answered(page, answer))
        return self

    def _said(self, page: Page, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(f"{page.url}: {said.text}")

    def _answered(self, page: Page, answer: Response) -> None:
        if answer.status >= 400:
            self.complaints.append(f"{page.url}: {answer.status} for {answer.url}")


RUN = """([norms, unchecked]) => window.axe && axe.run(document, {
    resultTypes: ['violations'], runOnly: {type: 'tag', values: norms}, preload: {assets: ['media']},
    rules: Object.fromEntries(unchecked.map(rule => [rule, {enabled: false}])),
}).then(found => found.violations.map(v => v.id + ' (' + v.help + '): ' +
    v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')))"""
"""No rule of the norms reads style sheets, only an experimental one: they are not taken apart before each run."""


def barriers(page: Page) -> list[str]:
    """What axe-core finds on the page once it is there: rule, help and the first places.

    A window that was asked once brings axe along to its later pages: handing it over takes longer than most rules.
    """
    page.wait_for_load_state()
    asked = [NORMS, sorted(UNCHECKED)]
    found: list[str] | None = page.evaluate(RUN, asked)
    if found is None:
        page.context.add_init_script(AXE)
        page.evaluate(AXE)
        found = page.evaluate(RUN, asked)
    assert found is not None, f"axe does not run on {page.url}"
    return found


BEYOND = """() => {  // a filter that is closed narrows the list, and so leaves the page
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width + 1) return true;
  return Array.from(document.querySelectorAll("main details.menu:not(.filter)")).some(menu => {
    const was = menu.open;
    menu.open = true;
    const list = menu.querySelector(".menu-panel").getBoundingClientRect();
    menu.open = was;
    return list.left < 0 || list.right > width + 1;
  });
}"""


def sideways(page: Page) -> bool:
    """Whether the page, or a menu opened on it, reaches beyond the window, once it is there with its style sheets."""
    page.wait_for_load_state()
    wide: bool = page.evaluate(BEYOND)
    return wide


DRAWN = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


def picture(page: Page, site: Site, name: str) -> None:
    """The window has drawn its page; what it shows is kept where BIHUAN_PICTURES says."""
    page.wait_for_load_state()
    page.evaluate(DRAWN)
    if site.pictures is not None:
        target = site.pictures / f"{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target, full_page=True)
