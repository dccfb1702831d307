"""Requests of guardians and students about a child's data (security 43): by the pages, the clock and the walls."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from app.care.consent.operations import answers as consents
from app.care.rights.models import KINDS, RightsRequest
from app.care.rights.operations import requests, results
from app.care.rights.operations.requests import AnswerIn, Child, RequestIn
from app.care.screening.models import CriticalAlert, ScaleResponse
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.calendar import days as calendar
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context
from app.core.errors import Invalid, NotFound, StepRefused
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM
from app.people import letters
from tests.care.access.conftest import NAME, Story, rows_of, without_alert
from tests.care.taking_part import door, send
from tests.care.terms import BORN
from tests.cast import sign_in

BASE = "https://localhost"
DONE = AnswerIn("已核对，按请求办好，学校同时更新了学籍")


def asked(story: Story, kind: str = "copy", who: str = "guardian1", words: str = "名字写错了一个字") -> RightsRequest:
    holder = story.term.family.come_in(story.term.slips["学生00", who])
    use_context(holder.actor.context())
    return requests.ask_request(holder.actor, Child.of(holder.student), RequestIn(kind, words, holder.code))


def answered(story: Story, made: RightsRequest) -> RightsRequest:
    requests.answer_request(story.act("dpo"), made, DONE)
    assert results.complete_all() == 1
    db.session.refresh(made)
    return made


def family(app: Flask, story: Story, who: str = "guardian1") -> FlaskClient:
    client = app.test_client()
    assert door(client, story.term.slips["学生00", who], BORN).status_code == 303
    return client


@pytest.mark.parametrize("kind", KINDS)
def test_security_43_each_right_is_asked_for_behind_the_code_and_answered_with_a_file_and_its_digest(
    kind: str, app: Flask, told_of: Story
) -> None:
    client = family(app, told_of)
    assert send(client, "/code/rights", {"kind": kind, "words": "出生日期应当是别的一天"}).status_code == 303
    use_context(SYSTEM.context())
    made = db.session.scalars(select(RightsRequest)).one()
    assert made.kind == kind and made.state == "received"
    officer = sign_in(app.test_client(), told_of.cast["dpo"])
    assert "出生日期应当是别的一天" in officer.get(made.address, base_url=BASE).text
    given = {"reason": DONE.reason, "version": str(made.version)}
    assert send(officer, made.address + "/answer", given).status_code == 303
    assert results.complete_all() == 1
    own = client.get(f"/code/rights/{made.ref}", base_url=BASE).text
    file = client.get(f"/code/rights/{made.ref}/result.json", base_url=BASE)
    read = json.loads(file.data)
    assert file.mimetype == "application/json" and read["kind"] == kind and read["answer"] == DONE.reason
    assert hashlib.sha256(file.data).hexdigest() in own
    assert (kind == "explain") is ("data" not in read)


def test_security_43_the_copy_is_machine_readable_and_holds_the_roll_the_agreements_and_the_surveys_but_no_level(
    app: Flask, told_of: Story
) -> None:
    made = answered(told_of, asked(told_of))
    read = family(app, told_of).get(f"/code/rights/{made.ref}/result.json", base_url=BASE)
    data = json.loads(read.data)["data"]
    assert data["roll"]["name"] == NAME and data["roll"]["birth_date"] == BORN.isoformat()
    assert [said["answer"] for one in data["agreements"] for said in one["said"]].count("agree") >= 1
    assert data["surveys"] and "answers" not in data
    assert not re.search(r"\b(red|orange)\b|tier|level|紧急|重点关注|需要马上帮助", read.text)


@pytest.mark.parametrize("who", ["guardian1", "student"])
def test_security_43_no_file_holds_answers_numbers_of_cards_or_telephones_but_says_where_they_are_learnt(
    who: str, app: Flask, told_of: Story
) -> None:
    made = answered(told_of, asked(told_of, who=who))
    data = family(app, told_of, who).get(f"/code/rights/{made.ref}/result.json", base_url=BASE).json["data"]
    assert data["not_here"] and not {"answers", "id_number", "guardian_phones"} & (set(data) | set(data["roll"]))
    assert not re.search(r"\b1\d{10}\b|phq|gad7|values", json.dumps(data, ensure_ascii=False))


def test_security_43_a_guardian_does_not_open_the_students_request(app: Flask, told_of: Story) -> None:
    made = answered(told_of, asked(told_of, who="student"))
    guardian = family(app, told_of)
    for address in (f"/code/rights/{made.ref}", f"/code/rights/{made.ref}/result.json"):
        assert guardian.get(address, base_url=BASE).status_code == 404


def _erased(app: Flask, story: Story) -> tuple[dict[str, Any], int]:
    """What an answered request to erase says it did, and how many of the child's answers are left."""
    made = answered(story, asked(story, "delete"))
    said = family(app, story).get(f"/code/rights/{made.ref}/result.json", base_url=BASE).json["erased"]
    use_context(SYSTEM.context())
    wanted = select(ScaleResponse).where(ScaleResponse.student_id == story.child, ScaleResponse.sealed.is_not(None))
    return said, len(db.session.scalars(wanted).all())


