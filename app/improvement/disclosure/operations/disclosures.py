"""A disclosure: drafted, written, submitted with its frozen copy, approved by another person, out on its day, taken back."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.casework.door import follow, operation
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.disclosure.frozen import content_of
from app.improvement.disclosure.models import ResultDisclosure
from app.improvement.disclosure.operations.public_pages import Showing, digest_of, put_out, take_in
from workflows.improvement.result_disclosure import RESULT_DISCLOSURE

SUBMITTED_ALREADY = Sentence(
    "已经提交，不能再改；要改请先退回", "It is submitted; it has to be returned before it is changed"
)
ENDS_FIRST = Sentence("结束日期不能早于公开日期", "The last day cannot be before the first")
SOURCE_GONE = Sentence(
    "所依据的结果已撤回，公开内容随之撤回", "The result behind it was withdrawn, and this page with it"
)
OPEN = ("draft", "returned")


@dataclass(frozen=True)
class Source:
    """What is shown: one of results, interpretation, visit, document, statement, with the record where there is one."""

    kind: str
    record_id: uuid.UUID | None = None


@dataclass(frozen=True)
class DisclosurePlace:
    """Where a disclosure is begun: who publishes it, and about which school where it is about one."""

    county_id: uuid.UUID
    unit_id: uuid.UUID
    school_id: uuid.UUID | None = None


@dataclass(frozen=True)
class DisclosureIn:
    """What it says and from which day to which; `source` for a new one only."""

    title: str
    statement: str = ""
    publish_on: date | None = None
    until_on: date | None = None
    source: Source = Source("statement")
    version: int | None = None


@dataclass(frozen=True)
class DisclosureStep:
    """A step with version and reason."""

    version: int | None = None
    reason: str | None = None


@operation(RESULT_DISCLOSURE, "draft")
def draft_disclosure(actor: Actor, place: DisclosurePlace, given: DisclosureIn) -> ResultDisclosure:
    """Begin one. Raises Invalid for a period that ends before it begins."""
    assert actor.person_id is not None
    kind, record_id = given.source.kind, given.source.record_id
    disclosure = ResultDisclosure(
        id=uuid7(), county_id=place.county_id, unit_id=place.unit_id, school_id=place.school_id,
        owner_id=actor.person_id, source_kind=kind, title="",
        cycle_id=record_id if kind == "results" else None,
        report_id=record_id if kind == "interpretation" else None,
        visit_id=record_id if kind == "visit" else None,
        document_id=record_id if kind == "document" else None,
    )  # fmt: skip
    _write(disclosure, given)
    return disclosure


@operation(right="disclosure.draft_disclosure", name="result_disclosure.write")
def write_disclosure(actor: Actor, disclosure: ResultDisclosure, given: DisclosureIn) -> None:
    """Change what it says, as long as it is not submitted. Raises StepRefused, Invalid."""
    if disclosure.state not in OPEN:
        raise StepRefused((SUBMITTED_ALREADY,))
    _write(disclosure, given)


def _write(disclosure: ResultDisclosure, given: DisclosureIn) -> None:
    if given.publish_on and given.until_on and given.until_on < given.publish_on:
        raise Invalid("until_on", ENDS_FIRST)
    disclosure.title, disclosure.statement = given.title.strip(), given.statement.strip()
    disclosure.publish_on, disclosure.until_on = given.publish_on, given.until_on


@operation(RESULT_DISCLOSURE, "submit")
def submit_disclosure(actor: Actor, disclosure: ResultDisclosure, given: DisclosureStep) -> None:
    """Hand it in: what the public would read is cut now, and the approver sees just that."""
    disclosure.content = content_of(disclosure)
    disclosure.content_sha256 = digest_of(disclosure.content)
    disclosure.roll_names = None


@operation(RESULT_DISCLOSURE, "return_disclosure")
def return_disclosure(actor: Actor, disclosure: ResultDisclosure, given: DisclosureStep) -> None:
    """Send it back with the reason; the copy is cut anew when it is submitted again."""
    disclosure.content, disclosure.content_sha256 = {}, ""


@operation(RESULT_DISCLOSURE, "approve")
def approve_disclosure(actor: Actor, disclosure: ResultDisclosure, given: DisclosureStep) -> Generator[None]:
    """Let it out on its day; at once where that day is today or past."""
    yield
    if disclosure.day_has_come:
        _put_out(disclosure)
        follow(disclosure, "publish")


def _put_out(disclosure: ResultDisclosure) -> None:
    put_out(
        disclosure,
        Showing("result", disclosure.content, disclosure.content_sha256, disclosure.unit.name, disclosure.until_on),
    )


@operation(RESULT_DISCLOSURE, "withdraw")
def withdraw_disclosure(actor: Actor, disclosure: ResultDisclosure, given: DisclosureStep) -> None:
    """Take it back: the content is gone from the public page at once, day and reason stay there."""
    take_in(disclosure, "withdrawn", (given.reason or "").strip())


@operation(RESULT_DISCLOSURE, "cancel")
def cancel_disclosure(actor: Actor, disclosure: ResultDisclosure, given: DisclosureStep) -> None:
    """Give a draft up; it was never public."""


@operation(right="system", name="result_disclosure.keep_time")
def keep_time(actor: Actor, disclosure: ResultDisclosure, given: None = None) -> None:
    """What the day asks for: out when its day has come, in when its period or its source is over."""
    if disclosure.state in ("approved", "published") and not disclosure.source_is_out:
        take_in(disclosure, "withdrawn", SOURCE_GONE.zh)
        follow(disclosure, "withdraw_with_source", SOURCE_GONE.zh)
    elif disclosure.state == "approved" and disclosure.day_has_come:
        _put_out(disclosure)
        follow(disclosure, "publish")
    elif disclosure.state == "published" and disclosure.period_is_over:
        take_in(disclosure, "expired")
        follow(disclosure, "expire")


def keep_time_of_all() -> int:
    """The job of each sweep: what is out or approved and whose day, period or source says otherwise; how many moved."""
    use_context(SYSTEM.context())
    waiting = db.session.scalars(
        select(ResultDisclosure).where(ResultDisclosure.state.in_(("approved", "published")))
    ).all()
    due = [one for one in waiting if one.is_due]
    for one in due:
        keep_time(SYSTEM, one, None)
    return len(due)
