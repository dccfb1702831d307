"""Who is acting: one person in one role at one unit, as a plain value that never outlives its request."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.core.database import WEB_SECONDS, WORK_SECONDS, Context

FRESH = timedelta(minutes=5)
"""How long a second factor counts as fresh (security 10, 17)."""


@dataclass(frozen=True)
class Taught:
    """A class that the person teaches or leads today, as results name it: they know no class of the rolls.

    cohort: the year in which its pupils were in grade 1 (or would have been), so that a class keeps it as it moves up;
    subject: what is taught there, empty for who leads the class or the grade.
    """

    cohort: int
    class_no: int
    subject: str = ""


@dataclass(frozen=True)
class Actor:
    """A person with the role they act in. `schools` are those whose private rows the role reaches, beside its own."""

    person_id: uuid.UUID | None = None
    account_id: uuid.UUID | None = None
    assignment_id: uuid.UUID | None = None
    name: str = ""
    role: str = ""
    unit_id: uuid.UUID | None = None
    unit_name: str = ""
    county_id: uuid.UUID | None = None
    school_id: uuid.UUID | None = None
    schools: tuple[uuid.UUID, ...] = ()
    subjects: tuple[str, ...] = ()
    classes: tuple[uuid.UUID, ...] = ()
    taught: tuple[Taught, ...] = ()
    student_id: uuid.UUID | None = None
    """The one child of whoever came in by a personal code (guardian, student); staff have none."""
    letter_id: uuid.UUID | None = None
    """The one letter of a citizen, who has no account and no other data; everybody else has none."""
    data_classes: tuple[str, ...] = ()
    classrooms: str = ""
    """Networks of the classrooms of the own school, as it declared them."""
    county_wide: bool = False
    system: bool = False
    locale: str = "zh"
    fresh_until: float = field(default=0.0)

    @property
    def confirmed_at(self) -> datetime:
        """When the last code of the second factor was given."""
        return datetime.fromtimestamp(max(self.fresh_until - FRESH.total_seconds(), 0), UTC)

    def context(self) -> Context:
        """What the database may show this actor (row-level security; finer limits are in scopes.py).

        Who came in by a code has no person: the child stands there, whose own rows are shown, or the citizen's letter.
        """
        own = (self.school_id,) if self.school_id else ()
        return Context(
            actor=self.person_id or self.student_id or self.letter_id,
            home=self.county_id,
            counties=(self.county_id,) if self.county_wide and self.county_id else (),
            schools=tuple(dict.fromkeys((*own, *self.schools))),
            classes=self.data_classes,
            system=self.system,
            seconds=WORK_SECONDS if self.system else WEB_SECONDS,
        )


SYSTEM = Actor(name="系统", role="system", system=True)
"""Takes deadlines and system steps; signed by worker code paths only (decision 13)."""
NOBODY = Actor(role="anonymous")
"""Somebody who has not signed in."""