def test_security_43_an_erasure_destroys_the_answers_once_the_agreement_was_taken_back(
    app: Flask, told_of: Story
) -> None:
    said, left = _erased(app, told_of)
    assert said["surveys"] == 0 and said["surveys_kept"] == 1 and left, "the agreement runs"
    term = told_of.term
    holder, consent = term.family.come_in(term.slips["学生00", "guardian1"]), term.family.consent(NAME)
    use_context(holder.actor.context())
    back = consents.AnswerIn("withdraw", holder.code, consent.round.notice_version)
    consents.take_back_consent(holder.actor, consent, back)
    term.follow(NAME)
    said, left = _erased(app, told_of)
    assert said["surveys"] == 0 and left, "an alert is open"
    _cleared(told_of)
    said, left = _erased(app, told_of)
    assert said["surveys"] == 1 and left == 0


def test_security_43_an_erasure_leaves_answers_while_the_agreement_runs(app: Flask, told_of: Story) -> None:
    _cleared(told_of)
    said, left = _erased(app, told_of)
    assert said["surveys"] == 0 and said["surveys_kept"] == 1 and left


def _cleared(story: Story) -> None:
    """Nobody needs the child's answers for an alert any more."""
    without_alert(story)
    with trail.act(SYSTEM, "system", "test.cleared"):
        db.session.execute(update(CriticalAlert).values(cleared_on=core_clock.today()))


def test_security_43_the_proof_of_identity_is_kept_and_without_it_nothing_is_answered(told_of: Story) -> None:
    made = asked(told_of)
    proof = text("select kind from access_codes where id = :id")
    use_context(SYSTEM.context())
    assert db.session.scalar(proof, {"id": made.code_id}) == "guardian1" == made.asked_as
    with trail.act(SYSTEM, "system", "test.without_proof"):
        db.session.execute(update(RightsRequest).values(code_id=None))
    db.session.expire_all()
    with pytest.raises(StepRefused) as refused:
        requests.answer_request(told_of.act("dpo"), made, DONE)
    assert "身份" in refused.value.sentences[0].zh


def test_security_43_nobody_asks_without_the_code_and_nobody_about_another_child(app: Flask, told_of: Story) -> None:
    stranger = app.test_client()
    assert stranger.get("/code/rights", base_url=BASE).status_code == 303
    holder = told_of.term.family.come_in(told_of.term.slips["学生00", "guardian1"])
    use_context(SYSTEM.context())
    other = told_of.student(told_of.other)
    use_context(holder.actor.context())
    with pytest.raises(NotFound):
        requests.take_back_request(holder.actor, _about(other, holder), requests.RequestStep())


