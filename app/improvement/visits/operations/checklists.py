"""Building a checklist from a school's problem items: what to look for stands on the line as it stood then."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.improvement.inspection.models import InspectionNode
from app.improvement.inspection.terms import points_for
from app.improvement.inspection.words import stages_of
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
    """Make the lines anew from items, further points, and the observation points that the entry of the list chose; a line
    that stays keeps its answers. Raises Invalid."""
    wanted = list(dict.fromkeys(item_ids))
    texts = [one.strip()[:LONGEST] for one in points if one.strip()]
    nodes = chosen_points(visit)
    if len(wanted) + len(texts) + len(nodes) > MOST_LINES:
        raise Invalid("items", _too_many_with(len(nodes)) if nodes else TOO_MANY)
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
    kept = {line.title: line for line in visit.lines if line.item_id is None and line.node_id is None}
    lines += [kept.get(text) or _line(visit, text) for text in dict.fromkeys(texts)]
    _put(visit, lines, nodes)


def renew_points(visit: SupervisionVisit) -> None:
    """The observation points of the tree that is in force on the day of the visit, in the place of those of a former one;
    for a visit that nobody has been told of."""
    nodes = chosen_points(visit)
    kept = [line for line in visit.lines if line.node_id is None]
    if {node.id for node in nodes} != {line.node_id for line in visit.lines if line.node_id is not None}:
        if len(kept) + len(nodes) > MOST_LINES:
            raise StepRefused((_too_many_with(len(nodes)),))
        _put(visit, kept, nodes)


def chosen_points(visit: SupervisionVisit) -> list[InspectionNode]:
    """What the entry of the yearly list chose of the tree in force on the day, for the stages of the school."""
    if visit.entry is None or visit.visit_on is None or not visit.entry.branches:
        return []
    stages = stages_of(visit.unit.school_type)
    return points_for(visit.county_id, stages, visit.visit_on, visit.entry.branches, visit.entry.topics)


def _put(visit: SupervisionVisit, lines: list[VisitLine], nodes: Sequence[InspectionNode]) -> None:
    held = {line.node_id: line for line in visit.lines if line.node_id is not None}
    for node in nodes:
        line = held.get(node.id) or _line(visit, node.label[:LONGEST])
        line.tree_id, line.node_id = node.tree_id, node.id
        line.look_for = [node.look_for] if node.look_for else []
        lines.append(line)
    for position, line in enumerate(lines, 1):
        line.position = position
    visit.lines = lines


def _too_many_with(points: int) -> Sentence:
    return Sentence(
        f"一次视导最多看 {MOST_LINES} 项，其中 {points} 项来自督导指标；请少选一些问题项",
        f"A visit looks at {MOST_LINES} points at most, {points} of them from the inspection indicators; choose fewer items",
    )


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
