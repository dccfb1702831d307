"""Impact assessments (security 87): versions that stay, another person approves, nothing new begins without one."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.care.consent.models import ConsentRound
from app.care.consent.operations.rounds import RoundIn, SchoolPlace, send_round
from app.care.protection import operations
from app.care.protection.models import PURPOSE, RECIPIENT, ImpactAssessment, in_force
from app.care.protection.operations import AssessmentIn, AssessmentPlace
from app.care.screening.models import ScreeningCampaign
from app.care.screening.operations import campaigns
from app.care.versions.operations import VersionStep
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context
from app.core.errors import Invalid, StepRefused
from app.core.policy.actor import SYSTEM
from app.core.storage import Stored
from tests.care.taking_part import Family, send
from tests.care.terms import BORN, MONDAY, Term, at
from tests.care.terms import STEP as CAMPAIGN_STEP
from tests.cast import Cast, sign_in

BASE, STEP = "https://localhost", VersionStep()
REPORT = Stored("a" * 64, 10, "application/pdf", "report.pdf", "a" * 64, 10, "kept")


@pytest.fixture
def county(app: Flask, cast: Cast, clock: Any) -> Cast:
    clock.set(at(MONDAY, 9))
    return cast


def written(subject: str = "screening", **changes: Any) -> AssessmentIn:
    values: dict[str, Any] = {
        "kind": PURPOSE, "subject": subject, "necessity": "要", "risks": "有", "measures": "有", "conclusion": "可行",
        "risk": "low", "review_on": core_clock.today() + timedelta(days=365), "file": REPORT,
    }  # fmt: skip
    return AssessmentIn(**(values | changes))


def drafted(cast: Cast, who: str = "dpo", **changes: Any) -> ImpactAssessment:
    place = AssessmentPlace(cast.county.id, cast.county.id)
    return operations.draft_assessment(cast.actor(who), place, written(**changes))


def approved(cast: Cast, **changes: Any) -> ImpactAssessment:
    made = drafted(cast, **changes)
    operations.submit_assessment(cast.actor("dpo"), made, STEP)
    operations.approve_assessment(cast.actor("leading_group_head"), made, STEP)
    return made


def asked(cast: Cast, purpose: str = "screening") -> ConsentRound:
    school = cast.units["shuangqiao"]
    given = RoundIn("秋季测评", purpose, ("G7",), core_clock.today() + timedelta(days=15))
    return send_round(cast.actor("school_counselor"), SchoolPlace(school.county_id, school.id), given)


def fresh(one: ImpactAssessment) -> None:
    """As it is in the database now."""
    use_context(SYSTEM.context())
    db.session.refresh(one)


def the_law(sql: str, **given: Any) -> Any:
    """What the database itself says to the application's own role, inside an act."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.by_hand"), db.session.begin_nested():
        return db.session.execute(text(sql), given)


def test_security_87_a_new_version_takes_the_place_of_the_old_one_and_overwrites_nothing(county: Cast) -> None:
    first = approved(county)
    second = approved(county, necessity="另写")
    fresh(first)
    assert (first.state, first.version_no, first.necessity) == ("superseded", 1, "要")
    assert (second.state, second.version_no, second.necessity) == ("active", 2, "另写")
    assert in_force(county.county.id, "screening") == second
    drafted(county)
    with pytest.raises(Invalid, match="在办"):
        drafted(county)


def test_security_87_whoever_wrote_it_does_not_approve_it(county: Cast) -> None:
    made = drafted(county)
    operations.submit_assessment(county.actor("psych_center_lead"), made, STEP)
    with pytest.raises(StepRefused, match="另一人|另一个人"):
        operations.approve_assessment(county.actor("dpo"), made, STEP)
    fresh(made)
    for column in ("owner_id", "submitted_by"):
        with pytest.raises(DBAPIError, match="four_eyes"):
            the_law(f"update impact_assessments set approved_by = {column} where id = :id", id=made.id)
    operations.approve_assessment(county.actor("leading_group_head"), made, STEP)
    assert made.state == "active"


