"""The trees of the own county: versions, one with its nodes, what is in force for a school on a day, branches to choose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.inspection.models import InspectionNode, InspectionTree
from app.improvement.inspection.rows import Row
from app.improvement.inspection.terms import in_force_on
from app.improvement.inspection.words import POINT, STAGE_WORDS

VIEW, DRAFT = "inspection.view_trees", "inspection.draft_tree"
UNSEEN = ("draft", "returned", "withdrawn", "under_review")
"""States of a version that only those see who write, review and put in force."""


def _shown(actor: Actor) -> Any:
    wanted = decide.visible(actor, select(InspectionTree), InspectionTree, VIEW)
    if decide.holds(actor, DRAFT) or decide.holds(actor, "inspection.review_tree"):
        return wanted
    return wanted.where(InspectionTree.state.not_in(UNSEEN))


def versions(actor: Actor) -> Sequence[InspectionTree]:
    """Every version that the actor may know of, the newest first."""
    return db.session.scalars(_shown(actor).order_by(InspectionTree.created_at.desc())).all()


def tree_for(actor: Actor, ref: str) -> InspectionTree:
    """One version with its nodes. Raises NotFound."""
    wanted = _shown(actor).where(InspectionTree.ref == ref).options(selectinload(InspectionTree.nodes))
    found: InspectionTree | None = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("inspection_tree", ref)
    return found


def rows_of(tree: InspectionTree) -> list[Row]:
    """Its nodes as rows, in their order; a parent is told by its number."""
    return [
        Row(node.position, str(node.level), node.number, node.path[-1] if node.path else "", node.title, node.look_for,
            tuple(node.proofs), tuple(node.stages), tuple(node.topics))
        for node in tree.nodes
    ]  # fmt: skip


def former_of(actor: Actor, tree: InspectionTree) -> InspectionTree | None:
    """What a version is set against: the newest other one that is or was in force before it; None where there is none."""
    wanted = _shown(actor).where(
        InspectionTree.id != tree.id,
        InspectionTree.activated_on.is_not(None),
        InspectionTree.created_at < tree.created_at,
    )
    wanted = wanted.options(selectinload(InspectionTree.nodes)).order_by(InspectionTree.created_at.desc()).limit(1)
    found: InspectionTree | None = db.session.scalar(wanted)
    return found


def in_force(actor: Actor, day: date | None = None) -> dict[str, InspectionTree]:
    """Stage → the tree in force for it on a day, today when none is given."""
    return dict(in_force_on(actor.county_id, tuple(STAGE_WORDS), day or clock.today()))


def branches(actor: Actor) -> list[InspectionNode]:
    """Indicators of the first and second level of what is in force today, each number once, in order: what an entry of
    the yearly list may choose."""
    trees = {tree.id for tree in in_force(actor).values()}
    wanted = select(InspectionNode).where(InspectionNode.tree_id.in_(trees), InspectionNode.level <= 2)
    found: dict[str, InspectionNode] = {}
    for node in db.session.scalars(wanted.order_by(InspectionNode.tree_id, InspectionNode.position)):
        found.setdefault(node.number, node)
    return list(found.values())


def topics(actor: Actor) -> list[str]:
    """Every topic that points in force belong to, in order."""
    trees = {tree.id for tree in in_force(actor).values()}
    wanted = select(InspectionNode.topics).where(InspectionNode.tree_id.in_(trees), InspectionNode.level == POINT)
    return sorted({topic for held in db.session.scalars(wanted) for topic in held})
