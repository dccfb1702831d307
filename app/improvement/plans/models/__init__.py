"""Tables of plans, measures, progress reports, evidence and printouts."""

from app.improvement.plans.models.actions import Milestone, ProgressReport, RemediationAction
from app.improvement.plans.models.documents import PlanDocument, PrintedFact
from app.improvement.plans.models.evidence import (
    ArrivedFile,
    Evidence,
    EvidenceCriterion,
    EvidenceUse,
    EvidenceVersion,
    pieces_under,
)
from app.improvement.plans.models.plans import PlanComment, RemediationPlan
from app.improvement.plans.models.topics import TrainingTopic

__all__ = [
    "ArrivedFile",
    "Evidence",
    "EvidenceCriterion",
    "EvidenceUse",
    "EvidenceVersion",
    "Milestone",
    "PlanComment",
    "PlanDocument",
    "PrintedFact",
    "ProgressReport",
    "RemediationAction",
    "RemediationPlan",
    "TrainingTopic",
    "pieces_under",
]
