"""The county's own screening: asked, agreed, planned, answered in two waves, settled, rated and computed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle
from random import Random
from typing import Any

from sqlalchemy import select

from app.care.consent.bulk import Paper, load_papers
from app.care.consent.models import OWN_SAY, age_on
from app.care.consent.operations.rounds import RoundIn, SchoolPlace, send_round
from app.care.rainbow.bulk import Known, Rated, load_facts, load_ratings
from app.care.rainbow.operations import proposing
from app.care.screening import bulk
from app.care.screening.models import ScreeningCampaign, ScreeningTask
from app.care.screening.operations import campaigns
from app.care.screening.operations.campaigns import CampaignIn, CampaignPlace, CampaignStep
from app.care.screening.scales.choosing import fits
from app.care.screening.scales.definition import Scale
from app.care.screening.scales.scoring import Person
from app.core.audit.trail import QUIET
from app.core.database import db, use_context
from app.core.imports.grades import school_year
from app.core.policy.actor import SYSTEM, Actor
from app.demo.roll import DAY, GRADES
from app.demo.telling import Teller
from app.demo.term import moods
from app.demo.term.days import (
    AGREED,
    ASKED,
    ASSIGNED,
    CLOSES,
    COMPUTED,
    DRAFTED,
    HOPED_FOR,
    OPENS,
    RATED,
    SECOND_WAVE,
    SETTLED,
    SIGNED,
    Days,
)
from app.demo.tree import County
from app.people.directory.models import SchoolClass, Student, Unit

NAME = "2026 年秋季学生心理健康测评"
PURPOSE = "了解学生近两周的情绪与睡眠，尽早发现需要帮助的学生。结果只用于提供支持，不用于评价、分班和升学。"
SCREENED = tuple(f"G{grade}" for grade in range(4, 13))
SCALES = ("who5 1.0.0", "phq9 1.0.0", "gad7 1.0.0")
REFUSES, SILENT, STAYS_AWAY = 0.015, 0.02, 0.03
"""Guardians who refuse, guardians who do not answer, students who do not come."""
FACTS = (("single_parent", 0.06), ("low_income_edge", 0.02), ("chronic_illness", 0.015), ("bullying", 0.006),
         ("bereavement", 0.004))  # fmt: skip
HARDSHIP, IN_HARDSHIP = ("de_facto_unattended", "destitute", "parent_disability"), 300
"""What civil affairs know of one student in so many: practical aid is to be considered for them."""
AGAIN_HASTY = 8
"""One in so many is as hasty the second time."""
STEP = CampaignStep()


@dataclass
class Pupil:
    """One student as the term needs it."""

    id: uuid.UUID
    school: uuid.UUID
    group: uuid.UUID
    class_no: int
    grade: int
    born: date
    left_behind: bool


@dataclass
class Term:
    """County, clock and days of the term; `aside`: students whose story is told step by step."""

    county: County
    teller: Teller
    days: Days
    pupils: list[Pupil] = field(default_factory=list)
    aside: set[uuid.UUID] = field(default_factory=set)
    campaign: ScreeningCampaign | None = None
    random: Random = field(default_factory=lambda: Random(30_000))
    feelings: dict[uuid.UUID, moods.Felt] = field(default_factory=dict)

    def at(self, before: int, hour: int, minute: int = 0) -> date:
        """Stand so many school days before the last one; letters are left out, as nobody was there to read them."""
        day = self.days.before(before)
        self.teller.at(day, hour, minute)
        return day

    def felt(self, one: Pupil) -> moods.Felt:
        """How this student is this term, the same for whoever asks or looks."""
        return self.feelings.setdefault(one.id, moods.feel(one.grade, self.random))

    def in_the_chair(self, role: str, number: int = 0) -> Actor:
        """A holder of a county role, with what they may see in force."""
        actor = self.county.any(role, number)
        use_context(actor.context())
        return actor


def pupils(county: County) -> list[Pupil]:
    """Everybody on the roll, school by school: in the same order each time, so that the same is drawn for the same child."""
    found = (
        select(Student.id, Student.school_id, Student.class_id, SchoolClass.class_no, Student.grade,
               Student.birth_date, Student.left_behind)
        .join(SchoolClass, SchoolClass.id == Student.class_id)
        .join(Unit, Unit.id == Student.school_id)
        .where(Student.county_id == county.id)
        .order_by(Unit.code, Student.student_no)
    )  # fmt: skip
    return [
        Pupil(student, school, group, number, int(grade[1:]), born, behind != "none")
        for student, school, group, number, grade, born, behind in db.session.execute(found)
        if group is not None
    ]


def ask(term: Term) -> None:
    """Every school's counsellor asks the guardians; the papers come in three weeks before anybody is asked anything."""
    day, county = term.at(ASKED, 8), term.county
    given_until = term.days.before(HOPED_FOR)
    for number, (code, (school, kind, _short)) in enumerate(county.schools.items()):
        term.at(ASKED, 8 + number // 12, number % 12 * 5)
        grades = tuple(f"G{grade}" for grade in GRADES[kind])
        given = RoundIn("秋季学期心理健康测评", "screening", grades, given_until)
        send_round(county.at("school_counselor", code), SchoolPlace(county.id, school), given)
    term.at(SIGNED, 17)
    load_papers(county.id, "screening", school_year(day.year, day.month), _papers(term, day))


def _papers(term: Term, day: date) -> Iterator[Paper]:
    random = term.random
    for one in term.pupils:
        drawn = random.random()
        if one.id in term.aside or drawn < SILENT:
            continue
        yield Paper(one.id, "guardian1", "refuse" if drawn < SILENT + REFUSES else "agree")
        if age_on(one.born, day) >= OWN_SAY:
            yield Paper(one.id, "student", "agree")


def plan(term: Term) -> ScreeningCampaign:
    """The centre drafts it with a roster, the head of the leading group approves, and the tasks are written."""
    county, days = term.county, term.days
    term.at(DRAFTED, 9)
    lead, head = county.any("psych_center_lead"), county.any("leading_group_head")
    duty = tuple(county.any("psych_expert", number).person_id for number in range(4))
    given = CampaignIn(
        NAME, PURPOSE, SCREENED, SCALES, days.before(OPENS), days.before(CLOSES), groups=2, on_duty=tuple(person for person in duty if person),
    )  # fmt: skip
    made = campaigns.draft_campaign(lead, CampaignPlace(county.id, county.id), given)
    campaigns.submit_campaign(lead, made, STEP)
    term.at(AGREED, 10)
    campaigns.approve_campaign(head, made, STEP)
    term.at(ASSIGNED, 9)
    campaigns.schedule_campaign(lead, made, STEP)
    campaigns.assign_county(SYSTEM, made, None)
    term.campaign = made
    return made


def open_it(term: Term) -> None:
    """Its first morning."""
    term.at(OPENS, 8)
    campaigns.keep_time_of_all()


def answer(term: Term, wave: int) -> None:
    """A wave answers in the computer rooms, class by class, and is scored."""
    campaign = term.campaign
    assert campaign is not None
    term.at(OPENS if wave == 1 else SECOND_WAVE, 20)
    bulk.load_sheets(campaign, handed(term, campaign, waiting(campaign, "ready", wave)))


def try_again(term: Term) -> None:
    """Whose answers were doubted in the first wave had a week; most of them take their time now, some still do not."""
    campaign = term.campaign
    assert campaign is not None
    term.at(CLOSES, 20)
    doubted = waiting(campaign, "needs_retest", 1)
    hasty = {one.id: doubted[one.id] for one in [p for p in term.pupils if p.id in doubted][::AGAIN_HASTY]}
    calm = {student: task for student, task in doubted.items() if student not in hasty}
    for tasks, pace in ((calm, moods.CALM), (hasty, moods.HASTY)):
        bulk.load_sheets(campaign, handed(term, campaign, tasks, attempt=1, pace=pace))


def waiting(campaign: ScreeningCampaign, state: str, wave: int) -> dict[uuid.UUID, uuid.UUID]:
    """Student → task, of those of a wave who stand at `state`."""
    found = select(ScreeningTask.student_id, ScreeningTask.id).where(
        ScreeningTask.campaign_id == campaign.id, ScreeningTask.state == state, ScreeningTask.group_no == wave
    )
    return dict(db.session.execute(found).all())


def handed(
    term: Term,
    campaign: ScreeningCampaign,
    tasks: Mapping[uuid.UUID, uuid.UUID],
    attempt: int = 0,
    pace: float | None = None,
) -> Iterator[bulk.Handed]:
    """What those students hand in who come; `pace`: mean seconds an item, each their own without it."""
    listed, known = tuple(campaign.definitions), dict[tuple[int, int], tuple[Scale, ...]]()
    for one in term.pupils:
        if one.id not in tasks or one.id in term.aside or term.random.random() < STAYS_AWAY:
            continue
        age = age_on(one.born, campaign.opens_on)
        if (one.grade, age) not in known:
            known[one.grade, age] = asked(listed, one.grade, age)
        scales = known[one.grade, age]
        sheets = moods.answers(scales, term.felt(one), term.random, pace)
        yield bulk.Handed(tasks[one.id], one.school, one.id, Person(), sheets, attempt)


def asked(listed: tuple[Scale, ...], grade: int, age: int) -> tuple[Scale, ...]:
    """What is put before a student of this grade and age, as when it is answered on a phone."""
    return tuple(one for one in listed if fits(one, grade, age))


def settle(term: Term) -> None:
    """The morning after the last day: who did not come is coded, and the screening is scored."""
    term.at(SETTLED, 7)
    campaigns.keep_time_of_all()


def look(term: Term) -> None:
    """What the schools know since September, and what class teachers saw in these weeks."""
    random, county = term.random, term.county
    term.at(ASKED, 16)
    load_facts(county.id, _facts(term.pupils, random))
    term.at(RATED, 16)
    teachers = {
        school: county.at("homeroom_teacher", code).person_id for code, (school, _k, _s) in county.schools.items()
    }
    kinds = cycle(random.sample(range(1000), 997))
    load_ratings(county.id, _ratings(term, teachers, kinds))


def _facts(pupils: list[Pupil], random: Random) -> Iterator[Known]:
    for number, one in enumerate(pupils):
        if one.left_behind:
            yield Known(one.school, one.id, "left_behind", "school", DAY)
        if number % IN_HARDSHIP == 0:
            yield from (Known(one.school, one.id, code, "civil_affairs", DAY) for code in HARDSHIP)
        for code, share in FACTS:
            if random.random() < share:
                yield Known(one.school, one.id, code, "school", DAY)


def _ratings(term: Term, teachers: dict[uuid.UUID, Any], kinds: Iterator[int]) -> Iterator[Rated]:
    for one in term.pupils:
        if one.id not in term.aside and term.random.random() < 0.85:
            yield Rated(one.school, one.id, teachers[one.school], moods.rating(next(kinds), term.felt(one).depressed))


def compute(term: Term) -> None:
    """The rules read it all; what is new waits for people."""
    term.at(COMPUTED, 15)
    db.session.info[QUIET] = True
    place = db.session.get_one(Unit, term.county.id)
    proposing.compute(SYSTEM, place, proposing.RunIn(tuple(school for school, _k, _s in term.county.schools.values())))
