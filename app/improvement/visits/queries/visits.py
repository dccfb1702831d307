"""Reads of visits: one with everything on it, lists, those of an item, those of today."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, Uuid, and_, bindparam, false, func, literal, or_, select
from sqlalchemy.orm import joinedload, lazyload, raiseload, selectinload

from app.core import clock, registers
from app.core.casework.deadlines import Deadline, soonest
from app.core.casework.together import Asking, question
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.inspection.models import InspectionNode, InspectionTree
from app.improvement.problems.models import ProblemItem
from app.improvement.visits.models import (
    SupervisionVisit,
    VisitDocument,
    VisitFinding,
    VisitLine,
    VisitMember,
    VisitPhoto,
    VisitPrint,
)
from app.people.directory.models import Unit
from app.people.directory.pinyin import sounds_like

VIEW, FEEDBACK = "visits.view_visits", "visits.read_feedback"
SCHOOL_ROLES = ("principal", "school_coordinator")
OPEN = ("draft", "notified", "self_reported", "on_site", "feedback_issued", "responded", "follow_up")
FOR_STAFF = ("county", "public")
"""Disclosure levels at which staff of the county read the issued feedback of a visit that they took no part in."""
LATEST = ((registers.late(SupervisionVisit.visit_on), True), (SupervisionVisit.id, True))
"""Those without a day first, then the latest day."""
ORDERS: dict[str, registers.Order] = {
    "early": ((registers.late(SupervisionVisit.visit_on), False), (SupervisionVisit.id, False)),
    "school": ((Unit.code, False), *LATEST),
    "due": ((soonest(SupervisionVisit), False), (SupervisionVisit.id, False)),
}
"""Otherwise than the latest day first."""
LEAN = (raiseload(SupervisionVisit.lines), raiseload(SupervisionVisit.findings), raiseload(SupervisionVisit.members))


@dataclass(frozen=True)
class VisitFilter:
    """What a list of visits is narrowed to; `flags` holds open, mine and overdue."""

    words: str = ""
    schools: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    month: str = ""
    after: str = ""
    day: str = ""
    sort: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a list, how many fit in all, and the cursor of the next page."""

    rows: list[Any] = field(default_factory=list)
    total: int = 0
    after: str = ""


def seen(actor: Actor, statement: Any) -> Any:
    """A select on visits, narrowed to what the actor may know: a school never learns of a plan or an unannounced visit."""
    shown = decide.visible(actor, statement, SupervisionVisit, VIEW)
    if actor.role not in SCHOOL_ROLES:
        return shown
    return shown.where(or_(SupervisionVisit.notified_on.is_not(None), SupervisionVisit.arrived_at.is_not(None)))


def readable(actor: Actor, statement: Any) -> Any:
    """A select on visits that the actor sees, or whose feedback is issued for the staff of the county."""
    if not decide.holds(actor, FEEDBACK):
        return seen(actor, statement)
    v = SupervisionVisit
    own = or_(false(), *(scope.where(actor, v) for scope in decide.scopes_of(actor, VIEW)))
    issued = and_(
        *(scope.where(actor, v) for scope in decide.scopes_of(actor, FEEDBACK)),
        v.feedback_on.is_not(None),
        v.disclosure.in_(FOR_STAFF),
    )
    return statement.where(or_(own, issued))


def feedback_for(actor: Actor, ref: str) -> SupervisionVisit:
    """A visit with its findings, as staff of the county read it once its feedback is issued; raises NotFound."""
    v = SupervisionVisit
    whole = select(v).options(raiseload(v.lines), raiseload(v.members), selectinload(v.findings))
    wanted = readable(actor, whole).where(v.ref == ref, v.feedback_on.is_not(None))
    found: SupervisionVisit | None = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None or not decide.holds(actor, FEEDBACK):
        raise NotFound("supervision_visit", ref)
    return found


