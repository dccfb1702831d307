"""A student and a guardian of the demo with their slips: they come in by code and agree, refuse, answer, take back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from app.care.consent.entrance import Holder, Typed, enter
from app.care.consent.models import OWN_SAY, Consent, age_on
from app.care.consent.operations.answers import AnswerIn, answer_consent, take_back_consent
from app.care.consent.operations.codes import CodesIn, Slip, issue_codes
from app.care.screening.models import ScreeningTask
from app.care.screening.operations import answering, scoring
from app.care.screening.operations.answering import Answer, TaskStep
from app.care.screening.sheets import ring
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.core.vault import Place
from app.people.directory.models import SchoolClass, Student

ADDRESS = "127.0.0.1"
PACE = 3200
"""Milliseconds an answer."""


class Family:
    """One student of a class with the guardian, and the slips that the counsellor handed out."""

    def __init__(self, counsellor: Actor, student: Student) -> None:
        use_context(SYSTEM.context())
        self.student, self.counsellor = student, counsellor
        self.tail = self._tail()
        group = db.session.get_one(SchoolClass, student.class_id)
        use_context(counsellor.context())
        made = issue_codes(counsellor, group, CodesIn(guardians=True, students=True, student_ref=student.ref))
        self.slips: dict[str, Slip] = {one.kind: one for one in made}

    def _tail(self) -> str:
        assert self.student.private is not None
        place = Place(self.student.school_id, "students", self.student.id, "private")
        phones: Sequence[str] = json.loads(ring().open_text(place, self.student.private))["phones"]
        return phones[0][-4:]

    def come(self, kind: str) -> Holder:
        """At the door, with the slip, the birth date and the end of the guardian's telephone number."""
        holder = enter(Typed(self.slips[kind].code, self.student.birth_date, self.tail, ADDRESS))
        use_context(holder.actor.context())
        return holder

    def consent(self) -> Consent:
        """The consent as it stands."""
        use_context(SYSTEM.context())
        found = select(Consent).where(Consent.student_id == self.student.id, Consent.purpose == "screening")
        return db.session.scalars(found.execution_options(populate_existing=True)).one()

    def say(self, kind: str, answer: str) -> None:
        """Agree or refuse by the phone."""
        consent, holder = self.consent(), self.come(kind)
        answer_consent(holder.actor, consent, AnswerIn(answer, holder.code, consent.round.notice_version))
        use_context(SYSTEM.context())

    def agree(self, day: date) -> None:
        """Guardian, and the student where the age asks for it."""
        self.say("guardian1", "agree")
        if age_on(self.student.birth_date, day) >= OWN_SAY:
            self.say("student", "agree")

    def take_back(self) -> None:
        """The guardian takes it back."""
        consent, holder = self.consent(), self.come("guardian1")
        take_back_consent(holder.actor, consent, AnswerIn("withdraw", holder.code, consent.round.notice_version))
        use_context(SYSTEM.context())

    def task(self, campaign: uuid.UUID | None = None) -> ScreeningTask:
        """The student's part in the screening, or in that one."""
        use_context(SYSTEM.context())
        found = select(ScreeningTask).where(ScreeningTask.student_id == self.student.id)
        if campaign is not None:
            found = found.where(ScreeningTask.campaign_id == campaign)
        return db.session.scalars(found.execution_options(populate_existing=True)).one()

    def answer(
        self, given: Mapping[str, Sequence[int]], hand_in: bool = True, campaign: uuid.UUID | None = None
    ) -> ScreeningTask:
        """Begin, say one answer after the other, hand in, and be scored."""
        task, holder = self.task(campaign), self.come("student")
        answering.begin_answering(holder.actor, task, TaskStep())
        pairs = [(scale, item, value) for scale, values in given.items() for item, value in enumerate(values, 1)]
        for number, (scale, item, value) in enumerate(pairs, 1):
            answering.save_answer(holder.actor, task, Answer(scale, item, value, number, PACE))
        if hand_in:
            db.session.refresh(task)
            answering.submit_answers(holder.actor, task, TaskStep())
            handed = scoring.task_of(task.id)
            assert handed is not None
            scoring.score_answers(SYSTEM, handed, None)
        use_context(SYSTEM.context())
        return task
