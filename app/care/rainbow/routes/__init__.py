"""Pages of the rainbow code: the queue and the grounds of a proposal, whom to find out about, the own class, tasks."""

from app.care.rainbow.routes import changes, observing, proposals, rule_sets, unclear
from app.care.rainbow.routes.blueprint import bp

__all__ = ["bp", "changes", "observing", "proposals", "rule_sets", "unclear"]
