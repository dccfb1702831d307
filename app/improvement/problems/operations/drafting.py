"""The lines of a draft list: made from confirmed findings or by hand, changed, taken off again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select, text

from app.core.casework.door import begin, follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, NotFound, Sentence
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.models.rulings import STANDS
from app.improvement.problems.models import ItemFinding, ProblemItem, ProblemList
from app.improvement.problems.models.items import CITABLE
from app.improvement.problems.operations.numbers import next_number
from workflows.improvement.data_finding import DATA_FINDING
from workflows.improvement.problem_item import PROBLEM_ITEM

CITED = text(
    """select 1 from item_findings x join problem_items i on i.id = x.item_id
       where x.finding_id = :finding and i.id <> :item and i.level = 'school' and i.state <> 'void'"""
)
NOT_CITABLE = Sentence(
    "只能列入本校还有效的发现", "Only findings of the own school that still stand can be put on its list"
)
TWICE = Sentence("这条发现已经在本校的清单里", "This finding is on the school's own list already")
FELL = Sentence(
    "发现依据的数据格有来源不一致，还没有裁定或已裁定不采用",
    "The cell behind the finding is disputed or was decided against",
)
ITEM_FIELDS = (
    "description",
    "category",
    "domain_code",
    "source_type",
    "severity",
    "unit_id",
    "responsible_person_id",
    "co_units",
    "subject",
    "grade",
    "indicator_id",
    "scope_level",
    "baseline",
    "target",
    "measure",
    "measure_unit",
    "measure_direction",
    "target_on",
    "criteria",
    "due_on",
)


@dataclass(frozen=True)
class ItemIn:
    """One line of a list: everything that the approver wants to see."""

    title: str
    description: str = ""
    category: str | None = None
    domain_code: str = "teaching"
    source_type: str | None = None
    severity: str | None = None
    unit_id: uuid.UUID | None = None
    responsible_person_id: uuid.UUID | None = None
    co_units: list[str] | None = None
    subject: str | None = None
    grade: str | None = None
    indicator_id: uuid.UUID | None = None
    scope_level: str | None = None
    baseline: float | None = None
    target: float | None = None
    measure: str = ""
    measure_unit: str = ""
    measure_direction: str = "higher"
    target_on: date | None = None
    criteria: str = ""
    due_on: date | None = None
    cites: tuple[uuid.UUID, ...] = ()
    """Findings that were converted before, and whose item was taken off its draft again."""
    version: int | None = None


@dataclass(frozen=True)
class Submission:
    """A step that carries only the version of the page, and a reason where one is wanted."""

    version: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class ConversionIn:
    """Turning confirmed findings into one item of a list."""

    list_id: uuid.UUID
    item: ItemIn
    others: tuple[uuid.UUID, ...] = field(default=())
    version: int | None = None


@operation(PROBLEM_ITEM, "draft")
def add_item(actor: Actor, problem_list: ProblemList, given: ItemIn) -> Iterator[ProblemItem]:
    """Put a line on a list that is a draft or was returned; what rests on monitoring data comes from a finding instead."""
    if given.source_type == "monitoring" and not given.cites:
        raise Invalid(
            "source_type",
            Sentence(
                "来源是监测的问题项，请从已确认的数据发现转来", "What rests on monitoring data comes from a finding"
            ),
        )
    item = _new_item(actor, problem_list, given)
    yield item
    found, cite = _findings(given.cites), _cite_at_school if problem_list.is_school_level else _cite
    if len(found) < len(set(given.cites)):
        raise NotFound("data_finding")
    for finding in found:
        cite(actor, item, finding)


def must_be_open(actor: Actor, problem_list: ProblemList) -> None:
    """Raises NotAllowed when the list is not the actor's to draft, Invalid when it is under review or issued."""
    decide.require(actor, PROBLEM_ITEM.step("draft").right_for(problem_list) or "", problem_list)
    if not problem_list.can_be_edited:
        raise Invalid(
            "", Sentence("清单已经送审或交办，不能再改", "The list is under review or issued and cannot be changed")
        )


def _new_item(actor: Actor, problem_list: ProblemList, given: ItemIn) -> ProblemItem:
    must_be_open(actor, problem_list)
    item = ProblemItem(
        id=uuid7(),
        number=next_number(problem_list.county_id, "WT"),
        list_id=problem_list.id,
        level=problem_list.level,
        county_id=problem_list.county_id,
        position=max((one.position for one in problem_list.items), default=0) + 1,
        title=given.title.strip(),
        all_causes=[],
    )
    _fill(item, given, problem_list)
    problem_list.items.append(item)
    return item


