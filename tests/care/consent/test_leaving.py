"""A child changes school: what was agreed at the old one ends there and stays as proof; the new school asks anew."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.care.consent.models import AccessCode, Consent, ConsentAnswer, ConsentRound
from app.care.consent.operations import answers, codes
from app.care.consent.operations.answers import PaperIn
from app.care.consent.operations.leaving import end_all_of_leavers, let_stand_of_who_never_left
from app.care.consent.operations.rounds import RoundIn, SchoolPlace, send_round
from app.care.consent.queries import rounds as queries
from app.core import clock as core_clock
from app.core.casework import daily
from app.core.database import db, use_context
from app.core.errors import NotFound, StepRefused
from app.core.imports import operations as importing
from app.core.imports.models import ImportBatch
from app.core.imports.operations import StepIn
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from app.people.directory.models import SchoolClass, Student
from app.people.directory.operations.students import EnrolmentAgain, EnrolmentEnd, end_enrolment, enrol_again
from tests.care.assessed import assessed
from tests.care.taking_part import send
from tests.cast import Cast, sign_in
from tests.core.imports.rosters import accepted, checked, uploaded
from tests.people.directory.rolls import child, workbook

HTTPS = "https://localhost"
OLD, NEW = "shuangqiao", "yuntai"
MOVES, STAYS = 1, 2
COUNSELLORS = {OLD: "school_counselor", NEW: "yuntai_counselor"}
REASON = "随父母迁往外省，已办转学手续"


@dataclass
class Town:
    """Two schools, two children of grade 7 at the first one, and a list of the whole county whenever one moves."""

    cast: Cast
    rows: dict[int, tuple[Any, ...]] = field(default_factory=dict)

    def listed(self, *children: int, at: str = OLD, class_no: int = 1) -> ImportBatch:
        """A list of the county puts them there."""
        rows: list[Sequence[Any]] = []
        for number in children:
            self.rows[number] = child(number, self.cast.units[at].code, "G7", class_no)
            rows.append(self.rows[number])
        batch = uploaded(self.cast, workbook(rows), who="evaluator", name=f"{core_clock.now()}.xlsx")
        return accepted(self.cast, checked(self.cast, batch, who="evaluator"), who="assessment_member")

    def ask(self, at: str = OLD, purpose: str = "screening") -> ConsentRound:
        school = self.cast.units[at]
        given = RoundIn("秋季心理健康测评", purpose, ("G7",), core_clock.today() + timedelta(days=15))
        return send_round(self.cast.actor(COUNSELLORS[at]), SchoolPlace(school.county_id, school.id), given)

    def consents(self, number: int, at: str = OLD) -> list[Consent]:
        """Of this child at this school, screening last."""
        use_context(SYSTEM.context())
        found = (
            select(Consent)
            .join(Student, Student.id == Consent.student_id)
            .where(Student.student_no == self.rows[number][1], Student.school_id == self.cast.units[at].id)
        )
        ordered = found.order_by(Consent.purpose, Consent.asked_on, Consent.created_at).execution_options(
            populate_existing=True
        )
        return list(db.session.scalars(ordered))

    def states(self, number: int, at: str = OLD) -> list[str]:
        return [one.state for one in self.consents(number, at)]

    def agree(self, number: int, at: str = OLD, answer: str = "agree") -> None:
        consent = next(one for one in self.consents(number, at) if one.state == "requested")
        answers.record_paper(self.cast.actor(COUNSELLORS[at]), consent, PaperIn("guardian1", answer))

    def places(self, number: int) -> set[str]:
        """Schools on whose roll the child is."""
        use_context(SYSTEM.context())
        there = select(Student.school_id).where(Student.student_no == self.rows[number][1], Student.left_on.is_(None))
        found = set(db.session.scalars(there))
        return {key for key in (OLD, NEW) if self.cast.units[key].id in found}


@pytest.fixture
def town(app: Flask, cast: Cast) -> Town:
    """Both agreed at the old school."""
    town = Town(cast)
    town.listed(MOVES, STAYS)
    assessed(cast.county.id, cast["dpo"].person_id, "screening", "counseling")
    town.ask()
    for number in (MOVES, STAYS):
        town.agree(number)
    return town


def lines() -> list[Any]:
    use_context(SYSTEM.context())
    rows = text("select body from audit.access_log where step = 'consent.end_with_roll' order by seq")
    return list(db.session.scalars(rows))


def test_what_was_agreed_at_the_old_school_ends_with_the_move_and_nobody_elses_is_touched(town: Town) -> None:
    town.listed(MOVES, at=NEW)
    (before,) = town.consents(STAYS)
    version = before.version
    assert daily.run_daily() >= 1
    assert (town.states(MOVES), town.states(STAYS)) == (["expired"], ["granted"])
    assert town.consents(STAYS)[0].version == version
    assert end_all_of_leavers() == 0 and len(lines()) == 1


def test_what_was_said_at_the_old_school_stays_as_proof_and_its_end_is_in_the_trail(town: Town) -> None:
    town.listed(MOVES, at=NEW)
    assert end_all_of_leavers() == 1
    (consent,) = town.consents(MOVES)
    (said,) = consent.answers
    assert (said.who, said.answer, said.notice_sha256) == ("guardian1", "agree", consent.round.notice_sha256)
    assert (consent.state, consent.previous_state) == ("expired", "granted")
    (line,) = lines()
    assert (line["rows"], line["digest"]) == (1, hashlib.sha256(str(consent.id).encode()).hexdigest())


def test_the_new_school_asks_anew_and_reads_nothing_of_the_old_ones_answer(town: Town) -> None:
    town.listed(MOVES, at=NEW)
    end_all_of_leavers()
    asked = town.ask(at=NEW)
    assert (town.states(MOVES), town.states(MOVES, NEW)) == (["expired"], ["requested"])
    (old,), counsellor = town.consents(MOVES), town.cast.actor(COUNSELLORS[NEW])
    use_context(counsellor.context())
    assert db.session.scalars(select(ConsentAnswer)).all() == []
    assert [one.round_id for one in db.session.scalars(select(Consent))] == [asked.id]
    with pytest.raises(NotFound):
        queries.consent_for(counsellor, old.ref)
    town.agree(MOVES, NEW)
    assert (town.states(MOVES), town.states(MOVES, NEW)) == (["expired"], ["granted"])


def test_who_only_changes_class_keeps_the_agreement(town: Town) -> None:
    town.listed(MOVES, class_no=2)
    assert end_all_of_leavers() == 0
    assert town.states(MOVES) == ["granted"] and lines() == []


def test_whom_the_school_itself_takes_off_the_roll_keeps_it_until_that_day(town: Town, clock: Any) -> None:
    (consent,) = town.consents(MOVES)
    gone = core_clock.today() + timedelta(days=3)
    end_enrolment(town.cast.actor("school_coordinator"), consent.student, EnrolmentEnd(gone, REASON))
    assert end_all_of_leavers() == 0 and town.states(MOVES) == ["granted"]
    clock.advance(days=3)
    assert end_all_of_leavers() == 1 and town.states(MOVES) == ["expired"]


def test_what_nobody_answered_ends_too_and_a_refusal_stays_a_refusal(town: Town) -> None:
    town.ask(purpose="counseling")
    town.agree(STAYS, answer="refuse")
    town.listed(MOVES, STAYS, at=NEW)
    assert end_all_of_leavers() == 3
    assert (town.states(MOVES), town.states(STAYS)) == (["expired", "expired"], ["refused", "expired"])
    assert len(lines()) == 1


def test_a_guardian_still_takes_back_what_was_agreed_until_the_child_left(town: Town) -> None:
    town.ask(purpose="counseling")
    town.listed(MOVES, at=NEW)
    end_all_of_leavers()
    unanswered, agreed = town.consents(MOVES)
    given = PaperIn("guardian1", "withdraw", reason="母亲来电话，不同意继续保存")
    answers.record_withdrawal(town.cast.actor(COUNSELLORS[OLD]), agreed, given)
    with pytest.raises(StepRefused, match="当时是同意的"):
        answers.record_withdrawal(town.cast.actor(COUNSELLORS[OLD]), unanswered, given)
    db.session.rollback()
    assert town.states(MOVES) == ["expired", "withdrawn"]


def test_the_page_of_the_class_leads_to_taking_back_and_offers_who_left_no_code(town: Town, app: Flask) -> None:
    end_enrolment(
        town.cast.actor("school_coordinator"),
        town.consents(MOVES)[0].student,
        EnrolmentEnd(core_clock.today(), REASON),
    )
    assert end_all_of_leavers() == 1
    (gone,), (there,) = town.consents(MOVES), town.consents(STAYS)
    group = db.session.get_one(SchoolClass, town.cast.classes[OLD])
    papers, slips = [one.address for one in (gone, there)], [f"student={one.student.ref}" for one in (gone, there)]
    page = f"{there.round.address}/classes/{group.ref}"
    client = sign_in(app.test_client(), town.cast[COUNSELLORS[OLD]])
    shown = client.get(page, base_url=HTTPS).text
    assert ([one in shown for one in papers], [one in shown for one in slips]) == ([True, True], [False, True])
    given = {"who": "guardian1", "reason": "母亲来电话，不同意继续保存"}
    assert send(client, papers[0], given | {"version": str(gone.version)}).status_code == 303
    assert (town.states(MOVES), town.states(STAYS)) == (["withdrawn"], ["granted"])


def test_who_comes_back_within_the_year_is_asked_again_and_the_first_answer_stays(town: Town, clock: Any) -> None:
    town.listed(MOVES, at=NEW)
    end_all_of_leavers()
    town.ask(at=NEW)
    town.agree(MOVES, NEW)
    clock.advance(days=1)
    town.listed(MOVES, class_no=2)
    assert town.places(MOVES) == {OLD} and (end_all_of_leavers(), let_stand_of_who_never_left()) == (1, 0)
    town.ask()
    assert (town.states(MOVES), town.states(MOVES, NEW)) == (["expired", "requested"], ["expired"])
    first, again = town.consents(MOVES)
    assert ([one.answer for one in first.answers], again.answers) == (["agree"], [])


def gone_and_back(town: Town, days: int) -> None:
    """The school takes the child off its roll as of some days ago and, before any sweep, on it again as of today."""
    coordinator, student = town.cast.actor("school_coordinator"), town.consents(MOVES)[0].student
    today = core_clock.today()
    end_enrolment(coordinator, student, EnrolmentEnd(today - timedelta(days=days), REASON))
    enrol_again(coordinator, student, EnrolmentAgain(today, student.class_id, "随父母迁回，已办复学手续"))


def test_who_left_and_is_back_before_the_sweep_came_is_asked_anew(town: Town, clock: Any) -> None:
    use_context(SYSTEM.context())
    group = db.session.get_one(SchoolClass, town.cast.classes[OLD])
    codes.issue_codes(town.cast.actor("homeroom_teacher"), group, codes.CodesIn(True, True))
    kept = open_codes(town, STAYS)
    clock.advance(days=5)
    gone_and_back(town, days=2)
    assert [one.left_since_asked for one in town.consents(MOVES)] == [True]
    assert (end_all_of_leavers(), let_stand_of_who_never_left(), end_all_of_leavers()) == (1, 0, 0)
    assert (town.states(MOVES), open_codes(town, MOVES)) == (["expired"], [])
    assert (town.states(STAYS), open_codes(town, STAYS)) == (["granted"], kept) and kept
    town.ask()
    assert town.states(MOVES) == ["expired", "requested"]
    assert (end_all_of_leavers(), town.states(MOVES)) == (0, ["expired", "requested"])


def test_who_was_moved_away_and_back_by_two_lists_before_the_sweep_is_asked_anew(town: Town, clock: Any) -> None:
    clock.advance(days=1)
    town.listed(MOVES, at=NEW)
    clock.advance(days=1)
    town.listed(MOVES, class_no=2)
    assert (town.places(MOVES), end_all_of_leavers(), town.states(MOVES)) == ({OLD}, 1, ["expired"])


def test_who_is_back_on_the_very_day_of_leaving_was_never_away_and_keeps_the_agreement(town: Town, clock: Any) -> None:
    clock.advance(days=5)
    gone_and_back(town, days=0)
    assert [one.left_since_asked for one in town.consents(MOVES)] == [False]
    assert (end_all_of_leavers(), town.states(MOVES)) == (0, ["granted"])


def test_personal_codes_of_the_old_school_end_with_the_place_and_those_of_others_go_on(town: Town) -> None:
    use_context(SYSTEM.context())
    group = db.session.get_one(SchoolClass, town.cast.classes[OLD])
    codes.issue_codes(town.cast.actor("homeroom_teacher"), group, codes.CodesIn(True, True))
    town.listed(MOVES, at=NEW)
    end_all_of_leavers()
    use_context(SYSTEM.context())
    moved = {one.student_id for one in town.consents(MOVES)}
    found = db.session.scalars(select(AccessCode).execution_options(populate_existing=True)).all()
    assert {(one.student_id in moved, one.ended_as) for one in found} == {(True, "left"), (False, None)}


def taken_back(town: Town, batch: ImportBatch) -> None:
    """Who accepted the list takes it back: the children were never anywhere else."""
    importing.roll_back(town.cast.actor("assessment_member"), batch, StepIn(reason="两所学校的代码填反了"))
    deliver.drain()
    db.session.refresh(batch)
    assert (batch.state, batch.trouble) == ("rolled_back", [])


def open_codes(town: Town, number: int) -> list[str]:
    """Kinds of the child's codes that open a door."""
    use_context(SYSTEM.context())
    ids = {one.student_id for one in town.consents(number)}
    found = db.session.scalars(select(AccessCode).execution_options(populate_existing=True)).all()
    return sorted(one.kind for one in found if one.student_id in ids and one.is_open(core_clock.now()))


