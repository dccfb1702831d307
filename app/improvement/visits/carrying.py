"""What becomes of a problem that a visit found: evidence on its item, a new finding, a measure of the plan, a reopening.

Everything here happens inside the act of the step it follows from, by the system.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import begin
from app.core.database import db, use_context, uuid7, widen
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.operations.detection import next_numbers
from app.improvement.plans.models import RemediationAction, RemediationPlan
from app.improvement.plans.operations.measures import blank_action
from app.improvement.problems.models import OnsiteCheck, ProblemItem, Reopening
from app.improvement.problems.operations.reopenings import ReopeningIn, propose_by_system
from app.improvement.visits.models import SupervisionVisit, VisitFinding


def carry(visit: SupervisionVisit, finding: VisitFinding) -> None:
    """Turn one problem into what was agreed; where its item has moved on meanwhile, into what is still possible."""
    item = db.session.get(ProblemItem, finding.item_id) if finding.item_id else None
    plan = _plan_of(item) if finding.becomes == "action" and item is not None else None
    before = widen(counties=(visit.county_id,))
    if plan is not None and item is not None:
        _as_action(finding, plan, item)
    elif item is not None and finding.becomes in ("evidence", "action") and not item.is_settled:
        _as_evidence(visit, finding, item)
    elif finding.becomes == "reopening" and item is not None and item.state == "closed":
        _as_reopening(visit, finding, item)
    else:
        _as_finding(visit, finding, item)
    db.session.flush()
    use_context(before)
    finding.settled_as, finding.settled_at = "carried", clock.now()


def _plan_of(item: ProblemItem) -> RemediationPlan | None:
    query = select(RemediationPlan).where(RemediationPlan.item_id == item.id, RemediationPlan.state == "active")
    with db.session.no_autoflush:
        return db.session.scalar(query)


def _as_action(finding: VisitFinding, plan: RemediationPlan, item: ProblemItem) -> None:
    action: RemediationAction = blank_action(plan)
    action.title, action.kind = finding.text[:120], "management"
    action.description = "\n".join(one for one in (finding.text, finding.evidence, finding.measure) if one)
    action.owner_id = item.owner_id or plan.owner_id
    action.planned_start, action.planned_end = clock.today(), _not_before_today(finding.due_on)
    db.session.add(action)
    begin(action, "add_from_visit")
    finding.carried_as, finding.action_id = "action", action.id


def _not_before_today(day: date | None) -> date:
    return max(day or clock.today(), clock.today())


def _as_evidence(visit: SupervisionVisit, finding: VisitFinding, item: ProblemItem) -> None:
    line = next((one for one in visit.lines if one.item_id == item.id and one.seen is not None), None)
    check = OnsiteCheck(
        id=uuid7(),
        item_id=item.id,
        checked_on=clock.local(visit.arrived_at).date() if visit.arrived_at else clock.today(),
        place=visit.unit.short_name[:80],
        seen=line.seen.seen if line is not None and line.seen is not None else "not_seen",
        remarks="\n".join(one for one in (f"{visit.number} {finding.text}", finding.evidence, finding.measure) if one),
        checked_by=visit.owner_id,
        county_id=item.county_id,
        school_id=item.school_id,
    )
    db.session.add(check)
    db.session.flush()
    finding.carried_as, finding.check_id = "evidence", check.id


def _as_finding(visit: SupervisionVisit, finding: VisitFinding, item: ProblemItem | None) -> None:
    made = DataFinding(
        id=uuid7(),
        number=next_numbers(visit.county_id, 1)[0],
        title=finding.text[:120],
        source_type="visit",
        source_reference=f"视导 {visit.number}",
        category=finding.category or (item.category if item else None) or "management",
        subject=(item.subject if item else None) or finding.subject,
        grade=item.grade if item else None,
        unit_id=visit.unit_id,
        severity=finding.severity,
        known_on=clock.today(),
        registered_by=visit.owner_id,
        provenance={"registered": "\n".join(one for one in (finding.text, finding.evidence) if one)},
        school_comment=finding.measure,
        supporting_evidence=[],
        county_id=visit.county_id,
        school_id=visit.school_id,
    )
    begin(made, "carry_from_visit")
    finding.carried_as, finding.data_finding_id = "finding", made.id


def _as_reopening(visit: SupervisionVisit, finding: VisitFinding, item: ProblemItem) -> None:
    words = f"视导 {visit.number} 看到复发：{finding.text}"
    propose_by_system(item, ReopeningIn("recurrence", words))
    open_one = select(Reopening.id).where(Reopening.item_id == item.id, Reopening.state == "proposed")
    finding.carried_as, finding.reopening_id = "reopening", db.session.scalar(open_one)


def propose_recurrences(visit: SupervisionVisit) -> None:
    """A closed problem that was seen again is proposed for reopening with the feedback; nobody's answer is needed."""
    for finding in visit.findings:
        if finding.kind == "recurrence":
            carry(visit, finding)
