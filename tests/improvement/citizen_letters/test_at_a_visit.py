"""A letter becomes a question of a visit in one step; the school reads the question alone, the office what was seen."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from app.core import clock
from app.core.database import db, use_context
from app.core.errors import Invalid, StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.citizen_letters.operations.visiting import QuestionIn, ask_at_visit
from app.improvement.citizen_letters.queries.visiting import asked_at, visits_to_ask
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.operations import on_site, planning
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.citizen_letters.scenes import CONTACT, TEXT, LetterScene
from tests.improvement.visits.scenes import VisitScene

QUESTION = "午间到食堂看供餐时间和饭菜温度"


def visit_planned(scene: LetterScene) -> SupervisionVisit:
    return VisitScene(scene.cast).planned()


def asked(scene: LetterScene, to: str = "inspector") -> tuple[CitizenLetter, SupervisionVisit]:
    letter = scene.assigned(to)
    visit = visit_planned(scene)
    ask_at_visit(act_as(scene.actor("office_director")), letter, QuestionIn(visit.id, QUESTION))
    return letter, visit


def test_one_step_puts_the_question_on_the_checklist_of_a_draft(scene: LetterScene) -> None:
    letter, visit = asked(scene)
    assert [line.title for line in visit.lines] == ["看校园课表是否公示", QUESTION]
    assert letter.visit_line_id == visit.lines[1].id
    with pytest.raises(StepRefused, match="已经带到"):
        ask_at_visit(act_as(scene.actor("office_director")), letter, QuestionIn(visit.id, "再看一次食堂的保温柜"))


def test_changing_the_plan_keeps_the_question_and_taking_it_off_frees_the_letter(scene: LetterScene) -> None:
    letter, visit = asked(scene)
    story = VisitScene(scene.cast)
    office = story.actor("office_director")
    kept = visit.lines[1].id
    planning.edit_visit(office, visit, story.given(points=(QUESTION, "看课后服务")))
    assert [line.title for line in visit.lines] == [QUESTION, "看课后服务"] and visit.lines[0].id == kept
    planning.edit_visit(office, visit, story.given(points=("看课后服务",)))
    scene.everything()
    db.session.refresh(letter)
    assert letter.visit_line_id is None


@pytest.mark.parametrize("words", ["孩子回家说吃不饱，去看看", f"联系 {CONTACT} 后再看", "食堂的，午饭经常 是凉的？"])
def test_words_of_the_writer_are_refused(scene: LetterScene, words: str) -> None:
    letter, visit = scene.assigned(), visit_planned(scene)
    with pytest.raises(Invalid) as refused:
        ask_at_visit(act_as(scene.actor("office_director")), letter, QuestionIn(visit.id, words))
    assert "原话" in refused.value.sentences["question"].zh


def test_only_visits_to_this_school_with_an_open_checklist_are_offered(scene: LetterScene) -> None:
    letter = scene.assigned()
    story = VisitScene(scene.cast)
    other = scene.cast.units["shiyan"]
    place = planning.VisitPlace(scene.cast.county.id, other.id, other.id)
    given = story.given(points=("看图书室",), lead_id=scene.cast["inspector_2"].person_id)
    elsewhere = planning.plan_visit(story.actor("office_director"), place, given)
    told = story.visit("notified")
    office = act_as(scene.actor("office_director"))
    assert visits_to_ask(office, letter) == []
    for visit in (elsewhere, told):
        with pytest.raises(Invalid, match="还能加检查项"):
            ask_at_visit(office, letter, QuestionIn(visit.id, QUESTION))


def test_what_the_visit_saw_stands_on_the_page_of_the_letter_and_nothing_of_the_letter_reaches_the_school(
    scene: LetterScene, app: Flask
) -> None:
    letter, visit = asked(scene)
    story = VisitScene(scene.cast)
    story.join(visit, "inspector_2", "inspector_3")
    entry = story.entry(from_on=visit.visit_on, to_on=visit.visit_on)
    planning.edit_visit(
        story.actor("office_director"), visit,
        story.given(points=(QUESTION,), visit_on=visit.visit_on, entry_id=entry.id),
    )  # fmt: skip
    story.to_notified(visit)
    story.to_self_reported(visit)
    school = pages_of(app, scene, "principal", visit.address)
    assert QUESTION in school
    for trace in (letter.number, "来信", "群众", TEXT[:8], CONTACT, letter.ref):
        assert trace not in school, trace
    story.to_on_site(visit)
    seen = on_site.Seen(visit.lines[0].ref, str(uuid4()), "partly", "送餐提前了，保温柜没有通电", clock.now(), "")
    on_site.observe(story.actor("inspector"), visit, on_site.ObserveIn((seen,)))
    office = act_as(scene.actor("office_director"))
    found = asked_at(office, letter)
    assert found is not None and found.line.seen is not None and found.line.seen.seen == "partly"
    shown = pages_of(app, scene, "office_director", letter.address)
    assert "保温柜没有通电" in shown and "部分看到" in shown and visit.label in shown
    school = pages_of(app, scene, "principal", visit.address)
    for trace in (letter.number, "来信", TEXT[:8], CONTACT, letter.ref):
        assert trace not in school, trace


def pages_of(app: Flask, scene: LetterScene, key: str, address: str) -> str:
    client = app.test_client()
    sign_in(client, scene.cast[key])
    answer: Any = client.get(address)
    assert answer.status_code == 200
    use_context(SYSTEM.context())
    shown: str = answer.get_data(as_text=True).split("<main")[1]
    return shown


def test_the_page_asks_at_which_visit_and_keeps_what_was_typed(scene: LetterScene, app: Flask) -> None:
    letter, visit = scene.assigned(), visit_planned(scene)
    client = app.test_client()
    sign_in(client, scene.cast["office_director"])
    address = f"{letter.address}/steps/visit"
    assert visit.label in client.get(address).get_data(as_text=True)
    answer = client.post(address, data={"visit": visit.ref, "question": "孩子回家说吃不饱"})
    assert answer.status_code == 422 and "孩子回家说吃不饱" in answer.get_data(as_text=True)
    answer = client.post(address, data={"visit": visit.ref, "question": QUESTION})
    assert answer.status_code == 303
    assert "还没有到校看" in client.get(letter.address).get_data(as_text=True)
