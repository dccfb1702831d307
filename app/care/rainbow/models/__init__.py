"""Tables of the rainbow code."""

from app.care.rainbow.models.changes import FINDINGS, KINDS, OPEN, ChangeEvidence, CodeChangeRequest
from app.care.rainbow.models.decisions import (
    ONE_YEAR,
    CareDuty,
    RainbowAssessment,
    RainbowComputation,
    RainbowRun,
    RainbowTier,
    place,
)
from app.care.rainbow.models.facts import (
    SAFETY_FACTS,
    OfStudent,
    ProfessionalAssessment,
    RiskFact,
    TeacherRating,
)
from app.care.rainbow.models.rule_sets import RuleSetVersion, rules_for, rules_of

__all__ = [
    "FINDINGS",
    "KINDS",
    "ONE_YEAR",
    "OPEN",
    "SAFETY_FACTS",
    "CareDuty",
    "ChangeEvidence",
    "CodeChangeRequest",
    "OfStudent",
    "ProfessionalAssessment",
    "RainbowAssessment",
    "RainbowComputation",
    "RainbowRun",
    "RainbowTier",
    "RiskFact",
    "RuleSetVersion",
    "TeacherRating",
    "place",
    "rules_for",
    "rules_of",
]
