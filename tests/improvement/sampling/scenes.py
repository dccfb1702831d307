"""Scenes of the checks of schools' own lists: lists of several schools that run, a draw, a check in the hand of its inspector."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context, uuid7
from app.core.policy.actor import SYSTEM
from app.improvement.problems.models import ProblemItem, ProblemList
from app.improvement.sampling import operations
from app.improvement.sampling.models import ListCheck, SampleDraw
from app.improvement.sampling.operations import AnswerIn, DrawIn, FoundIn, Place
from app.improvement.sampling.terms import this_term
from tests.by_hand import by_hand
from tests.improvement.problems.scenes import Scene

LOOKED, FOUND = "查了三份听课记录和两次作业，问了两位教师", "分层作业每周都有，和清单写的一致"
BROKEN = "十月起分层作业停了，记录是后补的"
WHY = "清单里的做法没有坚持，佐证是后补的"


class SampleScene(Scene):
    """Leads lists of schools to where a test wants them."""

    def running(self, school: str = "shuangqiao", items: int = 1, state: str = "in_progress") -> ProblemList:
        """A list of a school's own that runs, with items under way, written as its operations leave it."""
        place, who = self.cast.units[school], self.cast["school_coordinator"].person_id
        own = {"county_id": self.cast.county.id, "school_id": place.id, "unit_id": place.id}
        use_context(SYSTEM.context())
        with trail.act(SYSTEM, "system", "test.school_list"):
            held = ProblemList(
                id=uuid7(), level="school", number=f"XQ-{uuid.uuid4().hex[:6]}", title=f"{place.key} 自查清单",
                owner_id=who, state=state, issued_on=clock.today(), **own,
            )  # fmt: skip
            db.session.add(held)
            db.session.flush()
            for n in range(items):
                db.session.add(
                    ProblemItem(
                        id=uuid7(), number=f"WT-{uuid.uuid4().hex[:6]}", list_id=held.id, level="school", position=n,
                        title="作业没有分层", state="implementing", severity="minor", issued_on=clock.today(), **own,
                    )
                )  # fmt: skip
        db.session.refresh(held)
        return held

    def closed(self, item: ProblemItem) -> None:
        """The item stands closed since today."""
        with by_hand("test.closed"):
            item.state, item.closed_on = "closed", clock.today()

    def place(self) -> Place:
        return Place(self.cast.county.id)

    def last_day(self) -> date:
        return this_term()[1]

    def drawn(self, wanted: int = 1, by: str = "office_director") -> SampleDraw:
        made: SampleDraw = operations.draw_sample(self.actor(by), self.place(), DrawIn(wanted, self.last_day()))
        use_context(SYSTEM.context())
        return made

    def checks(self, made: SampleDraw) -> list[ListCheck]:
        found = select(ListCheck).where(ListCheck.draw_id == made.id).order_by(ListCheck.number)
        return list(db.session.scalars(found).unique())

    def check(self, school: str = "shuangqiao", items: int = 1) -> ListCheck:
        """The only list of the county, drawn, in the hand of an inspector who answers for the school."""
        self.running(school, items)
        return self.checks(self.drawn())[0]

    def key_of(self, check: ListCheck) -> str:
        """Who of the cast is its inspector."""
        keys = ("inspector", "inspector_2", "inspector_3", "own_inspector")
        return next(key for key in keys if self.cast[key].person_id == check.owner_id)

    def found(self, check: ListCheck, *answers: str, **given: Any) -> FoundIn:
        """What is written, one answer an item; holds where none is given."""
        said = answers or ("holds",) * len(check.items)
        lines = tuple(
            AnswerIn(item.id, answer, BROKEN if answer == "fails" else "")
            for item, answer in zip(check.items, said, strict=True)
        )
        return FoundIn(**({"looked_at": LOOKED, "finding": FOUND, "answers": lines} | given))
