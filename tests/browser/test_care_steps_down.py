"""E5 of domain §11: from help at once one level down on evidence, back in a relapse by two signatures, and the chain holds."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.care.rainbow.models import CareDuty, CodeChangeRequest, RainbowTier
from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.core.policy.assignments import CaseAssignment
from app.people.directory.models import Student
from tests.browser.care.ward import Ward, status
from tests.browser.conftest import NARROW, Site, Visit, barriers, picture, serving, sideways
from tests.browser.loop.desk import Paper
from tests.care.rainbow.cases import TODAY, pupil
from tests.care.rainbow.conftest import Class, roster
from tests.care.terms import at
from tests.conftest import Clock

pytestmark = pytest.mark.browser
NAME, EXPERT = "林同学", "psych_expert"
R12 = pupil("", (1,), 5, assessed=("mild", 4), tier=("red", 31))
"""Domain §4.4, on the thirty-first day."""
RELAPSE = TODAY + timedelta(days=5)


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Any) -> Iterator[Site]:
    """A county on the day on which the student has been helped for a month."""
    Clock().set(at(TODAY, 8))
    with serving(cluster, worker, keys) as running:
        yield running
    clock.set_offset_source(None)


@pytest.fixture(scope="module")
def student(site: Site) -> str:
    """R12 in the class of the cast's teacher, with the expert who signed at the beginning; its reference."""

    def work() -> str:
        cast = site.cast
        school = cast.units["shuangqiao"]
        group = Class(cast.county.id, school.id, cast["homeroom_teacher"].person_id, roster(cast))
        (identity,) = group.enrol([replace(R12, fits_since=TODAY - timedelta(days=20))])
        with trail.act(SYSTEM, "system", "test.class"):
            child = db.session.get_one(Student, identity)
            child.class_id = cast.classes["shuangqiao"]
            db.session.add(_given(site, child))
        group.compute(TODAY)
        use_context(SYSTEM.context())
        return db.session.get_one(Student, identity).ref

    ref: str = site.inside(work)
    return ref


def _given(site: Site, child: Student) -> CaseAssignment:
    return CaseAssignment(
        county_id=child.county_id, school_id=child.school_id, entity="students", record_id=child.id,
        person_id=site.cast[EXPERT].person_id, part="expert", from_on=TODAY - timedelta(days=31),
    )  # fmt: skip


@pytest.fixture
def ward(site: Site, visit: Visit, student: str) -> Iterator[Ward]:
    with Ward(site, visit).running() as office:
        yield office


def test_one_level_down_on_evidence_and_back_at_once_by_two_signatures(ward: Ward, student: str) -> None:
    ward.on(TODAY, time(9, 0))
    _not_without_evidence(ward)
    _what_each_did(ward, student)
    _down_by_another(ward)
    assert ward.site.inside(_level) == ("orange", TODAY)
    ward.on(RELAPSE, time(9, 0))
    asked = _seen_by_the_teacher(ward, student)
    assert ward.site.inside(_protected) >= {"keep_company", "talk_today", "tell_guardian"}
    ward.on(RELAPSE, time(10, 30))
    _up_by_two(ward)
    assert ward.site.inside(_level) == ("red", RELAPSE)
    assert ward.site.inside(lambda: _decided_within(asked)) < timedelta(hours=24)
    _the_chain_holds(ward)


def _level() -> tuple[str, date]:
    use_context(SYSTEM.context())
    held = db.session.scalars(select(RainbowTier)).one()
    return held.tier, held.since


def _protected() -> set[str]:
    use_context(SYSTEM.context())
    return set(db.session.scalars(select(CareDuty.code).where(CareDuty.state == "due")))


def _first(ward: Ward, who: str) -> Paper:
    """What stands first under changes: a request where one waits, else who is supported, else what was settled."""
    return ward.sits(who).opens("/support/changes").follows(NAME, "main")