def test_what_ended_with_a_wrong_list_is_in_force_again_once_it_is_taken_back(town: Town, clock: Any) -> None:
    use_context(SYSTEM.context())
    codes.issue_codes(
        town.cast.actor("homeroom_teacher"),
        db.session.get_one(SchoolClass, town.cast.classes[OLD]),
        codes.CodesIn(True, True),
    )
    given = open_codes(town, MOVES)
    town.ask(purpose="counseling")
    clock.advance(days=2)
    wrong = town.listed(MOVES, at=NEW)
    assert end_all_of_leavers() == 2 and (town.states(MOVES), open_codes(town, MOVES)) == (["expired"] * 2, [])
    assert let_stand_of_who_never_left() == 0
    taken_back(town, wrong)
    assert daily.run_daily() >= 2
    assert (town.states(MOVES), open_codes(town, MOVES)) == (["requested", "granted"], given) and given
    assert [one.previous_state for one in town.consents(MOVES)] == ["expired", "expired"]
    use_context(SYSTEM.context())
    (line,) = db.session.scalars(text("select body from audit.access_log where step = 'consent.stand_again'"))
    assert (line["rows"], line["codes"]) == (2, len(given))
    assert (let_stand_of_who_never_left(), end_all_of_leavers()) == (0, 0)


