"""HTTP of problem lists, items and reopenings."""

from app.improvement.problems.routes import (  # noqa: F401 (each hangs its pages on the blueprints)
    diagnosis,
    drafting,
    errands,
    evaluators,
    hand_offs,
    item_forms,
    item_steps,
    items,
    list_steps,
    lists,
    reopenings,
    spreading,
)
from app.improvement.problems.routes.blueprints import items_bp, lists_bp

__all__ = ["items_bp", "lists_bp"]
