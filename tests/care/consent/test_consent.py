"""Who has to agree by age, what a second guardian's no does, taking back, asking again, paper, and who sees what of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.care.consent import letters
from app.care.consent.models import Consent, ConsentAnswer
from app.care.consent.operations import answers, rounds
from app.care.consent.operations.answers import AnswerIn, AskAgain, PaperIn
from app.care.consent.queries import own
from app.care.consent.queries import rounds as queries
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM
from tests.care.taking_part import Family
from tests.cast import Cast

CHILD, TEEN, ADULT = date(2014, 3, 7), date(2011, 3, 7), date(2008, 3, 7)
NAME = "学生00"


def asked(cast: Cast, born: date) -> tuple[Family, dict[Any, Any], Consent]:
    family = Family(cast, born).enrol()
    family.ask()
    return family, family.slips(), family.consent(NAME)


def says(family: Family, slips: dict[Any, Any], kind: str, answer: str) -> Consent:
    holder = family.come_in(slips[NAME, kind])
    use_context(holder.actor.context())
    (consent,) = own.own_consents(holder.actor)
    given = AnswerIn(answer, holder.code, consent.round.notice_version)
    step = answers.take_back_consent if consent.state == "granted" else answers.answer_consent
    step(holder.actor, consent, given)
    return family.consent(NAME)


@pytest.mark.parametrize(
    ("born", "said", "state"),
    [
        (CHILD, [("guardian1", "agree")], "granted"),
        (CHILD, [("student", "agree")], "requested"),
        (CHILD, [("guardian2", "refuse")], "refused"),
        (CHILD, [("guardian1", "agree"), ("guardian2", "refuse")], "withdrawn"),
        (TEEN, [("guardian1", "agree")], "requested"),
        (TEEN, [("student", "agree")], "requested"),
        (TEEN, [("guardian1", "agree"), ("student", "agree")], "granted"),
        (TEEN, [("guardian1", "agree"), ("student", "refuse")], "refused"),
        (TEEN, [("guardian1", "agree"), ("guardian2", "refuse")], "refused"),
        (ADULT, [("student", "agree")], "granted"),
        (ADULT, [("student", "refuse")], "refused"),
    ],
)
def test_age_says_who_has_to_agree_and_one_refusal_is_enough(
    app: Flask, cast: Cast, born: date, said: list[tuple[str, str]], state: str
) -> None:
    family, slips, consent = asked(cast, born)
    for kind, answer in said:
        consent = says(family, slips, kind, answer)
    assert consent.state == state


def test_what_was_said_is_kept_with_who_how_and_to_which_words(app: Flask, cast: Cast) -> None:
    family, slips, _ = asked(cast, CHILD)
    consent = says(family, slips, "guardian2", "agree")
    (said,) = consent.answers
    assert (said.who, said.relation, said.answer, said.channel) == ("guardian2", "mother", "agree", "phone")
    assert said.notice_sha256 == consent.round.notice_sha256 and said.code_id is not None
    with pytest.raises(Exception, match="permission denied"), trail.act(SYSTEM, "system", "test.change"):
        db.session.execute(text("update consent_answers set answer = 'refuse'"))


def test_taking_back_is_told_to_whoever_works_with_it_and_needs_no_reason(app: Flask, cast: Cast) -> None:
    family, slips, _ = asked(cast, CHILD)
    says(family, slips, "guardian1", "agree")
    consent = says(family, slips, "guardian1", "withdraw")
    assert consent.state == "withdrawn" and consent.standing_word == "out"
    told = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "consent_changed")).all()
    assert [row.queue for row in told] == ["letters", "urgent"]


def test_after_a_refusal_nobody_is_asked_again_for_thirty_days(app: Flask, cast: Cast, clock: Any) -> None:
    family, slips, _ = asked(cast, CHILD)
    consent = says(family, slips, "guardian1", "refuse")
    with pytest.raises(StepRefused, match="三十天"):
        answers.ask_again(cast.actor("school_counselor"), consent, AskAgain())
    clock.advance(days=31)
    answers.ask_again(cast.actor("school_counselor"), family.consent(NAME), AskAgain())
    consent = says(family, slips, "guardian1", "agree")
    assert consent.state == "granted"


def test_a_changed_notice_is_read_again_before_it_is_answered(app: Flask, cast: Cast) -> None:
    family, slips, _ = asked(cast, CHILD)
    holder = family.come_in(slips[NAME, "guardian1"])
    (consent,) = own.own_consents(holder.actor)
    with pytest.raises(Invalid, match="告知内容已更新"):
        answers.answer_consent(holder.actor, consent, AnswerIn("agree", holder.code, "2020.1"))
    assert family.consent(NAME).answers == []


def test_paper_counts_like_a_phone_and_only_the_counsellor_enters_it(app: Flask, cast: Cast) -> None:
    _family, _, consent = asked(cast, CHILD)
    with pytest.raises(NotAllowed):
        answers.record_paper(cast.actor("homeroom_teacher"), consent, PaperIn("guardian1", "agree"))
    answers.record_paper(cast.actor("school_counselor"), consent, PaperIn("guardian1", "agree"))
    assert consent.state == "granted" and consent.answers[0].recorded_by == cast["school_counselor"].person_id
    answers.record_withdrawal(
        cast.actor("school_counselor"), consent, PaperIn("guardian2", "withdraw", reason="母亲来电话，不再参加测评")
    )
    assert consent.state == "withdrawn"


def test_another_familys_code_neither_sees_nor_answers(app: Flask, cast: Cast) -> None:
    family, slips, consent = asked(cast, CHILD)
    other = family.come_in(slips["学生01", "guardian1"])
    with pytest.raises(NotFound):
        own.own_consent(other.actor, consent.ref)
    with pytest.raises(NotFound):
        answers.answer_consent(other.actor, consent, AnswerIn("agree", other.code, consent.round.notice_version))


def test_a_grade_is_asked_once_a_year_by_one_entry_with_count_and_digest(app: Flask, cast: Cast) -> None:
    family = Family(cast, CHILD, many=40).enrol()
    family.ask()
    with pytest.raises(Invalid, match="没有还没征询过的学生"):
        family.ask()
    use_context(SYSTEM.context())
    entries = db.session.execute(text("select body from audit.access_log where step = 'consent_round.send'")).all()
    assert [row.body["rows"] for row in entries] == [40]


def test_the_class_teacher_sees_the_own_class_without_a_reason_and_the_county_sees_nobody(
    app: Flask, cast: Cast
) -> None:
    family, slips, _ = asked(cast, CHILD)
    consent = says(family, slips, "guardian1", "refuse")
    teacher = cast.actor("homeroom_teacher")
    use_context(teacher.context())
    (row,) = queries.by_class(teacher, consent.round)
    assert (row.asked, row.inside, row.waiting, row.outside) == (3, 0, 2, 1)
    for key in ("psych_center_lead", "bureau_psych_officer", "principal", "subject_teacher", "sys_admin"):
        use_context(cast.actor(key).context())
        assert db.session.scalars(select(ConsentAnswer)).all() == [], key
    use_context(cast.actor("yuntai_counselor").context())
    assert db.session.scalars(select(Consent)).all() == []


def test_consents_run_out_with_the_school_year(app: Flask, cast: Cast, clock: Any) -> None:
    family, slips, _ = asked(cast, CHILD)
    says(family, slips, "guardian1", "agree")
    assert rounds.end_years() == 0
    clock.advance(days=400)
    assert rounds.end_years() == 3
    assert family.consent(NAME).state == "expired"
    assert timedelta(0) <= core_clock.now() - family.consent(NAME).state_since < timedelta(minutes=1)


def test_the_counsellor_hears_of_a_withdrawal_without_a_name(app: Flask, cast: Cast) -> None:
    family, slips, _ = asked(cast, CHILD)
    says(family, slips, "guardian1", "agree")
    says(family, slips, "guardian1", "withdraw")
    use_context(SYSTEM.context())
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "consent_changed")).all():
        with trail.act(SYSTEM, "system", "test.deliver"):
            letters.consent_changed(row)
    told = db.session.scalars(select(InboxLetter).where(InboxLetter.kind == "consent_changed")).all()
    assert {one.person_id for one in told} == {cast["school_counselor"].person_id}
    assert not any(word in one.title_zh for one in told for word in (NAME, "心理", "彩虹"))
