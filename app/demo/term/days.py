"""The days of the demo's term: school days counted back from the last one before the demo is loaded."""

from __future__ import annotations

from datetime import date, timedelta

from app.core.calendar.days import add_working_days
from app.core.casework.deadlines import work_calendar
from app.demo.telling import Teller

LAST = date(2027, 6, 30)
"""The roll of the demo is that of the school year 2026; a demo of a later day tells of the end of that year."""
ASKED, HOPED_FOR, SIGNED = 34, 26, 29
"""Guardians are asked; until when; their papers are entered."""
DRAFTED, AGREED, ASSIGNED = 27, 25, 24
OPENS, SECOND_WAVE, RATED, CLOSES, SETTLED, COMPUTED = 9, 5, 3, 2, 1, 0
"""The county's screening: first day and first wave, the second wave, the teachers' look, the last day, what follows."""


class Days:
    """Day so many school days before the last one."""

    def __init__(self, teller: Teller) -> None:
        self.today = min(teller.real.date(), LAST)
        self._overrides = work_calendar().overrides
        self.last = self._step(self.today, -1)

    def _step(self, day: date, count: int) -> date:
        return add_working_days(day, count, self._overrides)

    def before(self, count: int) -> date:
        """So many school days before the last one."""
        return self._step(self.last, -count) if count else self.last

    def ahead(self, count: int) -> date:
        """So many school days after today."""
        return self._step(self.today, count)

    def weeks_ago(self, count: int) -> date:
        """The same weekday so many weeks before the last school day."""
        return self.last - timedelta(weeks=count)
