"""Reads of lists: one with its lines, all of them with their counts, the rounds and findings a list is drafted from."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, case, extract, func, or_, select
from sqlalchemy.orm import joinedload, raiseload

from app.core import clock, registers
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle
from app.improvement.monitoring.models.rulings import stands
from app.improvement.monitoring.queries import finding_for
from app.improvement.problems.models import ItemFinding, ListDocument, ListSnapshot, ProblemItem, ProblemList
from app.improvement.problems.models.items import CITABLE
from app.improvement.problems.queries.item_filter import is_overdue
from app.improvement.problems.queries.item_lists import Page
from app.improvement.problems.queries.reach import visible_items, visible_lists
from app.people.directory.models import Unit

NEWEST = (ProblemList.id, True)
ORDERS: dict[str, registers.Order] = {
    "new": (NEWEST,),
    "issued": ((registers.late(ProblemList.issued_on), True), NEWEST),
    "number": ((ProblemList.number, True), NEWEST),
}
"""The newest first unless told otherwise; by the day of issue those come first that have none yet."""


@dataclass(frozen=True)
class ListFilter:
    """What the lists are narrowed to."""

    words: str = ""
    level: str = ""
    cycle: str = ""
    states: tuple[str, ...] = ()
    year: str = ""
    sort: str = "new"
    after: str = ""


@dataclass(frozen=True)
class Counts:
    """How far the lines of a list are, as far as the actor sees them."""

    total: int = 0
    settled: int = 0
    overdue: int = 0
    severe: int = 0


@dataclass(frozen=True)
class ListLine:
    """One row of the lists: the list and its counts."""

    held: ProblemList
    counts: Counts


def list_for(actor: Actor, ref: str) -> ProblemList:
    """One list with its round and keeping unit; raises NotFound."""
    wanted = visible_lists(actor, select(ProblemList)).where(ProblemList.ref == ref)
    wanted = wanted.options(joinedload(ProblemList.cycle), joinedload(ProblemList.unit))
    found: ProblemList | None = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("problem_list", ref)
    return found


def lists_page(actor: Actor, wanted: ListFilter) -> Page:
    """One page of lists with the counts of their lines."""
    seen = visible_lists(actor, select(ProblemList))
    total = int(db.session.scalar(_narrowed(seen, wanted).with_only_columns(func.count(ProblemList.id))) or 0)
    shown = _narrowed(registers.page_of(seen, ProblemList, ORDERS[wanted.sort], wanted.after, wanted.sort), wanted)
    found = list(db.session.scalars(shown.options(joinedload(ProblemList.cycle), joinedload(ProblemList.unit))))
    rows, more = found[: registers.PAGE], len(found) > registers.PAGE
    after = registers.cursor_behind(rows[-1].ref) if more else ""
    counts = counts_of(actor, [row.id for row in rows])
    return Page([ListLine(row, counts.get(row.id, Counts())) for row in rows], total, after=after)


def _narrowed(narrowed: Select[Any], wanted: ListFilter) -> Select[Any]:
    if wanted.level:
        narrowed = narrowed.where(ProblemList.level == wanted.level)
    if wanted.states:
        narrowed = narrowed.where(ProblemList.state.in_(wanted.states))
    if wanted.cycle:
        of_cycle = select(MonitoringCycle.id).where(MonitoringCycle.ref == wanted.cycle)
        narrowed = narrowed.where(ProblemList.cycle_id.in_(of_cycle))
    if wanted.year.isdigit():
        begun = func.coalesce(ProblemList.issued_on, func.date(ProblemList.created_at))
        narrowed = narrowed.where(extract("year", begun) == int(wanted.year))
    if wanted.words:
        found = (ProblemList.title, ProblemList.number, ProblemList.document_number)
        narrowed = narrowed.where(or_(*(column.icontains(wanted.words, autoescape=True) for column in found)))
    return narrowed


def counts_of(actor: Actor, list_ids: list[uuid.UUID]) -> dict[uuid.UUID, Counts]:
    """For each list how many lines the actor sees, how many are settled, overdue, severe; one query."""
    settled = ProblemItem.state.in_(("closed", "void"))
    late = case((is_overdue(clock.now()), 1))
    columns: Any = select(
        ProblemItem.list_id,
        func.count(ProblemItem.id),
        func.count(ProblemItem.id).filter(settled),
        func.count(late),
        func.count(ProblemItem.id).filter(ProblemItem.severity == "severe"),
    )
    figures = visible_items(actor, columns)
    kept = or_(ProblemItem.state != "void", ProblemItem.issued_on.is_not(None))
    rows = db.session.execute(figures.where(ProblemItem.list_id.in_(list_ids), kept).group_by(ProblemItem.list_id))
    return {row[0]: Counts(*row[1:]) for row in rows}


def lines_of(actor: Actor, problem_list: ProblemList) -> list[ProblemItem]:
    """The lines of a list that the actor sees, in their order."""
    wanted = visible_items(actor, select(ProblemItem)).where(ProblemItem.list_id == problem_list.id)
    wanted = wanted.where(or_(ProblemItem.state != "void", ProblemItem.issued_on.is_not(None)))
    wanted = wanted.options(
        joinedload(ProblemItem.unit),
        joinedload(ProblemItem.responsible_person),
        joinedload(ProblemItem.indicator),
        raiseload(ProblemItem.all_causes),
    )
    return list(db.session.scalars(wanted.order_by(ProblemItem.position, ProblemItem.number)))


def indicators(actor: Actor) -> Sequence[Indicator]:
    """The county's indicators in use, for the target of a line."""
    query = select(Indicator).where(Indicator.county_id == actor.county_id, Indicator.retired.is_(False))
    return db.session.scalars(query.order_by(Indicator.subject, Indicator.code)).all()


