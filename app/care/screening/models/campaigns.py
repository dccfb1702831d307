"""A campaign with its days and scales, and one task per student."""

from __future__ import annotations

import uuid
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, and_, func, or_, select, text
from sqlalchemy.orm import relationship

from app.care.consent.models import Consent, ConsentRound
from app.care.protection.models import ImpactAssessment, in_force
from app.care.screening.models.results import CriticalAlert
from app.care.screening.models.scales import ScaleVersion, ending_before, pinned, scales_in_force
from app.care.screening.scales import choosing
from app.care.screening.scales.definition import Scale
from app.core import calendar, clock
from app.core.casework.deadlines import work_calendar
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, Record, Scoped, String, db, mapped_column
from workflows.care.screening_campaign import SCREENING_CAMPAIGN
from workflows.care.screening_task import SCREENING_TASK

ASKED_BEFORE = 10
"""Working days between asking the guardians and opening (domain B1)."""
FROM, UNTIL = time(7, 30), time(21, 0)
"""Hours of a day on which answers are taken (domain B2)."""
RETEST = (7, 30)
"""A second try is made so many days after the first (domain B3)."""
A_DAY = timedelta(hours=24)
NOT_BEGUN = ("assigned", "consent_pending", "ready")
OVER = ("closed", "scored", "reviewed", "archived", "cancelled")


