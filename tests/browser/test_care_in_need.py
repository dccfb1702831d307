"""E2 of domain §11, to the level: a form that nobody handed in calls for people, two of them decide, and few are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.care.rainbow.models import CareDuty, RainbowTier
from app.care.screening.models import CriticalAlert, ScaleResponse
from app.core import clock
from app.core.database import db, use_context
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from tests.browser.care.ward import Ward, answer, status
from tests.browser.conftest import Site, Visit, barriers, picture, serving, sideways
from tests.care.figures_of_care import fill
from tests.care.taking_part import Family
from tests.care.terms import BORN, Term, at
from tests.conftest import Clock

pytestmark = pytest.mark.browser
ASKED, OPENS, NEXT_WEEK = date(2026, 10, 19), date(2026, 11, 9), date(2026, 11, 16)
"""Three Mondays with school."""
NAME, TITLE = "学生00", "秋季学期测评"
WORDS = ("完全没有", "有几天", "超过一半的天数", "几乎每天")
GIVEN = (1, 0, 1, 0, 1, 0, 0, 0, 2)
"""The answers of E2: two points in all, and the last one is about not wanting to live."""


@dataclass
class Child:
    """Whom the story is about, and what is known beside the pages."""

    site: Site
    term: Term
    refs: dict[str, str] = field(default_factory=dict)

    def told(self) -> list[str]:
        """Roles that were told of the alert, in their order."""
        use_context(SYSTEM.context())
        rows = select(OutboxRow.data).where(OutboxRow.kind == "alert_waits").order_by(OutboxRow.id)
        return [one["role"] for one in db.session.scalars(rows)]

    def duties(self) -> set[str]:
        """What is to be done for the child."""
        use_context(SYSTEM.context())
        return set(db.session.scalars(select(CareDuty.code).where(CareDuty.state == "due")))

    def levels(self) -> list[str]:
        """Levels in force at the child's school."""
        use_context(SYSTEM.context())
        school = self.site.cast.units["shuangqiao"].id
        return list(db.session.scalars(select(RainbowTier.tier).where(RainbowTier.school_id == school)))


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Any) -> Iterator[Site]:
    """A county on the day on which its guardians are asked."""
    Clock().set(at(ASKED, 9))
    with serving(cluster, worker, keys) as running:
        yield running
    clock.set_offset_source(None)


@pytest.fixture(scope="module")
def child(site: Site) -> Child:
    """A screening whose first morning has come; thirty others of the county have everyday support."""

    def work() -> Child:
        cast = site.cast
        fill(cast.county.id, [cast.units["chengguan"].id], cast["school_counselor"].person_id, 30, heavy=False)
        family = Family(cast, BORN).enrol()
        family.ask()
        term = Term(cast, family, Clock(), family.slips())
        opened = term.opened(scales=("phq9 1.0.0",), opens_on=OPENS, closes_on=OPENS + timedelta(days=4))
        assert opened.state == "open"
        term.agree(NAME)
        made = Child(site, term)
        made.refs["student"] = term.task(NAME).student.ref
        return made

    found: Child = site.inside(work)
    return found


@pytest.fixture
def ward(site: Site, visit: Visit, child: Child) -> Iterator[Ward]:
    with Ward(site, visit).running() as office:
        yield office


def test_a_form_left_unfinished_calls_one_after_the_other_and_two_persons_decide(ward: Ward, child: Child) -> None:
    ward.on(OPENS, time(9, 30))
    home = _the_guardian_reads(ward, child, "before")
    _the_student_answers_and_goes_away(ward, child)
    _half_an_hour_later(ward, child)
    _nobody_takes_it_on(ward, child)
    _protection_waits_for_nobody(ward, child)
    _two_persons(ward, child)
    _the_class_teacher(ward, child)
    assert _the_guardian_reads(ward, child, "after") == home
    _the_bureau(ward)


def _the_guardian_reads(ward: Ward, child: Child, when: str) -> str:
    page = ward.phone(child.term.slips[NAME, "guardian1"], BORN)
    assert not sideways(page) and not barriers(page)
    picture(page, ward.site, f"in-need-guardian-{when}")
    words: str = page.locator("main").inner_text()
    page.context.close()
    return words


def _the_student_answers_and_goes_away(ward: Ward, child: Child) -> None:
    """All nine answers, and then the phone is put away."""
    page: Page = ward.phone(child.term.slips[NAME, "student"], BORN)
    answer(page, TITLE, *(WORDS[value] for value in GIVEN))
    assert ward.site.inside(_sheets) == [("O1a", None)]
    page.context.close()


def _sheets() -> list[tuple[str | None, Any]]:
    use_context(SYSTEM.context())
    return [(one.override, one.submitted_at) for one in db.session.scalars(select(ScaleResponse))]


