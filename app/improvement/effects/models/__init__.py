"""Tables of effects: evaluations, closures and rechecks; value added; interpretation reports."""

from app.improvement.effects.models.casework import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.models.interpretations import InterpretationReport
from app.improvement.effects.models.opinions import OutsideOpinion
from app.improvement.effects.models.papers import ClosurePrint, DocumentRecord
from app.improvement.effects.models.value_added import ValueAddedEffect, ValueAddedRun, ValueAddedScore

__all__ = [
    "ClosurePrint",
    "ClosureRequest",
    "DocumentRecord",
    "EffectEvaluation",
    "InterpretationReport",
    "OutsideOpinion",
    "Recheck",
    "ValueAddedEffect",
    "ValueAddedRun",
    "ValueAddedScore",
]