class ScreeningCampaign(Base, Movable):
    """筛查批次: which grades answer which scales on which days; `school_id` empty: the county's own."""

    __tablename__ = "screening_campaigns"
    __protection__ = "county"
    __untold__ = frozenset({"assessment_no"})
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="days"),
        CheckConstraint("groups between 1 and 5", name="groups"),
    )
    workflow = SCREENING_CAMPAIGN

    name: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    school_year: Mapped[int]
    grades: Mapped[list[str]]
    scales: Mapped[list[Any]]
    """Code and version of each, in the order in which they are asked; pinned when it is drafted."""
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    groups: Mapped[int] = mapped_column(SmallInteger, default=1, server_default=text("1"))
    """Waves: classes take turns, each wave begins on the school day after the one before."""
    assessment_no: Mapped[str] = mapped_column(String(60), default="", server_default=text("''"))
    """Name of the impact assessment (PIPL 55) as it was when it was submitted."""
    assessment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("impact_assessments.id"))
    """That assessment; the database lets no campaign be submitted without one in force."""
    agreed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    duty: Mapped[list[DutyDay]] = relationship(lazy="select", order_by="DutyDay.day", back_populates="campaign")

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    @property
    def address(self) -> str:
        """The campaign's page."""
        return f"/screenings/{self.ref}"

    @property
    def is_of_a_school(self) -> bool:
        """One school's own."""
        return self.school_id is not None

    @property
    def is_described(self) -> bool:
        """All that people have to know before they decide."""
        return bool(self.name.strip() and self.purpose.strip() and self.grades) and self.opens_on <= self.closes_on

    @property
    def scales_fit(self) -> bool:
        """Every chosen scale may be used, and every grade has one."""
        return bool(self.scales) and not choosing.unfit(self.scales, self.grades, scales_in_force(self.county_id))

    @property
    def definitions(self) -> list[Scale]:
        """Its scales in the versions that it is pinned to, in order; a version that is replaced later stays here."""
        return pinned(self.county_id, self.scales)

    @property
    def ending_licences(self) -> list[ScaleVersion]:
        """Versions whose licence ends before its last day."""
        return ending_before(self.county_id, self.scales, self.closes_on)

    @property
    def licences_hold(self) -> bool:
        """None of them does."""
        return not self.ending_licences

    @property
    def has_impact_assessment(self) -> bool:
        """An assessment of screening is in force."""
        return self.assessment is not None

    @property
    def assessment(self) -> ImpactAssessment | None:
        """The one under which it was submitted, else the one in force."""
        if self.assessment_id is not None and self.state not in ("draft", "returned"):
            return db.session.get(ImpactAssessment, self.assessment_id)
        return in_force(self.county_id, "screening")

    @property
    def open_days(self) -> list[date]:
        """The school days from first to last."""
        days = (self.closes_on - self.opens_on).days + 1
        every = (self.opens_on + timedelta(days=n) for n in range(days))
        overrides = work_calendar().overrides
        return [day for day in every if calendar.is_working_day(day, overrides)]

    @property
    def has_duty_roster(self) -> bool:
        """Each of them has somebody."""
        return bool(self.open_days) and set(self.open_days) <= {one.day for one in self.duty}

    @property
    def principal_agreed(self) -> bool:
        """Or none is needed."""
        return self.agreed or not self.is_of_a_school

    @property
    def guardians_were_asked(self) -> bool:
        """The round of the school that covers its grades went out early enough; for the county at least one did."""
        found = select(ConsentRound.grades, ConsentRound.asked_on).where(
            ConsentRound.county_id == self.county_id,
            ConsentRound.purpose == "screening",
            ConsentRound.school_year == self.school_year,
        )
        if self.school_id is not None:
            found = found.where(ConsentRound.school_id == self.school_id)
        overrides = work_calendar().overrides
        asked = {
            grade
            for grades, day in db.session.execute(found)
            for grade in grades
            if calendar.working_days_between(day, self.opens_on, overrides=overrides) >= ASKED_BEFORE
        }
        return set(self.grades) <= asked

    @property
    def day_has_come(self) -> bool:
        """An open day, between half past seven and nine in the evening."""
        now = clock.local(clock.now())
        return now.date() in self.open_days and FROM <= now.time() < UNTIL

    @property
    def days_are_over(self) -> bool:
        """Yesterday was the last one, or earlier."""
        return clock.today() > self.closes_on

    def _tasks(self, *states: str) -> int:
        found = select(func.count()).select_from(ScreeningTask)
        where = ScreeningTask.campaign_id == self.id, ScreeningTask.state.in_(states)
        return db.session.scalar(found.where(*where)) or 0

    @property
    def everything_is_scored(self) -> bool:
        """No task waits for its score."""
        return self._tasks("submitted", "scored") == 0

    @property
    def alerts_are_handled(self) -> bool:
        """None is waiting for a person, nor taken on and not brought to an end."""
        waiting = select(CriticalAlert.id).where(CriticalAlert.campaign_id == self.id, CriticalAlert.state != "closed")
        return db.session.scalar(waiting.limit(1)) is None

    @property
    def doubts_are_settled(self) -> bool:
        """No second try is outstanding, neither one that waits for its day nor one that is open."""
        doubted = or_(
            ScreeningTask.state == "needs_retest",
            and_(ScreeningTask.tries > 0, ScreeningTask.state.in_(("ready", "in_progress", "submitted", "scored"))),
        )
        waiting = select(ScreeningTask.id).where(ScreeningTask.campaign_id == self.id, doubted)
        return db.session.scalar(waiting.limit(1)) is None

    def begins_for(self, group: int) -> date:
        """The first day of a wave (1 …)."""
        days = self.open_days
        return days[min(group, len(days)) - 1] if days else self.opens_on


class DutyDay(Base, Record, Scoped):
    """Who is on duty on one open day, so that an alert finds somebody."""

    __tablename__ = "screening_duty_days"
    __protection__ = "county"
    __table_args__ = (UniqueConstraint("campaign_id", "day", "person_id"),)

    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_campaigns.id"), info={"part_of": True})
    day: Mapped[date]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))

    campaign: Mapped[ScreeningCampaign] = relationship(lazy="raise", back_populates="duty")