def _not_without_evidence(ward: Ward) -> None:
    """The rules would allow it; without the interviews and the guardian the request is not handed in, and says why."""
    page = _first(ward, "school_counselor").reads("需要马上帮助", "下一级是 重点关注", "还不够", "31")
    page.presses("申请下调一级").writes(note="三周来情绪平稳，按时到校").presses("申请下调一级")
    page.reads("要有两次风险访谈", "近期没有与监护人联系的记录")
    page.keeps("steps-down-missing")


def _what_each_did(ward: Ward, student: str) -> None:
    """Each writes down what they did themselves: the expert's interview, the counsellor's, the talk with the guardian."""
    for who, ago, kind, more in (
        (EXPERT, 20, "风险访谈", {"finding": "未见当前意图"}),
        ("school_counselor", 4, "风险访谈", {"finding": "未见当前意图"}),
        ("school_counselor", 3, "与监护人联系", {}),
    ):
        page = ward.sits(who).opens(f"/support/students/{student}/evidence")
        page.writes(kind=kind, happened_on=TODAY - timedelta(days=ago), note="如实记下经过，约好下次见面", **more)
        page.presses("补记一次工作").reads("已记下")
    page = ward.sits("school_counselor")
    assert "还不够" not in page.text() and page.text().count("够了") == 6
    page.keeps("steps-down-evidence")


def _down_by_another(ward: Ward) -> None:
    """Who asks does not decide; there is one level to ask for, and the second person's word puts it in force."""
    page = _first(ward, "school_counselor")
    assert page.page.locator("main .level").all_inner_texts() == ["需要马上帮助", "重点关注"]
    page.presses("提交").presses("提交").reads("已提交，等另一人审核")
    page.presses("开始审核").reads("已有第一人签名")
    assert not page.page.locator("main a.btn, main button").filter(has_text="批准").count()
    page = _first(ward, EXPERT)
    page.presses("批准").presses("批准").reads("已批准并生效")
    page.follows("这名学生的层级和记录", "main").reads("重点关注", "下一级是 一般关注")


def _seen_by_the_teacher(ward: Ward, student: str) -> uuid.UUID:
    """On the phone, in one page: what was seen, and that it is urgent; no proof is asked for."""
    page = ward.sits("homeroom_teacher").opens("/support/class")
    page.page.set_viewport_size(NARROW)
    page.presses("申请更多支持")
    assert not barriers(page.page) and not sideways(page.page)
    picture(page.page, ward.site, "steps-up-teacher")
    assert page.page.locator("main form[method=post] [name]:not([type=hidden])").count() == 2, page.text()
    page.writes(tier="紧急关注", reason="昨晚给同桌发消息说撑不下去了，今早没有进教室")
    page.presses("申请更多支持").reads("要紧的任务已经派出")
    assert status(page, f"/support/students/{student}/change") == 404
    ward.posted()
    found: uuid.UUID = ward.site.inside(_asked)
    return found


def _asked() -> uuid.UUID:
    use_context(SYSTEM.context())
    return db.session.scalars(select(CodeChangeRequest.id).where(CodeChangeRequest.upward)).one()


def _up_by_two(ward: Ward) -> None:
    """The counsellor signs first, the expert decides; nothing is proved first."""
    page = _first(ward, "school_counselor").presses("开始审核")
    assert "下调的依据" not in page.text()
    page.presses("第一人签名").presses("第一人签名").reads("已签名，等第二人")
    assert ward.site.inside(_level)[0] == "orange"
    page = _first(ward, EXPERT)
    page.presses("批准").presses("批准").reads("已批准并生效").keeps("steps-up-done")


def _decided_within(identity: uuid.UUID) -> timedelta:
    use_context(SYSTEM.context())
    change = db.session.get_one(CodeChangeRequest, identity)
    assert change.state == "effective" and change.together_by_at is not None
    return change.state_since - change.created_at


def _the_chain_holds(ward: Ward) -> None:
    """The auditor has every entry verified, and reads nothing of the child."""
    page = ward.sits("auditor").opens("/audit/chain").presses("现在校验")
    ward.posted()
    page.opens("/audit/chain").reads("链条完整")
    assert NAME not in page.text()
