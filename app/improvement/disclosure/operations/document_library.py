"""The document library: a paper is added with its file, described, given a newer version, or replaced by another."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.core.storage import Stored
from app.improvement.disclosure.models import LibraryDocument, LibraryVersion

NUMBER_TAKEN = Sentence("这个文号已经在库里", "A document of this number is in the library already")
ENDS_FIRST = Sentence("失效日期不能早于生效日期", "It cannot end before it comes into force")
SAME_FILE = Sentence("和现在的版本是同一个文件", "This is the same file as the present version")
IN_A_RING = Sentence("它已经被这份文件代替，不能反过来", "That document is replaced by this one already")


@dataclass(frozen=True)
class DocumentIn:
    """What is known of a paper."""

    title: str
    category: str
    issuer: str
    number: str = ""
    summary: str = ""
    roles: tuple[str, ...] = ()
    signed_on: date | None = None
    printed_on: date | None = None
    in_force_on: date | None = None
    until_on: date | None = None
    version: int | None = None


@dataclass(frozen=True)
class LibraryPlace:
    """Whose library: the county, and the unit that keeps it."""

    county_id: uuid.UUID
    unit_id: uuid.UUID


@dataclass(frozen=True)
class FirstIn:
    """A new paper with its file."""

    about: DocumentIn
    file: Stored


@dataclass(frozen=True)
class VersionIn:
    """A newer file, and what is new in it."""

    file: Stored
    note: str = ""
    version: int | None = None


@dataclass(frozen=True)
class ReplacedIn:
    """Which paper takes its place, from when."""

    by: LibraryDocument
    version: int | None = None


@operation(right="disclosure.manage_library", name="library_document.add")
def add_document(actor: Actor, place: LibraryPlace, given: FirstIn) -> LibraryDocument:
    """Put a paper into the library with its first file. Raises Invalid for a number that is there already."""
    assert actor.person_id is not None
    document = LibraryDocument(
        id=uuid7(), county_id=place.county_id, unit_id=place.unit_id, owner_id=actor.person_id, title="",
        category=given.about.category, issuer="",
    )  # fmt: skip
    _describe(document, given.about)
    db.session.add(document)
    db.session.flush()
    _keep(actor, document, given.file, 1, "")
    return document


@operation(right="disclosure.manage_library", name="library_document.describe")
def describe_document(actor: Actor, document: LibraryDocument, given: DocumentIn) -> None:
    """Change what is known of it; its files stay."""
    _describe(document, given)


def _describe(document: LibraryDocument, given: DocumentIn) -> None:
    if given.in_force_on and given.until_on and given.until_on < given.in_force_on:
        raise Invalid("until_on", ENDS_FIRST)
    number = given.number.strip()
    taken = select(LibraryDocument.id).where(
        LibraryDocument.county_id == document.county_id,
        LibraryDocument.number == number,
        LibraryDocument.id != document.id,
    )
    with db.session.no_autoflush:
        if number and db.session.scalar(taken) is not None:
            raise Invalid("number", NUMBER_TAKEN)
    document.title, document.number, document.category = given.title.strip(), number, given.category
    document.issuer, document.summary, document.roles = given.issuer.strip(), given.summary.strip(), list(given.roles)
    document.signed_on, document.printed_on = given.signed_on, given.printed_on
    document.in_force_on, document.until_on = given.in_force_on, given.until_on


@operation(right="disclosure.manage_library", name="library_document.add_version")
def add_version(actor: Actor, document: LibraryDocument, given: VersionIn) -> None:
    """Put a newer file beside the older ones. Raises Invalid for the file that is there already."""
    newest = db.session.scalars(
        select(LibraryVersion)
        .where(LibraryVersion.document_id == document.id)
        .order_by(LibraryVersion.edition.desc())
        .limit(1)
    ).one()
    if newest.file_sha256 == given.file.sha256:
        raise Invalid("file", SAME_FILE)
    _keep(actor, document, given.file, newest.edition + 1, given.note.strip())


@operation(right="disclosure.manage_library", name="library_document.replace")
def replace_document(actor: Actor, document: LibraryDocument, given: ReplacedIn) -> None:
    """Another paper takes its place; it ends the day before that one is in force. Raises Invalid for a ring."""
    above: uuid.UUID | None = given.by.id
    while above is not None:
        if above == document.id:
            raise Invalid("by", IN_A_RING)
        above = db.session.scalar(select(LibraryDocument.replaced_by_id).where(LibraryDocument.id == above))
    document.replaced_by_id = given.by.id
    if document.until_on is None:
        document.until_on = max(given.by.in_force_on or clock.today(), document.in_force_on or date.min)


def _keep(actor: Actor, document: LibraryDocument, file: Stored, edition: int, note: str) -> None:
    assert actor.person_id is not None
    db.session.add(
        LibraryVersion(
            id=uuid7(),
            county_id=document.county_id,
            document_id=document.id,
            edition=edition,
            note=note,
            file_sha256=file.sha256,
            file_name=file.name,
            media_type=file.media_type,
            size=file.size,
            added_by=actor.person_id,
            added_on=clock.today(),
        )  # fmt: skip
    )
