"""What is asked of each table for a chain: the rows that belong to `items`, and the record asked about itself.

`plan_too`, `action_too` … are the record's own id where it is of that kind: it stands in its chain even where it is
drafted, cancelled or withdrawn.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, Uuid, any_, bindparam, null, or_, select
from sqlalchemy.orm import aliased

from app.core.imports.models import ImportBatch
from app.core.policy import decide
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, OutsideOpinion, Recheck
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle, MonitoringResult
from app.improvement.monitoring.models.rulings import standing, stands
from app.improvement.plans.models import Evidence, EvidenceUse, RemediationAction, RemediationPlan
from app.improvement.problems.models import ItemFinding, OnsiteCheck, ProblemItem, Reopening
from app.improvement.sampling.models import ListCheck, ListCheckAnswer
from app.improvement.visits.models import SupervisionVisit, VisitFinding, VisitLine, VisitObservation

OUT = ("released", "improving", "closed")


def _among(column: Any, name: str) -> Any:
    """The column is one of the ids that are given by this name."""
    return column == any_(bindparam(name, None, type_=ARRAY(Uuid())))


def items(actor: Any) -> Any:
    """The items themselves."""
    i = ProblemItem
    return select(i.id, i.ref, i.state, i.number, i.title, i.issued_on, i.severity).where(_among(i.id, "items"))


def plans(actor: Any) -> Any:
    """Plans, with the cell that each sets out from."""
    p = RemediationPlan
    what = (p.id, p.ref, p.state, p.edition, p.goal, p.target, p.approved_on, p.item_id, p.baseline_result_id)
    return select(*what).where(*_of_plans())


def _of_plans() -> tuple[Any, ...]:
    p = RemediationPlan
    return _among(p.item_id, "items"), or_(p.state != "cancelled", _among(p.id, "plan_too"))


def actions(actor: Any) -> Any:
    """Measures of these plans."""
    a = RemediationAction
    return select(a.id, a.ref, a.state, a.title, a.planned_end, a.plan_id).where(*_of_actions())


def _of_actions() -> tuple[Any, ...]:
    a = RemediationAction
    kept = or_(a.state != "cancelled", _among(a.id, "action_too"))
    return a.plan_id.in_(select(RemediationPlan.id).where(*_of_plans())), kept


def evidence(actor: Any) -> Any:
    """Own pieces of these measures, and pieces of others that are shown for them."""
    e, u = Evidence, EvidenceUse
    these = select(RemediationAction.id).where(*_of_actions()).cte("these")
    used = select(u.evidence_id.label("id"), u.action_id).where(u.action_id.in_(select(these.c.id)))
    first = select(e.id, e.action_id).where(e.action_id.in_(select(these.c.id)))
    places = first.union_all(used).subquery()
    return (
        select(e.id, e.ref, e.state, e.title, e.happened_on, places.c.action_id)
        .join(places, places.c.id == e.id)
        .where(or_(e.state.not_in(("withdrawn", "draft")), _among(e.id, "evidence_too")))
    )


def checks(actor: Any) -> Any:
    """Checks on the spot."""
    c = OnsiteCheck
    what = (c.id, c.ref, c.checked_on, c.place, c.seen, c.item_id, ProblemItem.ref.label("item_ref"))
    return select(*what).join(ProblemItem, ProblemItem.id == c.item_id).where(_among(c.item_id, "items"))


def list_checks(actor: Any) -> Any:
    """Checks of the lists in which these items stand, with what was found of each item; without a result there is none."""
    c, a = ListCheck, ListCheckAnswer
    found = (a.check_id == c.id) & _among(a.item_id, "items") & (a.answer != "left_out")
    return (
        select(c.id, c.ref, c.state, c.number, c.checked_on, a.item_id, a.answer)
        .outerjoin(a, found)
        .where(or_(a.item_id.is_not(None), _among(c.id, "list_check_too")))
        .order_by(c.checked_on, c.id)
    )


def cited(actor: Any) -> Any:
    """Which finding stands behind which item."""
    return select(ItemFinding.item_id, ItemFinding.finding_id).where(_among(ItemFinding.item_id, "items"))


def evaluations(actor: Any) -> Any:
    """Evaluations, with the cell before and the cells measured again."""
    v = EffectEvaluation
    what = (v.id, v.ref, v.state, v.outcome, v.decided_on, v.plan_id, v.baseline_result_id, v.follow_up_ids)
    return select(*what, _said_from_outside(actor)).where(_among(v.item_id, "items"))


def _said_from_outside(actor: Any) -> Any:
    """The newest opinion on an evaluation from outside; empty for whoever does not read opinions."""
    if not decide.holds(actor, "effects.view_opinions"):
        return null().label("opinion")
    o = OutsideOpinion
    newest = select(o.view).where(o.evaluation_id == EffectEvaluation.id).order_by(o.written_at.desc()).limit(1)
    return decide.visible(actor, newest, o, "effects.view_opinions").scalar_subquery().label("opinion")


def closures(actor: Any) -> Any:
    """Closure requests, with the pieces that speak for them."""
    q = ClosureRequest
    what = (q.id, q.ref, q.state, q.number, q.approved_on, q.item_id, q.evaluation_id, q.evidence_ids)
    return select(*what).where(_among(q.item_id, "items"))


def rechecks(actor: Any) -> Any:
    """Rechecks of closed items."""
    r = Recheck
    return select(r.id, r.ref, r.state, r.due_on, r.request_id).where(_among(r.item_id, "items"))


def reopenings(actor: Any) -> Any:
    """Proposals to take it up again, with the finding that speaks for each."""
    o = Reopening
    what = (o.id, o.ref, o.state, o.trigger, o.created_at, o.finding_id, o.item_id)
    return select(*what).where(_among(o.item_id, "items"))


def seen(actor: Any) -> Any:
    """What visits saw of these items, once their school was shown it."""
    o, line = VisitObservation, VisitLine
    what = (o.id, o.ref, o.seen, o.observed_at, o.visit_id, line.item_id, line.title, _visit_ref())
    return (
        select(*what)
        .join(line, line.id == o.line_id)
        .join(SupervisionVisit, SupervisionVisit.id == o.visit_id)
        .where(_among(line.item_id, "items"), o.set_aside_at.is_(None), _is_told())
    )


def found(actor: Any) -> Any:
    """Findings of visits that speak of these items, of a finding behind them, or of the visit asked about."""
    f = VisitFinding
    became = (f.check_id, f.data_finding_id, f.action_id, f.reopening_id)
    return (
        select(f.id, f.ref, f.kind, f.text, f.item_id, f.visit_id, SupervisionVisit.visit_on, *became, _visit_ref())
        .join(SupervisionVisit, SupervisionVisit.id == f.visit_id)
        .where(_speaks_of(f), _is_told())
        .order_by(f.position)
    )


def _speaks_of(f: Any) -> Any:
    return or_(
        _among(f.item_id, "items"),
        f.data_finding_id.in_(_behind()),
        _among(f.data_finding_id, "finding_too"),
        _among(f.visit_id, "supervision_too"),
    )


def _behind() -> Any:
    """Ids of the findings that these items cite, and of those that speak for reopening them."""
    again = select(Reopening.finding_id).where(_among(Reopening.item_id, "items"), Reopening.finding_id.is_not(None))
    return select(ItemFinding.finding_id).where(_among(ItemFinding.item_id, "items")).union_all(again)


def visits(actor: Any) -> Any:
    """Visits by their ids."""
    v = SupervisionVisit
    return select(v.id, v.ref, v.state, v.number, v.scope, v.visit_on).where(_among(v.id, "ids"))


def findings(actor: Any) -> Any:
    """Findings by their ids, with the cell that each was computed from."""
    f = DataFinding
    what = (f.id, f.ref, f.state, f.number, f.title, f.effect, f.effect_low, f.effect_high, f.known_on)
    return select(*what, f.confirmed_on, f.result_id).where(_among(f.id, "ids"))


def cells(actor: Any) -> Any:
    """Cells by their ids, each with its indicator, round and file."""
    r = MonitoringResult
    what = (r.id, r.ref, r.batch_id, r.file_sha256, r.sheet, r.row_no, r.cell, r.value, r.value_type, r.n)
    named = (Indicator.name.label("indicator"), MonitoringCycle.name.label("cycle"), MonitoringCycle.starts_on)
    return (
        select(*what, r.superseded_at, standing(r.id).label("standing"), *named)
        .add_columns(ImportBatch.file_name, ImportBatch.supplier_name)
        .join(Indicator, Indicator.id == r.indicator_id)
        .outerjoin(MonitoringCycle, MonitoringCycle.id == r.cycle_id)
        .outerjoin(ImportBatch, ImportBatch.id == r.batch_id)
        .where(_among(r.id, "ids"))
    )


def later(actor: Any) -> Any:
    """Each cell with the same cell of a later round (before, after); schools are told of released rounds only."""
    r, first, began = MonitoringResult, aliased(MonitoringResult), aliased(MonitoringCycle)
    rows = (
        select(first.id.label("before"), r.id.label("after"))
        .join(r, (first.unit_id == r.unit_id) & (first.indicator_id == r.indicator_id))
        .join(MonitoringCycle, MonitoringCycle.id == r.cycle_id)
        .join(began, began.id == first.cycle_id)
        .where(_among(first.id, "ids"), r.cell_key == first.cell_key, r.superseded_at.is_(None), stands(r.id))
        .where(MonitoringCycle.starts_on > began.starts_on)
    )
    return rows if decide.holds(actor, "monitoring.view_cycles") else rows.where(MonitoringCycle.state.in_(OUT))


def _visit_ref() -> Any:
    return SupervisionVisit.ref.label("visit_ref")


def _is_told() -> Any:
    """The school was shown the draft: before that nobody but the team has what was seen, and no hint of it either."""
    return or_(SupervisionVisit.draft_shown_on.is_not(None), SupervisionVisit.feedback_on.is_not(None))
