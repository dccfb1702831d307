"""A closed problem told as an example: from a closed item alone, agreed, published, gone when the problem is back."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import NotAllowed, NotFound, StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.disclosure.models import ShowcaseEntry
from app.improvement.disclosure.operations import showcase
from app.improvement.disclosure.operations.disclosures import DisclosureStep
from app.improvement.disclosure.queries import showcase as queries
from app.improvement.problems.operations import reopenings
from app.improvement.problems.operations.drafting import Submission
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.disclosure.scenes import REASON, TOLD, DisclosureScene


def test_a_closed_item_becomes_an_example_that_its_unit_agrees_to_and_the_office_publishes(
    scene: DisclosureScene,
) -> None:
    entry = scene.shown()
    page = scene.page_of(entry)
    assert (entry.state, page.kind, page.is_open) == ("published", "showcase", True)
    assert page.content["parts"]["practice"] == [TOLD["practice"]]
    assert [end["n"] for end in page.content["ends"]] == [100, 110]
    assert page.content["outcome"] == "achieved"


def test_an_item_that_is_not_closed_is_no_example(scene: DisclosureScene) -> None:
    item = scene.at_work()
    with pytest.raises(StepRefused, match="已销号"):
        scene.told(item)


def test_one_item_is_told_once(scene: DisclosureScene) -> None:
    entry = scene.told()
    with pytest.raises(StepRefused, match="已经写成"):
        scene.told(entry.item)
    showcase.cancel_showcase(scene.actor("school_coordinator"), entry, DisclosureStep(reason=REASON))
    assert scene.told(entry.item).state == "draft"


@pytest.mark.parametrize("key", ["office_director", "school_coordinator", "evaluator"])
def test_only_the_head_of_the_unit_agrees(scene: DisclosureScene, key: str) -> None:
    entry = scene.told()
    with pytest.raises(NotAllowed):
        showcase.agree_to_showcase(scene.actor(key), entry, DisclosureStep())


def test_whoever_wrote_it_does_not_publish_it(scene: DisclosureScene) -> None:
    entry = scene.told(by="office_director")
    showcase.agree_to_showcase(scene.actor("principal"), entry, DisclosureStep())
    with pytest.raises(StepRefused, match="另一个人"):
        showcase.publish_showcase(scene.actor("office_director"), entry, DisclosureStep())


def test_names_of_persons_keep_the_unit_from_agreeing(scene: DisclosureScene) -> None:
    entry = scene.told(practice="陆晓棠老师每周检查一次")
    with pytest.raises(StepRefused, match="人名"):
        showcase.agree_to_showcase(scene.actor("principal"), entry, DisclosureStep())


def test_what_the_unit_agreed_to_is_changed_only_after_it_was_returned(scene: DisclosureScene) -> None:
    entry = scene.agreed()
    given = showcase.ShowcaseIn(**(TOLD | {"title": "另一个标题"}))
    with pytest.raises(StepRefused, match="先退回"):
        showcase.write_showcase(scene.actor("school_coordinator"), entry, given)
    showcase.return_showcase(scene.actor("office_director"), entry, DisclosureStep(reason=REASON))
    showcase.write_showcase(scene.actor("school_coordinator"), entry, given)
    showcase.agree_to_showcase(scene.actor("principal"), entry, DisclosureStep())
    assert entry.content["title"] == "另一个标题"


def test_the_example_goes_when_its_problem_is_open_again(scene: DisclosureScene) -> None:
    entry = scene.shown()
    assert showcase.keep_all_true() == 0
    given = reopenings.ReopeningIn("recurrence", "视导时看到分层作业已经停了")
    proposal = reopenings.propose_reopening(scene.actor("inspector"), entry.item, given)
    reopenings.approve_reopening(
        scene.actor("office_director"), proposal, Submission(reason="同意重新打开，重新诊断原因")
    )
    assert showcase.keep_all_true() == 1
    page = scene.page_of(entry)
    assert (entry.state, page.ended_as, page.content) == ("withdrawn", "withdrawn", {})
    assert "重新打开" in page.ended_reason


def test_results_of_fewer_than_ten_pupils_stay_out_of_the_example(scene: DisclosureScene) -> None:
    entry = scene.told()
    closed = showcase.showcase_content(entry)
    assert closed["ends"] and not closed["small"]
    with trail.act(SYSTEM, "system", "test.small"):
        request = scene.request_of(entry.item)
        ends = [dict(end) for end in request.before_after["ends"]]
        ends[1]["n"] = 9
        request.before_after = {**request.before_after, "ends": ends}
    cut = showcase.showcase_content(entry)
    assert (cut["ends"], cut["small"]) == ([], True)


def test_another_school_sees_no_draft(scene: DisclosureScene) -> None:
    entry = scene.told()
    with pytest.raises(NotFound):
        queries.entry_for(act_as(scene.actor("yuntai_principal")), entry.ref)


def test_the_school_writes_and_agrees_through_the_pages_and_everybody_reads_it(
    scene: DisclosureScene, app: Flask
) -> None:
    item = scene.closed_item()
    coordinator = sign_in(app.test_client(), scene.cast["school_coordinator"])
    assert item.title in coordinator.get(f"/showcase/new?item={item.ref}").get_data(as_text=True)
    assert coordinator.post("/showcase", data=TOLD).status_code == 422
    sent = coordinator.post("/showcase", data=TOLD | {"item": item.ref})
    assert sent.status_code == 303
    use_context(SYSTEM.context())
    entry = db.session.scalars(select(ShowcaseEntry)).one()
    for key, name in (("principal", "agree"), ("office_director", "publish")):
        client = sign_in(app.test_client(), scene.cast[key])
        assert client.get(sent.location).status_code == 200
        use_context(SYSTEM.context())
        db.session.refresh(entry)
        assert client.post(f"{sent.location}/steps/{name}", data={"version": entry.version}).status_code == 303, name
    words = app.test_client().get(scene.page_of(entry).address).get_data(as_text=True)
    assert TOLD["practice"] in words and "分层作业让计算题少失分" in words
