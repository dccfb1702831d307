"""HTTP of effects: pages of evaluations, closure requests, rechecks, and the public page that verifies a printed form."""

from app.improvement.effects.routes import (
    closure_steps,
    closures,
    documents,
    evaluation_steps,
    evaluations,
    rechecks,
)
from app.improvement.effects.routes.blueprint import bp, rechecks_bp

__all__ = ["bp", "closure_steps", "closures", "documents", "evaluation_steps", "evaluations", "rechecks", "rechecks_bp"]
