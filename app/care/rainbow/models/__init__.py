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
    "TeacherRating",
    "place",
]
