"""Emergencies that went without an agreement (security 40): never held up, marked, and told to the guardian in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.care.consent.models import Consent
from app.care.emergencies import operations
from app.care.emergencies.models import EmergencyNotice
from app.care.emergencies.operations import ToldIn
from app.care.rainbow.models import RainbowTier
from app.care.screening.models import CriticalAlert
from app.care.screening.operations import alerts
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context
from app.core.errors import Invalid
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.taking_part import Family, send
from tests.care.terms import BORN, CRISIS, MONDAY, Term, at
from tests.cast import Cast, sign_in

BASE = "https://localhost"
TOLD = ToldIn("下午四点给母亲打了电话，约好明天来校当面谈")


@pytest.fixture
def term(app: Flask, cast: Cast, clock: Any) -> Term:
    clock.set(at(MONDAY, 9))
    family = Family(cast, BORN).enrol()
    family.ask()
    return Term(cast, family, clock, family.slips())


def in_danger(term: Term, agreed: bool) -> CriticalAlert:
    """A child answered what cannot wait; with `agreed` false the agreement was taken back before anybody looked."""
    term.opened()
    term.agree("学生00")
    term.answer("学生00", CRISIS)
    if not agreed:
        use_context(SYSTEM.context())
        with trail.act(SYSTEM, "system", "test.withdrawn"):
            gone = update(Consent).where(Consent.state == "granted").values(state="withdrawn", previous_state="granted")
            db.session.execute(gone)
    assert alerts.raise_all() == 1
    use_context(SYSTEM.context())
    return db.session.scalars(select(CriticalAlert)).one()


def notices() -> list[EmergencyNotice]:
    use_context(SYSTEM.context())
    return list(db.session.scalars(select(EmergencyNotice).execution_options(populate_existing=True)))


def test_security_40_an_alert_without_an_agreement_acts_at_once_is_marked_and_has_a_day_for_the_guardian(
    term: Term,
) -> None:
    alert = in_danger(term, agreed=False)
    assert alert.state == "pending" and alert.told == 1
    assert operations.mark_all() == 1 and operations.mark_all() == 0
    (notice,) = notices()
    assert (notice.state, notice.cause, notice.alert_id) == ("due", "alert", alert.id)
    running = db.session.scalars(select(Deadline).where(Deadline.record_id == notice.id)).one()
    assert running.due_at - core_clock.now() <= timedelta(hours=24)
    late = [list(rung.roles) for rung in running.rungs]
    assert ["school_psych_lead"] in late and ["dpo"] in late


def test_security_40_what_somebody_had_agreed_to_is_not_marked(term: Term) -> None:
    in_danger(term, agreed=True)
    assert operations.mark_all() == 0 and notices() == []


def test_security_40_what_was_taken_back_only_afterwards_is_not_marked(term: Term) -> None:
    in_danger(term, agreed=True)
    use_context(SYSTEM.context())
    later = core_clock.now() + timedelta(hours=1)
    with trail.act(SYSTEM, "system", "test.withdrawn"):
        gone = update(Consent).where(Consent.state == "granted")
        db.session.execute(gone.values(state="withdrawn", previous_state="granted", state_since=later))
    assert operations.mark_all() == 0


@pytest.mark.parametrize(("days", "marked"), [(1, 0), (0, 1)], ids=["left the day after", "had left"])
def test_security_40_what_ran_out_before_it_was_taken_back_held_until_the_place_on_the_roll_ended(
    term: Term, days: int, marked: int
) -> None:
    alert = in_danger(term, agreed=True)
    with trail.act(SYSTEM, "system", "test.left"):
        gone = update(Consent).where(Consent.state == "granted")
        db.session.execute(gone.values(state="withdrawn", previous_state="expired", state_since=core_clock.now()))
        left = core_clock.today() + timedelta(days=days)
        db.session.execute(update(Student).where(Student.id == alert.student_id).values(left_on=left))
    assert operations.mark_all() == marked


def test_security_40_help_at_once_without_an_agreement_is_in_force_and_marked_once(term: Term) -> None:
    student = term.family.consent("学生01").student
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.level"):
        db.session.add(
            RainbowTier(
                county_id=student.county_id, school_id=student.school_id, student_id=student.id, tier="red",
                since=core_clock.today(),
            )
        )  # fmt: skip
    assert operations.mark_all() == 1 and operations.mark_all() == 0
    (notice,) = notices()
    assert notice.cause == "level" and db.session.scalars(select(RainbowTier.tier)).one() == "red"


def test_security_40_the_counsellor_writes_down_how_the_guardian_was_told_and_the_county_reads_the_number_alone(
    app: Flask, term: Term
) -> None:
    in_danger(term, agreed=False)
    operations.mark_all()
    (notice,) = notices()
    counsellor = sign_in(app.test_client(), term.cast["school_counselor"])
    assert "学生00" in counsellor.get(notice.address, base_url=BASE).text
    short = send(counsellor, f"{notice.address}/told", {"reason": "说了", "version": "1"}, page=notice.address)
    assert short.status_code == 422
    given = {"reason": TOLD.reason, "version": str(notice.version)}
    assert send(counsellor, f"{notice.address}/told", given, page=notice.address).status_code == 303
    (notice,) = notices()
    assert notice.state == "told" and TOLD.reason.encode() not in (notice.told_sealed or b"")
    assert TOLD.reason in counsellor.get(notice.address, base_url=BASE).text
    officer = sign_in(app.test_client(), term.cast["dpo"])
    shown = officer.get(notice.address, base_url=BASE).text
    assert notice.ref[:6].upper() in shown and "学生00" not in shown and TOLD.reason not in shown
    listed = officer.get("/emergency-notices", base_url=BASE).text
    assert notice.ref[:6].upper() in listed and "学生00" not in listed
    teacher = sign_in(app.test_client(), term.cast["homeroom_teacher"])
    assert teacher.get(notice.address, base_url=BASE).status_code in (403, 404)


def test_security_40_without_words_it_is_not_told_by_operation_nor_by_sql(term: Term) -> None:
    in_danger(term, agreed=False)
    operations.mark_all()
    (notice,) = notices()
    with pytest.raises(Invalid):
        operations.record_told(term.cast.actor("school_counselor"), notice, ToldIn("打过电话"))
    use_context(SYSTEM.context())
    with (
        pytest.raises(DBAPIError, match="told"),
        trail.act(SYSTEM, "system", "test.by_hand"),
        db.session.begin_nested(),
    ):
        db.session.execute(text("update emergency_notices set state = 'told'"))