def _half_an_hour_later(ward: Ward, child: Child) -> None:
    """Not while the student may still be thinking; then at once, and the page says until when."""
    ward.on(OPENS, time(9, 59)).minute()
    assert ward.site.inside(child.told) == []
    ward.on(OPENS, time(10, 3)).minute()
    assert ward.site.inside(child.told) == ["school_counselor"]
    page = ward.letters("school_counselor").reads("您有一项当天要办的待办")
    assert "心理" not in page.text() and NAME not in page.text()
    page.follows("您有一项当天要办的待办", "main").reads(NAME, "马上", "10:33")


def _nobody_takes_it_on(ward: Ward, child: Child) -> None:
    """Half an hour each, level by level; the centre learns of a school and a number, not of a name."""
    ward.on(OPENS, time(10, 36)).minute()
    assert ward.site.inside(child.told) == ["school_counselor", "school_psych_lead"]
    lead = ward.letters("school_psych_lead").follows("您有一项当天要办的待办", "main").reads(NAME)
    assert "不如死掉" not in lead.text()
    ward.on(OPENS, time(11, 6)).minute()
    assert ward.site.inside(child.told) == ["school_counselor", "school_psych_lead", "psych_center_lead"]
    centre = ward.letters("psych_center_lead").follows("您有一项当天要办的待办", "main")
    centre.reads("学校还没有人接手", "双桥中学", "请马上打电话给学校")
    assert NAME not in centre.text()
    centre.keeps("in-need-centre")


def _protection_waits_for_nobody(ward: Ward, child: Child) -> None:
    """Company, a talk today and the guardian are on the list before anybody has decided anything."""
    assert ward.site.inside(child.duties) >= {"keep_company", "talk_today", "tell_guardian"}
    assert ward.site.inside(child.levels) == []


def _two_persons(ward: Ward, child: Child) -> None:
    """The counsellor takes it on, talks and signs; alone that changes nothing; the expert's signature does."""
    page = ward.sits("school_counselor").opens("/alerts").follows(NAME, "main").presses("接手")
    page.writes(interviewed_on=OPENS, outcome="有危险，已按危机处置").presses("登记访谈")
    page.opens("/support/proposals?shown=1").reads("需要马上帮助").follows(NAME, "main").keeps("in-need-proposal")
    page.presses("第一人").writes(interviewed_on=OPENS).presses("第一人").reads("等第二人")
    assert ward.site.inside(child.levels) == []
    ward.posted()
    expert = ward.site.inside(lambda: _expert(ward.site))
    page = ward.sits(expert).opens("/support/proposals")
    page.follows(NAME, "main").presses("确认").presses("确认").reads("已确认，支持任务已派出")
    assert ward.site.inside(child.levels) == ["red"]


def _expert(site: Site) -> str:
    from app.core.policy.assignments import CaseAssignment

    use_context(SYSTEM.context())
    person = db.session.scalars(select(CaseAssignment.person_id)).one()
    return next(key for key in ("psych_expert", "psych_expert_2") if site.cast[key].person_id == person)


def _the_class_teacher(ward: Ward, child: Child) -> None:
    """Sees the level after a click and what to do; why it is so is on no page of theirs."""
    page = ward.sits("homeroom_teacher").opens("/support/class")
    assert "紧急关注" not in page.text()
    page.presses("显示层级").reads("紧急关注").keeps("in-need-class")
    page.opens("/support/duties").reads(NAME)
    words = page.text()
    assert not any(word in words for word in ("问卷", "分数", "不如死掉", "PHQ"))
    ref, alert = child.refs["student"], ward.site.inside(_alert)
    for address in (
        f"/support/students/{ref}/answers?purpose=interview", f"/support/students/{ref}/results?shown=1",
        f"/support/students/{ref}/factors?shown=1", f"/alerts/{alert}", "/alerts", "/support/proposals",
    ):  # fmt: skip
        assert status(page, address) == 404, address


def _alert() -> str:
    use_context(SYSTEM.context())
    return db.session.scalars(select(CriticalAlert.ref)).one()


def _the_bureau(ward: Ward) -> None:
    """The next Monday's numbers: one student of the county, told as fewer than five; and no page leads to anybody."""
    ward.on(NEXT_WEEK, time(8, 0)).minute()
    page = ward.sits("bureau_psych_officer").opens("/care-figures")
    row = (
        page.page.locator("main table").filter(has_text="常规支持").locator("tr").filter(has_text="需要马上帮助").first
    )
    assert row.locator("td").last.inner_text() == "<5"
    page.keeps("in-need-bureau")
    assert NAME not in page.text() and "双桥" not in page.text()
    for address in ("/support/urgent", "/support/proposals", "/alerts"):
        assert status(page, address) == 404, address
