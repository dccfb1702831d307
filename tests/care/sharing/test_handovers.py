"""Data of a child for a hospital (security 42): named recipient and fields, a basis, a second person, nothing else."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.care.emergencies.models import EmergencyNotice
from app.care.protection import operations as assessments
from app.care.protection.models import RECIPIENT, ImpactAssessment, in_force
from app.care.rights.operations.requests import Child
from app.care.sharing import operations
from app.care.sharing.models import FIELDS, Handover
from app.care.sharing.operations import HandoverIn
from app.care.sharing.sealing import digest_of, opened, sealed
from app.care.versions.operations import VersionStep
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.policy.actor import SYSTEM
from app.core.storage import Stored
from app.people.directory.models import Student
from tests.care.assessed import assessed
from tests.care.taking_part import Family, send
from tests.care.terms import MONDAY, at
from tests.cast import Cast, sign_in

BASE, STEP = "https://localhost", VersionStep()
SCAN = Stored("c" * 64, 10, "application/pdf", "consent.pdf", "c" * 64, 10, "kept")
CHILD, YOUTH = date(2013, 3, 7), date(2010, 3, 7)
HOSPITAL = "县人民医院"
NEEDED = ("name", "behaviour")
WORDS = {"behaviour": "两周没有睡好，上课时常哭", "measures": "谈话三次", "urgency": "本周内"}


@pytest.fixture(params=[CHILD])
def school(app: Flask, cast: Cast, clock: Any, request: pytest.FixtureRequest) -> Cast:
    clock.set(at(MONDAY, 9))
    Family(cast, request.param).enrol()
    assessed(cast.county.id, cast["dpo"].person_id, HOSPITAL, kind=RECIPIENT)
    return cast


def hospital(cast: Cast) -> ImpactAssessment:
    use_context(SYSTEM.context())
    found = in_force(cast.county.id, HOSPITAL, RECIPIENT)
    assert found is not None
    return found


def child(name: str = "学生00") -> Child:
    use_context(SYSTEM.context())
    return Child.of(db.session.scalars(select(Student).where(Student.name == name)).one())


def prepared(cast: Cast, **changes: Any) -> Handover:
    values: dict[str, Any] = {
        "recipient": hospital(cast).ref, "fields": NEEDED, "basis": "consent", "words": WORDS,
        "signed_on": core_clock.today(), "file": SCAN,
    }  # fmt: skip
    about = child()
    return operations.prepare_handover(cast.actor("school_counselor"), about, HandoverIn(**(values | changes)))


def approved(cast: Cast, **changes: Any) -> Handover:
    made = prepared(cast, **changes)
    operations.submit_handover(cast.actor("school_counselor"), made, STEP)
    operations.approve_handover(cast.actor("school_psych_lead"), made, STEP)
    return made


def fresh(one: Handover) -> Handover:
    use_context(SYSTEM.context())
    db.session.refresh(one)
    return one


def by_hand(sql: str, one: Handover) -> None:
    """What the database says to the application's own role, inside an act."""
    identity = fresh(one).id
    with trail.act(SYSTEM, "system", "test.by_hand"), db.session.begin_nested():
        db.session.execute(text(f"update handovers set {sql} where id = :id"), {"id": identity})


def test_security_42_only_the_named_fields_leave_under_a_digest_of_what_was_handed_over(school: Cast) -> None:
    made = approved(school)
    operations.hand_over(school.actor("school_counselor"), made, STEP)
    made = fresh(made)
    packet = opened(made, "packet_sealed")
    assert packet == {"name": "学生00", "behaviour": WORDS["behaviour"]}
    assert made.packet_sha256 == digest_of(packet) and made.state == "handed"
    assert "谈话三次".encode() not in (made.words_sealed + (made.packet_sealed or b""))
    assert "谈话三次" not in str(opened(made, "words_sealed")), "what was not ticked is not even kept"


