"""Pages of the yearly list, of visits, of the checklist on the phone, of what is found and answered."""

from app.improvement.visits.routes import (
    answers,
    checklist,
    documents,
    findings,
    planning,
    programme,
    settling,
    steps,
    teams,
    visits,
)
from app.improvement.visits.routes.blueprint import BLUEPRINTS

__all__ = [
    "BLUEPRINTS",
    "answers",
    "checklist",
    "documents",
    "findings",
    "planning",
    "programme",
    "settling",
    "steps",
    "teams",
    "visits",
]
