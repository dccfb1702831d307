"""What followed a release in the demo county: the leading group heard a report, each subject was fed back at a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from app.core.database import db
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.monitoring.models import BriefingRecord, DataFinding, FeedbackMeeting, FollowUp, MonitoringCycle
from app.improvement.monitoring.operations import meetings
from app.improvement.monitoring.operations.moves import Move


def tell(
    county: County, teller: Teller, cycle: MonitoringCycle, released: date, subjects: Sequence[tuple[str, str]]
) -> None:
    """The hearing with what it asked for, and a meeting for each subject (code and word) with the findings it discussed."""
    office = county.any("office_director")
    place = {"county_id": cycle.county_id, "unit_id": office.unit_id, "cycle_id": cycle.id}
    day = released + timedelta(days=8)
    teller.at(day, 15)
    said = f"听取{cycle.name}情况汇报，要求按数据发现列清单、定责任、限期整改，结果不排名、不公布"
    asked = (meetings.FollowUpIn("把每条数据发现发给责任科室，逐条反馈给学校", "办公室主任", day + timedelta(days=14)),)
    heard = meetings.BriefingIn(day, "领导小组组长", "领导小组全体成员、办公室", said, asked)
    meetings.record_briefing(office, BriefingRecord(**place), heard)
    for number, (subject, name) in enumerate(subjects):
        teller.at(day + timedelta(days=1), 9 + number)
        told = f"按学校反馈{name}结果和区间，教研员解读典型题，学校认领薄弱点"
        of_it = select(DataFinding.ref).where(DataFinding.cycle_id == cycle.id, DataFinding.subject == subject)
        found = tuple(db.session.scalars(of_it.order_by(DataFinding.number)))
        on, there = day + timedelta(days=1), f"各校{name}负责人、教研员"
        given = meetings.MeetingIn(on, "county", subject, there, told, found)
        meetings.record_meeting(office, FeedbackMeeting(**place), given)
    for one in db.session.scalars(
        select(FollowUp).join(BriefingRecord).where(BriefingRecord.cycle_id == cycle.id)
    ).all():
        meetings.finish_follow_up(office, one, Move())