class ScreeningTask(Base, Movable):
    """学生测评任务: one student's part; `reason_code` says why somebody did not answer (coded non-response)."""

    __tablename__ = "screening_tasks"
    __changes_unversioned__ = True
    __protection__ = "own_consent"
    __table_args__ = (
        UniqueConstraint("campaign_id", "student_id"),
        Index("ix_screening_tasks_class", "school_id", "campaign_id", "class_id"),
        Index("ix_screening_tasks_student", "student_id"),
    )
    workflow = SCREENING_TASK

    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("screening_campaigns.id"), info={"part_of": True})
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"))
    class_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school_classes.id"))
    group_no: Mapped[int] = mapped_column(SmallInteger, default=1, server_default=text("1"))
    tries: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    verdict: Mapped[str | None] = mapped_column(String(12))
    scored_on: Mapped[date | None]
    reason_code: Mapped[str | None] = mapped_column(String(20))
    complete: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Every question of every scale has an answer; kept by the saves."""

    campaign: Mapped[ScreeningCampaign] = relationship(lazy="joined", innerjoin=True)
    student: Mapped[Any] = relationship("Student", lazy="joined", innerjoin=True)

    @property
    def label(self) -> str:
        """The campaign's name: no name of a student."""
        return self.campaign.name

    @property
    def address(self) -> str:
        """Where the student answers it."""
        return f"/code/questions/{self.ref}"

    @property
    def consent_is_granted(self) -> bool:
        """Asked of the table each time: what was taken back acts with the next request (security 41)."""
        found = select(Consent.id).where(
            Consent.student_id == self.student_id,
            Consent.purpose == "screening",
            Consent.school_year == self.campaign.school_year,
            Consent.state == "granted",
        )
        return db.session.scalar(found) is not None

    @property
    def consent_covers_answers(self) -> bool:
        """Granted, or granted when they were handed in and run out since: what ends with the roll or the year takes nothing
        back.
        """
        found = select(Consent.id).where(
            Consent.student_id == self.student_id,
            Consent.purpose == "screening",
            Consent.school_year == self.campaign.school_year,
            Consent.state == "expired",
            Consent.previous_state == "granted",
            Consent.state_since >= self.state_since,
        )
        return self.consent_is_granted or db.session.scalar(found) is not None

    @property
    def campaign_is_open(self) -> bool:
        """Open, within its hours, and the wave's day has come; a second try has its own days."""
        now = clock.local(clock.now())
        if self.tries > 0:
            return self.campaign.state in ("open", "closed", "scored") and FROM <= now.time() < UNTIL
        begun = now.date() >= self.campaign.begins_for(self.group_no)
        return self.campaign.state == "open" and self.campaign.day_has_come and begun

    @property
    def required_items_are_answered(self) -> bool:
        """As the saves counted."""
        return self.complete

    @property
    def answers_hold(self) -> bool:
        """Valid, or with one flag."""
        return self.verdict in ("valid", "flagged")

    @property
    def answers_are_doubted(self) -> bool:
        """Doubtful for the first time."""
        return self.verdict == "needs_retest" and self.tries == 0

    @property
    def answers_fail(self) -> bool:
        """Invalid, or doubtful again."""
        return self.verdict == "invalid" or (self.verdict == "needs_retest" and self.tries > 0)

    @property
    def second_try_is_due(self) -> bool:
        """Seven to thirty days after the score, unless the campaign was cancelled."""
        return (
            self.campaign.state != "cancelled"
            and self.scored_on is not None
            and RETEST[0] <= (clock.today() - self.scored_on).days <= RETEST[1]
        )

    @property
    def student_left(self) -> bool:
        """No longer on the roll."""
        return self.student.left_on is not None and self.student.left_on <= clock.today()

    @property
    def student_is_back(self) -> bool:
        """It ended with the roll before it was begun, and the student is on the roll again."""
        begun = self.tries > 0 or self.scored_on is not None or self.previous_state not in NOT_BEGUN
        return self.reason_code == "left_school" and not begun and not self.student_left

    @property
    def time_is_over(self) -> bool:
        """The student left, the campaign has ended (for a second try: its month, or the campaign was cancelled), or what
        was begun is a day old.
        """
        if self.student_left or self.campaign.state == "cancelled":
            return True
        if self.tries > 0 or self.state == "needs_retest":
            ended = self.scored_on is not None and (clock.today() - self.scored_on).days > RETEST[1]
        else:
            ended = self.campaign.state in OVER
        return ended or (self.state == "in_progress" and clock.now() >= self.state_since + A_DAY)