def _about(student: Any, holder: Any) -> RightsRequest:
    """A request about somebody else's child, as if a guardian had come by one."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.other"):
        made = RightsRequest(
            county_id=student.county_id, school_id=student.school_id, unit_id=student.school_id, state="received",
            student_id=student.id, kind="copy", asked_as="guardian1", code_id=holder.code.id,
        )  # fmt: skip
        db.session.add(made)
    use_context(holder.actor.context())
    assert rows_of("rights_requests", student.id) == 0
    return made


def test_security_43_the_clock_is_fifteen_working_days_and_the_level_above_is_told_afterwards(told_of: Story) -> None:
    made = asked(told_of)
    use_context(SYSTEM.context())
    due = db.session.scalars(select(Deadline).where(Deadline.record_id == made.id)).one()
    assert due.name.endswith("answer")
    first, last = core_clock.local(made.created_at).date(), core_clock.local(due.due_at - timedelta(seconds=1)).date()
    after = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(calendar.is_working_day(day) for day in after) == 15
    step = made.workflow.state("received").deadlines[0]
    assert step.escalate_to == ("security_admin",)
    assert step.span == ("15 个工作日", "15 working days")


def test_security_43_a_refusal_needs_a_reason_and_whoever_asked_reads_it(app: Flask, told_of: Story) -> None:
    made = asked(told_of, "delete")
    with pytest.raises(Invalid):
        requests.refuse_request(told_of.act("dpo"), made, AnswerIn(""))
    requests.refuse_request(told_of.act("dpo"), made, AnswerIn("在校期间学籍信息依法保留，毕业后再删"))
    page = family(app, told_of).get(f"/code/rights/{made.ref}", base_url=BASE).text
    assert "在校期间学籍信息依法保留" in page and "网信部门" in page
    assert family(app, told_of).get(f"/code/rights/{made.ref}/result.json", base_url=BASE).status_code == 404


def test_security_43_the_officer_answers_by_code_number_and_sees_nothing_of_the_child(
    app: Flask, told_of: Story
) -> None:
    made = answered(told_of, asked(told_of))
    officer = sign_in(app.test_client(), told_of.cast["dpo"])
    shown = officer.get("/rights-requests?all=1", base_url=BASE).text + officer.get(made.address, base_url=BASE).text
    assert made.ref[:6].upper() in shown and NAME not in shown
    told_of.act("dpo")
    assert rows_of("rights_requests", told_of.child) == 1
    for key in (
        "school_counselor",
        "homeroom_teacher",
        "principal",
        "psych_center_lead",
        "yuntai_counselor",
        "sys_admin",
    ):
        told_of.act(key)
        assert rows_of("rights_requests", told_of.child) == 0, key
        assert not db.session.scalars(select(Deadline.id).where(Deadline.record_id == made.id)).all(), key


def test_security_30_who_is_told_of_a_late_answer_sees_that_it_is_late_and_no_word_of_it(
    app: Flask, told_of: Story
) -> None:
    made = answered(told_of, asked(told_of))
    security = sign_in(app.test_client(), told_of.cast["security_admin"])
    shown = security.get("/rights-requests?all=1", base_url=BASE).text + security.get(made.address, base_url=BASE).text
    assert made.ref[:6].upper() in shown
    for never in (NAME, "名字写错了一个字", DONE.reason):
        assert never not in shown, never
    told_of.act("security_admin")
    for table in ("consents", "screening_tasks", "scale_responses", "rainbow_assessments"):
        assert rows_of(table, told_of.child) == 0, table


def test_security_43_letters_about_requests_name_neither_child_nor_words(told_of: Story) -> None:
    asked(told_of)
    use_context(SYSTEM.context())
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "step_taken")).all():
        letters.step_taken(row)
    told = db.session.scalars(select(InboxLetter).where(InboxLetter.entity == "rights_requests")).all()
    assert told and all(one.person_id == told_of.cast["dpo"].person_id for one in told)
    assert not any(NAME in one.title_zh or "名字" in one.title_zh for one in told)


def test_the_same_request_is_not_made_twice_while_it_runs_and_may_be_taken_back(told_of: Story) -> None:
    made = asked(told_of)
    with pytest.raises(Invalid):
        asked(told_of)
    holder = told_of.term.family.come_in(told_of.term.slips["学生00", "guardian1"])
    use_context(holder.actor.context())
    requests.take_back_request(holder.actor, made, requests.RequestStep())
    assert made.state == "withdrawn" and asked(told_of).id != made.id