def _fill(item: ProblemItem, given: ItemIn, problem_list: ProblemList) -> None:
    if not given.title.strip():
        raise Invalid("title", Sentence("请用一句话写明问题", "State the problem in one sentence"))
    for name in ITEM_FIELDS:
        setattr(item, name, getattr(given, name))
    item.title = given.title.strip()
    if item.indicator_id is not None:
        item.measure, item.measure_unit, item.measure_direction = "", "", "higher"
    item.school_id = school_of(given.unit_id) or problem_list.school_id
    if problem_list.is_school_level and item.school_id != problem_list.school_id:
        raise Invalid("unit_id", Sentence("校级清单的问题项由本校负责", "Items of a school list are the school's own"))


def school_of(unit_id: uuid.UUID | None) -> uuid.UUID | None:
    """The school whose private row this is: the unit itself when it is a school, nothing for a department."""
    if unit_id is None:
        return None
    row = db.session.execute(text("select id, kind, parent_id from units where id = :id"), {"id": unit_id}).one()
    if row.kind == "school":
        return uuid.UUID(str(row.id))
    return uuid.UUID(str(row.parent_id)) if row.kind in ("school_group", "school_monitoring_center") else None


@operation(right="problems.edit_item", name="problem_item.edit")
def edit_item(actor: Actor, item: ProblemItem, given: ItemIn) -> ProblemItem:
    """Change a line while its list is a draft or was returned."""
    must_be_open(actor, item.problem_list)
    if item.state != "draft":
        raise Invalid("", Sentence("这一项已经交办，不能再改", "This item was issued and cannot be changed"))
    _fill(item, given, item.problem_list)
    return item


@operation(PROBLEM_ITEM, "drop")
def drop_item(actor: Actor, item: ProblemItem, given: Submission) -> Iterator[None]:
    """Take a line off a draft; it stays on record as void, and its findings may be converted again elsewhere."""
    must_be_open(actor, item.problem_list)
    yield
    db.session.expire(item.problem_list, ["items"])


@operation(DATA_FINDING, "convert")
def convert_finding(actor: Actor, finding: DataFinding, given: ConversionIn) -> Iterator[None]:
    """Make one item of a list from one or several confirmed findings; each of them is tied to it and converted."""
    problem_list = db.session.get_one(ProblemList, given.list_id, with_for_update={"of": ProblemList})
    item = _new_item(actor, problem_list, given.item)
    begin(item, "draft")
    _tie(item, finding)
    yield
    for other in _findings(given.others):
        if other.id != finding.id:
            _cite(actor, item, other)


def _findings(ids: tuple[uuid.UUID, ...]) -> list[DataFinding]:
    wanted = select(DataFinding).where(DataFinding.id.in_(set(ids))).order_by(DataFinding.id)
    return list(db.session.scalars(wanted.with_for_update(of=DataFinding)))


def _cite(actor: Actor, item: ProblemItem, finding: DataFinding) -> None:
    """Tie one more finding to an item: a confirmed one is converted, one that was freed by a dropped item is tied anew."""
    decide.require(actor, "problems.convert_finding", finding)
    freed = finding.state == "converted" and _was_dropped(finding.problem_item_id)
    if freed and finding.cell_standing != STANDS:
        raise Invalid("", FELL)
    _tie(item, finding)
    if not freed:
        follow(finding, "convert")


def _cite_at_school(actor: Actor, item: ProblemItem, finding: DataFinding) -> None:
    """A school's own list cites what was found at the school; the finding goes on its way in the county untouched."""
    decide.require(actor, "problems.cite_finding", finding)
    if finding.school_id != item.school_id or finding.state not in CITABLE or finding.source_is_withdrawn:
        raise Invalid("", NOT_CITABLE)
    if finding.cell_standing != STANDS:
        raise Invalid("", FELL)
    if db.session.execute(CITED, {"finding": finding.id, "item": item.id}).first() is not None:
        raise Invalid("", TWICE)
    item.indicator_id = item.indicator_id or finding.indicator_id
    db.session.add(ItemFinding(item_id=item.id, finding_id=finding.id))


def _tie(item: ProblemItem, finding: DataFinding) -> None:
    """The item cites the finding, and its target is one of the indicator that was found low."""
    finding.problem_item_id = item.id
    item.indicator_id = item.indicator_id or finding.indicator_id
    db.session.add(ItemFinding(item_id=item.id, finding_id=finding.id))


def _was_dropped(item_id: uuid.UUID | None) -> bool:
    former = db.session.get(ProblemItem, item_id) if item_id else None
    return former is not None and former.was_dropped
