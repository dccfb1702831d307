"""Which records stand in an evidence chain: the table, the address of the chain, the right to read it, and its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.monitoring.models import DataFinding, MonitoringResult
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.problems.models import OnsiteCheck, ProblemItem, Reopening
from app.improvement.sampling.models import ListCheck
from app.improvement.visits.models import SupervisionVisit, VisitFinding, VisitObservation
from workflows.vocabulary import Sentence


@dataclass(frozen=True)
class Kind:
    """One kind of record. `path` stands in the address of its chain; empty: it has no page of its own."""

    code: str
    path: str
    model: Any
    right: str
    name: Sentence


FILE = Sentence("数据文件", "Data file")
KINDS: tuple[Kind, ...] = (
    Kind("cell", "cells", MonitoringResult, "monitoring.view_results", Sentence("数据格", "Data cell")),
    Kind("finding", "findings", DataFinding, "monitoring.view_findings", Sentence("数据发现", "Finding")),
    Kind("item", "items", ProblemItem, "problems.view_items", Sentence("问题项", "Problem item")),
    Kind("plan", "plans", RemediationPlan, "plans.view_plans", Sentence("整改方案", "Remediation plan")),
    Kind("action", "actions", RemediationAction, "plans.view_plans", Sentence("整改措施", "Measure")),
    Kind("evidence", "evidence", Evidence, "plans.view_evidence", Sentence("佐证材料", "Evidence")),
    Kind("supervision", "visits", SupervisionVisit, "visits.view_visits", Sentence("视导", "Visit")),
    Kind("observation", "", VisitObservation, "visits.view_visits", Sentence("现场所见", "Seen on site")),
    Kind("visit_finding", "", VisitFinding, "visits.view_visits", Sentence("视导发现", "Found by a visit")),
    Kind("list_check", "list-checks", ListCheck, "sampling.view_checks", Sentence("清单抽查", "List check")),
    Kind("visit", "", OnsiteCheck, "problems.view_items", Sentence("视导核查", "Check on site")),
    Kind("evaluation", "evaluations", EffectEvaluation, "effects.view_evaluations", Sentence("成效评价", "Evaluation")),
    Kind("closure", "closures", ClosureRequest, "effects.view_closures", Sentence("销号申请", "Closure request")),
    Kind("recheck", "rechecks", Recheck, "effects.view_closures", Sentence("复核", "Recheck")),
    Kind("reopening", "reopenings", Reopening, "problems.view_reopenings", Sentence("重新打开", "Reopening")),
)
BY_CODE = {kind.code: kind for kind in KINDS}
BY_PATH = {kind.path: kind for kind in KINDS if kind.path}
BY_TABLE = {kind.model.__tablename__: kind for kind in KINDS}
