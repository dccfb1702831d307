"""What became of each finding: lists, sign-for, causes, plans, measures, evidence, effects, closures, told step by step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.demo import topics, words
from app.demo.ending import close
from app.demo.fates import Fate, Place, place_of
from app.demo.telling import Story
from app.demo.tree import County
from app.demo.work import DAYS_A_MEASURE_TAKES, work
from app.improvement.monitoring.models import DataFinding, MonitoringCycle
from app.improvement.monitoring.operations import cycles, findings
from app.improvement.monitoring.operations.moves import Move
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.operations import plans
from app.improvement.plans.operations.plans import ActionIn, CriterionIn, PlanIn, PlanStep
from app.improvement.problems.models import ProblemItem, ProblemList
from app.improvement.problems.models.citable import citable
from app.improvement.problems.operations import items, lists
from app.improvement.problems.operations.drafting import Submission


def confirm(county: County, finding: DataFinding, random: Random) -> None:
    """A researcher reads the finding and confirms it with causes and another source."""
    who = county.researcher(finding.subject or "math")
    if finding.category != "subject":
        who = county.any("evaluator", 0)
    support = findings.SupportIn("课堂观察与作业抽样", random.choice(words.SUPPORT))
    causes = tuple(random.sample(words.HYPOTHESES, 2))
    findings.confirm_finding(who, finding, findings.ConfirmIn(random.choice(words.INTERPRETATIONS), causes, support))
    findings.tag_finding(who, finding, findings.TagsIn(words.SCENARIOS[finding.category]))


def dismiss(county: County, finding: DataFinding) -> None:
    """The cell is right, but its reason is known and gone."""
    who = county.researcher(finding.subject or "math") if finding.category == "subject" else county.any("evaluator", 0)
    reason = "该校当年并入两个教学点，样本构成变化大，下一轮再看"
    findings.reject_finding(who, finding, findings.RejectIn("dismissed", reason))


def leave_to_the_school(county: County, finding: DataFinding) -> None:
    """A class stands out as its whole school does: the school's finding is the one that is worked on."""
    who = county.researcher(finding.subject or "math") if finding.category == "subject" else county.any("evaluator", 0)
    reason = "班级与全校的差距同向，已在学校层面的发现里一并处理"
    findings.reject_finding(who, finding, findings.RejectIn("dismissed", reason))


def end_of_round(county: County, cycle: MonitoringCycle, day: date) -> Story:
    """Once all items are settled the list is archived and the round ends."""
    yield day
    office = county.any("office_director")
    held = db.session.scalars(select(ProblemList).where(ProblemList.cycle_id == cycle.id)).all()
    for one in held:
        if one.state == "completed":
            lists.archive_list(office, one, lists.ArchiveIn(words.LIST_SUMMARY))
    db.session.refresh(cycle)
    if cycle.state == "improving" and all(one.state == "archived" for one in held):
        cycles.close_cycle(office, cycle, Move())


def issue_list(
    county: County,
    cycle: MonitoringCycle | None,
    title: str,
    number: str,
    found: list[DataFinding],
    due: date,
    random: Random,
) -> list[ProblemItem]:
    """The office makes a list of confirmed findings, the group head approves, the office issues it."""
    office, head = county.any("office_director"), county.any("leading_group_head")
    held = draft(county, cycle, title, found, due)
    lists.submit_list(office, held, Submission())
    lists.approve_list(head, held, Submission())
    lists.issue_list(office, held, lists.IssueIn(number))
    return list(
        db.session.scalars(select(ProblemItem).where(ProblemItem.list_id == held.id).order_by(ProblemItem.number))
    )


def draft(
    county: County,
    cycle: MonitoringCycle | None,
    title: str,
    found: list[DataFinding],
    due: date,
    previous: ProblemList | None = None,
) -> ProblemList:
    """A list of confirmed findings, not submitted yet."""
    place = lists.ListPlace(county.id, None, county.units["BG"], "county")
    given = lists.ListIn(
        title,
        cycle_id=cycle.id if cycle else None,
        requirements=words.REQUIREMENTS,
        previous_id=previous.id if previous else None,
    )
    held: ProblemList = lists.draft_list(county.any("office_director"), place, given)
    for finding in found:
        line = _line(county, finding, due)
        lists.convert_finding(county.any("evaluator", 0), finding, lists.ConversionIn(held.id, line))
    db.session.refresh(held, ["items"])
    return held


