"""Tables of problem lists, items, causes and reopenings."""

from app.improvement.problems.models.items import Cause, ItemFinding, ItemRemark, OnsiteCheck, ProblemItem
from app.improvement.problems.models.lists import ListSnapshot, ProblemList
from app.improvement.problems.models.reopenings import Reopening

__all__ = [
    "Cause",
    "ItemFinding",
    "ItemRemark",
    "ListSnapshot",
    "OnsiteCheck",
    "ProblemItem",
    "ProblemList",
    "Reopening",
]