def visit_for(actor: Actor, ref: str) -> SupervisionVisit:
    """One visit with team, checklist and findings; raises NotFound."""
    whole = select(SupervisionVisit).options(
        selectinload(SupervisionVisit.lines).options(
            joinedload(VisitLine.item).raiseload(ProblemItem.all_causes),
            joinedload(VisitLine.node)
            .joinedload(InspectionNode.tree)
            .options(raiseload(InspectionTree.terms), lazyload(InspectionTree.owner)),
        ),
        selectinload(SupervisionVisit.findings).options(
            joinedload(VisitFinding.item).raiseload(ProblemItem.all_causes),
            joinedload(VisitFinding.data_finding),
            joinedload(VisitFinding.action),
        ),
    )
    wanted = seen(actor, whole).where(SupervisionVisit.ref == ref)
    found: SupervisionVisit | None = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("supervision_visit", ref)
    return found


def only(actor: Actor, visit: SupervisionVisit) -> Select[Any]:
    """A select of the id of one visit that the actor sees."""
    return select(SupervisionVisit.id).where(SupervisionVisit.id == visit.id)


def under(actor: Actor, entries: Sequence[uuid.UUID]) -> Select[Any]:
    """A select of the ids of the visits under entries of the yearly list that the actor sees."""
    found: Select[Any] = seen(actor, select(SupervisionVisit.id)).where(SupervisionVisit.entry_id.in_(entries))
    return found


def visits_page(actor: Actor, wanted: VisitFilter, size: int = 0) -> Page:
    """One page of visits, the latest day first unless told otherwise."""
    fitting = _fitting(actor, wanted)
    total = int(db.session.scalar(fitting.with_only_columns(func.count(SupervisionVisit.id))) or 0)
    rows, after = _rows(fitting, wanted, size or registers.PAGE)
    return Page(rows, total, after)


def _rows(fitting: Select[Any], wanted: VisitFilter, size: int) -> tuple[list[SupervisionVisit], str]:
    order = ORDERS.get(wanted.sort, LATEST)
    shown = registers.page_of(fitting, SupervisionVisit, order, wanted.after, wanted.sort)
    rows = list(db.session.scalars(shown.options(*LEAN).limit(size + 1)))
    more, rows = len(rows) > size, rows[:size]
    return rows, registers.cursor_behind(rows[-1].ref) if more else ""


def every_visit(actor: Actor, wanted: VisitFilter, most: int = 20_000) -> Iterator[list[SupervisionVisit]]:
    """Every fitting visit in its order, some hundreds at a time, for an export."""
    fitting, given, left = _fitting(actor, wanted), replace(wanted, after=""), most
    while left > 0:
        rows, after = _rows(fitting, given, min(500, left))
        yield rows
        left -= len(rows)
        if not after:
            return
        given = replace(given, after=after)


def _fitting(actor: Actor, wanted: VisitFilter) -> Select[Any]:
    found: Select[Any] = readable(actor, select(SupervisionVisit).join(Unit, Unit.id == SupervisionVisit.unit_id))
    for column, values in (
        (Unit.ref, wanted.schools),
        (SupervisionVisit.kind, wanted.kinds),
        (SupervisionVisit.state, wanted.states),
    ):
        if values:
            found = found.where(column.in_(values))
    if "open" in wanted.flags:
        found = found.where(SupervisionVisit.state.in_(OPEN))
    if "mine" in wanted.flags:
        found = found.where(SupervisionVisit.id.in_(_mine(actor)))
    if "overdue" in wanted.flags:
        late = (Deadline.closed_at.is_(None), Deadline.paused_at.is_(None), Deadline.due_at <= clock.now())
        found = found.where(SupervisionVisit.id.in_(select(Deadline.record_id).where(*late)))
    if wanted.month:
        first = date.fromisoformat(f"{wanted.month}-01")
        found = found.where(SupervisionVisit.visit_on >= first, SupervisionVisit.visit_on < _next_month(first))
    if wanted.day:
        found = found.where(SupervisionVisit.visit_on == date.fromisoformat(wanted.day))
    if wanted.words:
        columns = (SupervisionVisit.number, SupervisionVisit.scope)
        typed = (column.icontains(wanted.words, autoescape=True) for column in columns)
        found = found.where(or_(*typed, sounds_like(Unit.pinyin, Unit.name, wanted.words)))
    return found


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _mine(actor: Actor) -> Select[Any]:
    return select(VisitMember.visit_id).where(VisitMember.person_id == actor.person_id, VisitMember.left_on.is_(None))


