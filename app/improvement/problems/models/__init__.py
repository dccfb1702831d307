"""Tables of problem lists, items, causes and reopenings."""

from app.improvement.problems.models.hand_offs import ItemErrand, ItemHandOff
from app.improvement.problems.models.items import Cause, ItemFinding, ItemRemark, OnsiteCheck, ProblemItem
from app.improvement.problems.models.lists import ListDocument, ListSnapshot, NumberCounter, ProblemList
from app.improvement.problems.models.progress import ProgressCount
from app.improvement.problems.models.reopenings import Reopening

__all__ = [
    "Cause",
    "ItemErrand",
    "ItemFinding",
    "ItemHandOff",
    "ItemRemark",
    "ListDocument",
    "ListSnapshot",
    "NumberCounter",
    "OnsiteCheck",
    "ProblemItem",
    "ProblemList",
    "ProgressCount",
    "Reopening",
]
