"""An office whose day the test decides: everybody signs in, types and clicks; letters and jobs run beside.

desk = Desk(site, visit); with desk.running(): page = desk.sits_down("principal"); page.press("签收")
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from time import sleep
from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from app.core import clock
from app.core.casework import deadlines
from app.core.database import db, use_context
from app.core.outbox import deliver
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from tests.browser.conftest import PATIENCE, Site, Visit, Watch, picture, sideways

NINE = time(9, 30)
PAUSE = 0.1


@dataclass
class Paper:
    """The window of one person."""

    page: Page
    site: Site
    who: str
    watch: Watch

    def opens(self, address: str) -> Paper:
        """Go to an address of the menu, or to a link copied from elsewhere."""
        self.page.goto(address if address.startswith("http") else self.site.address + address)
        return self.sound()

    def follows(self, words: str | re.Pattern[str], within: str = "body") -> Paper:
        """Click a link by its words."""
        self._click(self.page.locator(within).get_by_role("link", name=words).first)
        return self

    def presses(self, words: str, nth: int = 0) -> Paper:
        """Click a button, or a link that looks like one, by the words it begins with."""
        wanted = re.compile(rf"^\s*{re.escape(words)}")
        self._click(self.page.locator("main button, main a.btn").filter(has_text=wanted).nth(nth))
        return self

    def _click(self, wanted: Locator) -> None:
        wanted.click()
        self.page.wait_for_load_state("load")
        self.sound()

    def writes(self, **given: Any) -> Paper:
        """Fill the fields of the page by their names: text, day, choice by its label, ticks (None: the first), a file."""
        for name, value in given.items():
            self._write(name.replace("__", "-"), value)
        return self

    def _write(self, name: str, value: Any) -> None:
        places = self.page.locator(f"main [name='{name}']:not([type=hidden])")
        kind = places.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            places.first.select_option(label=value)
        elif kind in ("radio", "checkbox"):
            for words in value if isinstance(value, list) else [value]:
                self._tick(places, words)
        elif kind == "file":
            named, content = value
            places.last.set_input_files({"name": named, "mimeType": "application/octet-stream", "buffer": content})
        else:
            places.first.fill(value.isoformat() if isinstance(value, date) else str(value))

    def _tick(self, places: Locator, words: str | None) -> None:
        if words is not None:
            places = places.and_(self.page.get_by_label(re.compile(rf"^\s*{re.escape(words)}")))
        places.first.check()

    def ticks(self, name: str) -> Paper:
        """Tick every box of a name."""
        for box in self.page.locator(f"main input[name='{name}']").all():
            box.check()
        return self

    def reads(self, *wanted: str) -> Paper:
        """The page says all of this."""
        for words in wanted:
            expect(self.page.locator("body")).to_contain_text(words)
        return self

    def sound(self) -> Paper:
        """Nothing typed was refused, and no page of an error came."""
        assert not self.page.locator("#faults").count(), f"{self.who} at {self.page.url}: {self.text()[:600]}"
        assert not self.watch.complaints, f"{self.who}: {self.watch.complaints}"
        return self

    def text(self) -> str:
        """The words of the main part."""
        return re.sub(r"\s+", " ", self.page.locator("main").inner_text())

    def keeps(self, name: str) -> Paper:
        """Two pictures of the page, wide and narrow; neither is pushed sideways."""
        before = self.page.viewport_size
        for width in (1440, 390):
            self.page.set_viewport_size({"width": width, "height": 900})
            assert not sideways(self.page), f"{self.page.url} pushes sideways at {width}"
            picture(self.page, self.site, f"{name}-{width}")
        if before:
            self.page.set_viewport_size(before)
        return self


@dataclass
class Desk:
    """The whole office: who sits before which window, and what day it is."""

    site: Site
    visit: Visit
    papers: dict[str, Paper] = field(default_factory=dict)
    at_the_door: bool = False
    """Whether everybody comes in by password and code the first time; later, and else, with the session that these give."""
    known: set[str] = field(default_factory=set)

    def on(self, day: date, at: time = NINE) -> Desk:
        """Let it be this day; everybody has gone home in between and signs in anew."""
        wanted = datetime.combine(day, at, clock.SHANGHAI) - clock.machine_now()
        if wanted < clock.offset():
            raise ValueError("Codes of the past are used up: the clock only goes on.")
        self.posted()
        clock.set_offset_source(lambda: wanted)
        for paper in self.papers.values():
            paper.page.context.close()
        self.papers.clear()
        return self

    def sits(self, who: str) -> Paper:
        """This person before their window, signed in with both factors if they were not today."""
        if who not in self.papers:
            page = self.visit(who, at_the_door=self.at_the_door and who not in self.known)
            self.known.add(who)
            self.papers[who] = Paper(page, self.site, who, Watch().of(page))
        return self.papers[who]

    def posted(self) -> None:
        """Wait until every letter is written and every job is done."""
        until = clock.monotonic() + PATIENCE / 1000
        while self.site.inside(_unfinished):
            assert clock.monotonic() < until, "letters or jobs are not done"
            sleep(PAUSE)

    def takes_up(self, who: str, words: str) -> Paper:
        """This person opens what waits for them, by the words it stands there with."""
        self.posted()
        return self.sits(who).opens("/todo").follows(words, "main")

    @contextmanager
    def running(self) -> Iterator[Desk]:
        """Letters, jobs and deadlines go their way beside the windows, as the worker and the sweep do it."""
        stop = threading.Event()
        beside = threading.Thread(target=self._carry, args=(stop,), daemon=True)
        beside.start()
        try:
            yield self
        finally:
            stop.set()
            beside.join()
            clock.set_offset_source(None)

    def _carry(self, stop: threading.Event) -> None:
        """Letters at once; deadlines when the day has changed, and every second."""
        swept, rounds = None, 0
        while not stop.wait(PAUSE):
            with self.site.app.app_context():
                use_context(SYSTEM.context())
                deliver.drain()
                day, rounds = clock.offset(), rounds + 1
                if day != swept or rounds % 10 == 0:
                    deadlines.sweep()
                    swept = day
                db.session.close()


def _unfinished() -> int:
    use_context(SYSTEM.context())
    waiting = select(func.count()).where(
        OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.due_at <= clock.now()
    )
    return db.session.scalar(waiting) or 0
