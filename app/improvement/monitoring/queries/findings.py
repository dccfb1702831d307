"""Reads of findings: the list by units in code order with strengths beside, one finding whole, what it may be merged into."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    String,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import aliased, joinedload

from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.policy.scopes import SUBJECT
from app.core.registers import page_of
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle, MonitoringResult
from app.improvement.monitoring.models.rulings import stands
from app.improvement.monitoring.queries.names import unit_named
from app.people.directory.models import Unit

VIEW = "monitoring.view_findings"
OPEN = ("candidate", "watch", "confirmed")
STRENGTH = "strength"
REGISTER = "monitoring.register_finding"
STATES = (*OPEN, "converted", "rejected", "merged", "superseded", "expired", "withdrawn", STRENGTH)
GRAVEST = ("severe", "moderate", "minor")
WHOM = func.coalesce(Indicator.object_code, "school")
"""A finding without an indicator is about its unit; it is of no type of evaluation."""
EVALUATED = (WHOM.label("object_code"), Indicator.evaluation_type)


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to. Without states: what is open, with the strengths of the newest round."""

    states: tuple[str, ...] = ()
    cycle: str = ""
    level: str = ""
    indicator: str = ""
    subject: str = ""
    severities: tuple[str, ...] = ()
    source: str = ""
    object: str = ""
    types: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    unit: str = ""
    withdrawn: bool = False
    words: str = ""
    sort: str = "unit"

    @property
    def shown_states(self) -> tuple[str, ...]:
        """The states in force."""
        return self.states or (*OPEN, STRENGTH)


def _findings(actor: Actor, wanted: Wanted) -> Any:
    f, r = DataFinding, MonitoringResult
    found: Any = (
        select(
            f.ref, f.number, f.title, f.state, Unit.code.label("unit_code"), Unit.name.label("unit_name"),
            Unit.ref.label("unit_ref"), func.coalesce(Indicator.code, "").label("indicator_code"),
            func.coalesce(Indicator.name, "").label("indicator_name"), f.grade, f.class_no, f.subject, r.n, r.value,
            r.benchmark_value, r.benchmark_type, r.value_type, f.effect, f.effect_low, f.effect_high, f.adjusted_p,
            f.severity, f.not_eligible, f.verdict, f.source_type, f.source_withdrawn_at.is_not(None).label("withdrawn"),
            f.scenarios, f.known_on, *EVALUATED, MonitoringCycle.name.label("cycle_name"),
            MonitoringCycle.ends_on.label("measured_on"),
        )
        .join(Unit, Unit.id == f.unit_id)
        .outerjoin(Indicator, Indicator.id == f.indicator_id)
        .outerjoin(r, r.id == f.result_id)
        .outerjoin(MonitoringCycle, MonitoringCycle.id == f.cycle_id)
        .where(f.state.in_(wanted.shown_states))
    )  # fmt: skip
    found = decide.visible(actor, found, f, VIEW)
    if wanted.cycle:
        found = found.where(f.cycle_id == _cycle(wanted.cycle))
    if wanted.severities:
        found = found.where(f.severity.in_(wanted.severities))
    if wanted.source:
        found = found.where(f.source_type == wanted.source)
    if wanted.scenarios:
        found = found.where(f.scenarios.has_any(array(wanted.scenarios)))
    if wanted.withdrawn:
        found = found.where(f.source_withdrawn_at.is_not(None))
    return _shared(found, wanted, f, (f.title, f.number))


