"""Two at once: one effect, one entry, and the second is told so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from app.core.database import db, use_context
from app.core.errors import Stale, StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.problems.models import ListSnapshot, ProblemItem, ProblemList
from app.improvement.problems.operations import items, lists
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.handlers import AcceptIn
from tests.cast import Cast
from tests.improvement.problems.scenes import Scene


def _together(app: Flask, acts: list[Callable[[], Any]]) -> list[BaseException | None]:
    """Run every act in a thread of its own, all beginning at once; what each ended with."""
    gate = threading.Barrier(len(acts))
    ended: list[BaseException | None] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        with app.app_context():
            use_context(SYSTEM.context())
            gate.wait()
            try:
                act()
            except (Stale, StepRefused) as refused:
                ended[place] = refused
            finally:
                db.session.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def _steps(record_id: Any, step: str) -> int:
    counted = text("select count(*) from audit.transition_log where record_id = :id and step = :step")
    return int(db.session.execute(counted, {"id": record_id, "step": step}).scalar_one())


def test_two_approvals_at_once_have_one_effect(committed: Flask, cast: Cast) -> None:
    scene = Scene(cast)
    held = scene.submitted()
    list_id, version = held.id, held.version
    head = cast.actor("leading_group_head")

    def approve() -> None:
        lists.approve_list(head, db.session.get_one(ProblemList, list_id), Submission(version=version))

    ended = _together(committed, [approve] * 4)
    assert sum(one is None for one in ended) == 1 and sum(isinstance(one, Stale) for one in ended) == 3
    use_context(SYSTEM.context())
    assert _steps(list_id, "problem_list.approve") == 1


def test_a_double_click_on_issue_freezes_and_hands_out_once(committed: Flask, cast: Cast) -> None:
    scene = Scene(cast)
    held = scene.approved({}, {"title": "第二个问题"})
    list_id, office = held.id, cast.actor("office_director")

    def issue() -> None:
        lists.issue_list(office, db.session.get_one(ProblemList, list_id), lists.IssueIn("清监办〔2026〕17号"))

    ended = _together(committed, [issue, issue])
    assert sorted(one is None for one in ended) == [False, True]
    use_context(SYSTEM.context())
    assert len(db.session.scalars(select(ListSnapshot)).all()) == 1
    for item in db.session.scalars(select(ProblemItem)).all():
        assert _steps(item.id, "problem_item.issue") == 1


def test_signing_and_objecting_at_once_leave_one_of_the_two(committed: Flask, cast: Cast) -> None:
    scene = Scene(cast)
    item_id, principal = scene.item().id, cast.actor("principal")
    named = AcceptIn(cast["school_coordinator"].person_id, cast["grade_leader"].person_id)

    def sign() -> None:
        items.accept_item(principal, db.session.get_one(ProblemItem, item_id), named)

    def contest() -> None:
        given = items.ContestIn("不属于本校", ({"link": "https://x.invalid"},))
        items.contest_item(principal, db.session.get_one(ProblemItem, item_id), given)

    ended = _together(committed, [sign, contest])
    assert sum(one is None for one in ended) == 1
    use_context(SYSTEM.context())
    state = db.session.get_one(ProblemItem, item_id, populate_existing=True).state
    assert state in ("accepted", "contested")
    assert _steps(item_id, "problem_item.accept") + _steps(item_id, "problem_item.contest") == 1


def test_many_drafters_at_once_never_get_the_same_number(committed: Flask, cast: Cast) -> None:
    scene = Scene(cast)
    list_ids = [scene.draft(f"清单 {n}").id for n in range(6)]
    line = scene.line()

    def add(list_id: Any) -> Callable[[], None]:
        def act() -> None:
            lists.add_item(cast.actor("office_director"), db.session.get_one(ProblemList, list_id), line)

        return act

    assert _together(committed, [add(one) for one in list_ids]) == [None] * 6
    use_context(SYSTEM.context())
    numbers = db.session.scalars(select(ProblemItem.number).order_by(ProblemItem.number)).all()
    assert numbers == [f"WT-{n:04}" for n in range(1, 7)]


def test_the_last_two_items_ending_at_once_complete_their_list(committed: Flask, cast: Cast) -> None:
    scene = Scene(cast)
    held = scene.issued({}, {"title": "第二个问题"})
    list_id, ids, head = held.id, [item.id for item in held.items], cast.actor("leading_group_head")

    def void(item_id: Any) -> Callable[[], None]:
        def act() -> None:
            found = db.session.get_one(ProblemItem, item_id)
            items.void_item(head, found, Submission(reason="同一问题已列入上一版清单"))

        return act

    assert _together(committed, [void(one) for one in ids]) == [None, None]
    use_context(SYSTEM.context())
    assert db.session.get_one(ProblemList, list_id, populate_existing=True).state == "completed"


def test_two_units_sign_at_once_and_both_are_taken(committed: Flask, cast: Cast) -> None:
    scene = Scene(cast)
    yuntai = cast.units["yuntai"].id
    held = scene.issued({}, {"unit_id": yuntai, "responsible_person_id": cast["yuntai_principal"].person_id})
    list_id, (first, second) = held.id, [item.id for item in held.items]

    def sign(item_id: Any, head: str, handler: str, deputy: str) -> Callable[[], None]:
        named = AcceptIn(cast[handler].person_id, cast[deputy].person_id)
        return lambda: items.accept_item(cast.actor(head), db.session.get_one(ProblemItem, item_id), named)

    ended = _together(
        committed,
        [
            sign(first, "principal", "school_coordinator", "grade_leader"),
            sign(second, "yuntai_principal", "yuntai_coordinator", "yuntai_principal"),
        ],
    )
    assert ended == [None, None]
    use_context(SYSTEM.context())
    assert db.session.get_one(ProblemList, list_id, populate_existing=True).state == "in_progress"
    assert _steps(list_id, "problem_list.start") == 1
