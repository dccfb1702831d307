"""Problem lists walk from draft to archive, each step by the one who may take it and by nobody else."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.errors import Invalid, NotAllowed, Stale, StepRefused
from app.core.outbox.models import OutboxRow
from app.improvement.problems.models import ItemFinding, ListSnapshot, ProblemItem, ProblemList
from app.improvement.problems.operations import drafting, items, lists
from app.improvement.problems.operations.drafting import Submission
from app.improvement.provenance import inputs_digest
from tests.improvement.problems.scenes import REASON, REFUSED, Scene


def test_a_list_walks_from_draft_to_archive(scene: Scene) -> None:
    held = scene.issued()
    item = held.items[0]
    assert (held.state, held.number, held.edition, item.state) == ("issued", "QD-0001", 1, "issued")
    scene.to_accepted(item)
    assert held.state == "in_progress"
    items.void_item(scene.actor("leading_group_head"), item, Submission(reason=REASON))
    assert held.state == "completed"
    with pytest.raises(StepRefused, match="请附上总结"):
        lists.archive_list(scene.actor("office_director"), held, lists.ArchiveIn("  "))
    lists.archive_list(scene.actor("office_director"), held, lists.ArchiveIn("一项问题作废，没有遗留。"))
    assert held.state == "archived"


def test_an_empty_list_and_an_unfinished_line_are_refused_with_every_sentence(scene: Scene) -> None:
    office, held = scene.actor("office_director"), scene.draft()
    with pytest.raises(StepRefused, match="清单里还没有问题项"):
        lists.submit_list(office, held, Submission())
    bare = dict.fromkeys(("category", "source_type", "severity", "unit_id", "responsible_person_id", "due_on"))
    item = scene.add(held, **bare, co_units=None, criteria="")
    with pytest.raises(StepRefused) as refused:
        lists.submit_list(office, held, Submission())
    assert len(refused.value.sentences) == 6
    assert item.lacks == ("category", "source_type", "severity", "unit", "person", "co_units", "target", "due_on")
    drafting.edit_item(office, item, scene.line())
    assert item.is_complete
    lists.submit_list(office, held, Submission())
    assert held.state == "under_review"


def test_a_line_that_was_taken_off_does_not_hold_the_list_back(scene: Scene) -> None:
    office, held = scene.actor("office_director"), scene.draft()
    unfinished = scene.add(held, due_on=None)
    scene.add(held)
    drafting.drop_item(office, unfinished, Submission(reason=REASON))
    assert unfinished.state == "void" and len(held.items) == 1
    lists.submit_list(office, held, Submission())
    assert held.state == "under_review"


def test_who_submits_does_not_approve(scene: Scene) -> None:
    held = scene.submitted()
    with pytest.raises(NotAllowed):
        lists.approve_list(scene.actor("office_director"), held, Submission())
    with pytest.raises(REFUSED):
        lists.approve_list(scene.actor("other_leading_group_head"), held, Submission())


def test_the_same_person_in_another_role_does_not_approve_either(scene: Scene) -> None:
    from dataclasses import replace

    held = scene.submitted()
    both = replace(scene.actor("leading_group_head"), person_id=scene.cast["office_director"].person_id)
    with pytest.raises(StepRefused, match="另一个人"):
        lists.approve_list(both, held, Submission())


def test_a_submitted_list_is_taken_back_until_it_was_opened(scene: Scene) -> None:
    office, head, held = scene.actor("office_director"), scene.actor("leading_group_head"), scene.submitted()
    lists.take_back_list(office, held, Submission())
    assert held.state == "draft"
    lists.submit_list(office, held, Submission())
    version = held.version
    lists.mark_opened(head, held)
    db.session.refresh(held)
    assert held.version == version, "the page that was opened is not stale by being opened"
    with pytest.raises(StepRefused, match="审批人已经打开"):
        lists.take_back_list(office, held, Submission())
    lists.approve_list(head, held, Submission(version=version))


def test_only_the_approver_marks_a_list_as_opened(scene: Scene) -> None:
    held = scene.submitted()
    for stranger in ("principal", "office_director", "evaluator"):
        with pytest.raises(REFUSED):
            lists.mark_opened(scene.actor(stranger), held)


def test_a_return_needs_its_reason_and_the_list_may_be_submitted_again(scene: Scene) -> None:
    head, held = scene.actor("leading_group_head"), scene.submitted()
    with pytest.raises(Invalid, match="至少 10 个字"):
        lists.return_list(head, held, Submission(reason="不行"))
    lists.return_list(head, held, Submission(reason="第 1 项目标低于最小有效改进，请调整"))
    assert held.state == "returned"
    lists.submit_list(scene.actor("office_director"), held, Submission())
    lists.approve_list(head, held, Submission())
    lists.return_approved_list(scene.actor("office_director"), held, Submission(reason="责任人写错了，改后再报"))
    assert held.state == "returned"


def test_nothing_is_changed_once_a_list_is_submitted(scene: Scene) -> None:
    office, held = scene.actor("office_director"), scene.submitted()
    item = held.items[0]
    for change in (
        lambda: drafting.edit_item(office, item, scene.line()),
        lambda: scene.add(held),
        lambda: drafting.drop_item(office, item, Submission(reason=REASON)),
        lambda: lists.edit_list(office, held, lists.ListIn("另一个名称")),
    ):
        with pytest.raises(Invalid, match="不能再改"):
            change()


def test_issuing_asks_for_a_document_number_and_freezes_what_was_approved(scene: Scene) -> None:
    office, held = scene.actor("office_director"), scene.approved()
    with pytest.raises(StepRefused, match="请填写文号"):
        lists.issue_list(office, held, lists.IssueIn(" "))
    assert db.session.scalar(select(ListSnapshot)) is None
    lists.issue_list(office, held, lists.IssueIn("清监办〔2026〕17号"))
    snapshot = db.session.scalars(select(ListSnapshot)).one()
    assert snapshot.sha256 == inputs_digest(snapshot.content)
    assert snapshot.content["items"][0]["unit"] == "清澜县双桥中学"
    assert snapshot.content["items"][0]["person"] == "沈砚秋"
    assert snapshot.content["list"]["document_number"] == "清监办〔2026〕17号"


def test_a_stale_page_changes_nothing(scene: Scene) -> None:
    held = scene.submitted()
    with pytest.raises(Stale):
        lists.approve_list(scene.actor("leading_group_head"), held, Submission(version=held.version - 1))
    assert held.state == "under_review"


def test_one_item_cites_several_findings_and_all_of_them_are_converted(scene: Scene) -> None:
    cycle = scene.round()
    first, second = scene.finding(cycle), scene.finding(cycle, number=2)
    item = scene.converted(scene.draft(cycle_id=cycle.id), first, second)
    assert (first.state, second.state) == ("converted", "converted")
    assert first.problem_item_id == second.problem_item_id == item.id
    assert set(db.session.scalars(select(ItemFinding.finding_id))) == {first.id, second.id}


def test_a_finding_that_is_not_confirmed_makes_no_item(scene: Scene) -> None:
    cycle = scene.round()
    confirmed, candidate = scene.finding(cycle), scene.finding(cycle, number=2, state="candidate")
    held = scene.draft()
    with pytest.raises(StepRefused):
        scene.converted(held, confirmed, candidate)
    db.session.expire_all()
    assert confirmed.state == "confirmed" and db.session.scalar(select(ProblemItem)) is None


def test_a_finding_whose_item_was_dropped_may_be_cited_again(scene: Scene) -> None:
    cycle = scene.round()
    finding = scene.finding(cycle)
    held = scene.draft()
    item = scene.converted(held, finding)
    drafting.drop_item(scene.actor("office_director"), item, Submission(reason=REASON))
    again = scene.add(held, source_type="monitoring", cites=(finding.id,), criteria="", target=480.0)
    assert finding.problem_item_id == again.id and len(held.items) == 1


def test_an_item_from_monitoring_needs_its_finding(scene: Scene) -> None:
    with pytest.raises(Invalid, match="数据发现"):
        scene.add(scene.draft(), source_type="monitoring")


def test_the_next_edition_takes_the_open_items_over_and_replaces_the_one_before(scene: Scene) -> None:
    first = scene.issued({}, {"title": "八年级科学实验开出率偏低"}, title="第一版")
    open_one, closed_one = first.items
    scene.to_accepted(open_one)
    items.void_item(scene.actor("leading_group_head"), closed_one, Submission(reason=REASON))
    second = scene.draft("第二版", previous_id=first.id)
    assert (second.number, second.edition) == (first.number, 2)
    with pytest.raises(Invalid, match="第 2 版已经在起草"):
        scene.draft("又一版", previous_id=first.id)
    scene.add(second, title="八年级英语听力达标率偏低")
    lists.submit_list(scene.actor("office_director"), second, Submission())
    lists.approve_list(scene.actor("leading_group_head"), second, Submission())
    lists.issue_list(scene.actor("office_director"), second, lists.IssueIn("清监办〔2026〕18号"))
    db.session.expire_all()
    assert (first.state, second.state) == ("superseded", "in_progress")
    assert [item.title for item in second.items] == ["八年级英语听力达标率偏低", open_one.title]
    assert [item.state for item in first.items] == ["void"]
    snapshot = db.session.scalars(select(ListSnapshot).where(ListSnapshot.list_id == second.id)).one()
    assert [line["carried_over"] for line in snapshot.content["items"]] == [False, True]


def test_the_first_issued_list_begins_the_improvement_of_its_round(scene: Scene) -> None:
    cycle = scene.round(starts=date(2024, 2, 29))
    scene.issued(cycle_id=cycle.id)
    db.session.refresh(cycle)
    assert (cycle.state, cycle.improve_until) == ("improving", date(2026, 2, 28))


def test_a_school_keeps_its_own_list(scene: Scene) -> None:
    held = scene.school_draft()
    scene.add(held, by="school_coordinator", source_type="self_check")
    coordinator, principal = scene.actor("school_coordinator"), scene.actor("principal")
    lists.submit_list(coordinator, held, Submission())
    for other in ("leading_group_head", "yuntai_principal", "school_coordinator"):
        with pytest.raises(REFUSED):
            lists.approve_list(scene.actor(other), held, Submission())
    lists.approve_list(principal, held, Submission())
    lists.issue_list(coordinator, held, lists.IssueIn("双中〔2026〕3号"))
    assert (held.number, held.state, held.items[0].state) == ("XQ-0001", "issued", "issued")
    scene.to_accepted(held.items[0])
    assert held.state == "in_progress"


def test_items_of_a_school_list_are_the_schools_own(scene: Scene) -> None:
    with pytest.raises(Invalid, match="本校负责"):
        scene.add(scene.school_draft(), by="school_coordinator", unit_id=scene.cast.units["yuntai"].id)


def test_the_county_does_not_write_on_a_schools_list_nor_the_school_on_the_countys(scene: Scene) -> None:
    own, county = scene.school_draft(), scene.draft()
    with pytest.raises(NotAllowed):
        scene.add(own, by="office_director")
    with pytest.raises(REFUSED):
        scene.add(county, by="school_coordinator")
    item = scene.add(county)
    with pytest.raises(NotAllowed):
        drafting.edit_item(scene.actor("school_coordinator"), item, scene.line())


def test_two_schools_never_get_the_same_number(scene: Scene) -> None:
    from app.core.database import use_context

    first = scene.school_draft()
    scene.add(first, by="school_coordinator")
    yuntai = scene.cast.units["yuntai"]
    use_context(scene.actor("yuntai_coordinator").context())
    place = lists.ListPlace(scene.cast.county.id, yuntai.id, yuntai.id, "school")
    second = lists.draft_list(scene.actor("yuntai_coordinator"), place, lists.ListIn("云台学校自查", level="school"))
    line = scene.line(unit_id=yuntai.id, responsible_person_id=scene.cast["yuntai_principal"].person_id)
    item = drafting.add_item(scene.actor("yuntai_coordinator"), second, line)
    assert (first.number, second.number, item.number) == ("XQ-0001", "XQ-0002", "WT-0002")  # type: ignore[attr-defined]


def test_an_issued_list_is_drawn_by_the_worker_and_an_archived_one_told_to_plans(scene: Scene) -> None:
    held = scene.issued()
    items.void_item(scene.actor("leading_group_head"), held.items[0], Submission(reason=REASON))
    lists.archive_list(scene.actor("office_director"), held, lists.ArchiveIn("没有遗留问题。"))
    kinds = set(db.session.scalars(select(OutboxRow.kind)))
    assert {"list_issued", "list_archived.plans", "item_voided.plans", "item_voided.effects"} <= kinds


def test_a_withdrawn_list_may_be_begun_again(scene: Scene) -> None:
    office, held = scene.actor("office_director"), scene.draft()
    lists.withdraw_list(office, held, Submission())
    assert held.state == "withdrawn"
    assert db.session.scalars(select(ProblemList.number)).all() == ["QD-0001"]
    assert scene.draft().number == "QD-0002"
