"""What the outbox carries out for problem lists: documents are drawn, units told, withdrawn data and recurrences followed."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import or_, select, text

from app.core import clock, pdf
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring.models import DataFinding, MonitoringCycle
from app.improvement.monitoring.models.rulings import stands_in_sql
from app.improvement.problems import documents
from app.improvement.problems.models import ItemErrand, ListSnapshot, ProblemItem, ProblemList
from app.improvement.problems.operations.items import suspend_for_withdrawal
from app.improvement.problems.operations.printing import PrintedIn, keep_document
from app.improvement.problems.operations.reopenings import propose_for_finding
from app.improvement.problems.queries.reopenings import recurred
from app.people import letters
from app.people.directory.models import Person, RoleAssignment

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HEADS = ("dept_head", "principal")
HELPERS = (*HEADS, "dept_officer", "school_coordinator")
OFFICE = ("office_director", "evaluator")
WITHDRAWN = text(
    """select distinct i.id from problem_items i join item_findings l on l.item_id = i.id
       join data_findings f on f.id = l.finding_id where f.cycle_id = :cycle and i.state not in ('closed', 'void')"""
)

RESTING = text(
    f"""select i.id, exists (select 1 from remediation_plans p where p.item_id = i.id and p.state = 'active'
                             and p.baseline_result_id in (s.first_id, s.second_id)) as is_baseline
       from source_conflicts s join data_findings f on f.result_id in (s.first_id, s.second_id)
       join item_findings l on l.finding_id = f.id join problem_items i on i.id = l.item_id
       where s.id = :conflict and i.state not in ('closed', 'void') and not {stands_in_sql("f.result_id")}
       group by i.id, s.id order by i.id"""
)
"""Open items that cite a finding whose cell the office decided against, and whether their plan in force begins from it."""


def list_issued(row: OutboxRow) -> None:
    """Draw the list as Word and PDF from what was frozen; again only what is missing."""
    held = db.session.get(ProblemList, row.record_id)
    snapshot = db.session.scalar(select(ListSnapshot).where(ListSnapshot.list_id == row.record_id))
    if held is None or snapshot is None:
        return
    content, digest = snapshot.content, snapshot.sha256
    name = f"{held.title}{held.document_number}"
    shelf = current_app.extensions["bihuan.shelf"]
    announced = keep_document(SYSTEM, held, PrintedIn("word", f"{name}.docx"))
    if announced.file_sha256 is None:
        made = shelf.keep(documents.as_word(content, digest, announced.ref), f"{name}.docx", WORD)
        keep_document(SYSTEM, held, PrintedIn("word", made.name, made.sha256, made.size))
    announced = keep_document(SYSTEM, held, PrintedIn("pdf", f"{name}.pdf"))
    if not pdf.available() or announced.file_sha256 is not None:
        return
    printed = documents.as_pdf(content, digest, announced.ref)
    made = shelf.keep(printed.content, f"{name}.pdf", "application/pdf")
    keep_document(SYSTEM, held, PrintedIn("pdf", made.name, made.sha256, made.size, printed.pages))


def item_remark(row: OutboxRow) -> None:
    """A message goes to the other side: from the county to the unit and its handlers, from the unit to the office."""
    item = db.session.get(ProblemItem, row.record_id)
    if item is None:
        return
    writer = uuid.UUID(row.data["writer"])
    ours = _holders(item, HEADS, item.unit_id) | {one for one in (item.owner_id, item.deputy_id) if one}
    from_unit = writer in ours
    told = _holders(item, OFFICE) if from_unit else ours
    words = Sentence(f"{item.number} 有新留言：{item.title}", f"{item.number} has a new message: {item.title}")
    letters.write(told - {writer}, f"item_remark:{row.id}", "item_remark", item, words, f"{item.address}#remarks")


def item_reassigned(row: OutboxRow) -> None:
    """The unit that objected hears that the item is no longer its own; it leads to its remaining items."""
    item = db.session.get(ProblemItem, row.record_id)
    if item is None:
        return
    words = Sentence(
        f"{item.number} 已改派给别的单位，你单位不再负责",
        f"{item.number} was given to another unit and is no longer yours",
    )
    persons = _holders(item, HEADS, uuid.UUID(row.data["former"]))
    letters.write(persons, f"item_reassigned:{row.id}", "item_reassigned", item, words, "/items")


def item_passed(row: OutboxRow) -> None:
    """The unit that has it now hears of it: a helping one opens what it has to know, the responsible one the item."""
    item = db.session.get(ProblemItem, uuid.UUID(row.data["item"]) if "item" in row.data else row.record_id)
    if item is None:
        return
    unit = uuid.UUID(row.data["unit"])
    persons = _holders(item, HELPERS, unit)
    if unit == item.unit_id:
        words = Sentence(f"{item.number} 已交回你单位", f"{item.number} was given back to your unit")
        letters.write(persons, f"item_passed:{row.id}", "item_passed", item, words, f"{item.address}/hand-offs")
        return
    errand = db.session.scalar(select(ItemErrand).where(ItemErrand.item_id == item.id, ItemErrand.unit_id == unit))
    if errand is not None:  # else it went on before this was delivered
        words = Sentence(f"{item.number} 转到你单位协同办理", f"{item.number} was passed to your unit, which helps")
        letters.write(persons, f"item_passed:{row.id}", "item_passed", item, words, errand.address)


def _holders(item: ProblemItem, roles: tuple[str, ...], unit_id: uuid.UUID | None = None) -> set[uuid.UUID]:
    day = clock.today()
    wanted = (
        select(RoleAssignment.person_id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            RoleAssignment.county_id == item.county_id,
            RoleAssignment.role.in_(roles),
            RoleAssignment.from_on <= day,
            or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
        )
    )
    if unit_id is not None:
        wanted = wanted.where(RoleAssignment.unit_id == unit_id)
    return set(db.session.scalars(wanted))


def cycle_withdrawn(row: OutboxRow) -> None:
    """The items that rest on a withdrawn round are suspended until a person decides (A1, decisions §2)."""
    cycle = db.session.get(MonitoringCycle, row.record_id)
    if cycle is None:
        return
    ids = list(db.session.scalars(WITHDRAWN, {"cycle": cycle.id}))
    if ids:
        suspend_for_withdrawal(SYSTEM, cycle, ids)


def conflict_settled(row: OutboxRow) -> None:
    """Who answers for an item that rests on a cell decided against hears of it and decides: go on, plan anew, or void it."""
    for found in db.session.execute(RESTING, {"conflict": row.record_id}).all():
        item = db.session.get_one(ProblemItem, found.id)
        zh = "，生效方案的基线也是这一格" if found.is_baseline else ""
        en = ", and its plan in force begins from it" if found.is_baseline else ""
        words = Sentence(
            f"{item.number} 依据的数据格已裁定不采用{zh}，请决定继续、重订方案还是作废",
            f"{item.number}: its cell was decided against{en}; decide: go on, plan anew, or void it",
        )
        persons = _holders(item, OFFICE) | _holders(item, HEADS, item.unit_id)
        letters.write(persons, f"conflict_settled:{row.id}:{item.id}", "conflict_settled", item, words)


def finding_recurred(row: OutboxRow) -> None:
    """A later round shows what was closed: the system proposes the item, once per finding (A3b, within 24 months)."""
    finding = db.session.get(DataFinding, row.record_id)
    if finding is None:
        return
    found = set(recurred(SYSTEM, finding.id, _two_years_ago(clock.today())))
    named: Any = row.data.get("item")
    wanted = tuple(one for one in sorted(found) if named is None or one == uuid.UUID(str(named)))
    if wanted:
        propose_for_finding(SYSTEM, finding, wanted)


def _two_years_ago(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 2, day=28 if leap else day.day)
