"""The room where records of accountability and commendation are told: who draws up, gives notice, decides, prints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import func, select

from app.core.database import db
from app.core.policy.actor import SYSTEM, Actor
from app.demo.fates import Place, place_of
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.accountability.models import AccountabilityRecord
from app.improvement.accountability.operations import deciding, documents, drafting, hearing
from app.improvement.accountability.operations.deciding import DecisionIn, Sat
from app.improvement.accountability.operations.drafting import RecordIn, RecordPlace, RecordStep
from app.improvement.accountability.queries.choosing import citable
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import Unit

CLOSED = "（已销号）"
"""How a cited item that is closed ends: nobody is held to account for it."""


@dataclass(frozen=True)
class Hall:
    """Who draws up, who gives notice, who decides, who hears appeals, and the day that the story counts back from."""

    county: County
    teller: Teller
    today: date

    @property
    def office(self) -> Actor:
        """Gives notice and makes decisions known."""
        return self.county.any("office_director")

    def drafted(self, school: Place, days: int, given: RecordIn, facts: tuple[str, ...]) -> AccountabilityRecord:
        """Drawn up by the evaluator, so many days ago."""
        self.teller.at(self.today - timedelta(days=days), 9)
        assert school.principal.unit_id is not None
        unit = db.session.get_one(Unit, school.principal.unit_id)
        found = [one.cited for one in citable(self.office, unit) if one.cited.kind in facts]
        offers = [one for one in found if one.kind != "item" or CLOSED not in one.said][:3]
        place = RecordPlace(self.county.id, unit.id, unit.id)
        draft = RecordIn(given.title, given.account, given.basis, given.measure, given.kind, facts=tuple(offers))
        return drafting.draft_record(self.county.any("evaluator"), place, draft)

    def noticed(self, school: Place, days: int, given: RecordIn, facts: tuple[str, ...]) -> AccountabilityRecord:
        """Drawn up, with notice the next morning."""
        record = self.drafted(school, days, given, facts)
        self.teller.later(days=1)
        hearing.notify_party(self.office, record, RecordStep())
        return record

    def heard(self, record: AccountabilityRecord) -> None:
        """The morning after the window: the system ends it."""
        assert record.statement_until is not None
        self.teller.at(record.statement_until + timedelta(days=1), 8)
        hearing.keep_time(SYSTEM, record, None)

    def decide(self, record: AccountabilityRecord, given: DecisionIn) -> None:
        """The body meets two days later and its head writes down what it decided; the office makes it known."""
        deciding.decide_record(self.county.any("leading_group_head"), record, self.met(given))
        if given.level != "party":
            self.teller.later(days=1)
            deciding.disclose_record(self.office, record, RecordStep())

    def met(self, given: DecisionIn) -> DecisionIn:
        """What is decided, with the day two days on and who was present."""
        self.teller.later(days=2)
        return replace(given, met_on=self.teller.moment.date(), present=self.present("dept_head"))

    def present(self, role: str) -> tuple[Sat, ...]:
        """Two holders of a role, as those who were present."""
        people = {one.person_id: one for one in (self.county.any(role, 0), self.county.any(role, 1))}
        return tuple(Sat(one.person_id, role, one.name) for one in people.values() if one.person_id is not None)

    def printed(self, record: AccountabilityRecord) -> None:
        """Its papers are made yesterday: what is older than three weeks is not printed while the story is told."""
        self.teller.at(self.today - timedelta(days=1), 16)
        documents.print_papers(self.office, record, None)


def schools(county: County, closed: bool) -> list[Place]:
    """Schools by how many items they closed, or by how many are open and past their day."""
    wanted = select(ProblemItem.school_id, func.count().label("many")).where(
        ProblemItem.county_id == county.id,
        ProblemItem.school_id.is_not(None),
        ProblemItem.unit_id == ProblemItem.school_id,
    )
    if closed:
        wanted = wanted.where(ProblemItem.state == "closed")
    else:
        wanted = wanted.where(ProblemItem.state.in_(("accepted", "diagnosing", "planning", "implementing")))
    rows = db.session.execute(
        wanted.group_by(ProblemItem.school_id).order_by(func.count().desc(), ProblemItem.school_id).limit(9)
    )
    return [place_of(county, row.school_id) for row in rows]
