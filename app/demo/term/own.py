"""Schools' own small screenings: one at each stop from draft to archive, as each school's people took it there."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.care.emergencies import operations as emergencies
from app.care.emergencies.models import EmergencyNotice
from app.care.emergencies.operations import ToldIn
from app.care.screening import bulk
from app.care.screening.models import ScreeningCampaign
from app.care.screening.operations import alerts, campaigns
from app.care.screening.operations.campaigns import CampaignIn, CampaignPlace, CampaignStep
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.demo.term import county as countywide
from app.demo.term import moods, stories
from app.demo.term.county import Term
from app.demo.term.days import Days
from app.demo.term.family import Family
from app.people.directory.models import Student

PURPOSE = "看看七年级新生适应得怎么样，给班会课和个别谈话找准重点。"
GRADES, SCALES = ("G7",), ("gad7 1.0.0",)
STEP = CampaignStep()
TO_ASK_ABOUT = {"gad7": (1, 2, 1, 1, 0, 1, 1), "phq9": (1, 2, 2, 1, 0, 1, 1, 0, 1)}
RETURNED = "周三下午全县统一教研，值守表上没有人，请换一天再报"
CANCELLED = "与全县统一测评时间太近，学生会答两遍，改到下学期"


@dataclass(frozen=True)
class Plan:
    """How far a school has come: drafted and opened so many school days before the last one, how many days it is open."""

    name: str
    stop: str
    drafted: int
    opens: int
    days: int = 3
    scales: tuple[str, ...] = SCALES


PLANS = (
    Plan("七年级入学适应测评", "archived", 24, 20),
    Plan("七年级新生情绪小测", "reviewed", 23, 18),
    Plan("七年级考前紧张测评", "scored", 22, 15),
    Plan("七年级期中后测评", "open", 15, 1, 9, (*SCALES, "phq9 1.0.0")),
    Plan("七年级冬季测评", "scheduled", 12, -12, 5),
    Plan("七年级寒假前测评", "approved", 8, -14, 3),
    Plan("七年级住校生测评", "submitted", 3, -13, 3),
    Plan("七年级同伴关系测评", "returned", 9, -11, 2),
    Plan("七年级期中测评", "cancelled", 16, -9, 3),
    Plan("七年级新学期测评", "draft", 1, -20, 4),
)


def tell(term: Term) -> None:
    """Each plan by a junior school of its own."""
    schools = [code for code, (_i, kind, _s) in term.county.schools.items() if kind == "31"][1:]
    for code, one in zip(schools, PLANS, strict=False):
        _tell(term, code, one)


def _tell(term: Term, code: str, one: Plan) -> None:
    counsellor = term.county.at("school_counselor", code)
    made = _draft(term, code, counsellor, one)
    if one.stop == "draft":
        return
    campaigns.submit_campaign(counsellor, made, STEP)
    if one.stop == "submitted":
        return
    lead, before = term.county.any("psych_center_lead"), one.drafted - 1
    term.at(before, 9)
    campaigns.agree_campaign(term.county.at("principal", code), made, STEP)
    if one.stop == "returned":
        campaigns.return_campaign(lead, made, CampaignStep(reason=RETURNED))
        return
    campaigns.approve_campaign(lead, made, STEP)
    if one.stop == "approved":
        return
    term.at(before, 14)
    if one.stop == "cancelled":
        campaigns.cancel_campaign(counsellor, made, CampaignStep(reason=CANCELLED))
        return
    campaigns.schedule_campaign(counsellor, made, STEP)
    if one.stop != "scheduled":
        _carry_out(term, made, counsellor, one)


def _draft(term: Term, code: str, counsellor: Actor, one: Plan) -> ScreeningCampaign:
    term.at(one.drafted, 10)
    opens = _day(term.days, one.opens)
    closes = _day(term.days, one.opens - one.days + 1)
    assert counsellor.person_id is not None
    given = CampaignIn(
        one.name, PURPOSE, GRADES, one.scales, opens, closes,
        on_duty=(counsellor.person_id,),
    )  # fmt: skip
    school = term.county.schools[code][0]
    return campaigns.draft_campaign(counsellor, CampaignPlace(term.county.id, school, school), given)


def _day(days: Days, before: int) -> date:
    return days.before(before) if before >= 0 else days.ahead(-before)


def _carry_out(term: Term, made: ScreeningCampaign, counsellor: Actor, one: Plan) -> None:
    steps: tuple[tuple[int, str, Callable[[], object]], ...] = (
        (one.opens, "open", campaigns.keep_time_of_all),
        (one.opens - 1, "answered", lambda: _answered(term, made)),
        (one.opens - one.days, "scored", campaigns.keep_time_of_all),
        (one.opens - one.days - 2, "reviewed", lambda: campaigns.review_campaign(counsellor, made, STEP)),
        (one.opens - one.days - 4, "archived", lambda: campaigns.archive_campaign(counsellor, made, STEP)),
    )
    for before, stop, take in steps:
        term.at(before, 9)
        take()
        if stop == one.stop:
            break
    if one.stop == "open":
        _begun(term, made, counsellor)


def _answered(term: Term, made: ScreeningCampaign) -> None:
    tasks: dict[uuid.UUID, uuid.UUID] = countywide.waiting(made, "ready", 1)
    bulk.load_sheets(made, countywide.handed(term, made, tasks, pace=moods.CALM))


def _begun(term: Term, made: ScreeningCampaign, counsellor: Actor) -> None:
    """Half answered this morning; after school one says what somebody has to ask about by the next school morning, and in
    the evening one of the others is in the middle of it."""
    tasks = countywide.waiting(made, "ready", 1)
    first, worried, *others = [one.id for one in term.pupils if one.id in tasks]
    term.at(0, 9)
    half = {student: tasks[student] for student in others[: len(others) // 2]}
    bulk.load_sheets(made, countywide.handed(term, made, half, pace=moods.CALM))
    stories.handle_alerts(term, 0, hour=9)
    term.at(0, 16, 10)
    Family(counsellor, db.session.get_one(Student, worried)).answer(TO_ASK_ABOUT, campaign=made.id)
    alerts.raise_all()
    _without_agreement(term, made, counsellor, others[-2:])
    term.at(0, 19, 20)
    family = Family(counsellor, db.session.get_one(Student, first))
    family.answer({"gad7": (1, 0, 1)}, hand_in=False, campaign=made.id)


def _without_agreement(term: Term, made: ScreeningCampaign, counsellor: Actor, students: Sequence[uuid.UUID]) -> None:
    """Two handed in what cannot wait, and their guardians took the agreement back before anybody looked: it acts all the
    same, is marked, and one of the guardians was told this evening."""
    for student in students:
        family = Family(counsellor, db.session.get_one(Student, student))
        family.answer(TO_ASK_ABOUT, campaign=made.id)
        family.take_back()
    alerts.raise_all()
    term.at(0, 16, 15)
    emergencies.mark_all()
    term.at(0, 17, 30)
    use_context(counsellor.context())
    told = db.session.scalars(select(EmergencyNotice).order_by(EmergencyNotice.id).limit(1)).one()
    emergencies.record_told(counsellor, told, ToldIn("傍晚给母亲打了电话，说孩子这两天需要多陪伴，约好明天来校当面谈"))
    use_context(SYSTEM.context())
