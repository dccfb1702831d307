"""Plans, measures and evidence in every state, made for tests by the operations, from an item that stands in planning."""

from __future__ import annotations

import io
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from PIL import Image
from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.imports.models import ImportBatch
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle, MonitoringResult
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.plans.operations import actions, plans
from app.improvement.plans.operations import evidence as evidences
from app.improvement.plans.operations.actions import StartIn, VerifyIn
from app.improvement.plans.operations.evidence import EvidenceIn
from app.improvement.plans.operations.plans import ActionIn, CriterionIn, PlanIn, PlanStep
from app.improvement.problems.models import Cause, ItemFinding, ProblemItem, ProblemList
from tests.cast import Cast

REASON = "表中只有九月数据，请补十月和十一月的统计"
POINTS = ("authentic", "in_period", "shows_effect")
counter = iter(range(1, 100_000))


def _add(*records: Any) -> None:
    """Write rows as the system: what came before the plan is not under test here."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.world"):
        for record in records:
            db.session.add(record)
            db.session.flush()


def item_in_planning(
    cast: Cast,
    unit: str = "shuangqiao",
    *,
    severity: str = "moderate",
    level: str = "county",
    source: str = "monitoring",
    title: str = "八年级数学“数与运算”低于县均值 0.30 个标准差",
) -> ProblemItem:
    """An item whose causes are known, with the cell behind it where it comes from monitoring."""
    number, place = next(counter), cast.units[unit]
    county = place.county_id
    school = place.school_id
    own = county == cast.county.id
    head = "principal" if unit == "shuangqiao" else f"{unit}_principal" if school else "dept_head"
    head = head if own else "other_principal"
    keeper = cast["office_director" if own else "other_office_director"]
    held = ProblemList(
        id=uuid7(),
        level=level,
        number=f"QD-{number:04d}",
        title=f"2026 秋问题清单 {number}",
        unit_id=keeper.unit.id,
        owner_id=keeper.person_id,
        county_id=county,
        school_id=school if level == "school" else None,
        state="in_progress",
        issued_on=clock.today(),
        document_number="清监办〔2026〕17号",
    )
    item = ProblemItem(
        id=uuid7(),
        number=f"WT-{number:04d}",
        list_id=held.id,
        level=level,
        title=title,
        category="subject",
        source_type=source,
        severity=severity,
        unit_id=place.id,
        county_id=county,
        school_id=school,
        responsible_person_id=cast[head].person_id,
        co_units=[],
        subject="math",
        grade="G8",
        target=480.0,
        due_on=clock.today() + timedelta(days=400),
        issued_on=clock.today(),
        accepted_on=clock.today(),
        owner_id=cast["school_coordinator"].person_id if unit == "shuangqiao" else cast[head].person_id,
        state="planning",
    )
    _add(held, item)
    if source == "monitoring":
        _measured(cast, item)
    _add(*(
        Cause(
            item_id=item.id, category=kind, statement=text, controllable=True, evidence_note="作业抽样 40 份",
            added_by=cast[head].person_id, county_id=county, school_id=school,
        )
        for kind, text in (("teaching", "单元练习没有分层，错因不清"), ("management", "集体备课每两周一次"))
    ))  # fmt: skip
    db.session.refresh(item)
    db.session.refresh(item, ["all_causes"])
    return item


def _measured(cast: Cast, item: ProblemItem) -> None:
    """The cell, the finding, and that the item cites it."""
    indicator = db.session.scalar(
        select(Indicator).where(Indicator.county_id == item.county_id, Indicator.code == "math.number")
    )
    if indicator is None:
        indicator = Indicator(
            id=uuid7(),
            county_id=item.county_id,
            code="math.number",
            name="数与运算",
            subject="math",
            value_type="mean",
            direction="higher",
            family="省测数学",
        )
        _add(indicator)
    number = next(counter)
    cycle = MonitoringCycle(
        id=uuid7(),
        county_id=item.county_id,
        code=f"C{number}",
        name=f"省测 {number}",
        level="county",
        stage="junior",
        grades=["G8"],
        subjects=["math"],
        instrument="省测",
        instrument_version="1",
        coverage="census",
        indicator_codes=["math.number"],
        benchmark_source="县均值",
        starts_on=date(2025, 9, 1),
        ends_on=date(2025, 9, 1),
        state="released",
    )
    batch = ImportBatch(
        id=uuid7(),
        county_id=item.county_id,
        kind="results",
        target_entity="monitoring_cycles",
        target_id=cycle.id,
        owner_id=cast["assessment_member"].person_id,
        file_name="省测.xlsx",
        file_sha256=uuid.uuid4().hex * 2,
        file_size=1,
        state="accepted",
    )
    result = MonitoringResult(
        id=uuid7(),
        county_id=item.county_id,
        school_id=item.school_id,
        unit_id=item.unit_id,
        cycle_id=cycle.id,
        batch_id=batch.id,
        indicator_id=indicator.id,
        cell_key=f"x{number}",
        scope_level="school",
        grade="G8",
        subject="math",
        value_type="mean",
        direction="higher",
        value=460.0,
        benchmark_type="county",
        benchmark_value=500.0,
        n=64,
        n_expected=66,
        sd=100.0,
        deff=1.0,
        file_sha256=batch.file_sha256,
        sheet="八年级",
        row_no=7,
        cell="F7",
    )
    finding = DataFinding(
        id=uuid7(),
        county_id=item.county_id,
        school_id=item.school_id,
        unit_id=item.unit_id,
        number=f"FX-{number:04d}",
        title=item.title,
        source_type="monitoring",
        category="subject",
        subject="math",
        grade="G8",
        scope_level="school",
        cycle_id=cycle.id,
        result_id=result.id,
        indicator_id=indicator.id,
        severity="moderate",
        verdict="candidate",
        effect=-0.40,
        known_on=clock.today(),
        state="converted",
    )
    _add(cycle, batch, result, finding, ItemFinding(item_id=item.id, finding_id=finding.id))


WHOLE: dict[str, Any] = {
    "problem": "八年级进位加法、小数运算错误率高", "goal": "一年内复测达到 480 分", "tasks": "分层练习\n集体备课",
    "division": "数学组牵头，教务处检查", "schedule": "九月启动，十二月小结", "design": "indicator", "target": 480.0,
    "min_effect": 0.20, "assurance": "每周例会，教务处检查", "argumentation": "校务会讨论通过",
    "risks": "教师调动；安排替补", "budget_planned": Decimal("12000"), "budget_source": "专项经费",
}  # fmt: skip


def whole(cast: Cast, **changes: Any) -> PlanIn:
    """A plan with everything in it."""
    today = clock.today()
    dates = {"target_on": today + timedelta(days=300), "follow_up_on": today + timedelta(days=310)}
    return PlanIn(**{**WHOLE, **dates, "owner_id": cast["principal"].person_id, **changes})


def measure(cast: Cast, item: ProblemItem, number: int = 0, owner: str = "subject_teacher", **changes: Any) -> ActionIn:
    """A measure against one of the item's causes."""
    today = clock.today()
    given: dict[str, Any] = {
        "title": ("分层练习与错因台账", "集体备课改为每周一次")[number % 2],
        "owner_id": cast[owner].person_id,
        "cause_id": item.causes[number % len(item.causes)].id,
        "planned_start": today,
        "planned_end": today + timedelta(days=60),
        "criteria": (CriterionIn("月度错因统计", 1, 2),),
    }
    return ActionIn(**{**given, **changes})


