"""One search over all that has a number: problems, findings, lists, their checks, visits, closures, as their pages show it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, lazyload

from app.core.database import db
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.chain.kinds import BY_CODE
from app.improvement.chain.queries.reach import visible_ids
from app.improvement.effects.models import ClosureRequest
from app.improvement.monitoring.models import DataFinding
from app.improvement.problems.models import ProblemItem, ProblemList
from app.improvement.problems.queries.reach import visible_lists
from app.improvement.sampling.models import ListCheck
from app.improvement.visits.models import SupervisionVisit
from app.people.directory.models import Unit
from workflows.vocabulary import Sentence

NUMBER = re.compile(r"[A-Za-z]{2}-?\d{1,8}")
LONGEST, SHOWN = 60, 6


@dataclass(frozen=True)
class Kind:
    """What can be found: who may see which, in which columns words are looked for, and the list that shows all of them."""

    name: Sentence
    right: str
    model: Any
    see: Callable[[Actor], Select[Any]]
    columns: tuple[Any, ...]
    all_url: str
    joined: tuple[Any, ...] = ()
    """The relationships that the record's name is made of, where words are looked for as well."""


@dataclass(frozen=True)
class Found:
    """Records of one kind, the newest first, and whether there are more."""

    kind: Kind
    rows: Sequence[Any]
    more: bool


def _of_chain(code: str) -> Callable[[Actor], Select[Any]]:
    return lambda actor: visible_ids(actor, BY_CODE[code])


def _lists(actor: Actor) -> Select[Any]:
    return visible_lists(actor, select(ProblemList.id))


KINDS = (
    Kind(
        Sentence("问题项", "Problem items"), "problems.view_items", ProblemItem, _of_chain("item"),
        (ProblemItem.title,), "/items",
    ),
    Kind(
        Sentence("数据发现", "Findings"), "monitoring.view_findings", DataFinding, _of_chain("finding"),
        (DataFinding.title,), "/monitoring/findings",
    ),
    Kind(
        Sentence("问题清单", "Problem lists"), "problems.view_lists", ProblemList, _lists,
        (ProblemList.title, ProblemList.document_number), "/lists",
    ),
    Kind(
        Sentence("视导", "Visits"), "visits.view_visits", SupervisionVisit, _of_chain("supervision"),
        (Unit.name, Unit.short_name), "/visits", (SupervisionVisit.unit,),
    ),
    Kind(
        Sentence("销号申请", "Closure requests"), "effects.view_closures", ClosureRequest, _of_chain("closure"),
        (ProblemItem.title,), "/closures", (ClosureRequest.item,),
    ),
    Kind(
        Sentence("清单抽查", "List checks"), "sampling.view_checks", ListCheck, _of_chain("list_check"),
        (ProblemList.title, Unit.name, Unit.short_name), "/list-checks", (ListCheck.problem_list, ListCheck.unit),
    ),
)  # fmt: skip


def numbered(actor: Actor, words: str) -> Any:
    """The one record that the actor sees under a spoken number such as WT-0137, or None; of lists the newest edition."""
    if not NUMBER.fullmatch(words):
        return None
    number = f"{words[:2].upper()}-{words[2:].lstrip('-')}"
    for kind in _kinds_of(actor):
        query = _seen(actor, kind).where(kind.model.number == number).limit(1)
        if (found := db.session.scalar(query)) is not None:
            return found
    return None


def found_for(actor: Actor, words: str) -> list[Found]:
    """What the actor sees whose number or words hold all that was typed; kinds without any are left out."""
    results = []
    for kind in _kinds_of(actor):
        columns = (kind.model.number, *kind.columns)
        query = _seen(actor, kind).where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
        rows = db.session.scalars(query.limit(SHOWN + 1)).all()
        if rows:
            results.append(Found(kind, rows[:SHOWN], len(rows) > SHOWN))
    return results


def _kinds_of(actor: Actor) -> list[Kind]:
    return [kind for kind in KINDS if decide.holds(actor, kind.right)]


def _seen(actor: Actor, kind: Kind) -> Select[Any]:
    query = select(kind.model).where(kind.model.id.in_(kind.see(actor))).options(lazyload("*"))
    for one in kind.joined:
        query = query.join(one).options(joinedload(one).lazyload("*"))
    return query.order_by(kind.model.id.desc())
