"""A showcase entry: written from a closed item, agreed to by its unit, published by the office, taken back with the item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core.casework.door import follow, operation
from app.core.database import db, use_context, uuid7
from app.core.errors import Sentence, StepRefused
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.disclosure.models import ShowcaseEntry
from app.improvement.disclosure.operations.disclosures import OPEN, DisclosureStep
from app.improvement.disclosure.operations.public_pages import Showing, digest_of, put_out, take_in
from app.improvement.effects.models import ClosureRequest
from app.improvement.monitoring.numbers import monitoring_numbers
from app.improvement.problems.models import ProblemItem
from workflows.improvement.showcase_entry import SHOWCASE_ENTRY

AGREED_ALREADY = Sentence(
    "单位已同意，不能再改；要改请先退回", "The unit has agreed; it has to be returned before it is changed"
)
ALREADY_TOLD = Sentence("这一项已经写成展示案例", "This item is told as a showcase entry already")
OPEN_AGAIN = Sentence("问题项重新打开，案例随之撤回", "The problem is open again, and the entry was withdrawn with it")


@dataclass(frozen=True)
class ShowcaseIn:
    """What it says."""

    title: str
    scenario: str
    problem: str = ""
    practice: str = ""
    result: str = ""
    version: int | None = None


@operation(SHOWCASE_ENTRY, "draft")
def draft_showcase(actor: Actor, item: ProblemItem, given: ShowcaseIn) -> ShowcaseEntry:
    """Begin one from a closed item. Raises StepRefused where the item is open, its chain broken, or told already."""
    assert actor.person_id is not None
    there = select(ShowcaseEntry.id).where(
        ShowcaseEntry.item_id == item.id, ShowcaseEntry.state.not_in(("withdrawn", "cancelled"))
    )
    if db.session.scalar(there) is not None:
        raise StepRefused((ALREADY_TOLD,))
    entry = ShowcaseEntry(
        id=uuid7(), county_id=item.county_id, school_id=item.school_id, unit_id=item.unit_id, item_id=item.id,
        item=item, owner_id=actor.person_id, title="", scenario=given.scenario,
    )  # fmt: skip
    _write(entry, given)
    return entry


@operation(right="disclosure.draft_showcase", name="showcase_entry.write")
def write_showcase(actor: Actor, entry: ShowcaseEntry, given: ShowcaseIn) -> None:
    """Change what it says, as long as the unit has not agreed. Raises StepRefused."""
    if entry.state not in OPEN:
        raise StepRefused((AGREED_ALREADY,))
    _write(entry, given)


def _write(entry: ShowcaseEntry, given: ShowcaseIn) -> None:
    entry.title, entry.scenario = given.title.strip(), given.scenario
    entry.problem, entry.practice, entry.result = given.problem.strip(), given.practice.strip(), given.result.strip()


@operation(SHOWCASE_ENTRY, "agree")
def agree_to_showcase(actor: Actor, entry: ShowcaseEntry, given: DisclosureStep) -> None:
    """The unit agrees to what is shown; it is cut now and stays as it is."""
    entry.content = showcase_content(entry)
    entry.content_sha256 = digest_of(entry.content)
    entry.roll_names = None


@operation(SHOWCASE_ENTRY, "return_entry")
def return_showcase(actor: Actor, entry: ShowcaseEntry, given: DisclosureStep) -> None:
    """Send it back with the reason; the unit agrees anew."""
    entry.content, entry.content_sha256 = {}, ""


@operation(SHOWCASE_ENTRY, "publish")
def publish_showcase(actor: Actor, entry: ShowcaseEntry, given: DisclosureStep) -> None:
    """Let everybody read it."""
    put_out(entry, Showing("showcase", entry.content, entry.content_sha256, entry.unit.name))


@operation(SHOWCASE_ENTRY, "withdraw")
def withdraw_showcase(actor: Actor, entry: ShowcaseEntry, given: DisclosureStep) -> None:
    """Take it back; day and reason stay."""
    take_in(entry, "withdrawn", (given.reason or "").strip())


@operation(SHOWCASE_ENTRY, "cancel")
def cancel_showcase(actor: Actor, entry: ShowcaseEntry, given: DisclosureStep) -> None:
    """Give a draft up."""


@operation(right="system", name="showcase_entry.keep_true")
def keep_true(actor: Actor, entry: ShowcaseEntry, given: None = None) -> None:
    """An example whose problem came back is no example."""
    if entry.state in ("agreed", "published") and not entry.item_is_closed:
        take_in(entry, "withdrawn", OPEN_AGAIN.zh)
        follow(entry, "withdraw_with_item", OPEN_AGAIN.zh)


def keep_all_true() -> int:
    """The job of each sweep: entries of items that are open again; how many were taken back."""
    use_context(SYSTEM.context())
    left = db.session.scalars(
        select(ShowcaseEntry)
        .join(ProblemItem, ProblemItem.id == ShowcaseEntry.item_id)
        .where(ShowcaseEntry.state.in_(("agreed", "published")), ProblemItem.state != "closed")
    ).all()
    for one in left:
        keep_true(SYSTEM, one, None)
    return len(left)


def showcase_content(entry: ShowcaseEntry) -> dict[str, Any]:
    """The frozen copy: words of the unit, and before and after where both rest on enough pupils to be shown to all."""
    closed = db.session.scalars(
        select(ClosureRequest)
        .where(ClosureRequest.item_id == entry.item_id, ClosureRequest.state == "closed")
        .order_by(ClosureRequest.id.desc())
        .limit(1)
    ).first()
    kept, least = (closed.before_after if closed else {}), monitoring_numbers().public_least
    ends = kept.get("ends") or []
    shown = len(ends) == 2 and all((end.get("n") or 0) >= least for end in ends)
    return {
        "title": entry.title,
        "source": "showcase",
        "scenario": entry.scenario,
        "paragraphs": [],
        "parts": {name: _lines(getattr(entry, name)) for name in ("problem", "practice", "result")},
        "outcome": kept.get("outcome"),
        "ends": [{name: end.get(name) for name in ("value", "value_type", "low", "high", "n")} for end in ends]
        if shown
        else [],
        "small": bool(ends) and not shown,
        "closed_on": closed.approved_on.isoformat() if closed and closed.approved_on else None,
    }


def _lines(words: str) -> list[str]:
    return [line.strip() for line in words.splitlines() if line.strip()]
