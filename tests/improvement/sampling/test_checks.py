"""What the inspector writes, who reads it when, and what follows for a closed item that does not hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.errors import StepRefused
from app.core.outbox.deliver import drain
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM
from app.improvement.problems.models import Reopening
from app.improvement.sampling import operations
from app.improvement.sampling.models import ListCheck
from tests.api.conftest import program_for
from tests.by_hand import by_hand
from tests.cast import Cast, sign_in
from tests.improvement.problems.browsing import Browser, words
from tests.improvement.problems.scenes import REFUSED
from tests.improvement.sampling.scenes import BROKEN, FOUND, LOOKED, WHY, SampleScene

Opened = Callable[[str], Browser]


@pytest.fixture
def browser(app: Flask, scene: SampleScene) -> Opened:
    return lambda key: Browser(app, scene.cast, key)


def _letters(scene: SampleScene, key: str) -> list[str]:
    drain()
    use_context(SYSTEM.context())
    found = select(InboxLetter.title_zh).where(InboxLetter.person_id == scene.cast[key].person_id)
    return list(db.session.scalars(found))


def test_a_closed_item_that_does_not_hold_is_proposed_for_reopening_and_an_open_one_is_not(scene: SampleScene) -> None:
    check = scene.check(items=3)
    for item in check.items[:2]:
        scene.closed(item)
    given = scene.found(check, "fails", "holds", "fails", reason=WHY)
    operations.refute_list(scene.actor(scene.key_of(check)), check, given)
    use_context(SYSTEM.context())
    proposed = db.session.scalars(select(Reopening)).all()
    assert [(one.item_id, one.trigger, one.state) for one in proposed] == [
        (check.items[0].id, "failed_sample", "proposed")
    ]
    assert [one.reopening_proposed for one in check.answers] == [True, False, False] and check.state == "failing"


def test_a_list_with_an_item_that_fails_cannot_hold(scene: SampleScene) -> None:
    check = scene.check(items=2)
    with pytest.raises(StepRefused, match="不能判属实"):
        operations.confirm_list(scene.actor(scene.key_of(check)), check, scene.found(check, "fails", "holds"))


def test_every_item_is_answered_and_a_failing_one_with_its_sentence(scene: SampleScene) -> None:
    check = scene.check(items=2)
    who, whole = scene.actor(scene.key_of(check)), scene.found(check)
    silent = tuple(replace(one, answer="fails", note=" ") for one in whole.answers)
    for given, said in (
        (replace(whole, answers=whole.answers[:1]), "每个问题项都要选一个结论"),
        (scene.found(check, "left_out", "left_out"), "至少看过一项"),
        (replace(whole, looked_at=" "), "请写明看了什么"),
    ):
        with pytest.raises(StepRefused, match=said):
            operations.confirm_list(who, check, given)
    with pytest.raises(StepRefused, match="要写明看到了什么"):
        operations.refute_list(who, check, replace(whole, answers=silent, reason=WHY))


def test_nobody_but_its_inspector_writes_the_result(scene: SampleScene) -> None:
    check = scene.check()
    given = scene.found(check)
    for key in ("inspector_2", "own_inspector", "office_director", "evaluator", "principal", "school_coordinator"):
        with pytest.raises(REFUSED):
            operations.confirm_list(scene.actor(key), check, given)
        use_context(SYSTEM.context())


def test_who_drew_a_list_does_not_check_it(scene: SampleScene) -> None:
    check = scene.check()
    with by_hand("test.drew"):
        check.draw.drawn_by = check.owner_id
    with pytest.raises(StepRefused, match="抽取清单的人"):
        operations.confirm_list(scene.actor(scene.key_of(check)), check, scene.found(check))


def test_the_school_sees_nothing_before_there_is_a_result(scene: SampleScene, browser: Opened) -> None:
    check = scene.check()
    address, held = check.address, check.problem_list.address
    assert browser("principal").get(address).status_code == 404
    assert check.number not in browser("principal").page(held) and "待抽查" not in browser("principal").page(held)
    use_context(scene.actor("principal").context())
    assert db.session.scalars(select(ListCheck)).all() == [], "the wall of the database hides it as well"
    use_context(SYSTEM.context())
    inspector = scene.key_of(check)
    operations.confirm_list(scene.actor(inspector), check, scene.found(check))
    assert any("判定属实" in title for title in _letters(scene, "principal"))
    assert FOUND in browser("principal").page(address) and "抽查属实" in words(browser("principal").page(held))
    assert browser("yuntai_principal").get(address).status_code == 404


def test_a_foreign_inspector_sees_nothing_of_it(scene: SampleScene, browser: Opened) -> None:
    check = scene.check("shuangqiao")
    for key in ("inspector_2", "inspector_3", "own_inspector"):
        assert browser(key).get(check.address).status_code == 404
        assert browser(key).get(f"{check.address}/result").status_code == 404


def test_the_inspector_hears_of_it_opens_the_list_and_writes_on_the_page(scene: SampleScene, browser: Opened) -> None:
    check = scene.check(items=2)
    scene.closed(check.items[0])
    inspector = scene.key_of(check)
    assert any("抽中清单" in title for title in _letters(scene, inspector))
    desk = browser(inspector)
    todo = words(desk.page("/todo"))
    assert "写抽查结论" in todo and "判定属实" not in todo, "the desk does not tell the outcome beforehand"
    page = words(desk.page(check.address))
    assert "写抽查结论" in page and check.items[0].title in page
    desk.page(check.problem_list.address)
    form = {"looked_at": LOOKED, "finding": FOUND, "answer-0": "fails", "answer-1": "holds", "version": check.version}
    refused = desk.post(f"{check.address}/result", **form, result="confirm")
    assert refused.status_code == 422 and LOOKED in refused.get_data(as_text=True)
    whole = form | {"note-0": BROKEN, "result": "refute", "reason": WHY}
    desk.sent(f"{check.address}/result", **whole)
    told = words(browser("office_director").page(check.address))
    assert "已提议重新打开" in told and BROKEN in told
    assert "抽查属实" not in told, "what did not hold has no step ahead that says it holds"


def test_the_office_draws_on_the_page_and_both_first_pages_tell_the_share(scene: SampleScene, browser: Opened) -> None:
    for _ in range(11):
        scene.running()
    office = browser("office_director")
    page = words(office.page("/list-checks/draw"))
    assert "11 份，1 所学校" in page and "2 份（不满一份按一份算）" in page
    address = office.sent("/list-checks/draw", count="2", due_on=scene.last_day().isoformat())
    assert "按种子重算，结果一致" in words(office.page(address))
    assert "已经抽够" in words(office.page("/list-checks/draw"))
    for key in ("office_director", "inspector"):
        assert "18.1%" in words(browser(key).page("/")), "2 of 11, never rounded up"


def test_a_school_finds_its_check_in_chain_and_search_once_there_is_a_result_and_not_before(
    scene: SampleScene, app: Flask, cast: Cast
) -> None:
    check = scene.check()
    ref, number, address, item = check.ref, check.number, check.address, check.items[0].ref

    def told(key: str) -> list[bool]:
        client = sign_in(app.test_client(), cast[key])
        return [
            client.get(f"/trace/list-checks/{ref}").status_code == 200,
            number in client.get(f"/trace/items/{item}").text,
            client.get("/search", query_string={"q": number}).status_code == 303,
            address in client.get("/search", query_string={"q": "双桥"}).text,
        ]

    assert told("principal") == [False] * 4, "a school does not learn that its list was drawn"
    assert told("office_director") == [True, False, True, True], "without a result it is in no item's chain"
    use_context(SYSTEM.context())
    inspector, given = scene.actor(scene.key_of(check)), scene.found(check, "fails", reason=WHY)
    operations.refute_list(inspector, check, given)
    assert told("principal") == told("office_director") == [True] * 4
    assert told("yuntai_principal") == told("other_office_director") == [False] * 4


def test_programs_of_the_county_read_checks_with_what_was_found_of_each_item(
    scene: SampleScene, app: Flask, cast: Cast
) -> None:
    check = scene.check()
    ref, held, item = check.ref, check.problem_list.ref, check.items[0].ref
    program, stranger = (program_for(app, cast, key) for key in ("office_director", "other_office_director"))
    (drawn,) = program.get("list-checks").json["data"]
    assert (drawn["ref"], drawn["state"], drawn["kind"], drawn["list"], drawn["answers"]) == (
        ref, "drawn", "chance", held, [],
    )  # fmt: skip
    use_context(SYSTEM.context())
    inspector, given = scene.actor(scene.key_of(check)), scene.found(check, "fails", reason=WHY)
    operations.refute_list(inspector, check, given)
    one = program.get(f"list-checks/{ref}").json
    assert (one["state"], one["finding"]) == ("failing", FOUND)
    assert one["answers"] == [{"item": item, "answer": "fails", "note": BROKEN}]
    assert ref in {node.get("ref") for node in program.get(f"items/{item}/trace").json["nodes"]}
    assert stranger.get("list-checks").json["data"] == []
    assert stranger.get(f"list-checks/{ref}").status_code == stranger.get(f"list-checks/{ref}/trace").status_code == 404


def test_the_register_is_narrowed_sorted_and_exported(scene: SampleScene, browser: Opened) -> None:
    for school in ("yuntai", "shuangqiao"):
        scene.running(school)
    first, second = scene.checks(scene.drawn(2))
    operations.confirm_list(scene.actor(scene.key_of(first)), first, scene.found(first))
    office, term = browser("office_director"), first.term_on.isoformat()
    for query, held in (
        (f"term={term}&state=drawn", {second}), (f"school={first.unit.ref}", {first}), ("kind=hand", set()),
        (f"inspector={second.owner.ref}&sort=school", {second}), (f"q={first.number}", {first}),
        ("q=shuangqiao", {one for one in (first, second) if "双桥" in one.unit.name}),
    ):  # fmt: skip
        page = office.page(f"/list-checks?{query}")
        assert {one for one in (first, second) if one.address in page} == held, query
    by_code = sorted((first, second), key=lambda one: one.unit.code)
    page = office.page("/list-checks?sort=school")
    assert page.index(by_code[0].address) < page.index(by_code[1].address)
    rows = list(load_workbook(BytesIO(office.get("/list-checks.xlsx").get_data())).active.values)
    assert len([row for row in rows if first.number in row or second.number in row]) == 2
