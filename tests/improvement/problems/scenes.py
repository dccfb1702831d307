"""Scenes the tests of problem lists begin with: a round with findings, lists and items in any state, by the right persons."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm.exc import ObjectDeletedError

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import follow
from app.core.database import db, new_ref, use_context, uuid7
from app.core.errors import NotAllowed, NotFound
from app.core.imports.models import ImportBatch
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import ClosureRequest, EffectEvaluation
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle, MonitoringResult
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.problems.models import OnsiteCheck, ProblemItem, ProblemList
from app.improvement.problems.operations import drafting, items, lists
from app.improvement.problems.operations.drafting import ItemIn, Submission
from tests.by_hand import by_hand
from tests.cast import Cast
from tests.factories.effects import four_parts

REFUSED = (NotAllowed, NotFound, ObjectDeletedError)
"""Without the right; or the walls of the database do not even show the row."""
REASON = "同一问题已列入上一版清单，重复交办"
WHYS = "为什么错题多？练习没有分层。为什么没有分层？备课没有共同的错因统计。"


@dataclass
class Scene:
    """The cast and a hand that leads records to where a test wants them."""

    cast: Cast

    def __post_init__(self) -> None:
        use_context(SYSTEM.context())

    def actor(self, key: str) -> Any:
        return self.cast.actor(key)

    def line(self, **changes: Any) -> ItemIn:
        """A complete line of a list, about the school 双桥中学 unless told otherwise."""
        wanted: dict[str, Any] = {
            "title": "八年级数学作业分层不足，学困生错题没有跟进",
            "category": "subject",
            "source_type": "inspection",
            "severity": "moderate",
            "unit_id": self.cast.units["shuangqiao"].id,
            "responsible_person_id": self.cast["principal"].person_id,
            "co_units": [],
            "subject": "math",
            "grade": "G8",
            "criteria": "八年级每周有分层作业并留痕",
            "due_on": clock.today() + timedelta(days=300),
        }
        return ItemIn(**(wanted | changes))

    def draft(self, title: str = "2026秋八年级数学问题清单", **given: Any) -> ProblemList:
        """A list of the county, begun by the office."""
        office = self.cast.units["office"]
        place = lists.ListPlace(self.cast.county.id, None, office.id, "county")
        return lists.draft_list(self.actor("office_director"), place, lists.ListIn(title, **given))

    def school_draft(self, title: str = "双桥中学自查问题清单") -> ProblemList:
        """A school's own list."""
        school = self.cast.units["shuangqiao"]
        place = lists.ListPlace(self.cast.county.id, school.id, school.id, "school")
        return lists.draft_list(self.actor("school_coordinator"), place, lists.ListIn(title, level="school"))

    def add(self, held: ProblemList, by: str = "office_director", **changes: Any) -> ProblemItem:
        """Put a line on a draft."""
        return drafting.add_item(self.actor(by), held, self.line(**changes))  # type: ignore[return-value]

    def submitted(self, *lines: dict[str, Any], **given: Any) -> ProblemList:
        """A list that waits for the group head."""
        held = self.draft(**given)
        for line in lines or ({},):
            self.add(held, **line)
        lists.submit_list(self.actor("office_director"), held, Submission())
        return held

    def approved(self, *lines: dict[str, Any], **given: Any) -> ProblemList:
        held = self.submitted(*lines, **given)
        lists.approve_list(self.actor("leading_group_head"), held, Submission())
        return held

    def issued(self, *lines: dict[str, Any], **given: Any) -> ProblemList:
        held = self.approved(*lines, **given)
        lists.issue_list(self.actor("office_director"), held, lists.IssueIn(f"清监办〔2026〕{held.number[-2:]}号"))
        return held

    def issue(self, held: ProblemList) -> None:
        """Lead a draft through submission and approval to its units."""
        db.session.refresh(held)
        lists.submit_list(self.actor("office_director"), held, Submission())
        lists.approve_list(self.actor("leading_group_head"), held, Submission())
        lists.issue_list(self.actor("office_director"), held, lists.IssueIn(f"清监办〔2026〕{held.number[-2:]}号"))

    def item(self, state: str = "issued", **changes: Any) -> ProblemItem:
        """One item of a list of its own, led to `state` by the persons who may."""
        item = self.issued(changes).items[0]
        for name in ("accepted", "diagnosing", "planning", "implementing", "evaluating", "pending_closure", "closed"):
            if item.state == state:
                break
            getattr(self, f"to_{name}")(item)
        assert item.state == state, item.state
        return item

    def to_accepted(self, item: ProblemItem) -> None:
        given = items.AcceptIn(self.cast["school_coordinator"].person_id, self.cast["grade_leader"].person_id)
        items.accept_item(self.actor("principal"), item, given)

    def to_diagnosing(self, item: ProblemItem) -> None:
        items.start_diagnosis(self.actor("school_coordinator"), item, Submission())

    def to_planning(self, item: ProblemItem) -> None:
        self.causes(item)
        items.finish_diagnosis(self.actor("school_coordinator"), item, Submission())

    def causes(self, item: ProblemItem) -> None:
        for words in ("单元练习没有分层", "集体备课两周一次"):
            given = items.CauseIn("teaching", words, True, "作业抽样 40 份", WHYS)
            items.add_cause(self.actor("school_coordinator"), item, given)

    def to_implementing(self, item: ProblemItem) -> None:
        plan = self.plan(item)
        with trail.act(SYSTEM, "system", "test.plan_approved"):
            follow(item, "start_work")
        self.moved(plan, "active")

    def to_evaluating(self, item: ProblemItem) -> None:
        plan = db.session.scalar(
            select(RemediationPlan).where(RemediationPlan.item_id == item.id, RemediationPlan.state == "active")
        )
        assert plan is not None
        self.evidence(plan.actions[0])
        for action in plan.actions:
            self.moved(action, "completed")
        items.start_evaluation(self.actor("school_coordinator"), item, Submission())

    def to_pending_closure(self, item: ProblemItem) -> None:
        if item.is_severe:
            self.seen_on_site(item)
        self.outcome(item, "achieved")
        items.ask_for_closure(self.actor("school_coordinator"), item, Submission())

    def seen_on_site(self, item: ProblemItem) -> None:
        """Somebody looked at it on the spot, as severe problems ask for."""
        own = {"county_id": item.county_id, "school_id": item.school_id, "item_id": item.id}
        found = {"checked_on": clock.today(), "place": "八年级教室", "seen": "seen", "remarks": "分层作业已实行"}
        with trail.act(SYSTEM, "system", "test.seen"):
            db.session.add(OnsiteCheck(id=uuid7(), checked_by=self.cast["inspector"].person_id, **own, **found))

    def to_closed(self, item: ProblemItem) -> None:
        self.closure(item, "approved")
        with trail.act(SYSTEM, "system", "test.closed"):
            item.closed_on = clock.today()
            follow(item, "close")
            items.complete_if_settled(item)

    def plan(self, item: ProblemItem, state: str = "approved", edition: int = 1) -> RemediationPlan:
        """A plan with one measure, written as the plans feature would leave it."""
        own = {"county_id": item.county_id, "school_id": item.school_id, "unit_id": item.unit_id}
        with trail.act(SYSTEM, "system", "test.plan"):
            plan = RemediationPlan(id=uuid7(), item_id=item.id, edition=edition, state=state, **own)
            db.session.add(plan)
            db.session.flush()
            who = self.cast["subject_teacher"].person_id
            plan.actions = [
                RemediationAction(
                    id=uuid7(), plan_id=plan.id, title="分层作业", owner_id=who, state="not_started", **own
                )
            ]
        return plan

    def evidence(self, action: RemediationAction) -> None:
        own = {"county_id": action.county_id, "school_id": action.school_id, "unit_id": action.unit_id}
        with trail.act(SYSTEM, "system", "test.evidence"):
            db.session.add(
                Evidence(
                    id=uuid7(), action_id=action.id, owner_id=action.owner_id, kind="document", title="错因统计表",
                    state="accepted", **own,
                )
            )  # fmt: skip

    def outcome(self, item: ProblemItem, outcome: str, accepted: bool = False) -> None:
        """The decided effect, as the effects feature writes it."""
        own = {"county_id": item.county_id, "school_id": item.school_id, "unit_id": item.unit_id}
        plan_id = db.session.scalar(
            select(RemediationPlan.id)
            .where(RemediationPlan.item_id == item.id)
            .order_by(RemediationPlan.edition.desc())
        )
        with trail.act(SYSTEM, "system", "test.decided"):
            db.session.add(
                EffectEvaluation(
                    id=uuid7(), item_id=item.id, plan_id=plan_id, state="decided", outcome=outcome,
                    **four_parts(self.cast), **own,
                )
            )  # fmt: skip
            item.outcome, item.rationale_accepted = outcome, accepted
            good = outcome in ("achieved", "improved") or (outcome == "partly_improved" and accepted)
            item.closable_on = clock.today() if good else None
            item.unresolved_on = None if good else clock.today()
            items.renew_clocks(item)

    def closure(self, item: ProblemItem, state: str) -> None:
        own = {"county_id": item.county_id, "school_id": item.school_id, "unit_id": item.unit_id}
        with trail.act(SYSTEM, "system", "test.closure"):
            db.session.add(
                ClosureRequest(
                    id=uuid7(), number=f"XH-{uuid.uuid4().hex[:6]}", item_id=item.id, state=state,
                    owner_id=self.cast["school_coordinator"].person_id, **own,
                )
            )  # fmt: skip

    def moved(self, record: Any, state: str) -> None:
        with by_hand("test.moved"):
            record.state = state

    def round(self, code: str = "2026-autumn", starts: date = date(2026, 9, 1)) -> MonitoringCycle:
        """A released round."""
        with trail.act(SYSTEM, "system", "test.round"):
            cycle = MonitoringCycle(
                id=uuid7(), county_id=self.cast.county.id, code=code, name="2026秋八年级数学监测", level="county",
                stage="junior", grades=["G8"], subjects=["math"], instrument="县测", instrument_version="1",
                coverage="census", indicator_codes=["math.number"], benchmark_source="县均值", starts_on=starts,
                ends_on=starts, released_on=starts, state="released",
            )  # fmt: skip
            db.session.add(cycle)
        return cycle

    def finding(
        self,
        cycle: MonitoringCycle,
        school: str = "shuangqiao",
        value: float = 460.0,
        state: str = "confirmed",
        number: int = 1,
    ) -> DataFinding:
        """A confirmed finding with the cell that it rests on."""
        unit = self.cast.units[school]
        own = {"county_id": self.cast.county.id, "school_id": unit.id, "unit_id": unit.id}
        indicator = self.indicator()
        digest = uuid.uuid4().hex * 2
        with trail.act(SYSTEM, "system", "test.finding"):
            batch = ImportBatch(
                id=uuid7(), county_id=self.cast.county.id, kind="results", target_entity="monitoring_cycles",
                target_id=cycle.id, owner_id=self.cast["assessment_member"].person_id, file_name="数学.xlsx",
                file_sha256=digest, file_size=1, state="accepted",
            )  # fmt: skip
            db.session.add(batch)
            db.session.flush()
            result = MonitoringResult(
                id=uuid7(), cycle_id=cycle.id, batch_id=batch.id, indicator_id=indicator.id, cell_key=f"{school}|{number}",
                scope_level="school", grade="G8", subject="math", value_type="mean", direction="higher", value=value,
                benchmark_type="county", benchmark_value=500.0, n=64, n_expected=66, sd=100.0, deff=1.0,
                file_sha256=digest, sheet="八年级数学", row_no=37, cell="F37", **own,
            )  # fmt: skip
            db.session.add(result)
            db.session.flush()
            found = DataFinding(
                id=uuid7(), number=f"FX-{number:04}", title="“数与运算”低于县均值 0.40 个标准差", source_type="monitoring",
                category="subject", subject="math", grade="G8", scope_level="school", cycle_id=cycle.id,
                result_id=result.id, indicator_id=indicator.id, severity="moderate", verdict="candidate", effect=-0.40,
                effect_low=-0.65, effect_high=-0.15, adjusted_p=0.0024, family_size=7, known_on=clock.today(),
                confirmed_on=clock.today(), state=state, **own,
            )  # fmt: skip
            db.session.add(found)
        return found

    def indicator(self) -> Indicator:
        found = db.session.scalar(select(Indicator).where(Indicator.code == "math.number"))
        if found is None:
            with trail.act(SYSTEM, "system", "test.indicator"):
                found = Indicator(
                    id=uuid7(), county_id=self.cast.county.id, code="math.number", name="数与运算", subject="math",
                    value_type="mean", direction="higher", family="县测数学",
                )  # fmt: skip
                db.session.add(found)
        return found

    def converted(self, held: ProblemList, *findings: DataFinding, **changes: Any) -> ProblemItem:
        """One item that cites the findings."""
        line = self.line(source_type="monitoring", criteria="", baseline=460.0, target=480.0, **changes)
        given = lists.ConversionIn(held.id, line, tuple(f.id for f in findings[1:]))
        lists.convert_finding(self.actor("evaluator"), findings[0], given)
        return db.session.get_one(ProblemItem, findings[0].problem_item_id)

    def many(self, held: ProblemList, number: int, **changes: Any) -> None:
        """Plain rows of issued items, written in one statement: for counts of queries and for speed."""
        unit = self.cast.units["shuangqiao"]
        today = clock.today()
        rows = [
            {
                "id": uuid7(),
                "ref": new_ref(),
                "county_id": held.county_id,
                "school_id": unit.id,
                "unit_id": unit.id,
                "number": f"WT-{9000 + n}",
                "list_id": held.id,
                "level": "county",
                "position": n,
                "title": f"八年级数学第 {n} 个问题",
                "category": "subject",
                "source_type": "inspection",
                "severity": ("minor", "moderate", "severe")[n % 3],
                "responsible_person_id": self.cast["principal"].person_id,
                "co_units": [],
                "due_on": today + timedelta(days=n % 400 - 30),
                "issued_on": today,
                "state": ("issued", "accepted", "implementing", "evaluating")[n % 4],
                "state_since": clock.now(),
            }
            | changes
            for n in range(number)
        ]
        with trail.act(SYSTEM, "system", "test.many"):
            db.session.execute(insert(ProblemItem), rows)

    def plenty(self, held: ProblemList, number: int) -> None:
        """So many issued items in one statement of SQL, spread over the schools of the county."""
        schools = [unit.id for unit in self.cast.schools]
        with trail.act(SYSTEM, "system", "test.plenty"):
            db.session.execute(
                text(
                    """insert into problem_items (id, ref, county_id, school_id, unit_id, number, list_id, title, category,
                         source_type, severity, responsible_person_id, co_units, due_on, issued_on, state, state_since)
                       select gen_random_uuid(), substr(md5(n::text), 1, 16), :county, s.id, s.id, 'WX-' || n, :list,
                              '问题 ' || n, 'subject', 'inspection', (array['minor', 'moderate', 'severe'])[n % 3 + 1],
                              :person, '[]', current_date + (n % 700), current_date,
                              (array['issued', 'accepted', 'implementing', 'closed'])[n % 4 + 1], now()
                       from generate_series(1, :number) n
                       join unnest(cast(:schools as uuid[])) with ordinality s(id, place)
                         on s.place = n % cardinality(cast(:schools as uuid[])) + 1"""
                ),
                {"county": held.county_id, "list": held.id, "schools": schools, "number": number,
                 "person": self.cast["principal"].person_id},
            )  # fmt: skip
            db.session.execute(text("analyze problem_items"))
