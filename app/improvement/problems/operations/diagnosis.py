"""归因诊断: the causes of an item, written down while it is diagnosed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Invalid, NotFound, Sentence, Stale
from app.core.policy.actor import Actor
from app.improvement.problems.models import Cause, ProblemItem
from app.improvement.problems.models.citable import citable
from workflows.improvement.problem_item_facts import CAUSE_CATEGORIES

LONGEST = 300
OTHER = "other"
NOT_IN_CHAIN = Sentence("请从列出的里面选", "Choose one of those listed")
SAY_WHAT = Sentence("选了其他依据，请写明是什么", "You chose other grounds: say which")
CLOSED = Sentence("归因诊断已经完成，这一步不再改", "The cause analysis is finished and no longer changed")


@dataclass(frozen=True)
class CauseIn:
    """One cause of the analysis."""

    category: str
    statement: str
    controllable: bool | None
    evidence_note: str = ""
    five_whys: str = ""
    source: str = ""
    """Which thing of the item's chain it cites, as a form names it; other: none of them, the note says what."""


@dataclass(frozen=True)
class CauseChange:
    """Another wording of a cause that stands already."""

    ref: str
    cause: CauseIn
    of_version: int | None = None
    """The version of the cause that the page showed."""


@operation(right="problems.diagnose_item", name="problem_item.add_cause")
def add_cause(actor: Actor, item: ProblemItem, given: CauseIn) -> None:
    """Write down one cause of the present analysis."""
    _must_be_open(item)
    cause = Cause(
        item_id=item.id,
        iteration=item.iteration,
        added_by=actor.person_id,
        county_id=item.county_id,
        school_id=item.school_id,
    )
    _fill(item, cause, given)
    item.all_causes.append(cause)


@operation(right="problems.diagnose_item", name="problem_item.change_cause")
def change_cause(actor: Actor, item: ProblemItem, given: CauseChange) -> None:
    """Put a cause in other words. Raises Stale where somebody else did since the page was opened."""
    _must_be_open(item)
    cause = _cause(item, given.ref)
    if given.of_version is not None and given.of_version != cause.version:
        raise Stale(cause.version, item)
    _fill(item, cause, given.cause)


@operation(right="problems.diagnose_item", name="problem_item.remove_cause")
def remove_cause(actor: Actor, item: ProblemItem, given: uuid.UUID | str) -> None:
    """Take a cause of the present analysis away again, by its reference or id."""
    _must_be_open(item)
    cause = _cause(item, given)
    item.all_causes.remove(cause)
    db.session.delete(cause)


def _must_be_open(item: ProblemItem) -> None:
    if item.state not in ("accepted", "diagnosing"):
        raise Invalid("", CLOSED)


def _cause(item: ProblemItem, wanted: uuid.UUID | str) -> Cause:
    found = next((cause for cause in item.causes if wanted in (cause.ref, cause.id)), None)
    if found is None:
        raise NotFound("cause", str(wanted))
    return found


def _fill(item: ProblemItem, cause: Cause, given: CauseIn) -> None:
    faults: dict[str, Sentence] = {}
    cited = None
    if given.source not in ("", OTHER):
        cited = next((one for one in citable(item.id) if one.code == given.source), None)
        if cited is None:
            faults["source"] = NOT_IN_CHAIN
    if given.source == OTHER and not given.evidence_note.strip():
        faults["evidence_note"] = SAY_WHAT
    if given.category not in CAUSE_CATEGORIES:
        faults["category"] = Sentence("请选择原因属于哪一类", "Choose the kind of cause")
    if not given.statement.strip():
        faults["statement"] = Sentence("请写明原因", "State the cause")
    for name in ("statement", "evidence_note"):
        if len(getattr(given, name)) > LONGEST:
            faults[name] = Sentence(f"最多 {LONGEST} 个字，请写短一些", f"At most {LONGEST} characters")
    if faults:
        raise Invalid(faults)
    cause.category, cause.controllable = given.category, given.controllable
    cause.statement, cause.evidence_note = given.statement.strip(), given.evidence_note.strip()
    cause.five_whys = given.five_whys.strip()
    cause.cite(cited.kind if cited else "", cited.id if cited else None)
