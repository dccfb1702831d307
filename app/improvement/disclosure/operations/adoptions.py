"""Taking an example up, and giving it up again: said by a school of the county, read by the unit behind and the office."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Sentence, StepRefused
from app.core.policy.actor import Actor
from app.improvement.disclosure.models import PublicPage, ShowcaseAdoption

GONE = Sentence("这个案例已经撤回，不能再登记借鉴", "This example was withdrawn; it can no longer be taken up")
OWN = Sentence("这是本校自己的案例", "This is your own example")
TAKEN = Sentence("本校已经登记借鉴这个案例", "Your school has taken this example up already")
ENDED = Sentence("已经登记不再借鉴", "It was given up already")


@dataclass(frozen=True)
class AdoptionPlace:
    """Which unit takes it up: not the example's own row, which a school of the county may read and not lock."""

    county_id: uuid.UUID
    unit_id: uuid.UUID
    school_id: uuid.UUID | None


@dataclass(frozen=True)
class AdoptionIn:
    """Which example is taken up, and how."""

    page: PublicPage
    note: str = ""


@dataclass(frozen=True)
class AdoptionEnd:
    """Why it is given up."""

    reason: str = ""
    version: int | None = None


@operation(right="disclosure.adopt_example", name="showcase_adoption.adopt")
def adopt_example(actor: Actor, place: AdoptionPlace, given: AdoptionIn) -> ShowcaseAdoption:
    """Say that a school works after the example. Raises StepRefused for one's own, a withdrawn, a second time."""
    assert actor.person_id is not None
    page = given.page
    if page.kind != "showcase" or not page.is_open:
        raise StepRefused((GONE,))
    if page.unit_id == place.unit_id:
        raise StepRefused((OWN,))
    there = select(ShowcaseAdoption.id).where(
        ShowcaseAdoption.page_id == page.id,
        ShowcaseAdoption.unit_id == place.unit_id,
        ShowcaseAdoption.ended_on.is_(None),
    )
    if db.session.scalar(there) is not None:
        raise StepRefused((TAKEN,))
    taken = ShowcaseAdoption(
        id=uuid7(),
        county_id=place.county_id,
        school_id=place.school_id,
        page_id=page.id,
        entry_id=page.record_id,
        unit_id=place.unit_id,
        owner_id=actor.person_id,
        note=given.note.strip(),
        adopted_on=clock.today(),
    )
    db.session.add(taken)
    return taken


@operation(right="disclosure.end_adoption", name="showcase_adoption.end")
def end_adoption(actor: Actor, taken: ShowcaseAdoption, given: AdoptionEnd) -> None:
    """Give it up; the line stays with its day and reason. Raises StepRefused a second time."""
    if taken.ended_on is not None:
        raise StepRefused((ENDED,))
    taken.ended_on, taken.ended_reason = clock.today(), given.reason.strip()
