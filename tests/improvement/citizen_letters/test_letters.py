"""A citizen writes, the office sorts, an inspector answers, the citizen rates; a bad rating goes once to another person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.core import clock
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.outbox.models import OutboxRow
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.citizen_letters.operations import answering, boxes, ending, sending, sorting
from app.improvement.citizen_letters.queries import letters, public
from app.improvement.citizen_letters.sealing import unsealed
from app.improvement.monitoring.models import DataFinding
from tests.conftest import Clock
from tests.improvement.citizen_letters.scenes import ANSWER, CONTACT, TEXT, LetterScene

WHY = "这是收费的事，归财务科管，请转给他们"
WHERE = "请向县人力资源和社会保障局劳动监察大队反映"


def test_a_letter_goes_from_the_box_to_a_good_rating(scene: LetterScene) -> None:
    letter = scene.answered()
    scene.rate(letter, "good", "答得很实在")
    scene.everything()
    assert (letter.state, letter.rating, letter.is_in_time, letter.owner_id) == (
        "closed", "good", True, scene.cast["inspector"].person_id,
    )  # fmt: skip
    assert letters.words_of(letter) == letters.Words(TEXT, ANSWER, "答得很实在", "", "")


def test_a_bad_rating_is_answered_once_again_and_only_by_another_person(scene: LetterScene) -> None:
    letter = scene.answered()
    scene.rate(letter, "bad", "还是凉的")
    office = scene.actor("office_director")
    assert (letter.state, letter.round, letter.owner_id) == ("returned", 2, None)
    with pytest.raises(StepRefused, match="重办要换一个人"):
        sorting.assign_again(office, letter, sorting.AssignIn(scene.cast["inspector"].person_id))
    sorting.assign_again(office, letter, sorting.AssignIn(scene.cast["inspector_2"].person_id))
    answering.answer_letter(scene.actor("inspector_2"), letter, answering.AnswerIn("已换保温车，明天起热饭到班。"))
    scene.everything()
    words = letters.words_of(letter)
    assert (words.first_answer, words.first_remark, words.answer) == (
        ANSWER,
        "还是凉的",
        "已换保温车，明天起热饭到班。",
    )
    with pytest.raises(StepRefused):
        sending.send_back_answer(sending.writer(letter.id), letter, sending.RatingIn("bad"))
    scene.rate(letter, "bad")
    assert (letter.state, letter.rating) == ("closed", "bad")


def test_an_inspector_of_the_school_itself_is_not_given_its_letters(scene: LetterScene) -> None:
    letter = scene.sent()
    with pytest.raises(StepRefused, match="回避"):
        scene.assign(letter, "own_inspector")
    scene.assign(letter, "inspector_3")
    assert letter.state == "in_progress"


def test_nobody_but_an_inspector_in_office_is_given_a_letter(scene: LetterScene) -> None:
    letter = scene.sent()
    for key in ("principal", "subject_researcher", "other_office_director"):
        with pytest.raises(Invalid):
            scene.assign(letter, key)


def test_the_school_its_responsible_inspector_and_another_county_know_nothing_of_a_letter(scene: LetterScene) -> None:
    letter = scene.assigned("inspector_3")
    for key in (
        "principal",
        "school_coordinator",
        "inspector",
        "dept_head",
        "leading_group_head",
        "other_office_director",
    ):
        with pytest.raises(NotFound):
            letters.letter_for(scene.actor(key), letter.ref)
    for key in ("principal", "inspector", "other_office_director"):
        use_context(scene.cast.actor(key).context())
        assert db.session.execute(text("select 1 from citizen_letters")).all() == []
        clocks = text("select 1 from deadlines where entity = 'citizen_letters'")
        assert db.session.execute(clocks).all() == [], key
    assert letters.letter_for(scene.actor("inspector_3"), letter.ref).id == letter.id


def test_a_citizen_reaches_one_letter_and_no_other_row(scene: LetterScene) -> None:
    other, mine = scene.sent(), scene.sent()
    use_context(sending.writer(mine.id).context())
    assert db.session.execute(text("select id from citizen_letters")).scalars().all() == [mine.id]
    for table in ("problem_items", "supervision_visits", "students", "access_codes", "case_assignments"):
        assert db.session.execute(text(f"select 1 from {table}")).all() == []
    with pytest.raises(NotFound):
        sending.rate_answer(sending.writer(mine.id), other, sending.RatingIn("good"))


def test_only_who_answers_may_open_the_contact(scene: LetterScene) -> None:
    letter = scene.assigned()
    found = letters.letter_for(scene.actor("inspector"), letter.ref, letters.CONTACT)
    assert unsealed(found, "contact_sealed") == CONTACT
    for key in ("office_director", "inspector_2", "principal"):
        with pytest.raises(NotFound):
            letters.letter_for(scene.actor(key), letter.ref, letters.CONTACT)


def test_what_was_written_stands_nowhere_in_clear(scene: LetterScene) -> None:
    letter = scene.answered(text="小河边的蓝风筝" + TEXT)
    scene.rate(letter, "bad", "蓝风筝还在树上")
    scene.everything()
    named = "select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version'"
    places = [f'"{table}"' for table in db.session.scalars(text(named))]
    for place in (*places, "audit.transition_log", "audit.access_log"):
        rows = db.session.execute(text(f"select t::text from {place} t")).scalars().all()  # noqa: S608
        for word in ("蓝风筝", CONTACT, "督学已经到校查看"):
            assert not any(word in row for row in rows), (place, word)


def test_the_trail_tells_of_a_letter_without_its_words(scene: LetterScene) -> None:
    letter = scene.answered()
    scene.rate(letter, "bad", "还是凉的")
    scene.everything()
    told = db.session.execute(
        text("select step, to_state from audit.transition_log where record_id = :id"), {"id": letter.id}
    )
    assert [row.step.partition(".")[2] for row in told] == ["send", "assign", "answer", "send_back"]


def test_an_urgent_letter_is_posted_to_the_office_at_once_and_has_two_hours(scene: LetterScene) -> None:
    letter = scene.sent(urgent=True, topic="bullying")
    scene.everything()
    posted = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "citizen_letter_urgent")).one()
    assert posted.queue == "urgent" and posted.record_id == letter.id and TEXT not in str(posted.data)
    running = db.session.scalars(select(Deadline).where(Deadline.record_id == letter.id)).all()
    assert {row.name for row in running} == {"received.triage", "received.urgent"}
    scene.assign(letter, "inspector")
    still = select(Deadline.name).where(Deadline.record_id == letter.id, Deadline.closed_at.is_(None))
    assert db.session.scalars(still).all() == ["in_progress.answer"]


def test_an_answer_that_does_not_come_is_told_once_one_level_above(scene: LetterScene) -> None:
    letter = scene.assigned()
    scene.everything()
    running = db.session.scalars(
        select(Deadline).where(Deadline.record_id == letter.id, Deadline.closed_at.is_(None))
    ).one()
    assert running.name == "in_progress.answer" and clock.local(running.due_at).date() > letter.answer_by
    assert [(rung.name, rung.roles) for rung in running.rungs if rung.roles] == [("+1wd", ("office_director",))]


def test_the_second_inspector_and_the_citizen_end_the_clocks_they_meet(scene: LetterScene) -> None:
    letter = scene.answered("inspector_3")
    scene.rate(letter, "fair")
    scene.everything()
    open_clocks = select(Deadline.name).where(Deadline.record_id == letter.id, Deadline.closed_at.is_(None))
    assert db.session.scalars(open_clocks).all() == []


def test_a_department_answers_what_is_its_matter_and_may_hand_it_back(scene: LetterScene) -> None:
    letter = scene.sent(topic="charges")
    unit = scene.cast.units["basic_education"].id
    sorting.pass_letter_on(scene.actor("evaluator"), letter, sorting.PassIn(unit))
    with pytest.raises(NotAllowed):
        answering.answer_letter(scene.actor("health_head"), letter, answering.AnswerIn(ANSWER))
    answering.hand_letter_back(scene.actor("dept_head"), letter, answering.HandBackIn(WHY))
    assert (letter.state, letter.unit_id) == ("received", None)
    scene.assign(letter, "inspector_3")
    answering.hand_letter_back(scene.actor("inspector_3"), letter, answering.HandBackIn(WHY))
    assert (letter.state, letter.owner_id) == ("received", None)


def test_a_letter_that_is_not_accepted_says_why_and_where_to_turn(scene: LetterScene) -> None:
    letter, office = scene.sent(), scene.actor("office_director")
    with pytest.raises(Invalid):
        sorting.refuse_letter(office, letter, sorting.RefuseIn("not_ours", "找别处"))
    with pytest.raises(StepRefused, match="不予受理的理由"):
        sorting.refuse_letter(office, letter, sorting.RefuseIn("unheard_of", WHERE))
    sorting.refuse_letter(office, letter, sorting.RefuseIn("not_ours", WHERE))
    assert (letter.state, letter.refusal_note) == ("refused", WHERE)


def test_letters_merged_into_another_get_its_answer_and_are_rated_on_their_own(scene: LetterScene) -> None:
    first, second = scene.sent(), scene.sent(text="饭菜太凉")
    elsewhere = scene.sent("yuntai")
    office = scene.actor("office_director")
    with pytest.raises(StepRefused, match="并入"):
        sorting.merge_letter(office, second, sorting.MergeIn(elsewhere.id))
    sorting.merge_letter(office, second, sorting.MergeIn(first.id))
    scene.assign(first, "inspector_3")
    answering.answer_letter(scene.actor("inspector_3"), first, answering.AnswerIn(ANSWER))
    third = scene.sent(text="吃不饱")
    sorting.merge_letter(scene.actor("office_director"), third, sorting.MergeIn(first.id))
    scene.everything()
    for one in (second, third):
        db.session.refresh(one)
        assert one.state == "answered" and unsealed(one, "answer_sealed") == ANSWER
    scene.rate(second, "good")
    assert (second.state, first.state) == ("closed", "answered")


def test_a_contact_is_erased_some_days_after_the_end_and_not_before(scene: LetterScene, clock: Clock) -> None:
    letter = scene.answered()
    clock.advance(days=16)
    assert ending.end_unrated() == 1
    db.session.refresh(letter)
    assert letter.state == "closed" and letter.rating is None
    assert ending.erase_contacts() == 0
    clock.advance(days=31)
    assert ending.erase_contacts() == 1
    db.session.refresh(letter)
    assert letter.contact_sealed is None and letter.contact_erased_on is not None


def test_what_a_letter_points_out_becomes_a_finding_with_the_letter_as_its_source(scene: LetterScene) -> None:
    letter = scene.assigned("inspector_3")
    given = answering.CarryIn("午餐送到班级时温度不够", "management", "moderate")
    answering.carry_letter(scene.actor("inspector_3"), letter, given)
    scene.everything()
    found = db.session.get_one(DataFinding, letter.finding_id)
    assert (found.state, found.source_type, found.unit_id) == ("candidate", "petition", letter.school_id)
    assert letter.number in found.source_reference
    with pytest.raises(StepRefused, match="已经登记"):
        answering.carry_letter(scene.actor("inspector_3"), letter, given)


def test_a_reply_is_shown_to_everybody_only_where_the_office_wants_it_and_nobody_is_named(scene: LetterScene) -> None:
    letter, office = scene.answered(), scene.actor("office_director")
    wanted = boxes.ReplyIn("午饭送到班里是凉的，能改吗？", "送餐已提前二十分钟，加了保温柜。")
    with pytest.raises(StepRefused, match="没有开通"):
        boxes.publish_reply(office, letter, wanted)
    boxes.change_box(office, letter.box, boxes.BoxIn(True, True))
    with pytest.raises(Invalid, match="沈砚秋"):
        boxes.publish_reply(office, letter, boxes.ReplyIn("沈砚秋校长为什么不管？", "已改。"))
    boxes.publish_reply(office, letter, wanted)
    use_context(None)
    assert [row.question for row in public.replies(office, letter.box)] == [wanted.question]


def test_a_closed_box_takes_no_letter(scene: LetterScene) -> None:
    box = scene.box()
    boxes.change_box(scene.actor("office_director"), box, boxes.BoxIn(False, False))
    with pytest.raises(Invalid, match="停用"):
        scene.sent()


def test_the_box_names_the_schools_own_inspectors_and_follows_them(scene: LetterScene) -> None:
    assert scene.box().inspector_names == "唐慕白" and scene.box("qingxi").inspector_names == ""
    scene.everything()
    assert boxes.keep_boxes_true() == 0
    boxes.keep_box_true(scene.actor("office_director") and boxes.SYSTEM, scene.box(), "别人")
    assert boxes.keep_boxes_true() == 1 and scene.box().inspector_names == "唐慕白"


def test_the_figures_count_the_county_and_what_was_answered_in_time(scene: LetterScene, clock: Clock) -> None:
    scene.rate(scene.answered(), "good")
    late = scene.assigned()
    clock.advance(days=40)
    answering.answer_letter(scene.actor("inspector"), late, answering.AnswerIn(ANSWER))
    scene.rate(late, "bad")
    scene.sent()
    since = clock.now() - timedelta(days=90)
    found = letters.figures(scene.actor("leading_group_head"), since)
    assert (found.received, found.answered, found.in_time, found.again) == (3, 2, 1, 1)
    assert found.ratings == {"good": 1, "fair": 0, "bad": 1}
    assert letters.figures(scene.actor("principal"), since).received == 0


def test_a_form_that_is_sent_twice_gives_one_code_and_one_letter(scene: LetterScene) -> None:
    letter = scene.sent(sending="ab" * 16)
    assert public.id_of(scene.code) == letter.id
    found = public.letter_by_code(scene.code.lower(), "192.0.2.1")
    assert isinstance(found, CitizenLetter) and found.id == letter.id


def test_the_sixth_wrong_code_waits_and_every_wrong_code_has_one_answer(scene: LetterScene) -> None:
    scene.sent()
    for wrong in ("", "ABCD", "2345-2345-2345-2345", "x" * 90, "2345234523452346"):
        with pytest.raises(public.CodeRefused):
            public.letter_by_code(wrong, "192.0.2.9")
    with pytest.raises(public.limits.TooSoon):
        public.letter_by_code(scene.code, "192.0.2.9")
    assert public.letter_by_code(scene.code, "192.0.2.10").text_sealed


def test_many_letters_from_one_address_wait(scene: LetterScene) -> None:
    for _ in range(12):
        public.count_letter("192.0.2.11")
    with pytest.raises(public.limits.TooSoon):
        public.count_letter("192.0.2.11")
    public.count_letter("192.0.2.12")
