"""Who hears of what beside the letters of the steps: messages, reassignments."""

from __future__ import annotations

from sqlalchemy import select

from app.core.database import db
from app.core.outbox.models import InboxLetter, OutboxRow
from app.improvement.problems import letters
from app.improvement.problems.operations import items, notes
from tests.improvement.problems.scenes import REASON, Scene


def _carried_out(kind: str) -> set[object]:
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind)).all():
        for _ in range(2):
            getattr(letters, kind)(row)
    heard = db.session.scalars(select(InboxLetter.person_id).where(InboxLetter.kind == kind)).all()
    assert len(heard) == len(set(heard)), "delivered twice, told once"
    return set(heard)


def test_a_message_of_the_county_goes_to_the_unit_and_its_handlers(scene: Scene) -> None:
    item = scene.item("accepted")
    notes.remark(scene.actor("evaluator"), item, notes.RemarkIn("请补错因统计"))
    cast = scene.cast
    assert _carried_out("item_remark") == {
        cast["principal"].person_id,
        cast["school_coordinator"].person_id,
        cast["grade_leader"].person_id,
    }


def test_a_message_of_the_unit_goes_to_the_office_and_not_back(scene: Scene) -> None:
    item = scene.item("accepted")
    notes.remark(scene.actor("principal"), item, notes.RemarkIn("统计表下周补齐"))
    cast = scene.cast
    expected = {cast[key].person_id for key in ("office_director", "evaluator", "evaluator_2")}
    assert _carried_out("item_remark") == expected


def test_the_unit_that_objected_hears_that_the_item_went_elsewhere(scene: Scene) -> None:
    item, cast = scene.item(), scene.cast
    items.contest_item(scene.actor("principal"), item, items.ContestIn("不属于本校", ({"link": "https://x.invalid"},)))
    to = items.ReassignIn(cast.units["yuntai"].id, cast["yuntai_principal"].person_id, REASON)
    items.reassign_item(scene.actor("office_director"), item, to)
    assert _carried_out("item_reassigned") == {cast["principal"].person_id}
    letter = db.session.scalars(select(InboxLetter).where(InboxLetter.kind == "item_reassigned")).one()
    assert letter.address == "/items", "it no longer sees the item itself"
