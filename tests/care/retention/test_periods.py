"""The bureau sets the periods, two people each, and families read what is in force (security 73)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.care.protection.purposes import purposes
from app.care.retention import queries
from app.care.retention.due import years_of
from app.care.retention.models import RetentionPeriod
from app.care.retention.operations import periods
from app.care.retention.operations.periods import BureauPlace, PeriodIn
from app.care.versions.operations import VersionStep
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed
from app.core.policy.actor import SYSTEM
from tests.care.taking_part import Family, door, send
from tests.care.terms import BORN, MONDAY, at
from tests.cast import Cast, sign_in

WHY, STEP, BASE = "局务会纪要第 3 号，按本县档案管理规定", VersionStep(), "https://localhost"


@pytest.fixture
def county(app: Flask, cast: Cast, clock: Any) -> Cast:
    clock.set(at(MONDAY, 9))
    return cast


def proposed(cast: Cast, years: int = 3, code: str = "answers") -> RetentionPeriod:
    place = BureauPlace(cast.county.id, cast.county.id)
    return periods.propose_period(cast.actor("dpo"), place, PeriodIn(code, years, WHY))


def approved(cast: Cast, years: int = 3) -> RetentionPeriod:
    made = proposed(cast, years)
    periods.approve_period(cast.actor("leading_group_head"), made, STEP)
    return made


def test_security_73_a_period_is_set_by_two_people_and_its_history_stays(county: Cast) -> None:
    use_context(SYSTEM.context())
    assert years_of(county.county.id) == {"answers": 2, "care": 5, "register": 5, "roll": 5}
    first = proposed(county)
    with pytest.raises(NotAllowed):
        periods.approve_period(county.actor("dpo"), first, STEP)
    use_context(SYSTEM.context())
    with pytest.raises(DBAPIError, match="four_eyes"), trail.act(SYSTEM, "system", "test"):
        db.session.execute(text("update retention_periods set approved_by = owner_id where id = :id"), {"id": first.id})
    assert years_of(county.county.id)["answers"] == 2
    periods.approve_period(county.actor("leading_group_head"), first, STEP)
    approved(county, 4)
    actor = county.actor("school_counselor")
    use_context(actor.context())
    told = [(one.years, one.state, one.reason) for one in queries.history(actor)]
    assert sorted(told) == [(3, "superseded", WHY), (4, "active", WHY)]
    assert years_of(county.county.id)["answers"] == 4


@pytest.mark.parametrize(("years", "code", "field"), [(0, "answers", "years"), (7, "answers", "years"),
                                                     (2, "answers", "years"), (5, "nothing", "class_code")])  # fmt: skip
def test_a_period_lies_within_its_bounds_and_changes_something(county: Cast, years: int, code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        proposed(county, years, code)
    assert field in refused.value.sentences


def test_one_new_period_of_a_class_waits_at_a_time(county: Cast) -> None:
    proposed(county)
    with pytest.raises(Invalid, match="等批准"):
        proposed(county, 4)


def test_security_73_guardians_read_the_period_that_is_in_force(app: Flask, county: Cast) -> None:
    family = Family(county, BORN).enrol()
    family.ask()
    slip = family.slips()["学生00", "guardian1"]
    consent = family.consent("学生00")
    for years in (2, 4):
        if years == 4:
            approved(county, years)
        client = app.test_client()
        assert door(client, slip, BORN).status_code == 303
        shown = client.get(f"/code/consents/{consent.ref}", base_url=BASE).text
        assert f"离开本县学校 {years} 个学年后删除" in shown
    assert "{period}" not in "".join(one.kept(years_of(county.county.id)).zh for one in purposes().values())


def test_the_pages_walk_from_the_proposal_to_the_period_in_force(app: Flask, county: Cast) -> None:
    officer = sign_in(app.test_client(), county["dpo"])
    refused = send(officer, "/retention/periods/new", {"class_code": "roll", "years": "99", "reason": WHY})
    assert refused.status_code == 422 and "请写 3 至 30 年" in refused.text and WHY in refused.text
    sent = send(officer, "/retention/periods/new", {"class_code": "roll", "years": "10", "reason": WHY})
    assert sent.status_code == 303
    head = sign_in(app.test_client(), county["leading_group_head"])
    where = f"{sent.location}/steps/approve"
    assert send(head, where, {"version": "1"}).status_code == 303
    shown = head.get("/retention", base_url=BASE).text
    assert "离校后 10 年" in shown and "本局" in shown
    for address in ("/retention/due", "/retention/due/rows?class=care", "/retention/due/rows?class=wrong"):
        assert head.get(address, base_url=BASE).status_code == 200
    assert head.get("/retention/holds/new", base_url=BASE).status_code in (403, 404)