@pytest.mark.parametrize(
    ("changes", "sentence"), [({"file": None}, "签字"), ({"necessity": " "}, "必要性"), ({"risk": "high"}, "风险仍高")]
)
def test_security_87_without_the_signed_file_the_four_texts_or_with_a_high_risk_it_does_not_come_into_force(
    county: Cast, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(StepRefused, match=sentence):
        approved(county, **changes)
    use_context(SYSTEM.context())
    made = db.session.scalars(select(ImpactAssessment)).one()
    if made.state == "submitted":
        with pytest.raises(DBAPIError, match="in_force"):
            the_law("update impact_assessments set state = 'active' where id = :id", id=made.id)


@pytest.mark.parametrize(
    "sql",
    [
        "delete from impact_assessments",
        "truncate impact_assessments cascade",
        "update impact_assessments set risks = 'nothing'",
        "update impact_assessments set file_sha256 = repeat('b', 64)",
        "update impact_assessments set review_on = review_on + 400",
    ],
)
def test_security_87_what_was_approved_is_neither_deleted_nor_changed_by_sql(county: Cast, sql: str) -> None:
    approved(county)
    with pytest.raises(DBAPIError):
        the_law(sql)
    use_context(SYSTEM.context())
    kept = db.session.scalars(select(ImpactAssessment).execution_options(populate_existing=True)).one()
    assert (kept.risks, kept.file_sha256) == ("有", "a" * 64)


def test_security_87_even_the_owner_of_the_tables_deletes_none(county: Cast) -> None:
    use_context(SYSTEM.context())
    found = db.session.scalars(
        text(
            "select tgname from pg_trigger where tgrelid = 'impact_assessments'::regclass and tgenabled = 'O'"
            " and tgname in ('keep_row', 'keep_all') order by tgname"
        )
    ).all()
    assert found == ["keep_all", "keep_row"]


def test_security_87_no_guardian_is_asked_for_a_purpose_that_was_not_assessed(county: Cast) -> None:
    Family(county, BORN).enrol()
    use_context(SYSTEM.context())
    stopped = in_force(county.county.id, "counseling")
    assert stopped is not None
    operations.stop_assessment(
        county.actor("leading_group_head"), stopped, VersionStep(reason="辅导室还没有建好，先停用")
    )
    with pytest.raises(Invalid, match="影响评估"):
        asked(county, "counseling")
    assert asked(county).assessment_id is not None
    with pytest.raises(DBAPIError, match="assessment"):
        the_law(
            "insert into consent_rounds (county_id, school_id, title, purpose, school_year, grades, notice_version, notice,"
            " notice_sha256, due_on, asked_by, asked_on) select county_id, school_id, title, 'counseling', school_year,"
            " grades, notice_version, notice, notice_sha256, due_on, asked_by, asked_on from consent_rounds"
        )


def test_security_87_no_campaign_is_submitted_without_an_assessment_in_force_and_it_names_it(
    county: Cast, clock: Any
) -> None:
    family = Family(county, BORN).enrol()
    family.ask()
    term = Term(county, family, clock, family.slips())
    use_context(SYSTEM.context())
    held = in_force(county.county.id, "screening")
    assert held is not None
    operations.stop_assessment(county.actor("leading_group_head"), held, VersionStep(reason="先停用，量表换了再评"))
    made = term.draft()
    with pytest.raises(StepRefused, match="影响评估"):
        campaigns.submit_campaign(county.actor("school_counselor"), made, CAMPAIGN_STEP)
    with pytest.raises(DBAPIError, match="assessment"):
        the_law("update screening_campaigns set state = 'submitted' where id = :id", id=made.id)
    new = approved(county)
    campaigns.submit_campaign(county.actor("school_counselor"), made, CAMPAIGN_STEP)
    assert made.assessment_id == new.id and made.state == "submitted"
    assert db.session.get_one(ScreeningCampaign, made.id).assessment == new
    assert f'<a href="{new.address}">影响评估：' in page_of(county, "psych_center_lead", made)
    heads = page_of(county, "principal", made)
    assert "影响评估：" in heads and new.address not in heads, "a name, and no door that stays shut"


def page_of(cast: Cast, key: str, campaign: ScreeningCampaign) -> str:
    """The page of a campaign as a player sees it."""
    return sign_in(current_app.test_client(), cast[key]).get(campaign.address, base_url=BASE).text


def test_security_87_it_runs_out_on_its_day_of_review_and_is_remembered_thirty_days_before(
    county: Cast, clock: Any
) -> None:
    made = approved(county, review_on=core_clock.today() + timedelta(days=60))
    use_context(SYSTEM.context())
    running = db.session.scalars(
        select(Deadline).where(Deadline.record_id == made.id, Deadline.closed_at.is_(None))
    ).one()
    rungs = {rung.name: rung.at for rung in running.rungs}
    assert running.name == "active.review" and {"-30d", "-14d", "-7d", "-1d"} <= set(rungs)
    assert core_clock.local(rungs["-30d"]).date() == made.review_on - timedelta(days=30)
    clock.set(at(made.review_on, 9))
    assert operations.expire_all() == 0 and in_force(county.county.id, "screening") == made
    clock.set(at(made.review_on + timedelta(days=1), 1))
    assert in_force(county.county.id, "screening") is None
    assert operations.expire_all() == 1
    fresh(made)
    assert made.state == "expired"


def test_security_87_a_recipient_has_a_file_of_its_own_and_another_county_sees_none_of_it(county: Cast) -> None:
    made = approved(county, kind=RECIPIENT, subject="县人民医院", recipient_kind="hospital")
    assert made.label == "影响评估：县人民医院 第1版"
    with pytest.raises(Invalid) as refused:
        drafted(county, kind=RECIPIENT, subject="某公司", recipient_kind="friend")
    assert "recipient_kind" in refused.value.sentences
    use_context(county.actor("other_leading_group_head").context())
    assert db.session.scalars(select(ImpactAssessment)).all() == []


def pdf() -> bytes:
    import pikepdf

    made, stream = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(stream)
    return stream.getvalue()


def test_security_87_it_is_written_signed_approved_and_read_by_its_pages(app: Flask, county: Cast) -> None:
    officer = sign_in(app.test_client(), county["dpo"])
    assert "还没有，去起草" in officer.get("/processing-purposes", base_url=BASE).text
    given = {
        "subject": "screening", "necessity": "只收需要的", "risks": "会被议论", "measures": "加密，分级授权",
        "conclusion": "可以", "risk": "low", "review_on": "2027-11-01",
    }  # fmt: skip
    wrong = send(officer, "/impact-assessments/new/purpose", given | {"review_on": "2020-01-01"})
    assert wrong.status_code == 422 and "三年以内" in wrong.text and "会被议论" in wrong.text
    sent = send(officer, "/impact-assessments/new/purpose", given | {"file": (io.BytesIO(pdf()), "报告.pdf")})
    assert sent.status_code == 303
    use_context(SYSTEM.context())
    made = db.session.scalars(select(ImpactAssessment)).one()
    step = f"{made.address}/steps/"
    assert send(officer, step + "submit", {"version": str(made.version)}).status_code == 303
    head = sign_in(app.test_client(), county["leading_group_head"])
    fresh(made)
    assert "批准后可以启用" in head.get(step + "approve", base_url=BASE).text
    assert send(head, step + "approve", {"version": str(made.version)}).status_code == 303
    use_context(SYSTEM.context())
    fresh(made)
    assert made.state == "active"
    shown = head.get(made.address, base_url=BASE).text
    assert "加密，分级授权" in shown and (made.file_sha256 or "-") in shown
    file = head.get(f"{made.address}/report", base_url=BASE)
    assert hashlib.sha256(file.data).hexdigest() == made.file_sha256
    assert _reads(sign_in(app.test_client(), county["school_counselor"]), made.address) == 200
    assert _reads(sign_in(app.test_client(), county["homeroom_teacher"]), made.address) in (403, 404)


def _reads(client: FlaskClient, address: str) -> int:
    return client.get(address, base_url=BASE).status_code
