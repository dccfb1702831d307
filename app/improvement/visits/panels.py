"""What the page of a problem item shows of visits: when the team was there, and what it saw."""

from __future__ import annotations

from app.core.casework.together import Asking
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.panels import Panel
from app.improvement.visits.queries import visits
from app.improvement.visits.words import SEEN


def visits_panel(actor: Actor, item: ProblemItem) -> Asking[Panel | None]:
    """The visits that looked at the item, the latest first; None where there was none."""
    rows = yield from visits.visits_of_item(actor, item)
    if not rows:
        return None
    shown = [(visit, line, visits.shows_findings(actor, visit)) for visit, line in rows]
    return Panel("improvement/visits/_item_visits.html", {"rows": shown, "seen": SEEN}, order=25)
