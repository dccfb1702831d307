"""Observation points of the tree on the checklist of a visit: chosen by the programme, pinned to version and node."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.errors import Invalid
from app.core.policy.actor import SYSTEM
from app.improvement.inspection.words import stages_of
from app.improvement.visits import sheet
from app.improvement.visits.branches import by_branch
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.operations import on_site, planning
from app.improvement.visits.queries import visits
from app.people.directory.models import Unit
from tests.improvement.inspection.scenes import ROWS, Row, TreeScene, changed, without
from tests.improvement.visits.scenes import VisitScene


@pytest.fixture
def trees(scene: VisitScene) -> TreeScene:
    return TreeScene(scene.cast)


def planned(scene: VisitScene, *branches: str, **changes: Any) -> SupervisionVisit:
    """A special visit whose entry chose branches of the tree, ready to be announced."""
    day = clock.today() + timedelta(days=30)
    entry = scene.entry(to_on=day, from_on=day, branches=branches, topics=changes.pop("topics", ()))
    visit = scene.planned(entry_id=entry.id, **changes)
    scene.join(visit, "inspector_2", "inspector_3")
    return visit


def look(scene: VisitScene, trees: TreeScene, visit: SupervisionVisit) -> SupervisionVisit:
    """The visit as its page loads it."""
    trees.look("office_director")
    return visits.visit_for(scene.cast.actor("office_director"), visit.ref)


def points(visit: SupervisionVisit) -> list[str]:
    return [line.title for line in visit.lines if line.node_id is not None]


def test_a_visit_looks_at_the_points_below_the_branches_that_its_entry_chose(
    scene: VisitScene, trees: TreeScene
) -> None:
    tree = trees.tree()
    visit = planned(scene, "B1", "A2")
    assert points(visit) == ["C1.1 课表与实际上课一致", "C1.2 作业总量有公示", "B3.1 教研活动有主题有记录"]
    assert {line.tree_id for line in visit.lines if line.node_id} == {tree.id}
    assert points(planned(scene)) == []


def test_points_are_those_of_the_school_s_stage_and_of_the_chosen_topics(scene: VisitScene, trees: TreeScene) -> None:
    trees.tree(rows=changed("C1.1", topics=("安全",)))
    assert points(planned(scene, "A1", topics=("双减",))) == ["C1.2 作业总量有公示", "B2.1 门卫登记完整"]
    trees.tree(code="2026-2", rows=changed("C1.2", stages=("小学",)))
    school = db.session.get_one(Unit, scene.cast.units["shuangqiao"].id)
    assert stages_of(school.school_type) == ("junior",)
    assert points(planned(scene, "A1")) == ["C1.1 课表与实际上课一致", "B2.1 门卫登记完整"]


def test_until_the_notice_a_newer_tree_takes_its_place_and_afterwards_it_does_not(
    scene: VisitScene, trees: TreeScene
) -> None:
    trees.tree()
    visit, later = planned(scene, "A1"), planned(scene, "A1")
    scene.to_notified(visit)
    second = trees.tree(code="2026-2", rows=changed("B2.1", title="门卫逐人登记"))
    scene.to_notified(later)
    assert "B2.1 门卫登记完整" in points(visit)
    assert "B2.1 门卫逐人登记" in points(later)
    assert {line.tree_id for line in later.lines if line.node_id} == {second.id}


def test_a_plan_that_is_changed_keeps_its_points_and_takes_those_of_another_entry(
    scene: VisitScene, trees: TreeScene
) -> None:
    trees.tree()
    visit = planned(scene, "B2")
    other = scene.entry(branches=("B3",))
    given = scene.given(points=("看校园课表",), entry_id=other.id)
    planning.edit_visit(scene.actor("office_director"), visit, given)
    assert [line.title for line in visit.lines] == ["看校园课表", "B3.1 教研活动有主题有记录"]


def test_more_points_than_a_visit_can_look_at_are_refused_in_words(scene: VisitScene, trees: TreeScene) -> None:
    many = tuple(Row(20 + n, "观测点", f"B3.{n}", "B3", f"第{n}条") for n in range(2, 45))
    trees.tree(rows=(*ROWS, *many))
    with pytest.raises(Invalid, match="44 项来自督导指标"):
        planned(scene, "A2")


def test_the_report_groups_points_by_branch_with_what_was_seen(scene: VisitScene, trees: TreeScene) -> None:
    trees.tree()
    visit = planned(scene, "A1")
    for state in ("notified", "self_reported", "on_site"):
        getattr(scene, f"to_{state}")(visit)
    by_title = {line.title: line for line in visit.lines}
    sent = tuple(
        scene.seen(by_title[title].ref, seen)
        for title, seen in (
            ("C1.1 课表与实际上课一致", "seen"),
            ("C1.2 作业总量有公示", "partly"),
            ("B2.1 门卫登记完整", "not_seen"),
        )
    )
    on_site.observe(scene.actor("inspector"), visit, on_site.ObserveIn(sent))
    shown = look(scene, trees, visit)
    groups = {branch.names: branch.counts for branch in by_branch(shown.lines)}
    assert groups["A1 依法办学", "B1 课程实施"] == {"seen": 1, "partly": 1, "not_seen": 0}
    assert groups["A1 依法办学", "B2 校园安全"] == {"seen": 0, "partly": 0, "not_seen": 1}
    printed = dict(sheet.facts_of(SYSTEM, shown).lines)[sheet.INSPECTED]
    assert printed == (
        "A1 依法办学 · B1 课程实施：看到 1，部分看到 1（C1.2 作业总量有公示）",
        "A1 依法办学 · B2 校园安全：没看到 1（B2.1 门卫登记完整）",
    )


def test_a_sheet_without_points_has_the_fields_of_the_spec_and_no_more(scene: VisitScene, trees: TreeScene) -> None:
    shown = look(scene, trees, scene.special())
    assert tuple(label for label, _lines in sheet.facts_of(SYSTEM, shown).lines) == sheet.LABELS


def test_the_version_that_a_visit_used_is_neither_changed_nor_deleted(scene: VisitScene, trees: TreeScene) -> None:
    tree = trees.tree(rows=without("C1.2"))
    planned(scene, "A1")
    for statement in (
        "delete from inspection_trees where id = :tree",
        "update inspection_nodes set title = '改过' where tree_id = :tree",
    ):
        with pytest.raises(DatabaseError), trail.act(SYSTEM, "system", "test.change"), db.session.begin_nested():
            db.session.execute(text(statement), {"tree": tree.id})
