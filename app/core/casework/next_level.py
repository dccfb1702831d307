"""Whom a record waits for where nobody of those whose step it is may take it: the one answer of pages, lists and letters."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from app.core.casework.waiting import main_steps
from app.core.policy import decide
from app.core.policy.ladder import gone_up
from app.core.policy.roles import ROLES
from workflows.vocabulary import Sentence


class Above(NamedTuple):
    """The role that has a step now, and why."""

    role: str
    who: Sentence
    why: Sentence


def rights_waited_for(record: Any) -> tuple[str, ...]:
    """The rights of the steps that lead on from where the record stands."""
    steps = main_steps(record.workflow).get(record.state, ())
    return tuple(dict.fromkeys(right for step in steps if (right := step.right_for(record)) is not None))


def above(records: Sequence[Any], *rights: str) -> dict[uuid.UUID, Above]:
    """Of records of one model those whose step has gone up because nobody below may take it (decision 39).

    rights: those of the steps that are waited for, where these are not the steps that lead on.
    """
    by_right: dict[str, list[uuid.UUID]] = defaultdict(list)
    for record in records:
        for right in rights or rights_waited_for(record):
            by_right[right].append(record.id)
    found: dict[uuid.UUID, Above] = {}
    for right, ids in by_right.items():
        for identity, level in gone_up(right, type(records[0]), ids).items():
            upper = ROLES[level.role]
            why = decide.next_level_words(level.first, level.role)
            found.setdefault(identity, Above(level.role, Sentence(upper.zh, upper.en), why))
    return found
