"""The due date with which an item begins another round: it leaves room for a plan and its follow-up data."""

from __future__ import annotations

from datetime import date

from app.core import clock
from app.core.errors import Invalid, Sentence
from app.improvement.problems.models import ProblemItem
from workflows.improvement.remediation_plan_facts import EVALUATION_LEAD


def due_for_another_round(item: ProblemItem, given: date | None) -> date:
    """The day given, else the item's own. Raises Invalid where a plan could not have its follow-up data in time."""
    day, lead = given or item.due_on, EVALUATION_LEAD.days
    if day is None or day <= clock.today() + EVALUATION_LEAD:
        words = f"请写新的完成期限，要在 {lead} 天以后：复测数据要比期限早 {lead} 天"
        asked = f"Enter a new due date, more than {lead} days from today: the follow-up data come {lead} days before it"
        raise Invalid("due_on", Sentence(words, asked))
    return day
