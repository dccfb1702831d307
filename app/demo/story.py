"""What became of each finding: lists, sign-for, causes, plans, measures, evidence, effects, closures, told step by step."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.policy.actor import SYSTEM, Actor
from app.demo import words
from app.demo.telling import Story
from app.demo.tree import County
from app.improvement.effects.comparing import candidates_for_follow_up
from app.improvement.effects.models import EffectEvaluation, Recheck
from app.improvement.effects.operations import closures, evaluations
from app.improvement.effects.operations.evaluations import EvaluationStep, PrepareIn, ProposeIn
from app.improvement.monitoring.models import DataFinding, MonitoringCycle
from app.improvement.monitoring.operations import cycles, findings
from app.improvement.monitoring.operations.moves import Move
from app.improvement.plans.models import RemediationAction, RemediationPlan
from app.improvement.plans.operations import actions, plans
from app.improvement.plans.operations import evidence as evidences
from app.improvement.plans.operations.plans import ActionIn, CriterionIn, PlanIn, PlanStep, ReportIn
from app.improvement.problems.models import ProblemItem, ProblemList
from app.improvement.problems.operations import items, lists, notes
from app.improvement.problems.operations.drafting import Submission

DAYS_A_MEASURE_TAKES = 80


@dataclass
class Fate:
    """How far an item gets, and how well it goes."""

    stops: str
    late: int = 0
    returns: int = 0
    reports: bool = True


@dataclass
class Place:
    """The people of one school who carry an item."""

    principal: Actor
    coordinator: Actor
    leader: Actor
    teacher: Actor


def place_of(county: County, school_id: uuid.UUID) -> Place:
    """The players of a school."""
    code = next(code for code, (identity, _k, _s) in county.schools.items() if identity == school_id)
    return Place(
        county.at("principal", code),
        county.at("school_coordinator", code),
        county.at("grade_leader", code),
        county.at("subject_teacher", code),
    )


def confirm(county: County, finding: DataFinding, random: Random) -> None:
    """A researcher reads the finding and confirms it with causes and another source."""
    who = county.researcher(finding.subject or "math")
    if finding.category != "subject":
        who = county.any("evaluator", 0)
    support = findings.SupportIn("课堂观察与作业抽样", random.choice(words.SUPPORT))
    causes = tuple(random.sample(words.HYPOTHESES, 2))
    findings.confirm_finding(who, finding, findings.ConfirmIn(random.choice(words.INTERPRETATIONS), causes, support))


def dismiss(county: County, finding: DataFinding) -> None:
    """The cell is right, but its reason is known and gone."""
    who = county.researcher(finding.subject or "math") if finding.category == "subject" else county.any("evaluator", 0)
    reason = "该校当年并入两个教学点，样本构成变化大，下一轮再看"
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
    county: County, cycle: Any, title: str, number: str, found: list[DataFinding], due: date, random: Random
) -> list[ProblemItem]:
    """The office makes a list of confirmed findings, the group head approves, the office issues it."""
    office, head = county.any("office_director"), county.any("leading_group_head")
    place = lists.ListPlace(county.id, None, county.units["BG"], "county")
    held = lists.draft_list(office, place, lists.ListIn(title, cycle_id=cycle.id, requirements=words.REQUIREMENTS))
    for finding in found:
        lists.convert_finding(
            county.any("evaluator", 0), finding, lists.ConversionIn(held.id, _line(county, finding, due))
        )
    db.session.refresh(held, ["items"])
    lists.submit_list(office, held, Submission())
    lists.approve_list(head, held, Submission())
    lists.issue_list(office, held, lists.IssueIn(number))
    return list(db.session.scalars(select(ProblemItem).where(ProblemItem.list_id == held.id)))


def _line(county: County, finding: DataFinding, due: date) -> lists.ItemIn:
    place = place_of(county, finding.school_id)  # type: ignore[arg-type]
    facts = finding.provenance
    value = facts.get("value") or facts.get("inputs", {}).get("value")
    baseline = float(value) if value is not None else None
    return lists.ItemIn(
        title=finding.title,
        category=finding.category,
        source_type="monitoring",
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
    if fate.stops == "contested":
        files = ({"link": "https://example.invalid/objection", "name": "学校说明"},)
        items.contest_item(place.principal, item, items.ContestIn(random.choice(words.OBJECTIONS), files))
        return
    items.accept_item(place.principal, item, items.AcceptIn(place.coordinator.person_id, place.leader.person_id))
    if fate.stops == "accepted":
        return
    yield issued + timedelta(days=6 + fate.late)
    items.start_diagnosis(place.coordinator, item, Submission())
    chosen = random.sample(words.CAUSES, 2)
    for category, statement in chosen:
        items.add_cause(
            place.coordinator, item, items.CauseIn(category, statement, True, random.choice(words.SUPPORT), words.WHYS)
        )
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
    if fate.stops in ("planning_draft", "submitted"):
        return
    yield from _work(county, place, plan, plan_day, fate, random)
    if fate.stops == "implementing" or follow_up is None:
        return
    yield follow_up
    yield from _close(county, place, item, plan, follow_up, fate)


def _plan(place: Place, item: ProblemItem, follow_up: date | None, random: Random) -> RemediationPlan:
    plan = plans.draft_plan(place.coordinator, item, PlanIn())
    today = clock.today()
    measured = follow_up or (item.due_on or today) - timedelta(days=45)
    plans.edit_plan(
        place.coordinator,
        plan,
        PlanIn(
            problem=item.title,
            owner_id=place.principal.person_id,
            design=plan.design or "indicator",
            target=item.target,
            target_on=min(measured, item.issued_on + timedelta(days=500)) if item.issued_on else measured,
            follow_up_on=measured,
            min_effect=0.20,
            assurance=random.choice(words.ASSURANCE),
            argumentation="校务会与教研组联席会讨论通过，记录已存档",
            risks=random.choice(words.RISKS),
            budget_planned=Decimal(random.randrange(2, 30) * 1000),
            budget_source="教师培训专项经费",
        ),
    )
    for number, cause in enumerate(item.causes):
        title, kind, criterion = words.MEASURES[(number + random.randrange(3)) % len(words.MEASURES)]
        plans.add_action(
            place.coordinator,
            plan,
            ActionIn(
                title=title,
                kind=kind,
                owner_id=(place.teacher if number == 0 else place.leader).person_id,
                cause_id=cause.id,
                planned_start=today + timedelta(days=10),
                planned_end=today + timedelta(days=10 + DAYS_A_MEASURE_TAKES),
                criteria=(CriterionIn(criterion, 1, 3),),
            ),
        )
    db.session.refresh(plan, ["actions"])
    drawn_up: RemediationPlan = plan
    return drawn_up


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
        plans.comment_plan(county.any("guidance_member"), plan, plans.CommentIn(random.choice(words.GUIDANCE)))
    plans.open_review(county.any("evaluator", 0), plan, PlanStep())
    approver = county.any("leading_group_head" if item.is_severe else "office_director")
    if fate.returns:
        plans.return_plan(approver, plan, PlanStep(reason="措施与归因对不上，请补充针对第二条原因的具体做法"))
        yield day + timedelta(days=8)
        plans.submit_plan(place.principal, plan, PlanStep())
        if item.is_severe:
            plans.comment_plan(county.any("guidance_member"), plan, plans.CommentIn(random.choice(words.GUIDANCE)))
        yield day + timedelta(days=10)
        plans.open_review(county.any("evaluator", 0), plan, PlanStep())
    plans.approve_plan(approver, plan, PlanStep())


def _work(county: County, place: Place, plan: RemediationPlan, day: date, fate: Fate, random: Random) -> Iterator[date]:
    start = day + timedelta(days=14)
    workers = {place.teacher.person_id: place.teacher, place.leader.person_id: place.leader}
    yield start
    for action in plan.live_actions:
        db.session.refresh(action, ["plan"])
        actions.start_action(workers[action.owner_id], action, actions.StartIn("与学期教学安排同步，提前开始"))
    month = (start.replace(day=1) + timedelta(days=32)).replace(day=4)
    for percent in (30, 60):
        yield month
        if fate.reports:
            last = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
            plans.report_progress(place.coordinator, plan, ReportIn(last, percent, random.choice(words.PROGRESS)))
        month = (month.replace(day=1) + timedelta(days=32)).replace(day=4)
    for number, action in enumerate(plan.live_actions):
        yield month + timedelta(days=6 * number)
        if fate.stops == "implementing" and number == 1:
            return
        yield from _do(county, workers[action.owner_id], action, month + timedelta(days=6 * number), fate, random)


def _do(
    county: County, owner: Actor, action: RemediationAction, day: date, fate: Fate, random: Random
) -> Iterator[date]:
    judge = county.any("evaluator", 0)
    given = evidences.EvidenceIn(
        "link", random.choice(words.EVIDENCE), "统计表和两次课堂记录，能看出前后变化", day - timedelta(days=2), "本校",
        owner.name, True, criterion_id=action.criteria[0].id, link="https://example.invalid/evidence",
    )  # fmt: skip
    piece = evidences.add_evidence(owner, action, given)
    evidences.submit_evidence(owner, piece, PlanStep())
    if fate.stops == "evidence":
        return
    yield day + timedelta(days=3)
    if fate.returns > 1:
        evidences.return_evidence(
            judge, piece, PlanStep(reason="表中只有九月数据，看不出变化。请补十月、十一月两次统计")
        )
        yield day + timedelta(days=6)
        evidences.edit_evidence(owner, piece, given)
        evidences.resubmit_evidence(owner, piece, PlanStep())
        yield day + timedelta(days=8)
    evidences.accept_evidence(judge, piece, PlanStep())
    db.session.refresh(action, ["evidence"])
    actions.report_done(owner, action, actions.DoneIn(random.choice(words.RESULTS)))
    actions.verify_action(judge, action, actions.VerifyIn(("authentic", "in_period", "shows_effect")))


def _close(
    county: County, place: Place, item: ProblemItem, plan: RemediationPlan, day: date, fate: Fate
) -> Iterator[date]:
    if any(action.state != "completed" for action in plan.live_actions):
        return
    if item.is_severe:
        notes.check_onsite(
            county.any("evaluator", 1),
            item,
            notes.OnsiteIn(day, "本校", "seen", "到校听课两节，查看备课与作业，做法属实"),
        )
    items.start_evaluation(place.coordinator, item, Submission())
    if fate.stops == "evaluating":
        return
    evaluation = db.session.scalar(select(EffectEvaluation).where(EffectEvaluation.plan_id == plan.id))
    if evaluation is None:
        evaluation = evaluations.plan_evaluation(SYSTEM, plan, None)
    found = candidates_for_follow_up(plan.baseline_result_id) if plan.baseline_result_id else []
    if not found:
        return
    evaluations.prepare_evaluation(
        county.any("assessment_member", 0), evaluation, PrepareIn(follow_up_ids=(str(found[-1][0].id),))
    )
    yield day + timedelta(days=5)
    proposal = ProposeIn(
        evaluation.computed_outcome or "", "按方案确定的口径复测，结论与计算结果一致", rationale_accepted=True
    )
    evaluations.propose_outcome(county.any("evaluator", 0), evaluation, proposal)
    yield day + timedelta(days=9)
    right = evaluation.workflow.step("decide").right_for(evaluation) or ""
    decider = county.any("leading_group_head" if "severe" in right else "office_director")
    evaluations.decide_evaluation(decider, evaluation, proposal)
    if fate.stops == "decided":
        return
    if evaluation.outcome not in ("achieved", "improved", "partly_improved"):
        yield day + timedelta(days=40)
        head = county.any("leading_group_head")
        items.void_item(head, item, Submission(reason="两轮数据仍看不出变化，并入新一轮问题清单继续整改"))
        return
    yield from _ask_for_closure(county, place, item, day, fate)


def _ask_for_closure(county: County, place: Place, item: ProblemItem, day: date, fate: Fate) -> Iterator[date]:
    yield day + timedelta(days=12)
    items.ask_for_closure(place.coordinator, item, Submission())
    request = closures.draft_closure(place.coordinator, item, closures.ClosureIn(words.SUMMARY))
    closures.submit_closure(place.principal, request, EvaluationStep())
    if fate.stops == "pending_closure":
        return
    yield day + timedelta(days=17)
    inspector = next(
        p.actor for (role, _u), people in county.players.items() if role == "inspector" for p in people
        if item.school_id in p.actor.schools
    )  # fmt: skip
    closures.verify_closure(inspector, request, closures.VerifyIn("到校核对了材料与课堂，情况属实", on_site=True))
    yield day + timedelta(days=20)
    right = request.workflow.step("approve").right_for(request) or ""
    approver = county.any("leading_group_head" if "severe" in right else "office_director")
    closures.approve_closure(approver, request, EvaluationStep())
    recheck = db.session.scalar(select(Recheck).where(Recheck.item_id == item.id))
    if recheck is None:
        return
    yield recheck.due_on
    closures.pass_recheck(county.any("evaluator", 1), recheck, closures.RecheckIn("半年后复核，做法已成常规，数据保持"))