def _strengths(actor: Actor, wanted: Wanted) -> Any:
    r = MonitoringResult
    found: Any = (
        select(
            r.ref, literal("").label("number"), literal("").label("title"), literal(STRENGTH).label("state"),
            Unit.code.label("unit_code"), Unit.name.label("unit_name"), Unit.ref.label("unit_ref"),
            Indicator.code.label("indicator_code"), Indicator.name.label("indicator_name"), r.grade, r.class_no,
            r.subject, r.n, r.value, r.benchmark_value, r.benchmark_type, r.value_type, r.effect, r.effect_low,
            r.effect_high, r.adjusted_p, cast(null(), String).label("severity"), r.not_eligible, r.verdict,
            literal("monitoring").label("source_type"), MonitoringCycle.state.is_(None).label("withdrawn"),
            cast(literal("[]"), JSONB).label("scenarios"),
            MonitoringCycle.released_on.label("known_on"), *EVALUATED, MonitoringCycle.name.label("cycle_name"),
            MonitoringCycle.ends_on.label("measured_on"),
        )
        .join(Unit, Unit.id == r.unit_id)
        .join(Indicator, Indicator.id == r.indicator_id)
        .join(MonitoringCycle, MonitoringCycle.id == r.cycle_id)
        .where(r.verdict == STRENGTH, r.superseded_at.is_(None), stands(r.id))
        .where(MonitoringCycle.state.in_(("released", "improving", "closed")))
    )  # fmt: skip
    newest = (
        select(MonitoringCycle.id)
        .where(MonitoringCycle.state.in_(("released", "improving")), MonitoringCycle.county_id == actor.county_id)
        .order_by(MonitoringCycle.ends_on.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = found.where(r.cycle_id == (_cycle(wanted.cycle) if wanted.cycle else newest))
    return _shared(decide.visible(actor, found, r, "monitoring.view_results"), wanted, r, ())


def _cycle(ref: str) -> Any:
    return select(MonitoringCycle.id).where(MonitoringCycle.ref == ref).scalar_subquery()


def _shared(found: Any, wanted: Wanted, model: Any, texts: tuple[Any, ...]) -> Any:
    if wanted.level:
        found = found.where(model.scope_level == wanted.level)
    if wanted.indicator:
        found = found.where(Indicator.code == wanted.indicator)
    if wanted.object:
        found = found.where(WHOM == wanted.object)
    if wanted.types:
        found = found.where(Indicator.evaluation_type.in_(wanted.types))
    if wanted.subject:
        found = found.where(model.subject == wanted.subject)
    if wanted.unit:
        found = found.where(Unit.ref == wanted.unit)
    if wanted.words:
        places = (Indicator.name, *texts)
        said = (place.contains(wanted.words, autoescape=True) for place in places)
        found = found.where(or_(unit_named(wanted.words), *said))
    return found


def _listed(actor: Actor, wanted: Wanted) -> Any:
    findings = _findings(actor, wanted)
    other_source = wanted.source and wanted.source != "monitoring"
    only_findings = wanted.severities or wanted.withdrawn or wanted.scenarios or other_source
    if STRENGTH not in wanted.shown_states or only_findings or not decide.holds(actor, "monitoring.view_results"):
        return findings
    return union_all(findings, _strengths(actor, wanted))


def _by_unit(row: Any) -> tuple[Any, ...]:
    return row.unit_code, row.indicator_code, row.ref


ORDERS: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "unit": _by_unit,
    "indicator": lambda row: (row.indicator_code, row.unit_code, row.ref),
    "severity": lambda row: (_placed(GRAVEST, row.severity), *_by_unit(row)),
    "state": lambda row: (_placed(STATES, row.state), *_by_unit(row)),
}
"""What the list may be ordered by, units in code order within each: no order ranks schools by what was measured."""


def _placed(known: Sequence[str], column: Any) -> Any:
    return case({code: place for place, code in enumerate(known)}, value=column, else_=len(known))


def finding_rows(actor: Actor, wanted: Wanted, after: str = "", *, whole: bool = False) -> Sequence[Any]:
    """Rows of the list in their order, by unit code and indicator if none is named; one more than a page, or all of them."""
    listed = _listed(actor, wanted).subquery()
    order = [(key, False) for key in ORDERS[wanted.sort](listed.c)]
    found = page_of(select(listed), aliased(DataFinding, listed), order, "" if whole else after, wanted.sort)
    return db.session.execute(found.limit(None) if whole else found).all()


def finding_count(actor: Actor, wanted: Wanted) -> tuple[int, int]:
    """How many rows the list has, and how many more it would have had if no state were chosen for the reader."""
    listed = _listed(actor, wanted if wanted.states else replace(wanted, states=STATES)).subquery()
    shown = listed.c.state.in_(wanted.shown_states)
    counted = select(func.count().filter(shown), func.count()).select_from(listed)
    number, whole = db.session.execute(counted).one()
    return number, whole - number


def finding_counts(actor: Actor) -> dict[str, int]:
    """How many findings stand in each state."""
    found = decide.visible(actor, select(DataFinding.state, func.count()), DataFinding, VIEW)
    return {row[0]: row[1] for row in db.session.execute(found.group_by(DataFinding.state))}


def finding_for(actor: Actor, ref: str, right: str = VIEW) -> DataFinding:
    """One finding with unit, indicator and evidence. Raises NotFound."""
    found = decide.visible(actor, select(DataFinding).where(DataFinding.ref == ref), DataFinding, right)
    whole = found.options(joinedload(DataFinding.unit), joinedload(DataFinding.indicator))
    finding: DataFinding | None = db.session.scalar(whole)
    if finding is None:
        raise NotFound("data_finding", ref)
    return finding


@dataclass(frozen=True)
class Surroundings:
    """What stands around a finding: its cell, the round's name, the item made from it, what it gave way to."""

    cell: MonitoringResult | None
    cycle_name: str
    cycle_ref: str
    item: Any
    other: DataFinding | None
    people: dict[uuid.UUID, str]

    @property
    def item_address(self) -> str:
        """The page of the item made from it."""
        return f"/items/{self.item.item_ref}" if self.item is not None else ""


AROUND = text(
    """select coalesce(c.name, a.cycle_name, '') as cycle_name, c.ref as cycle_ref,
       i.number as item_number, i.title as item_title, i.ref as item_ref, i.state as item_state,
       l.ref as list_ref, l.title as list_title
from data_findings f
left join monitoring_cycles c on c.id = f.cycle_id
left join release_acks a on a.cycle_id = f.cycle_id and a.unit_id = f.unit_id
left join problem_items i on i.id = f.problem_item_id
left join problem_lists l on l.id = i.list_id
where f.id = :id"""
)


def finding_page(actor: Actor, finding: DataFinding) -> Surroundings:
    """Everything beside the finding itself, in four statements; what the actor may not see stays empty."""
    around = db.session.execute(AROUND, {"id": finding.id}).one()
    cell = None
    if finding.result_id is not None:
        cell = db.session.scalar(select(MonitoringResult).where(MonitoringResult.id == finding.result_id))
    other_id = finding.merged_into_id or finding.superseded_by_id
    other = None
    if other_id is not None:
        wanted = decide.visible(actor, select(DataFinding).where(DataFinding.id == other_id), DataFinding, VIEW)
        other = db.session.scalar(wanted)
    ids = [each for each in (finding.confirmed_by, finding.registered_by, finding.commented_by) if each]
    people_of = text("select id, name from persons where id = any(:ids)")
    names = {row.id: row.name for row in db.session.execute(people_of, {"ids": ids})} if ids else {}
    item = around if around.item_ref else None
    return Surroundings(cell, around.cycle_name, around.cycle_ref or "", item, other, names)


def finding_of_cell(actor: Actor, result_id: uuid.UUID) -> DataFinding | None:
    """The finding that was made from a cell."""
    found = select(DataFinding).where(DataFinding.result_id == result_id, DataFinding.state != "superseded")
    finding: DataFinding | None = db.session.scalar(decide.visible(actor, found, DataFinding, VIEW).limit(1))
    return finding


def units_for_findings(actor: Actor) -> Sequence[Unit]:
    """The units about which the actor may register a finding: schools, school districts, departments, in code order."""
    if decide.scopes_of(actor, REGISTER) == (SUBJECT,):
        found = select(Unit).where(Unit.county_id == actor.county_id)
    else:
        found = decide.visible(actor, select(Unit), Unit, REGISTER)
    found = found.where(Unit.kind.in_(("school", "school_district", "department")))
    found = found.where(or_(Unit.to_on.is_(None), Unit.to_on >= clock.today()))
    return db.session.scalars(found.order_by(Unit.kind.desc(), Unit.code)).all()


def unit_for_finding(actor: Actor, ref: str) -> Unit:
    """One of them. Raises NotFound."""
    found = next((unit for unit in units_for_findings(actor) if unit.ref == ref), None)
    if found is None:
        raise NotFound("unit", ref)
    return found


def merge_targets(actor: Actor, finding: DataFinding) -> Sequence[Any]:
    """Findings of the same unit that it may be merged into: ref, number, title; its own indicator first."""
    f = DataFinding
    found: Any = select(f.ref, f.number, f.title).where(
        f.county_id == finding.county_id, f.unit_id == finding.unit_id, f.id != finding.id, f.state.in_(OPEN)
    )
    own = case((f.indicator_id == finding.indicator_id, 0), else_=1)
    return db.session.execute(decide.visible(actor, found, f, VIEW).order_by(own, f.number)).all()


def cycles_with_findings(actor: Actor) -> Sequence[Any]:
    """Rounds that findings came from, newest first: ref, name."""
    found: Any = select(MonitoringCycle.ref, MonitoringCycle.name).where(
        MonitoringCycle.state.in_(("released", "improving", "closed", "withdrawn")),
        MonitoringCycle.released_on.is_not(None),
    )
    visible = decide.visible(actor, found, MonitoringCycle, "monitoring.view_cycles")
    return db.session.execute(visible.order_by(MonitoringCycle.ends_on.desc())).all()


def indicators_with_findings(actor: Actor) -> Sequence[Any]:
    """Indicators that open findings are about: code, name."""
    found: Any = select(Indicator.code, Indicator.name).join(DataFinding, DataFinding.indicator_id == Indicator.id)
    visible = decide.visible(actor, found.where(DataFinding.state.in_(OPEN)), DataFinding, VIEW)
    return db.session.execute(visible.distinct().order_by(Indicator.code)).all()


def cells_in_families(actor: Actor, cycle_ref: str) -> int:
    """How many cells of a round were tested against each other."""
    r = MonitoringResult
    found: Any = select(func.count()).where(
        r.cycle_id == _cycle(cycle_ref), r.superseded_at.is_(None), r.family_size > 0
    )
    visible = decide.visible(actor, found, r, "monitoring.view_results")
    return int(db.session.execute(visible).scalar_one())