def indicator_found(actor: Actor, item: ProblemItem | None, cited: Sequence[DataFinding]) -> Indicator | None:
    """The indicator that a line has from the findings it cites, or is to cite; None where a person chooses it."""
    found: set[uuid.UUID | None] = {one.indicator_id for one in cited}
    if item is not None:
        of_item = select(DataFinding.indicator_id).join(ItemFinding, ItemFinding.finding_id == DataFinding.id)
        found.update(db.session.scalars(of_item.where(ItemFinding.item_id == item.id)))
    wanted = item.indicator_id if item is not None else strongest(cited).indicator_id if cited else None
    return db.session.get(Indicator, wanted) if wanted is not None and wanted in found else None


def strongest(cited: Sequence[DataFinding]) -> DataFinding:
    """The finding that names the problem of a line that cites several."""
    return min(cited, key=lambda one: one.effect if one.effect is not None else 0.0)


def editions_of(actor: Actor, problem_list: ProblemList) -> list[ProblemList]:
    """All editions of a list that the actor sees, the newest first."""
    wanted = visible_lists(actor, select(ProblemList)).where(
        ProblemList.county_id == problem_list.county_id, ProblemList.number == problem_list.number
    )
    return list(db.session.scalars(wanted.order_by(ProblemList.edition.desc())))


def snapshot_of(actor: Actor, problem_list: ProblemList) -> ListSnapshot | None:
    """What was frozen at issue; None for those who do not see the whole list, and before it was issued."""
    if not decide.may(actor, "problems.print_list", problem_list):
        return None
    return db.session.scalar(select(ListSnapshot).where(ListSnapshot.list_id == problem_list.id))


def documents_of(actor: Actor, problem_list: ProblemList) -> list[ListDocument]:
    """The printed forms of a list, for those who may have them."""
    if not decide.may(actor, "problems.print_list", problem_list):
        return []
    wanted = select(ListDocument).where(ListDocument.list_id == problem_list.id).order_by(ListDocument.form)
    return list(db.session.scalars(wanted))


def rounds(actor: Actor) -> list[MonitoringCycle]:
    """Released rounds a list may belong to, the newest first."""
    wanted = select(MonitoringCycle).where(
        MonitoringCycle.county_id == actor.county_id, MonitoringCycle.state.in_(("released", "improving", "closed"))
    )
    return list(db.session.scalars(wanted.order_by(MonitoringCycle.ends_on.desc())))


def round_of(actor: Actor, ref: str) -> MonitoringCycle | None:
    """The released round behind a reference of the drafting form."""
    return next((one for one in rounds(actor) if one.ref == ref), None)


