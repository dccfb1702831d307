"""HTTP of effects: pages of evaluations, closure requests, rechecks, and the public page that verifies a printed form."""

from app.improvement.effects.routes import (
    closure_steps,
    closures,
    documents,
    evaluation_steps,
    evaluations,
    interpretation_steps,
    interpretations,
    opinions,
    rechecks,
    value_added,
)
from app.improvement.effects.routes.blueprint import bp, interpretations_bp, rechecks_bp, value_added_bp

__all__ = [
    "bp",
    "closure_steps",
    "closures",
    "documents",
    "evaluation_steps",
    "evaluations",
    "interpretation_steps",
    "interpretations",
    "interpretations_bp",
    "opinions",
    "rechecks",
    "rechecks_bp",
    "value_added",
    "value_added_bp",
]