def _line(county: County, finding: DataFinding, due: date) -> lists.ItemIn:
    place = place_of(county, finding.school_id)  # type: ignore[arg-type]
    facts = finding.provenance
    value = facts.get("value") or facts.get("inputs", {}).get("value")
    baseline = float(value) if value is not None else None
    return lists.ItemIn(
        title=finding.title,
        category=finding.category,
        source_type=finding.source_type,
        severity=finding.severity or "minor",
        unit_id=finding.unit_id,
        responsible_person_id=place.principal.person_id,
        co_units=[str(county.units["02"])],
        subject=finding.subject,
        grade=finding.grade,
        indicator_id=finding.indicator_id,
        scope_level=finding.scope_level,
        baseline=baseline,
        target=_target(baseline, finding),
        criteria=words.CRITERIA.get(finding.title, ""),
        due_on=due,
    )


def _target(baseline: float | None, finding: DataFinding) -> float | None:
    if baseline is None:
        return None
    if baseline <= 1:
        return round(min(0.95, baseline + 0.14), 3)
    return round(baseline + (-24 if "负担" in finding.title else 24), 1)


def item_story(county: County, item: ProblemItem, issued: date, follow_up: date | None, fate: Fate, seed: int) -> Story:
    """One item from sign-for as far as its fate goes; every `yield` is the day of what follows."""
    random = Random(seed)
    place = place_of(county, item.school_id)  # type: ignore[arg-type]
    if fate.stops == "issued":
        return
    yield issued + timedelta(days=2 + fate.late)
    if fate.stops in CONTESTED:
        yield from _contested(county, place, item, issued, fate, random)
        return
    items.accept_item(place.principal, item, items.AcceptIn(place.coordinator.person_id, place.leader.person_id))
    if fate.stops == "accepted":
        return
    yield issued + timedelta(days=6 + fate.late)
    items.start_diagnosis(place.coordinator, item, Submission())
    _causes(place, item, random)
    if fate.stops == "diagnosing":
        return
    yield issued + timedelta(days=14 + fate.late)
    db.session.refresh(item)
    items.finish_diagnosis(place.coordinator, item, Submission())
    if fate.stops == "planning":
        return
    plan_day = issued + timedelta(days=20 + fate.late)
    yield plan_day
    plan = _plan(place, item, follow_up, random)
    yield from _through_review(county, place, plan, item, plan_day, fate, random)
    if plan.state != "active":
        return
    yield from work(county, place, plan, plan_day, fate, random)
    if follow_up is None:
        return
    yield follow_up
    yield from close(county, place, item, plan, follow_up, fate)


def _causes(place: Place, item: ProblemItem, random: Random) -> None:
    """Two causes: one rests on what was seen beside the figures, one on the finding; words alone where there is neither."""
    known = {one.kind: one for one in citable(item.id)}
    kit = words.kit_of(item.criteria)
    grounds = kit.grounds
    for (category, statement), kind in zip(random.sample(kit.causes, 2), ("support", "finding"), strict=True):
        cited, note = known.get(kind), random.choice(grounds)
        if cited is not None and note in cited.title:
            note = grounds[(grounds.index(note) + 1) % len(grounds)]
        source = cited.code if cited is not None else ""
        items.add_cause(
            place.coordinator, item, items.CauseIn(category, statement, True, note, words.WHYS[statement], source)
        )


CONTESTED = ("contested", "upheld", "reassigned", "voided")


def _contested(
    county: County, place: Place, item: ProblemItem, issued: date, fate: Fate, random: Random
) -> Iterator[date]:
    """The school objects; the office decides, or leaves it for now."""
    files = ({"link": "https://example.invalid/objection", "name": "学校说明"},)
    kit = words.kit_of(item.criteria)
    items.contest_item(place.principal, item, items.ContestIn(random.choice(kit.objections), files))
    if fate.stops == "contested":
        return
    yield issued + timedelta(days=7 + fate.late)
    if fate.stops == "voided":
        items.void_item(county.any("leading_group_head"), item, Submission(reason=kit.voided))
        return
    if fate.stops == "upheld":
        items.uphold_item(county.any("office_director"), item, Submission(reason=kit.upheld))
        yield issued + timedelta(days=9 + fate.late)
        items.accept_item(place.principal, item, items.AcceptIn(place.coordinator.person_id, place.leader.person_id))
        return
    code, reason = kit.reassigned
    head = county.at("dept_head", code)
    items.reassign_item(
        county.any("office_director"), item, items.ReassignIn(county.units[code], head.person_id, reason)
    )


