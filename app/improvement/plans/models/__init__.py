"""Tables of plans, measures, progress reports and evidence."""

from app.improvement.plans.models.actions import Milestone, ProgressReport, RemediationAction
from app.improvement.plans.models.evidence import Evidence, EvidenceCriterion, EvidenceUse, EvidenceVersion
from app.improvement.plans.models.plans import PlanComment, RemediationPlan

__all__ = [
    "Evidence",
    "EvidenceCriterion",
    "EvidenceUse",
    "EvidenceVersion",
    "Milestone",
    "PlanComment",
    "ProgressReport",
    "RemediationAction",
    "RemediationPlan",
]