def test_whoever_was_asked_anew_or_took_it_back_meanwhile_is_not_bound_by_the_old_answer(
    town: Town, clock: Any
) -> None:
    wrong = town.listed(MOVES, STAYS, at=NEW)
    end_all_of_leavers()
    (agreed,) = town.consents(STAYS)
    given = PaperIn("guardian1", "withdraw", reason="母亲来电话，不同意继续保存")
    answers.record_withdrawal(town.cast.actor(COUNSELLORS[OLD]), agreed, given)
    taken_back(town, wrong)
    clock.advance(days=1)
    town.ask()
    assert let_stand_of_who_never_left() == 0
    assert (town.states(MOVES), town.states(STAYS)) == (["expired", "requested"], ["withdrawn"])
    town.listed(MOVES, STAYS, at=NEW)
    end_all_of_leavers()
    assert (town.states(MOVES), let_stand_of_who_never_left()) == (["expired", "expired"], 0)


def test_of_two_that_ended_with_wrong_lists_the_last_asked_stands_again(town: Town, clock: Any) -> None:
    first = town.listed(MOVES, at=NEW)
    end_all_of_leavers()
    taken_back(town, first)
    clock.advance(days=1)
    town.ask()
    second = town.listed(MOVES, at=NEW)
    end_all_of_leavers()
    taken_back(town, second)
    assert let_stand_of_who_never_left() == 1
    assert town.states(MOVES) == ["expired", "requested"]


def test_a_year_that_is_over_brings_nothing_back(town: Town, clock: Any) -> None:
    wrong = town.listed(MOVES, at=NEW)
    end_all_of_leavers()
    taken_back(town, wrong)
    clock.advance(days=366)
    assert let_stand_of_who_never_left() == 0 and town.states(MOVES) == ["expired"]


def test_the_machine_and_the_statement_name_the_same_consents(town: Town, clock: Any) -> None:
    clock.advance(days=1)
    wrong = town.listed(MOVES, at=NEW)
    end_all_of_leavers()
    assert [one.never_left for one in town.consents(MOVES)] == [False]
    taken_back(town, wrong)
    assert [one.never_left for one in town.consents(MOVES)] == [True]
    assert [one.never_left for one in town.consents(STAYS)] == [False]
