"""Building a checklist from a school's problem items: what to look for stands on the line as it stood then."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.improvement.plans.models import RemediationAction, RemediationPlan
from app.improvement.problems.models import ProblemItem
from app.improvement.visits.models import SupervisionVisit, VisitLine

MOST_LINES = 40
LONGEST = 140
NOT_LOOKED_AT = ("draft", "void")
NOT_OF_THE_SCHOOL = Sentence("请从这所学校已交办的问题项里选择", "Choose among the issued items of this school")
TOO_MANY = Sentence(
    f"一次视导最多看 {MOST_LINES} 项，请分两次", f"A visit looks at {MOST_LINES} points at most; plan two visits"
)


def fill_lines(visit: SupervisionVisit, item_ids: Sequence[uuid.UUID], points: Sequence[str]) -> None:
    """Make the lines anew from items and further points; a line that stays keeps its answers. Raises Invalid."""
    wanted = list(dict.fromkeys(item_ids))
    texts = [one.strip()[:LONGEST] for one in points if one.strip()]
    if len(wanted) + len(texts) > MOST_LINES:
        raise Invalid("items", TOO_MANY)
    held = {line.item_id: line for line in visit.lines if line.item_id is not None}
    items = _items(visit, wanted)
    if len(items) != len(wanted):
        raise Invalid("items", NOT_OF_THE_SCHOOL)
    look_for = what_to_look_for(items)
    lines = []
    for item in items:
        line = held.get(item.id) or _line(visit, item.label[:LONGEST], item.id)
        line.look_for = look_for[item.id]
        lines.append(line)
    lines += [_line(visit, text) for text in texts]
    for position, line in enumerate(lines, 1):
        line.position = position
    visit.lines = lines


def _line(visit: SupervisionVisit, title: str, item_id: uuid.UUID | None = None) -> VisitLine:
    return VisitLine(
        id=uuid7(),
        visit_id=visit.id,
        item_id=item_id,
        title=title,
        look_for=[],
        county_id=visit.county_id,
        school_id=visit.school_id,
        observations=[],
        photos=[],
    )


def add_line_to(visit: SupervisionVisit, title: str, item_id: uuid.UUID | None) -> VisitLine:
    """One more line at the end, while the team is on site."""
    if len(visit.lines) >= MOST_LINES:
        raise Invalid("title", TOO_MANY)
    line = _line(visit, title.strip()[:LONGEST])
    if item_id is not None:
        if any(one.item_id == item_id for one in visit.lines):
            raise Invalid("item", Sentence("这一项已经在检查清单里", "This item is on the checklist already"))
        items = _items(visit, [item_id])
        if not items:
            raise Invalid("item", NOT_OF_THE_SCHOOL)
        line.item_id, line.title, line.look_for = item_id, items[0].label[:LONGEST], what_to_look_for(items)[item_id]
    if not line.title:
        raise Invalid("title", Sentence("请写要看什么", "Say what to look at"))
    line.position = max((one.position for one in visit.lines), default=0) + 1
    visit.lines.append(line)
    visit.checklist_edition += 1
    return line


def _items(visit: SupervisionVisit, ids: Sequence[uuid.UUID]) -> list[ProblemItem]:
    if not ids:
        return []
    query = select(ProblemItem).where(
        ProblemItem.id.in_(ids),
        ProblemItem.school_id == visit.unit_id,
        ProblemItem.state.not_in(NOT_LOOKED_AT),
    )
    with db.session.no_autoflush:
        return list(db.session.scalars(query.order_by(ProblemItem.number)))


def what_to_look_for(items: Sequence[ProblemItem]) -> dict[uuid.UUID, list[str]]:
    """The aim of each item and the measures of its plan in force, in one query."""
    query = (
        select(RemediationPlan.item_id, RemediationAction.title)
        .join(RemediationAction, RemediationAction.plan_id == RemediationPlan.id)
        .where(
            RemediationPlan.item_id.in_([item.id for item in items]),
            RemediationPlan.state.in_(("active", "completed")),
            RemediationAction.state != "cancelled",
        )
        .order_by(RemediationAction.position)
    )
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for item in items:
        found[item.id] += [line.strip() for line in item.criteria.splitlines() if line.strip()]
    with db.session.no_autoflush:
        for row in db.session.execute(query):
            found[row.item_id].append(row.title)
    return found
