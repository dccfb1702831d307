"""Open items as a provincial platform of the 七张问题清单 takes them: one row an item, one read for all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import raiseload

from app.api.queries import Wanted, edge_of, units_of
from app.api.records import Shape
from app.core import clock
from app.core.database import db
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding, Indicator
from app.improvement.monitoring.words import SOURCES
from app.improvement.plans.models import RemediationAction, RemediationPlan
from app.improvement.problems.models import ItemFinding, ProblemItem
from app.improvement.problems.queries.reach import visible_items
from app.improvement.problems.words import SEVERITIES, goal_words
from app.people.directory.models import Person, Unit
from workflows.improvement.problem_item import PROBLEM_ITEM

COLUMNS = ("序号", "问题编号", "清单类别", "来源文号", "问题名称", "问题描述", "发现日期", "责任单位", "责任人", "协同单位",
           "严重程度", "整改目标", "整改措施", "整改期限", "整改进度", "是否超期", "当前状态")  # fmt: skip
"""Headings of the workbook, in the order of OpenItem."""


class OpenItem(Shape):
    """One open problem."""

    number: str
    source: str
    source_reference: str
    title: str
    description: str
    found_on: date | None
    unit: str
    person: str
    co_units: list[str]
    severity: str
    target: str
    measures: str
    due_on: date | None
    progress: int | None
    overdue: bool
    state: str


def _rows(actor: Actor) -> Select[Any]:
    plan, action = RemediationPlan, RemediationAction
    work = (
        select(
            plan.item_id,
            func.string_agg(action.title, "；").label("measures"),
            func.avg(action.progress).label("progress"),
        )
        .join(action, action.plan_id == plan.id)
        .where(plan.state.in_(("active", "completed")), action.state != "cancelled")
        .group_by(plan.item_id)
        .subquery()
    )
    origin = (
        select(
            ItemFinding.item_id,
            func.min(DataFinding.known_on).label("found_on"),
            func.string_agg(DataFinding.source_reference, "；").label("papers"),
        )
        .join(DataFinding, DataFinding.id == ItemFinding.finding_id)
        .group_by(ItemFinding.item_id)
        .subquery()
    )
    shown = visible_items(actor, select(ProblemItem.id)).where(
        ProblemItem.state.not_in(("draft", "closed", "void")), ProblemItem.level == "county"
    )
    return (
        select(
            ProblemItem, Indicator, Unit.name.label("unit_name"), Person.name.label("person_name"), work.c.measures,
            work.c.progress, origin.c.found_on, origin.c.papers,
        )
        .outerjoin(Unit, Unit.id == ProblemItem.unit_id)
        .outerjoin(Person, Person.id == ProblemItem.responsible_person_id)
        .outerjoin(Indicator, Indicator.id == ProblemItem.indicator_id)
        .outerjoin(work, work.c.item_id == ProblemItem.id)
        .outerjoin(origin, origin.c.item_id == ProblemItem.id)
        .where(ProblemItem.id.in_(shown))
        .order_by(ProblemItem.id)
    )  # fmt: skip


def open_items(actor: Actor, wanted: Wanted | None = None) -> tuple[list[OpenItem], str | None]:
    """Open items of the county's lists that the actor sees, in the order of their making, and the cursor of the next page.

    All of them where no page is wanted. Raises Invalid for a cursor that is gone.
    """
    query = _rows(actor).options(raiseload("*"))
    if wanted is not None:
        query = query.limit(wanted.size + 1)
        if wanted.after:
            query = query.where(ProblemItem.id > edge_of(actor, "items", wanted.after))
    rows = db.session.execute(query).all()
    shown = rows if wanted is None else rows[: wanted.size]
    return _shapes(actor, shown), shown[-1].ProblemItem.ref if len(rows) > len(shown) else None


def _shapes(actor: Actor, rows: Sequence[Any]) -> list[OpenItem]:
    helpers = units_of(actor, (uuid.UUID(one) for row in rows for one in row.ProblemItem.co_units or ()))
    return [_shape(row, {str(unit): found.name for unit, found in helpers.items()}) for row in rows]


def _shape(row: Any, helpers: dict[str, str]) -> OpenItem:
    item = row.ProblemItem
    return OpenItem(
        number=item.number,
        source=SOURCES[item.source_type].zh if item.source_type in SOURCES else "",
        source_reference=row.papers or "",
        title=item.title,
        description=item.description,
        found_on=row.found_on,
        unit=row.unit_name or "",
        person=row.person_name or "",
        co_units=[helpers[one] for one in item.co_units or () if one in helpers],
        severity=SEVERITIES[item.severity].zh if item.severity in SEVERITIES else "",
        target=goal_words(item, row.Indicator) or item.criteria,
        measures=row.measures or "",
        due_on=item.due_on,
        progress=round(row.progress) if row.progress is not None else None,
        overdue=item.due_on is not None and item.due_on < clock.today(),
        state=PROBLEM_ITEM.state(item.state).zh,
    )