def test_security_42_no_level_no_score_and_no_answer_is_among_the_fields(school: Cast) -> None:
    assert set(FIELDS) == {
        "name", "gender", "birth_date", "school", "guardian", "behaviour", "measures", "urgency", "contact",
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        prepared(school, fields=("name", "tier"))
    assert "fields" in refused.value.sentences


@pytest.mark.parametrize("changes", [{"file": None}, {"signed_on": None}])
def test_security_42_without_the_signed_agreement_nothing_goes_by_operation_nor_by_sql(
    school: Cast, changes: dict[str, Any]
) -> None:
    made = prepared(school, **changes)
    with pytest.raises(StepRefused, match="同意书"):
        operations.submit_handover(school.actor("school_counselor"), made, STEP)
    with pytest.raises(DBAPIError, match="grounds"):
        by_hand("state = 'submitted', previous_state = 'draft'", made)


@pytest.mark.parametrize("school", [YOUTH], indirect=True)
def test_security_42_from_fourteen_the_student_signs_too(school: Cast) -> None:
    with pytest.raises(StepRefused, match="14 岁"):
        approved(school)
    assert approved(school, student_agreed=True).state == "approved"


def test_security_42_an_exception_has_its_reason_and_a_second_person(school: Cast) -> None:
    with pytest.raises(Invalid):
        prepared(school, basis="emergency", why="急", file=None, signed_on=None)
    why = "夜里说要伤害自己，监护人联系不上，医院要马上知道看到的情况"
    made = prepared(school, basis="emergency", why=why, file=None, signed_on=None)
    operations.submit_handover(school.actor("school_counselor"), made, STEP)
    with pytest.raises(NotAllowed):
        operations.approve_handover(school.actor("school_counselor"), made, STEP)
    with pytest.raises(DBAPIError, match="approved"):
        by_hand("state = 'approved', previous_state = 'submitted'", made)
    with pytest.raises(DBAPIError, match="four_eyes"):
        by_hand("approved_by = owner_id", made)
    operations.approve_handover(school.actor("school_psych_lead"), made, STEP)
    made = fresh(made)
    assert made.state == "approved" and opened(made, "reason_sealed") == {"why": why}
    assert why.encode() not in (made.reason_sealed or b"")


def test_security_42_another_recipient_or_other_fields_need_a_new_signature(school: Cast) -> None:
    made = prepared(school)
    given = HandoverIn(hospital(school).ref, (*NEEDED, "guardian"), "consent", WORDS, signed_on=core_clock.today())
    operations.write_handover(school.actor("school_counselor"), made, given)
    assert fresh(made).consent_sha256 is None
    with pytest.raises(StepRefused, match="同意书"):
        operations.submit_handover(school.actor("school_counselor"), made, STEP)


def test_security_42_what_was_approved_is_not_changed_and_what_was_handed_over_stays(school: Cast) -> None:
    made = approved(school)
    for sql in ('fields = \'["name", "guardian"]\'', "packet_sha256 = repeat('d', 64)", "basis = 'duty'"):
        with pytest.raises(DBAPIError, match="not changed|grounds"):
            by_hand(sql, made)
    made = fresh(made)
    other = sealed(made, "packet_sealed", {"name": "学生01", "behaviour": "别的事"})
    with trail.act(SYSTEM, "system", "test.by_hand"):
        db.session.execute(update(Handover).where(Handover.id == made.id).values(packet_sealed=other))
    made = fresh(made)
    with pytest.raises(StepRefused, match="和批准时一样"):
        operations.hand_over(school.actor("school_counselor"), made, STEP)


def test_security_87_nothing_is_given_to_a_recipient_without_an_assessment_in_force(school: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        prepared(school, recipient="unknown")
    assert "recipient" in refused.value.sentences
    made = approved(school)
    stopped = VersionStep(reason="医院换了联系方式，重新评估后再用")
    assessments.stop_assessment(school.actor("leading_group_head"), hospital(school), stopped)
    made = fresh(made)
    with pytest.raises(StepRefused, match="影响评估"):
        operations.hand_over(school.actor("school_counselor"), made, STEP)
    with pytest.raises(DBAPIError, match="recipient"):
        by_hand("state = 'handed', previous_state = 'approved'", made)
    operations.withdraw_handover(
        school.actor("school_counselor"), fresh(made), VersionStep(reason="医院暂停接收，先不提供")
    )
    assert fresh(made).state == "withdrawn"


def pdf() -> bytes:
    made, stream = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(stream)
    return stream.getvalue()


def test_security_42_counsellor_and_head_do_it_by_their_pages_and_the_county_reads_no_word_of_it(
    app: Flask, school: Cast
) -> None:
    about, where = child(), hospital(school).ref
    counsellor = sign_in(app.test_client(), school["school_counselor"])
    given: dict[str, Any] = {
        "recipient": where, "fields": list(NEEDED), "behaviour": WORDS["behaviour"], "basis": "consent",
        "signed_on": f"{core_clock.today()}",
    }  # fmt: skip
    address = f"/support/students/{about.ref}/handover"
    wrong = send(counsellor, address, given | {"fields": []})
    assert wrong.status_code == 422 and WORDS["behaviour"] in wrong.text
    sent = send(counsellor, address, given | {"file": (io.BytesIO(pdf()), "同意书.pdf")})
    assert sent.status_code == 303
    use_context(SYSTEM.context())
    made = db.session.scalars(select(Handover)).one()
    signing = counsellor.get(f"{made.address}/agreement.pdf", base_url=BASE)
    assert signing.status_code == 200 and signing.mimetype == "application/pdf"
    assert counsellor.get(f"{made.address}/letter.pdf", base_url=BASE).status_code == 404
    assert send(counsellor, f"{made.address}/steps/submit", {"version": "1"}).status_code == 303
    head = sign_in(app.test_client(), school["school_psych_lead"])
    assert WORDS["behaviour"] in head.get(made.address, base_url=BASE).text
    step = f"{made.address}/steps/approve"
    assert send(head, step, {"version": str(fresh(made).version)}).status_code == 303
    letter = counsellor.get(f"{made.address}/letter.pdf", base_url=BASE)
    assert letter.status_code == 200 and letter.mimetype == "application/pdf"
    step = f"{made.address}/steps/hand-over"
    assert send(counsellor, step, {"version": str(fresh(made).version)}).status_code == 303
    officer = sign_in(app.test_client(), school["dpo"])
    for page in ("/handovers", made.address):
        shown = officer.get(page, base_url=BASE).text
        assert HOSPITAL in shown and WORDS["behaviour"] not in shown and "学生00" not in shown
    for page in ("letter.pdf", "agreement.pdf", "consent"):
        assert officer.get(f"{made.address}/{page}", base_url=BASE).status_code in (403, 404)
    teacher = sign_in(app.test_client(), school["homeroom_teacher"])
    assert teacher.get(made.address, base_url=BASE).status_code in (403, 404)


def test_a_handover_of_an_emergency_and_its_notice_lead_to_each_other(school: Cast, app: Flask) -> None:
    notice = emergency(school)
    made = prepared(
        school, basis="emergency", why="夜里说要伤害自己，急诊医生要马上知道学校看到的情况", signed_on=None, file=None
    )
    assert fresh(made).notice_id == notice.id
    for key in ("school_counselor", "school_psych_lead"):
        client = sign_in(app.test_client(), school[key])
        assert f'href="{notice.address}"' in client.get(made.address, base_url=BASE).text
        assert f'href="{made.address}"' in client.get(notice.address, base_url=BASE).text
    by_agreement = prepared(school)
    assert fresh(by_agreement).notice_id is None, "what somebody agreed to came from no emergency"


def emergency(cast: Cast, about: Child | None = None) -> EmergencyNotice:
    about = about or child()
    with trail.act(SYSTEM, "system", "test.notice"):
        notice = EmergencyNotice(
            county_id=about.county_id, school_id=about.school_id, unit_id=about.school_id, student_id=about.student_id,
            cause="level", happened_on=core_clock.today(), state="due",
        )  # fmt: skip
        db.session.add(notice)
        db.session.flush()
    return notice
