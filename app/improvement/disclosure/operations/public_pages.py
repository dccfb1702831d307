"""Putting a frozen page out and taking it in again, inside the open act of whatever is published."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import db, uuid7
from app.improvement.disclosure.models import PublicPage
from app.improvement.provenance import inputs_digest
from app.people.directory.models import Unit

LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
"""No letter or digit that is taken for another when an address is read out."""


@dataclass(frozen=True)
class Showing:
    """What goes out: its kind, the frozen content with its digest, who issues it, until when."""

    kind: str
    content: dict[str, Any]
    content_sha256: str
    issuer: str
    until_on: date | None = None


def new_slug() -> str:
    """Four groups of four signs of chance: 78 bits, and nothing of the record behind."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of a content, by its canonical JSON."""
    return inputs_digest([content])


def put_out(record: Movable, showing: Showing) -> PublicPage:
    """Write the public page of a record; its content never changes from here on."""
    bureau = db.session.get_one(Unit, record.county_id)
    school = db.session.get(Unit, record.school_id) if record.school_id else None
    page = PublicPage(
        id=uuid7(), slug=new_slug(), kind=showing.kind, entity=record.__tablename__, record_id=record.id,
        unit_id=record.unit_id, county_id=record.county_id, school_id=record.school_id, bureau=bureau.ref,  # type: ignore[attr-defined]

        school=school.ref if school else "", school_name=school.name if school else "", county_name=bureau.name,
        issuer=showing.issuer, content=showing.content,
        content_sha256=showing.content_sha256, published_on=clock.today(), until_on=showing.until_on,
    )  # fmt: skip
    db.session.add(page)
    return page


def take_in(record: Movable, ended_as: str, reason: str = "") -> None:
    """Empty the record's open pages; day, kind of end and reason stay for everybody to see."""
    pages = db.session.scalars(
        select(PublicPage).where(
            PublicPage.entity == record.__tablename__, PublicPage.record_id == record.id, PublicPage.ended_on.is_(None)
        )
    )
    for page in pages:
        page.content, page.ended_on, page.ended_as, page.ended_reason = {}, clock.today(), ended_as, reason
