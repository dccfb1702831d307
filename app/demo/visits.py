"""Visits in every state, told through their operations: the yearly list, notice, checklist, feedback, answer, follow-up."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.policy.actor import SYSTEM, Actor
from app.demo.fates import Place, place_of
from app.demo.inspection import BRANCHES
from app.demo.telling import Story
from app.demo.tree import County
from app.improvement.problems.models import ProblemItem
from app.improvement.visits.models import SupervisionEntry, SupervisionVisit
from app.improvement.visits.operations import answers, findings, on_site, planning, programme, teams
from app.improvement.visits.operations.planning import VisitStep

PER_VISIT = 4
OPEN = ("accepted", "diagnosing", "planning", "implementing", "evaluating")
MEASURE = "下周起由教导处逐班落实，每周检查一次，月底把检查记录交联络员"
GROUNDS = "反馈稿第二条写的班级不是当天听课的班，请对照听课记录更正"
REPORT = "教导处已逐班落实分层作业，连续四周检查均有记录；错因统计改为每月一次，期末再抽样核对。"


@dataclass(frozen=True)
class Course:
    """One visit: its kind, the day counted from today, and what is special about it."""

    kind: str
    day: int
    twist: str = ""


COURSES = (
    Course("special", -75),
    Course("routine", -60, "unannounced"),
    Course("special", -52, "silent"),
    Course("project", -24),
    Course("special", -9),
    Course("special", -3, "objection"),
    Course("routine", -1),
    Course("special", 2),
    Course("project", 20),
    Course("special", 38),
    Course("special", 12, "exception"),
    Course("routine", 9, "cancelled"),
)
"""Told up to today, each visit stands in another state."""
Entries = dict[tuple[str, int], uuid.UUID]
"""Kind and year → the line of the yearly list."""


def stories(county: County, today: date) -> list[Story]:
    """The yearly list, then one story for each visit, spread over the schools that have problems."""
    entries: Entries = {}
    years = sorted({(today + timedelta(days=course.day)).year for course in COURSES})
    return [*(_list(county, year, today, entries) for year in years), *_visits(county, today, entries)]


def _list(county: County, year: int, today: date, entries: Entries) -> Story:
    """Filed in the first days of the year, or well before its first visit."""
    yield min(date(year, 1, 8), today - timedelta(days=130))
    office, place = county.any("office_director"), programme.ListPlace(county.id)
    last = date(year, 12, 31)
    for kind, title, basis, count in (
        ("routine", "责任督学常规视导", "", 4),
        ("special", "监测问题整改专项视导", f"清教督〔{year}〕3号", 2),
        ("project", "种子校培育项目视导", f"清教督〔{year}〕4号", 1),
    ):
        given = programme.EntryIn(kind, title, basis, date(year, 1, 1), last, (), count, BRANCHES[kind])
        entries[kind, year] = programme.add_entry(office, place, given).id


def _visits(county: County, today: date, entries: Entries) -> Iterator[Story]:
    held = select(ProblemItem.school_id).where(ProblemItem.county_id == county.id, ProblemItem.school_id.is_not(None))
    with_problems = set(db.session.scalars(held))
    schools = [identity for _code, (identity, *_rest) in sorted(county.schools.items()) if identity in with_problems]
    if schools:
        for course, school_id in zip(COURSES, islice(cycle(schools), len(COURSES)), strict=True):
            yield _visit(county, course, school_id, today + timedelta(days=course.day), entries)


def _visit(county: County, course: Course, school_id: uuid.UUID, day: date, entries: Entries) -> Story:
    early = {"unannounced": 3, "exception": 15}.get(course.twist, 45)
    yield day - timedelta(days=early)
    place, office = place_of(county, school_id), county.any("office_director")
    lead = next(a for a in _inspectors(county) if school_id in a.schools)
    visit = _plan(county, course, school_id, day, lead, entries)
    if course.twist == "unannounced":
        yield day
        on_site.arrive_unannounced(lead, visit, on_site.ArriveIn(tuple(one.ref for one in visit.team)))
    elif course.twist == "exception":
        return
    else:
        yield day - timedelta(days=35)
        planning.notify_school(office, visit, VisitStep())
        if course.twist == "cancelled":
            yield day - timedelta(days=20)
            planning.cancel_visit(office, visit, VisitStep(reason="学校当天承办市级教研活动，另行安排"))
            return
        yield day - timedelta(days=5)
        lines = {one.ref: ("partly", "单元作业已分层，错因统计还在补") for one in visit.lines if one.item_id}
        answers.hand_in_self_report(place.principal, visit, answers.SelfReportIn(lines))
        yield day
        on_site.arrive(lead, visit, on_site.ArriveIn(tuple(one.ref for one in visit.team)))
    yield from _after_arrival(county, course, visit, lead, place, day)


def _inspectors(county: County) -> list[Actor]:
    return [p.actor for (role, _u), people in county.players.items() if role == "inspector" for p in people]


def _plan(
    county: County, course: Course, school_id: uuid.UUID, day: date, lead: Actor, entries: Entries
) -> SupervisionVisit:
    office, exception = county.any("office_director"), course.twist == "exception"
    items = db.session.scalars(
        select(ProblemItem.id)
        .where(ProblemItem.school_id == school_id, ProblemItem.state.in_(OPEN))
        .order_by(ProblemItem.number)
        .limit(PER_VISIT)
    ).all()
    entry = db.session.get(SupervisionEntry, entries[course.kind, day.year])
    listed = entry is not None and not exception and entry.covers(course.kind, day, school_id)
    reason = "省督导办临时交办，须在月内到校" if not listed else ""
    given = planning.VisitIn(
        course.kind, day, "在办问题项整改落实情况", lead.person_id, entries[course.kind, day.year] if listed else None,
        is_unannounced=course.twist == "unannounced", item_ids=tuple(items), points=("课表与实际上课是否一致",),
        exception_wanted=reason,
    )  # fmt: skip
    visit = planning.plan_visit(office, planning.VisitPlace(county.id, school_id, school_id), given)
    if reason and not exception:
        head = county.any("leading_group_head")
        planning.grant_exception(head, visit, VisitStep(reason="同意，本次任务由省里统一部署"))
    others = [a for a in _inspectors(county) if a.person_id != lead.person_id][:2]
    for one in others if course.kind != "routine" else ():
        teams.add_member(office, visit, teams.MemberIn(one.person_id, "inspector", True))
    return visit


def _after_arrival(
    county: County, course: Course, visit: SupervisionVisit, lead: Actor, place: Place, day: date
) -> Story:
    seen = tuple(
        on_site.Seen(
            line.ref, str(uuid.uuid4()), ("partly", "seen", "not_seen")[number % 3], "看了两个班，问了教师", clock.now()
        )
        for number, line in enumerate(visit.lines)
    )
    on_site.observe(lead, visit, on_site.ObserveIn(seen))
    yield day + timedelta(days=1)
    _write(visit, lead)
    yield day + timedelta(days=2)
    findings.show_draft(lead, visit, VisitStep())
    if course.twist == "objection":
        findings.object_to_draft(place.principal, visit, findings.ObjectionIn(GROUNDS))
        return
    yield day + timedelta(days=3)
    findings.agree_with_draft(place.principal, visit, VisitStep())
    yield day + timedelta(days=4)
    findings.issue_feedback(lead, visit, findings.IssueIn("public" if course.day == COURSES[0].day else "county"))
    if course.twist == "silent":
        yield day + timedelta(days=36)
        answers.lapse_response(SYSTEM, visit, None)
        return
    yield day + timedelta(days=14)
    given = {one.ref: ("accepted", MEASURE) for one in visit.to_answer}
    answers.respond(place.principal, visit, answers.ResponseIn(given))
    yield day + timedelta(days=32)
    answers.report_rectification(place.principal, visit, answers.TextIn(REPORT))
    yield day + timedelta(days=38)
    for one in visit.to_answer:
        settled = answers.SettleIn(one.ref, "done", "回访两个班，做法已经落实")
        answers.settle_finding(lead, visit, settled)
    answers.close_visit(lead, visit, answers.TextIn("整改到位，继续保持"))


def _write(visit: SupervisionVisit, lead: Actor) -> None:
    """A strength, a suggestion, a new problem, and one on the first item: a measure where its plan is in force."""
    due = clock.today() + timedelta(days=40)
    evidence = "随堂听课 2 节，作业抽样 40 份"
    written = [
        findings.FindingIn("strength", "集体备课有主题、有记录，骨干教师带得好"),
        findings.FindingIn("suggestion", "把错因统计和单元教研排在同一周"),
        findings.FindingIn(
            "problem", "课后服务没有按公示的课表上", evidence, severity="minor", category="management", due_on=due,
            becomes="finding",
        ),
    ]  # fmt: skip
    item_id = next((line.item_id for line in visit.lines if line.item_id is not None), None)
    item = db.session.get(ProblemItem, item_id) if item_id is not None else None
    if item is not None and not item.is_settled:
        becomes = "action" if item.state == "implementing" else "evidence"
        written.append(
            findings.FindingIn(
                "problem", "有一个班没有按方案分层布置作业", evidence, item.id, "moderate", None, due, becomes
            )
        )
    for one in written:
        findings.write_finding(lead, visit, one)
