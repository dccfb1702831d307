"""Versions of the tree: reviewed by another person, one in force for a stage on a day, never changed once reviewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.core import clock
from app.core.audit import trail
from app.core.database import db, uuid7
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.inspection import operations, queries
from app.improvement.inspection.models import InspectionTerm
from app.improvement.inspection.operations import TreeStep
from app.improvement.inspection.terms import points_for
from tests.improvement.inspection.scenes import TreeScene, changed, without

ADDED = (
    "insert into inspection_nodes (county_id, tree_id, number, level, title, position)"
    " select county_id, id, 'A9', 1, '加上的', 99 from inspection_trees where id = :tree"
)
CHANGES = (
    "update inspection_nodes set title = '改过' where tree_id = :tree",
    "delete from inspection_nodes where tree_id = :tree and level = 4",
    ADDED,
    "update inspection_trees set code = '改过' where id = :tree",
)


def test_a_tree_is_written_by_one_reviewed_by_another_and_put_in_force_by_the_head(scene: TreeScene) -> None:
    tree = scene.tree("under_review")
    for key in ("office_director", "evaluator", "inspector", "principal"):
        with pytest.raises((NotAllowed, NotFound)):
            operations.approve(scene.cast.actor(key), tree, TreeStep())
    operations.approve(scene.cast.actor("leading_group_member"), tree, TreeStep())
    with pytest.raises(NotAllowed):
        operations.activate(scene.cast.actor("leading_group_member"), tree, TreeStep())
    operations.activate(scene.cast.actor("leading_group_head"), tree, TreeStep())
    assert tree.state == "active"
    held = scene.in_force("inspector")
    assert held == {"primary": "2026-1", "junior": "2026-1"}


def test_a_newer_tree_takes_over_its_stages_and_the_former_is_superseded_with_the_last_of_them(
    scene: TreeScene,
) -> None:
    first = scene.tree()
    scene.tree(code="2026-2", stages=("junior",))
    assert first.state == "active"
    held = scene.in_force()
    assert held == {"primary": "2026-1", "junior": "2026-2"}
    scene.tree(code="2026-3", stages=("primary",))
    assert first.state == "superseded"


def test_the_database_allows_one_tree_in_force_for_a_stage_on_a_day(scene: TreeScene) -> None:
    tree = scene.tree()
    other = scene.tree("approved", code="2026-2")
    with (
        pytest.raises(IntegrityError, match="ex_inspection_terms_one_in_force"),
        trail.act(SYSTEM, "system", "test.twice"),
    ):
        day = clock.today() + timedelta(days=400)
        db.session.add(
            InspectionTerm(id=uuid7(), county_id=tree.county_id, tree_id=other.id, stage="junior", from_on=day)
        )
        db.session.flush()


@pytest.mark.parametrize("state", ["under_review", "approved", "active"])
@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_takes_no_change_of_a_tree_that_went_to_review(
    scene: TreeScene, state: str, statement: str
) -> None:
    tree = scene.tree(state)
    with pytest.raises(DatabaseError, match="is not changed"), trail.act(SYSTEM, "system", "test.change"):
        db.session.execute(text(statement), {"tree": tree.id})


def test_a_returned_tree_takes_another_file_whose_rows_replace_the_former_ones(scene: TreeScene) -> None:
    tree = scene.tree("under_review")
    with pytest.raises(Invalid, match="10 个字"):
        operations.return_tree(scene.cast.actor("leading_group_member"), tree, TreeStep(reason="不行"))
    reason = "校园安全缺一个观测点，请补上再交"
    operations.return_tree(scene.cast.actor("leading_group_member"), tree, TreeStep(reason=reason))
    before = tree.sha256
    given = scene.given(changed("B2.1", title="门卫逐人登记"), note="补了观测点")
    operations.replace(scene.cast.actor("office_director"), tree, given)
    assert (tree.state, tree.sha256 == before) == ("draft", False)
    scene.look("office_director")
    kept = queries.tree_for(scene.cast.actor("office_director"), tree.ref)
    assert [node.title for node in kept.nodes if node.number == "B2.1"] == ["门卫逐人登记"]
    assert len(kept.nodes) == len(scene.given().rows.rows)


def test_who_writes_a_tree_does_not_review_it(scene: TreeScene) -> None:
    tree = scene.tree("draft")
    operations.submit(scene.cast.actor("evaluator"), tree, TreeStep())
    head = scene.cast.actor("leading_group_head")
    operations.approve(head, tree, TreeStep())
    with pytest.raises(StepRefused):
        operations.approve(head, tree, TreeStep())


def test_a_version_number_is_given_once(scene: TreeScene) -> None:
    scene.tree("draft")
    with pytest.raises(Invalid, match="已有这个版本号"):
        scene.tree("draft")


def test_schools_and_inspectors_see_what_is_approved_and_no_draft(scene: TreeScene) -> None:
    tree, draft = scene.tree(), scene.tree("draft", code="2026-2")
    for key in ("inspector", "principal"):
        actor = scene.look(key)
        assert [one.code for one in queries.versions(actor)] == ["2026-1"]
        assert queries.tree_for(actor, tree.ref).code == "2026-1"
        with pytest.raises(NotFound):
            queries.tree_for(actor, draft.ref)


def test_points_are_those_below_the_chosen_branches_for_the_stage_and_topic(scene: TreeScene) -> None:
    tree, day = scene.tree(), clock.today()

    def numbers(stages: tuple[str, ...], branches: tuple[str, ...], topics: tuple[str, ...] = ()) -> list[str]:
        scene.look("office_director")
        return [one.number for one in points_for(tree.county_id, stages, day, branches, topics)]

    assert numbers(("junior",), ("A1",)) == ["C1.1", "C1.2", "B2.1"]
    assert numbers(("junior",), ("B2", "A2")) == ["B2.1", "B3.1"]
    assert numbers(("junior",), ("A1",), ("心理",)) == ["C1.1", "B2.1"]
    assert numbers(("senior",), ("A1",)) == []
    assert numbers(("junior",), ()) == []
    wide = scene.tree(code="2026-2", stages=("senior",))
    assert numbers(("senior",), ("A1",)) == ["C1.1", "B2.1"]
    assert wide.point_count == tree.point_count == 4


def test_a_tree_without_points_is_refused(scene: TreeScene) -> None:
    with pytest.raises(Invalid) as refused:
        scene.tree("draft", without("B3.1"))
    assert refused.value.sentences["row 10"].zh == "第 10 行：B3 下面没有观测点"
