"""A school's screening on the stage: from draft to open, and a child who answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app.care.consent.entrance import Holder
from app.care.consent.operations import answers as consents
from app.care.consent.operations.answers import PaperIn
from app.care.screening.models import ScreeningCampaign, ScreeningTask
from app.care.screening.operations import answering, campaigns, scoring
from app.care.screening.operations.answering import Answer, TaskStep
from app.care.screening.operations.campaigns import CampaignIn, CampaignPlace, CampaignStep
from app.care.screening.queries import own
from app.core import clock as core_clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.care.taking_part import Family
from tests.cast import Cast

BORN = date(2013, 3, 7)
MONDAY = date(2026, 11, 30)
STEP, TASK = CampaignStep(), TaskStep()
GOOD = {"phq9": [1, 1, 2, 1, 1, 0, 1, 0, 0], "gad7": [1, 2, 1, 1, 1, 2, 2]}
CRISIS = {"phq9": [1, 0, 1, 0, 1, 0, 0, 0, 2], "gad7": [0, 0, 1, 0, 0, 0, 0]}
SAME_DAY = {"phq9": [1, 0, 1, 0, 1, 0, 0, 0, 1], "gad7": [0, 0, 1, 0, 0, 0, 0]}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment on the county's clocks."""
    return datetime.combine(day, time(hour, minute), core_clock.SHANGHAI).astimezone(UTC)


@dataclass
class Term:
    """A school's screening on the stage."""

    cast: Cast
    family: Family
    clock: Any
    slips: dict[Any, Any]

    def given(self, **changes: Any) -> CampaignIn:
        values: dict[str, Any] = {
            "name": "秋季学期测评", "purpose": "了解学生需要哪些帮助", "grades": ("G7",),
            "scales": ("phq9 1.0.0", "gad7 1.0.0"), "opens_on": MONDAY + timedelta(days=21),
            "closes_on": MONDAY + timedelta(days=25), "on_duty": (self.cast["school_counselor"].person_id,),
        }  # fmt: skip
        return CampaignIn(**(values | changes))

    def draft(self, **changes: Any) -> ScreeningCampaign:
        who, school = self.cast["school_counselor"], self.cast.units["shuangqiao"]
        place = CampaignPlace(school.county_id, who.unit.id, school.id)
        return campaigns.draft_campaign(self.cast.actor("school_counselor"), place, self.given(**changes))

    def opened(self, **changes: Any) -> ScreeningCampaign:
        """Agreed, approved, scheduled, and its first morning has come."""
        found = self.draft(**changes)
        campaigns.submit_campaign(self.cast.actor("school_counselor"), found, STEP)
        campaigns.agree_campaign(self.cast.actor("principal"), found, STEP)
        campaigns.approve_campaign(self.cast.actor("psych_center_lead"), found, STEP)
        campaigns.schedule_campaign(self.cast.actor("school_counselor"), found, STEP)
        self.clock.set(at(found.opens_on, 9))
        assert campaigns.keep_time_of_all() == 1
        return found

    def agree(self, name: str) -> None:
        """A guardian's paper for this child."""
        consent = self.family.consent(name)
        consents.record_paper(self.cast.actor("school_counselor"), consent, PaperIn("guardian1", "agree"))
        self.follow(name)

    def follow(self, name: str) -> None:
        use_context(SYSTEM.context())
        student = db.session.scalar(select(Student.id).where(Student.name == name))
        assert student is not None
        scoring.follow_consent_of(student)

    def student(self, name: str) -> tuple[Holder, ScreeningTask]:
        """The child at the door, with the task."""
        holder = self.family.come_in(self.slips[name, "student"])
        use_context(holder.actor.context())
        (task,) = own.own_tasks(holder.actor)
        return holder, task

    def answer(self, name: str, given: dict[str, list[int]], hand_in: bool = True, pace: int = 3000) -> ScreeningTask:
        """Begin, answer, hand in."""
        holder, task = self.student(name)
        if task.state == "ready":
            answering.begin_answering(holder.actor, task, TASK)
        number = 1
        for scale, values in given.items():
            for item, value in enumerate(values, 1):
                answering.save_answer(holder.actor, task, Answer(scale, item, value, number, pace))
                number += 1
        if hand_in:
            db.session.refresh(task)
            answering.submit_answers(holder.actor, task, TASK)
            found = scoring.task_of(task.id)
            assert found is not None
            scoring.score_answers(SYSTEM, found, None)
        return self.task(name)

    def task(self, name: str) -> ScreeningTask:
        use_context(SYSTEM.context())
        wanted = select(ScreeningTask).join(Student).where(Student.name == name)
        found = db.session.scalar(wanted.execution_options(populate_existing=True))
        assert found is not None
        return found

    def all(self, model: Any) -> list[Any]:
        use_context(SYSTEM.context())
        return list(db.session.scalars(select(model).execution_options(populate_existing=True)))