def _plan(place: Place, item: ProblemItem, follow_up: date | None, random: Random) -> RemediationPlan:
    plan = plans.draft_plan(place.coordinator, item, PlanIn())
    today, kit = clock.today(), words.kit_of(item.criteria)
    measured = follow_up or (item.due_on or today) - timedelta(days=45)
    plans.edit_plan(
        place.coordinator,
        plan,
        PlanIn(
            problem=item.title,
            owner_id=place.principal.person_id,
            design=plan.design or ("criterion" if item.criteria else "indicator"),
            criteria=tuple(item.criteria.split("；")) if item.criteria else (),
            target=item.target,
            target_on=min(measured, item.issued_on + timedelta(days=500)) if item.issued_on else measured,
            follow_up_on=measured,
            min_effect=0.20,
            assurance=random.choice(kit.assurance),
            argumentation="校务会与教研组联席会讨论通过，记录已存档",
            risks=random.choice(kit.risks),
            budget_planned=Decimal(random.randrange(2, 30) * 1000),
            budget_source=kit.budget,
        ),
    )
    _measures(place, item, plan, today, random)
    db.session.refresh(plan, ["actions"])
    drawn_up: RemediationPlan = plan
    return drawn_up


def _measures(place: Place, item: ProblemItem, plan: RemediationPlan, today: date, random: Random) -> None:
    """One measure for each cause."""
    measures = words.kit_of(item.criteria).measures
    first = random.randrange(len(measures))
    for number, cause in enumerate(item.causes):
        title, kind, criterion = measures[(first + number) % len(measures)]
        plans.add_action(
            place.coordinator,
            plan,
            ActionIn(
                title=title,
                kind=kind,
                topic_id=topics.one_of(plan.county_id, int(item.number[-4:])) if kind == "training" else None,
                owner_id=(place.teacher if number == 0 else place.leader).person_id,
                cause_id=cause.id,
                planned_start=today + timedelta(days=10),
                planned_end=today + timedelta(days=10 + DAYS_A_MEASURE_TAKES),
                criteria=(CriterionIn(criterion, 1, 3),),
            ),
        )


def _through_review(
    county: County, place: Place, plan: RemediationPlan, item: ProblemItem, day: date, fate: Fate, random: Random
) -> Iterator[date]:
    if fate.stops == "planning_draft":
        return
    plans.submit_plan(place.principal, plan, PlanStep())
    if fate.stops == "submitted":
        return
    yield day + timedelta(days=3)
    if item.is_severe:
        plans.comment_plan(
            county.any("guidance_member"), plan, plans.CommentIn(random.choice(words.kit_of(item.criteria).guidance))
        )
    plans.open_review(county.any("evaluator", 0), plan, PlanStep())
    if fate.stops == "under_review":
        return
    approver = county.any("leading_group_head" if item.is_severe else "office_director")
    if fate.returns or fate.stops in ("plan_returned", "plan_cancelled"):
        plans.return_plan(approver, plan, PlanStep(reason="措施与归因对不上，请补充针对第二条原因的具体做法"))
        if fate.stops == "plan_cancelled":
            plans.cancel_plan(place.principal, plan, PlanStep(reason="归因有误，重新诊断后另报新方案"))
        if fate.stops in ("plan_returned", "plan_cancelled"):
            return
        yield day + timedelta(days=8)
        plans.submit_plan(place.principal, plan, PlanStep())
        if item.is_severe:
            plans.comment_plan(
                county.any("guidance_member"),
                plan,
                plans.CommentIn(random.choice(words.kit_of(item.criteria).guidance)),
            )
        yield day + timedelta(days=10)
        plans.open_review(county.any("evaluator", 0), plan, PlanStep())
    plans.approve_plan(approver, plan, PlanStep())
