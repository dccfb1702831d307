"""Some of those of whom nothing is seen are drawn by chance for a talk: only so is known what screening misses (§5.2, 5)."""

from __future__ import annotations

import pytest
from flask import Flask

from app.care.rainbow.duty_plan import duty_plan
from app.care.rainbow.models import RainbowAssessment
from app.care.rainbow.operations import deciding, observing
from app.care.rainbow.operations.deciding import AdjustIn, ConfirmIn
from app.care.rainbow.operations.observing import LookIn
from app.care.rainbow.queries import proposals as queries
from app.core import clock
from app.core.database import db
from app.core.errors import StepRefused
from tests.care.rainbow.conftest import Class, draw
from tests.care.rainbow.reference import Rated
from tests.care.rainbow.test_deciding import WHY, Desk
from tests.cast import Cast, sign_in

MANY = 2000


@pytest.fixture
def desk(app: Flask, cast: Cast, school_class: Class) -> Desk:
    return Desk(cast, school_class)


def test_chance_draws_the_share_that_the_county_set_and_everyday_support_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert duty_plan().sample == 0.02
    draw(monkeypatch, duty_plan().sample)
    desk.propose(*["green"] * MANY)
    drawn = [one for one in desk.all() if one.sampled]
    assert 8 <= len(drawn) <= 80, "seven standard deviations about forty"
    assert {one.proposed for one in drawn} == {"green"}


@pytest.mark.parametrize(("share", "green"), [(1, True), (0, False)])
def test_whom_another_level_is_proposed_for_is_never_drawn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, share: float, green: bool
) -> None:
    draw(monkeypatch, share)
    found = desk.propose("green", "yellow", "orange", "red")
    assert [one.sampled for one in found] == [green, False, False, False]


def drawn_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> RainbowAssessment:
    draw(monkeypatch, 1)
    (one,) = desk.propose("green")
    draw(monkeypatch, 0)
    return one


def test_who_was_drawn_is_talked_with_and_confirmed_from_no_list(
    desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = drawn_one(desk, monkeypatch)
    actor = desk.act("school_counselor")
    assert queries.queue(actor, together=True) == [] and queries.listed(actor, [one.ref]) == []
    with pytest.raises(StepRefused):
        deciding.confirm(actor, one, ConfirmIn(listed=True))
    client = sign_in(app.test_client(), desk.cast["school_counselor"])
    assert "随机抽到：请先和学生谈一次" in client.get(one.address, base_url="https://localhost").text
    listed = "随机抽到，先面谈"
    assert listed not in client.get("/support/proposals", base_url="https://localhost").text
    assert listed in client.get("/support/proposals?shown=1", base_url="https://localhost").text
    deciding.confirm(desk.act("school_counselor"), one, ConfirmIn(interviewed_on=clock.today()))
    assert one.state == "effective" and one.interviewed_on == clock.today()


def test_who_was_drawn_stays_so_when_the_talk_makes_another_proposal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = drawn_one(desk, monkeypatch)
    observing.assess(desk.act("school_counselor"), one.student, LookIn("mild", clock.today()))
    desk.compute()
    db.session.expire_all()
    newer = next(each for each in desk.all() if each.state == "proposed")
    assert (one.student_id, newer.proposed, newer.sampled) == (newer.student_id, "yellow", True)
    deciding.adjust(desk.act("school_counselor"), newer, AdjustIn("orange", WHY, None, clock.today()))
    desk.group.rate(newer.student_id, Rated(clock.today(), (0, 0, 0, 0, 0, 0, 0, 2)))
    desk.compute()
    db.session.expire_all()
    assert [each.sampled for each in desk.all() if each.state == "proposed"] == [False]
