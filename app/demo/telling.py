"""Telling a story in the order of its days: the business clock stands where the story stands."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from app.core import clock
from app.core.audit.trail import QUIET
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM

Story = Iterator[date]
FOR_THE_WORKER = ("closure_approved",)
"""Papers that nobody waits for: the worker prints them when it is up, as it does in use; it takes a third of the telling."""
LOUD = timedelta(days=21)
"""Letters are written for what happened in the last three weeks; older ones have long been read."""


class Teller:
    """Holds the clock and runs many stories side by side, always the one whose day comes next."""

    def __init__(self) -> None:
        self.moment = clock.machine_now()
        self.real = clock.machine_now()
        self.offset = timedelta()
        self.order = itertools.count()
        self.waiting: list[tuple[date, int, Story]] = []
        clock.set_offset_source(lambda: self.offset)

    def at(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """Stand on this day; the context of the session is the system's, as in a job."""
        self.moment = datetime.combine(day, time(hour, minute), clock.SHANGHAI)
        self.offset = self.moment - clock.machine_now()
        db.session.info[QUIET] = self.moment < self.real - LOUD
        use_context(SYSTEM.context())

    def later(self, days: int = 0, hours: int = 0) -> None:
        """Go on by so much."""
        moment = clock.now() + timedelta(days=days, hours=hours)
        self.at(clock.local(moment).date(), clock.local(moment).hour)

    def tell(self, stories: list[Story], until: date) -> int:
        """Take the stories in and run all in the order of their days up to `until`; returns how many pieces were told."""
        for story in stories:
            first = next(story, None)
            if first is not None:
                heapq.heappush(self.waiting, (first, next(self.order), story))
        stories.clear()
        told, waiting, order = 0, self.waiting, self.order
        while waiting and waiting[0][0] <= until:
            day, number, story = heapq.heappop(waiting)
            self.at(day, 8 + number % 9, number % 60)
            following = next(story, None)
            told += 1
            db.session.expire_all() if told % 200 == 0 else None
            if following is not None:
                heapq.heappush(waiting, (max(following, day), next(order), story))
        return told

    def end(self) -> None:
        """Put the clock back to the machine's."""
        db.session.rollback()
        clock.set_offset_source(None)
        db.session.info[QUIET] = False
        use_context(None)