def draft(cast: Cast, item: ProblemItem | None = None, **changes: Any) -> RemediationPlan:
    """A whole plan, not yet handed in."""
    item = item or item_in_planning(cast)
    coordinator = cast.actor("school_coordinator")
    plan = plans.draft_plan(coordinator, item, PlanIn())
    plans.edit_plan(coordinator, plan, whole(cast, **changes))
    for number in range(len(item.causes)):
        plans.add_action(coordinator, plan, measure(cast, item, number))
    db.session.refresh(plan, ["actions"])
    return plan


def in_force(cast: Cast, item: ProblemItem | None = None, **changes: Any) -> RemediationPlan:
    """The same, approved by the office."""
    plan = draft(cast, item, **changes)
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    plans.approve_plan(cast.actor("office_director"), plan, PlanStep())
    return plan


def at_work(cast: Cast, plan: RemediationPlan | None = None, number: int = 0) -> RemediationAction:
    """A measure that its owner has begun."""
    action = (plan or in_force(cast)).actions[number]
    actions.start_action(cast.actor("subject_teacher"), action, StartIn())
    return action


def piece_in(action: RemediationAction, **changes: Any) -> EvidenceIn:
    """A piece of evidence with everything that is asked for."""
    given: dict[str, Any] = {
        "kind": "link", "title": "单元错因统计表", "description": "进位加法错误率由 31% 降到 18%",
        "happened_on": clock.today(), "place": "八年级（2）班", "person": "温如言", "privacy_checked": True,
        "criterion_id": action.criteria[0].id if action.criteria else None, "link": "https://example.invalid/1",
    }  # fmt: skip
    return EvidenceIn(**{**given, **changes})


def submitted(cast: Cast, action: RemediationAction, **changes: Any) -> Evidence:
    """A piece that waits for the verifier."""
    teacher = cast.actor("subject_teacher")
    piece = evidences.add_evidence(teacher, action, piece_in(action, **changes))
    evidences.submit_evidence(teacher, piece, PlanStep())
    return piece


def accepted(cast: Cast, action: RemediationAction, **changes: Any) -> Evidence:
    """A piece that was accepted."""
    piece = submitted(cast, action, **changes)
    evidences.accept_evidence(cast.actor("evaluator"), piece, PlanStep())
    db.session.refresh(action, ["evidence"])
    return piece


def completed(cast: Cast, action: RemediationAction) -> RemediationAction:
    """A measure with accepted evidence, verified."""
    accepted(cast, action)
    actions.report_done(cast.actor("subject_teacher"), action, actions.DoneIn("错题减少三成"))
    actions.verify_action(cast.actor("evaluator"), action, VerifyIn(POINTS))
    return action


def photo(width: int = 40, height: int = 30, place: bool = True) -> bytes:
    """A small photo, as a phone takes it: with the place in it."""
    picture = Image.new("RGB", (width, height), (200, 60 + width % 90, 40))
    exif = Image.Exif()
    if place:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2], gps[3], gps[4] = "N", (27.0, 39.0, 12.0), "E", (120.0, 33.0, 6.0)
    target = io.BytesIO()
    picture.save(target, "JPEG", exif=exif)
    return target.getvalue()