def soon_for(actor: Actor, days: int = 14) -> list[SupervisionVisit]:
    """Visits on whose team the actor is, today or under way or in the next days, the nearest first."""
    if not decide.holds(actor, "visits.observe_visit"):
        return []
    last = clock.today() + timedelta(days=days)
    query = seen(actor, select(SupervisionVisit)).where(
        SupervisionVisit.id.in_(_mine(actor)),
        SupervisionVisit.state.in_(("draft", "notified", "self_reported", "on_site")),
        SupervisionVisit.visit_on <= last,
    )
    return list(db.session.scalars(query.order_by(SupervisionVisit.visit_on, SupervisionVisit.number)))


def visits_of_item(actor: Actor, item: ProblemItem) -> Asking[list[tuple[SupervisionVisit, VisitLine]]]:
    """A part of the page of an item: the visits whose checklist has it, the latest first, each with the line."""
    if not decide.holds(actor, VIEW):
        return []
    (known,) = yield (question(_has_the_item, item=item.id),)
    if not known:
        return []
    query = (
        seen(actor, select(SupervisionVisit, VisitLine).join(VisitLine, VisitLine.visit_id == SupervisionVisit.id))
        .where(VisitLine.item_id == item.id, SupervisionVisit.state != "cancelled")
        .options(*LEAN)
        .order_by(SupervisionVisit.visit_on.desc(), SupervisionVisit.number.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _has_the_item(actor: Any) -> Any:
    """Whether the actor may know of any visit to an item: most items have none, and then nothing more is read."""
    own = VisitLine.item_id == bindparam("item", None, type_=Uuid())
    known = select(literal(1)).select_from(SupervisionVisit).join(VisitLine, VisitLine.visit_id == SupervisionVisit.id)
    return seen(actor, known).where(own).limit(1)


def schools_with(actor: Actor) -> list[tuple[str, str]]:
    """Reference and short name of every school that has a visit the actor sees, by code."""
    inner = readable(actor, select(SupervisionVisit.unit_id)).distinct()
    rows = db.session.execute(select(Unit.ref, Unit.short_name).where(Unit.id.in_(inner)).order_by(Unit.code))
    return [(row.ref, row.short_name) for row in rows]


def photo_for(actor: Actor, visit: SupervisionVisit, ref: str) -> VisitPhoto:
    """A photo of a visit the actor sees; the school gets it with the draft. Raises NotFound."""
    photo = next((one for line in visit.lines for one in line.photos if one.ref == ref), None)
    if photo is None or not shows_findings(actor, visit):
        raise NotFound("visit_photo", ref)
    return photo


def shows_findings(actor: Actor, visit: SupervisionVisit) -> bool:
    """Whether the actor may see what was seen and found: a school from the draft on."""
    return actor.role not in SCHOOL_ROLES or visit.draft_is_shown or visit.feedback_on is not None


def documents_of(actor: Actor, visit: SupervisionVisit) -> list[VisitDocument]:
    """The printed sheets, the newest edition first."""
    query = select(VisitDocument).where(VisitDocument.visit_id == visit.id)
    return list(db.session.scalars(query.order_by(VisitDocument.edition.desc(), VisitDocument.form)))


def printed(actor: Actor, ref: str) -> VisitPrint | None:
    """What the verify page knows of a code; None for one that was never given out."""
    if len(ref) != 16 or not ref.isalnum():
        return None
    return db.session.scalar(select(VisitPrint).where(VisitPrint.ref == ref))


def observers(actor: Actor, visit: SupervisionVisit) -> dict[uuid.UUID, str]:
    """Names of those who were on the team at any time."""
    return {member.person_id: member.person.name for member in visit.members}
