"""Scenes that the tests of visits begin with: a yearly list, a visit led to any state by the persons who may."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.core import clock
from app.core.audit import trail
from app.core.calendar.days import add_working_days
from app.core.casework.deadlines import work_calendar
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.problems.models import ProblemItem
from app.improvement.visits.models import SupervisionEntry, SupervisionVisit, VisitFinding
from app.improvement.visits.operations import answers, findings, on_site, planning, programme, teams
from app.improvement.visits.operations.planning import VisitStep
from tests.improvement.problems.scenes import Scene

REASON = "省里临时交办，来不及列入清单"
EVIDENCE = "随堂听课 3 节，作业抽样 40 份"
MEASURE = "从下周起每周一次分层作业，教导处检查"
REPORT = "十二月起八年级每周一次分层作业，教导处逐周检查，期末抽样四十份都有分层。"
STAGES = "notified self_reported on_site shown issued follow_up ended".split()


class VisitScene(Scene):
    """Leads a visit from the yearly list to its end."""

    def actor(self, key: str) -> Any:
        """As a request would load them: an inspector on the team reaches the school visited."""
        found = super().actor(key)
        visited = self.cast.units["shuangqiao"].id
        return replace(found, schools=(*found.schools, visited)) if found.role == "inspector" else found

    def entry(self, kind: str = "special", **changes: Any) -> SupervisionEntry:
        """An entry of this year's list that covers 双桥中学 from today to the end of the year after the next months."""
        today = clock.today()
        place = programme.ListPlace(self.cast.county.id)
        given: dict[str, Any] = {
            "kind": kind,
            "title": "省测问题整改专项视导",
            "basis": "清教督〔2026〕12号",
            "from_on": today,
            "to_on": today.replace(month=12, day=31),
            "schools": (self.cast.units["shuangqiao"].id,),
        }
        return programme.add_entry(self.actor("office_director"), place, programme.EntryIn(**(given | changes)))

    def given(self, *items: ProblemItem, **changes: Any) -> planning.VisitIn:
        """A plan of a special visit in 30 days."""
        wanted: dict[str, Any] = {
            "kind": "special",
            "visit_on": clock.today() + timedelta(days=30),
            "scope": "八年级数学分层作业整改情况",
            "lead_id": self.cast["inspector"].person_id,
            "item_ids": tuple(item.id for item in items),
        }
        return planning.VisitIn(**(wanted | changes))

    def planned(self, *items: ProblemItem, by: str = "office_director", **changes: Any) -> SupervisionVisit:
        """A draft; without an entry unless one is given."""
        school = self.cast.units["shuangqiao"]
        place = planning.VisitPlace(self.cast.county.id, school.id, school.id)
        points = () if items else ("看校园课表是否公示",)
        return planning.plan_visit(self.actor(by), place, self.given(*items, **({"points": points} | changes)))

    def special(self, *items: ProblemItem, **changes: Any) -> SupervisionVisit:
        """A draft special visit with entry and a team of three inspectors, ready to be announced."""
        day = clock.today() + timedelta(days=30)
        entry = self.entry(to_on=day, from_on=day)
        visit = self.planned(*items, entry_id=entry.id, **changes)
        self.join(visit, "inspector_2", "inspector_3")
        return visit

    def join(self, visit: SupervisionVisit, *keys: str, by: str = "office_director") -> None:
        for key in keys:
            given = teams.MemberIn(self.cast[key].person_id, self.cast[key].role, True)
            teams.add_member(self.actor(by), visit, given)

    def visit(self, state: str, *items: ProblemItem, **changes: Any) -> SupervisionVisit:
        """A special visit led as far as wanted: notified … ended; shown and issued are steps on the way."""
        visit = self.special(*items, **changes)
        for name in STAGES:
            getattr(self, f"to_{name}")(visit)
            if name == state:
                break
        return visit

    def to_notified(self, visit: SupervisionVisit) -> None:
        planning.notify_school(self.actor("office_director"), visit, VisitStep())

    def to_self_reported(self, visit: SupervisionVisit) -> None:
        lines = {line.ref: ("partly", "单元练习已分层，错因统计还没有做") for line in visit.lines if line.item_id}
        answers.hand_in_self_report(self.actor("principal"), visit, answers.SelfReportIn(lines))

    def to_on_site(self, visit: SupervisionVisit) -> None:
        self.on_the_day(visit)
        refs = tuple(one.ref for one in visit.team)
        on_site.arrive(self.actor("inspector"), visit, on_site.ArriveIn(refs))

    def on_the_day(self, visit: SupervisionVisit) -> None:
        """As if the day of the visit were today."""
        with trail.act(SYSTEM, "system", "test.the_day"):
            visit.visit_on = clock.today()

    def to_shown(self, visit: SupervisionVisit) -> None:
        self.see(visit)
        if not visit.findings:
            self.find(visit, "strength", text="集体备课有记录，质量好")
        findings.show_draft(self.actor("inspector"), visit, VisitStep())

    def to_issued(self, visit: SupervisionVisit) -> None:
        findings.agree_with_draft(self.actor("principal"), visit, VisitStep())
        findings.issue_feedback(self.actor("inspector"), visit, findings.IssueIn("county"))

    def to_follow_up(self, visit: SupervisionVisit) -> None:
        self.respond(visit)

    def to_ended(self, visit: SupervisionVisit) -> None:
        for one in visit.to_answer:
            if one.settled_as is None:
                given = answers.SettleIn(one.ref, "done", "回访看到每班都有分层作业")
                answers.settle_finding(self.actor("inspector"), visit, given)
        if visit.to_answer:
            answers.report_rectification(self.actor("principal"), visit, answers.TextIn(REPORT))
        answers.close_visit(self.actor("inspector"), visit, answers.TextIn("四项都已落实"))

    def see(self, visit: SupervisionVisit, seen: str = "partly", by: str = "inspector") -> None:
        """Look at every line."""
        sent = tuple(self.seen(line.ref, seen) for line in visit.lines if not line.standing)
        on_site.observe(self.actor(by), visit, on_site.ObserveIn(sent))

    def seen(self, line_ref: str, seen: str = "partly", **changes: Any) -> on_site.Seen:
        wanted: dict[str, Any] = {
            "client_key": str(uuid.uuid4()),
            "note": "三个班里两个班有分层作业",
            "observed_at": clock.now(),
        }
        return on_site.Seen(line_ref=line_ref, seen=seen, **(wanted | changes))

    def find(self, visit: SupervisionVisit, kind: str = "problem", **changes: Any) -> VisitFinding:
        """Write a finding down."""
        wanted: dict[str, Any] = {"kind": kind, "text": "八年级三班没有分层作业"}
        if kind in ("problem", "recurrence"):
            day = clock.today() + timedelta(days=30)
            wanted |= {"evidence": EVIDENCE, "severity": "moderate", "due_on": day, "becomes": "finding"}
            wanted |= {"category": "subject", "subject": "math"}
        return findings.write_finding(self.actor("inspector"), visit, findings.FindingIn(**(wanted | changes)))

    def respond(self, visit: SupervisionVisit, answer: str = "accepted") -> None:
        given = answers.ResponseIn({one.ref: (answer, MEASURE) for one in visit.to_answer})
        answers.respond(self.actor("principal"), visit, given)

    def later(self, working_days: int, visit: SupervisionVisit, field: str) -> None:
        """As if `field` lay so many working days further back."""
        with trail.act(SYSTEM, "system", "test.later"):
            setattr(visit, field, add_working_days(clock.today(), -working_days, work_calendar().overrides))

    def again(self, record: Any) -> Any:
        """The record as it is in the database now."""
        use_context(SYSTEM.context())
        db.session.refresh(record)
        return record