def findings_to_list(actor: Actor, cycle_id: uuid.UUID | None) -> list[DataFinding]:
    """Findings (of a round, where one is given) that a line may cite: the office's confirmed ones, or those of the own school.

    The office's are cited by no line yet, or only by one that was dropped; a school's by no line of its own list.
    """
    wanted = _free(actor).where(DataFinding.source_withdrawn_at.is_(None), stands(DataFinding.result_id))
    if cycle_id is not None:
        wanted = wanted.where(or_(DataFinding.cycle_id == cycle_id, DataFinding.cycle_id.is_(None)))
    wanted = wanted.join(Unit, Unit.id == DataFinding.unit_id).options(
        joinedload(DataFinding.unit), joinedload(DataFinding.indicator), raiseload(DataFinding.supporting_evidence)
    )
    return list(db.session.scalars(wanted.order_by(Unit.code, DataFinding.number)))


def _free(actor: Actor) -> Any:
    if decide.holds(actor, "problems.convert_finding"):
        dropped = select(ProblemItem.id).where(ProblemItem.state == "void", ProblemItem.issued_on.is_(None))
        free = or_(
            DataFinding.state == "confirmed",
            (DataFinding.state == "converted") & DataFinding.problem_item_id.in_(dropped),
        )
        return decide.visible(actor, select(DataFinding), DataFinding, "problems.convert_finding").where(free)
    ours = (
        select(ItemFinding.finding_id)
        .join(ProblemItem, ProblemItem.id == ItemFinding.item_id)
        .where(ProblemItem.level == "school", ProblemItem.state != "void")
    )
    free = DataFinding.state.in_(CITABLE) & DataFinding.id.not_in(ours)
    return decide.visible(actor, select(DataFinding), DataFinding, "problems.cite_finding").where(free)


def findings_of_refs(actor: Actor, refs: list[str]) -> list[DataFinding]:
    """The findings with these references, of those that may be listed. Raises NotFound for one that the actor may not know."""
    found = [finding for finding in findings_to_list(actor, None) if finding.ref in set(refs)]
    for ref in set(refs) - {finding.ref for finding in found}:
        finding_for(actor, ref)
    return found


def also_listed(actor: Actor, findings: Sequence[DataFinding]) -> dict[uuid.UUID, list[str]]:
    """Numbers of issued items that cite each finding already, as far as the actor sees them: at the other level, mostly."""
    ids = [finding.id for finding in findings]
    cited: Any = select(ItemFinding.finding_id, ProblemItem.number).join(
        ItemFinding, ItemFinding.item_id == ProblemItem.id
    )
    seen = visible_items(actor, cited).where(ItemFinding.finding_id.in_(ids), ProblemItem.issued_on.is_not(None))
    found: dict[uuid.UUID, list[str]] = {}
    for row in db.session.execute(seen.where(ProblemItem.state != "void").order_by(ProblemItem.number)):
        found.setdefault(row.finding_id, []).append(row.number)
    return found


def years(actor: Actor) -> list[int]:
    """Years in which the lists the actor sees were issued, the newest first."""
    issued = visible_lists(actor, select(extract("year", ProblemList.issued_on))).where(
        ProblemList.issued_on.is_not(None)
    )
    return sorted({int(year) for year in db.session.scalars(issued.distinct())}, reverse=True)


def all_lists(actor: Actor, wanted: ListFilter, most: int = 5000) -> list[ListLine]:
    """Every fitting list in its order: for an export of at most `most` rows."""
    found: list[ListLine] = []
    given = replace(wanted, after="")
    while len(found) < most:
        page = lists_page(actor, given)
        found += page.rows
        if not page.after:
            break
        given = replace(given, after=page.after)
    return found


def open_on_previous(actor: Actor, problem_list: ProblemList) -> int:
    """How many lines of the edition before are still open and will be taken over at issue."""
    still = visible_items(actor, select(func.count(ProblemItem.id))).where(
        ProblemItem.list_id == problem_list.previous_id, ProblemItem.state.not_in(("closed", "void"))
    )
    return int(db.session.scalar(still) or 0)


def open_drafts(actor: Actor) -> list[ProblemList]:
    """Drafts and returned lists that may still take lines, the newest first."""
    wanted = visible_lists(actor, select(ProblemList)).where(ProblemList.state.in_(("draft", "returned")))
    return list(db.session.scalars(wanted.options(joinedload(ProblemList.cycle)).order_by(ProblemList.id.desc())))
