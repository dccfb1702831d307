"""What became of the problems of a visit that were carried on as candidate findings."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core.casework.timeline import timeline
from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem
from app.improvement.visits.models import SupervisionVisit


@dataclass(frozen=True)
class Became:
    """One candidate: where it stands, the item that was made of it (number and address), why it was rejected."""

    finding: Any
    item: tuple[str, str] | None = None
    why: str = ""

    @property
    def is_open(self) -> bool:
        """Nobody has settled it yet."""
        return not self.finding.standing.final


def became(actor: Actor, visit: SupervisionVisit) -> dict[uuid.UUID, Became]:
    """Candidates of a visit that the actor has loaded, by the id of the finding; an item only where it may be opened."""
    found = [one.data_finding for one in visit.findings if one.data_finding is not None]
    if not found:
        return {}
    made = select(ProblemItem.id, ProblemItem.number, ProblemItem.ref).where(
        ProblemItem.id.in_([one.problem_item_id for one in found])
    )
    items = {row.id: row for row in db.session.execute(decide.visible(actor, made, ProblemItem, "problems.view_items"))}
    rejected = [one for one in found if one.state == "rejected"]
    entries = timeline(actor, rejected).entries if rejected else ()
    why = {entry.record_id: entry.reason or "" for entry in entries if entry.to_state == "rejected"}
    return {
        one.id: Became(
            one,
            (row.number, f"/items/{row.ref}") if (row := items.get(one.problem_item_id)) is not None else None,
            why.get(one.id, ""),
        )
        for one in found
    }
