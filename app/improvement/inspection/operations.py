"""A tree brought in from a file, reviewed by another person, put in force; the one before gives way in the same act."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from app.core import clock
from app.core.casework.door import follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.improvement.inspection.checking import sound_rows
from app.improvement.inspection.models import InspectionNode, InspectionTerm, InspectionTree
from app.improvement.inspection.rows import Row, Rows, write_yaml
from app.improvement.inspection.words import POINT, STAGE_WORDS
from app.people.directory.models import Unit
from workflows.improvement.inspection_tree import INSPECTION_TREE

KNOWN = Sentence("本县已有这个版本号，请换一个", "The county has this version already; give it another number")

NO_FILE = Sentence("请选择一个文件", "Choose a file")


@dataclass(frozen=True)
class TreeIn:
    """A tree: its version and name, the document behind it, what is new, its stages of schooling, and its rows."""

    code: str
    title: str
    basis: str
    note: str
    stages: tuple[str, ...]
    rows: Rows
    version: int | None = None


@dataclass(frozen=True)
class TreeStep:
    """A step with the version that the page showed and, where it has to be, a reason."""

    version: int | None = None
    reason: str = ""


@operation(INSPECTION_TREE, "draft")
def draft(actor: Actor, place: Unit, given: TreeIn) -> InspectionTree:
    """Bring in a tree. Raises Invalid with a sentence for each row that does not fit."""
    assert actor.person_id is not None
    tree = InspectionTree(
        id=uuid7(), county_id=place.county_id or place.id, unit_id=place.id, owner_id=actor.person_id, terms=[]
    )
    _fill(tree, given, sound_rows(given.rows))
    return tree


@operation(INSPECTION_TREE, "replace")
def replace(actor: Actor, tree: InspectionTree, given: TreeIn) -> None:
    """Another file for the same draft. Raises Invalid."""
    rows = sound_rows(given.rows)
    db.session.execute(delete(InspectionNode).where(InspectionNode.tree_id == tree.id))
    _fill(tree, given, rows)


def _fill(tree: InspectionTree, given: TreeIn, rows: Sequence[Row]) -> None:
    stages = tuple(stage for stage in STAGE_WORDS if stage in given.stages)
    faults = {
        "code": Sentence("请写版本号，例如 2026-1", "Give the version, such as 2026-1")
        if not given.code.strip()
        else None,
        "title": Sentence("请写名称", "Give the name") if not given.title.strip() else None,
        "stages": Sentence("请选适用的学段", "Choose the stages of schooling") if not stages else None,
    }
    if any(faults.values()):
        raise Invalid({name: said for name, said in faults.items() if said is not None})
    tree.code, tree.title, tree.basis = given.code.strip(), given.title.strip(), given.basis.strip()
    tree.note, tree.stages = given.note.strip(), list(stages)
    _refuse_a_known_code(tree)
    tree.sha256 = hashlib.sha256(write_yaml(rows).encode()).hexdigest()
    tree.point_count = sum(1 for row in rows if row.level == str(POINT))
    _grow(tree, rows)


def _grow(tree: InspectionTree, rows: Sequence[Row]) -> None:
    """The nodes of the rows, which stand parents first."""
    made: dict[str, InspectionNode] = {}
    for position, row in enumerate(rows, 1):
        parent = made.get(row.parent)
        made[row.number] = InspectionNode(
            id=uuid7(), county_id=tree.county_id, tree_id=tree.id, parent_id=parent.id if parent else None,
            number=row.number, level=int(row.level), title=row.title, look_for=row.look_for, proofs=list(row.proofs),
            stages=list(row.stages), topics=list(row.topics), position=position,
            path=[*parent.path, parent.number] if parent else [], above=[*parent.above, parent.title] if parent else [],
        )  # fmt: skip
    db.session.add_all(made.values())


def _refuse_a_known_code(tree: InspectionTree) -> None:
    known = select(InspectionTree.id).where(
        InspectionTree.county_id == tree.county_id, InspectionTree.code == tree.code, InspectionTree.id != tree.id
    )
    with db.session.no_autoflush:
        if db.session.scalar(known) is not None:
            raise Invalid("code", KNOWN)


@operation(INSPECTION_TREE, "submit")
def submit(actor: Actor, tree: InspectionTree, given: TreeStep) -> None:
    """To somebody else for review; from now on nothing of it is changed."""


@operation(INSPECTION_TREE, "approve")
def approve(actor: Actor, tree: InspectionTree, given: TreeStep) -> None:
    """Reviewed by somebody who did not write it."""


@operation(INSPECTION_TREE, "return_tree")
def return_tree(actor: Actor, tree: InspectionTree, given: TreeStep) -> None:
    """Back to the author, with what has to change."""


@operation(INSPECTION_TREE, "withdraw")
def withdraw(actor: Actor, tree: InspectionTree, given: TreeStep) -> None:
    """It will not be put in force."""


@operation(INSPECTION_TREE, "activate")
def activate(actor: Actor, tree: InspectionTree, given: TreeStep) -> Any:
    """In force from today for its stages; a tree that no stage uses any more is superseded in the same act."""
    day = clock.today()
    running = select(InspectionTerm).where(
        InspectionTerm.county_id == tree.county_id,
        InspectionTerm.stage.in_(tree.stages),
        InspectionTerm.to_on.is_(None),
    )
    ended = db.session.scalars(running.with_for_update()).all()
    for term in ended:
        term.to_on = day
    db.session.flush()
    db.session.add_all(
        InspectionTerm(id=uuid7(), county_id=tree.county_id, tree_id=tree.id, stage=stage, from_on=day)
        for stage in tree.stages
    )
    tree.activated_on = day
    db.session.flush()
    yield
    for former in db.session.scalars(
        select(InspectionTree).where(InspectionTree.id.in_({one.tree_id for one in ended}))
    ):
        if not former.is_in_force:
            follow(former, "supersede")
