"""What is in force on a day: the tree of each stage of schooling, and the observation points that a visit takes of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from app.core.database import db
from app.improvement.inspection.models import InspectionNode, InspectionTerm, InspectionTree
from app.improvement.inspection.words import POINT


def in_force_on(county_id: uuid.UUID | None, stages: Sequence[str], day: date) -> list[tuple[str, InspectionTree]]:
    """Stage and the tree in force for it on a day; a stage without one is left out."""
    wanted = (
        select(InspectionTerm.stage, InspectionTree)
        .join(InspectionTree, InspectionTree.id == InspectionTerm.tree_id)
        .where(
            InspectionTerm.county_id == county_id, InspectionTerm.stage.in_(stages), InspectionTerm.from_on <= day,
            or_(InspectionTerm.to_on.is_(None), InspectionTerm.to_on > day),
        )
    )  # fmt: skip
    with db.session.no_autoflush:
        return [(row[0], row[1]) for row in db.session.execute(wanted)]


def points_for(
    county_id: uuid.UUID, stages: Sequence[str], day: date, branches: Sequence[str], topics: Sequence[str]
) -> list[InspectionNode]:
    """Observation points of what is in force on `day` for `stages`, below the chosen branches and of the chosen topics.

    A point that names stages or topics is taken for these alone; without chosen topics every point counts.
    """
    terms = in_force_on(county_id, stages, day)
    if not terms or not branches:
        return []
    meant: dict[uuid.UUID, set[str]] = {}
    for stage, tree in terms:
        meant.setdefault(tree.id, set()).add(stage)
    wanted = select(InspectionNode).where(InspectionNode.tree_id.in_(meant), InspectionNode.level == POINT)
    with db.session.no_autoflush:
        rows = db.session.scalars(wanted.order_by(InspectionNode.tree_id, InspectionNode.position)).all()
    return [
        node
        for node in rows
        if set(node.path) & set(branches)
        and (not node.stages or set(node.stages) & meant[node.tree_id])
        and (not topics or not node.topics or set(node.topics) & set(topics))
    ]
