"""However operations are thrown at items by whomever: no closed item without its chain, no move that no machine knows."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.orm.exc import ObjectDeletedError

from app.core import clock
from app.core.audit.verification import verify
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.outbox.handlers import HANDLERS
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.problems.models import ProblemItem
from tests.cast import Cast
from tests.improvement.chain.deeds import DEEDS, EVERYBODY, Attempt, likely, records_of
from tests.improvement.chain.test_whole_chain import GAPS
from tests.improvement.effects.scenes import EffectScene
from workflows import catalogue
from workflows.vocabulary import PREVIOUS

WALKS, WHOLE_LIFE, FROM_A_REQUEST, MOST_REQUESTS = 10, 375, 125, 24
REFUSALS = (StepRefused, NotAllowed, Invalid, NotFound, ObjectDeletedError)
FOLLOWS = (
    "plan_in_force",
    "item_extended.effects",
    "item_voided.plans",
    "item_voided.effects",
    "item_reopened.effects",
)
OTHERS = {
    "remediation_plan.open_review": ("remediation_plan.submit",),
    "remediation_plan.approve": ("remediation_plan.submit", "remediation_plan.open_review"),
    "evidence.accept": ("evidence.submit", "evidence.resubmit"),
    "remediation_action.verify": ("remediation_action.submit_evidence",),
    "effect_evaluation.decide": ("effect_evaluation.propose",),
    "closure_request.verify": ("closure_request.submit",),
    "closure_request.approve": ("closure_request.submit", "closure_request.verify"),
    "reopening.approve": ("reopening.propose",),
}
"""Who did these with a record never takes that step with it; written here once more, not read from the machines."""
DOING = ("remediation_action.submit_evidence", "evidence.submit", "evidence.resubmit")
PLANS = "select id from remediation_plans where item_id = :item"
ACTIONS = f"select id from remediation_actions where plan_id in ({PLANS})"
STATES = text(
    "select id, state from problem_items where id = :item"
    " union all select id, state from remediation_plans where item_id = :item"
    f" union all select id, state from remediation_actions where plan_id in ({PLANS})"
    f" union all select id, state from evidence where action_id in ({ACTIONS})"
    + "".join(
        f" union all select id, state from {table} where item_id = :item"
        for table in ("effect_evaluations", "closure_requests", "reopenings", "rechecks")
    )
)
MOVES = text(
    "select seq, record_id, step, from_state, to_state, person_id from audit.transition_log where seq > :seen order by seq"
)
HEAD = text("select coalesce(max(seq), 0) from audit.transition_log")


class Walk:
    """One item at a time, led by the dice; what must hold is asked after each step."""

    def __init__(self, cast: Cast, reader: Connection, seed: int) -> None:
        self.scene, self.reader = EffectScene(cast), reader
        self.dice, self.tally = random.Random(seed), Counter[str]()
        after = clock.today() + timedelta(days=1)  # after every plan that is approved on the walk
        self.cells = tuple(self.scene.cell(after, value, 110) for value in (520.0, 515.0, 510.0, 470.0, 430.0))
        self.people = {key: cast.actor(key) for key in EVERYBODY}
        self.verified = 0

    def begin_anew(self) -> None:
        """A problem that was just issued, with the cell that showed it."""
        severity, due = self.dice.choice(("moderate", "moderate", "severe")), clock.today() + timedelta(days=400)
        item = self.scene.item("issued", severity=severity, due_on=due, baseline=460.0, target=480.0)
        self.scene.cite(item, self.scene.cell(date(2025, 9, 1), 460.0, 100))
        self.begin(item)

    def begin(self, item: ProblemItem) -> None:
        """Take this item on, as it stands."""
        self.item = item
        self.known = self.states()
        self.did: dict[Any, set[Any]] = defaultdict(set)
        self.seen, self.posted = db.session.execute(HEAD).scalar_one(), self._posted()

    def states(self) -> dict[Any, str]:
        return {row.id: row.state for row in db.session.execute(STATES, {"item": self.item.id})}

    @staticmethod
    def _posted() -> int:
        return db.session.scalar(select(OutboxRow.id).order_by(OutboxRow.id.desc()).limit(1)) or 0

    def go(self, steps: int) -> None:
        for _ in range(steps):
            self.step()
            if self.item.state == "void":
                self.begin_anew()

    def step(self) -> None:
        record, name = self._something()
        deed, was = DEEDS[type(record)][name], self.item.state
        who = self.dice.choice(deed.usual if self.dice.random() < 0.75 else EVERYBODY)
        try:
            deed.take(Attempt(self.scene, self.dice, self.people[who], record, self.cells))
        except REFUSALS:
            self._as_everybody_sees_it()
            assert not self._strayed(), f"{name} was refused to {who} and left something behind"
            self.tally["refused"] += 1
        else:
            self._follow()
            self.tally["taken"] += 1
        self._ask(f"{record.__tablename__}: {name} by {who}")
        self.tally["closed"] += self.item.state == "closed" != was
        self.tally["opened"] += self.item.state == "reopened" != was

    def _something(self) -> tuple[Any, str]:
        """A record and what to try on it: mostly what a page would offer, now and then anything at all."""
        if self.dice.random() < 0.85:
            for kind in self.dice.sample(tuple(DEEDS), len(DEEDS)):
                for record in records_of(self.item, kind):
                    offered = likely(record)
                    if offered:
                        return record, self.dice.choice(offered)
        record = self.dice.choice(records_of(self.item, self.dice.choice(tuple(DEEDS))) or [self.item])
        return record, self.dice.choice(sorted(DEEDS[type(record)]))

    def _follow(self) -> None:
        """What the worker would do next about the item, without its letters."""
        rows = select(OutboxRow).where(OutboxRow.id > self.posted, OutboxRow.kind.in_(FOLLOWS)).order_by(OutboxRow.id)
        for row in db.session.scalars(rows).all():
            HANDLERS[row.kind](row)
        self.posted = self._posted()

    @staticmethod
    def _as_everybody_sees_it() -> None:
        """What was committed, and nothing else."""
        db.session.rollback()
        db.session.expire_all()
        use_context(SYSTEM.context())

    def _ask(self, deed: str) -> None:
        self._as_everybody_sees_it()
        self._trail_verifies(deed)
        assert db.session.scalar(text(GAPS)) == 0, f"{deed} left a closed item with a gap"
        for move in db.session.execute(MOVES, {"seen": self.seen}).all():
            self.seen = move.seq
            if move.to_state is not None:
                self._is_declared(move)
            self._is_another(move)
        assert not self._strayed(), f"{deed} moved something that the trail does not know"

    def _strayed(self) -> list[tuple[Any, str]]:
        """What stands in another state than the trail says, or was made without it."""
        return [(record, state) for record, state in self.states().items() if self.known.get(record) != state]

    def _trail_verifies(self, deed: str) -> None:
        verdict = verify(self.reader, start=self.verified + 1)
        self.reader.rollback()
        assert verdict.fault is None, f"{deed}: {verdict.fault}"
        self.verified = verdict.seq

    def _is_declared(self, move: Any) -> None:
        step = catalogue.step(move.step)
        here = self.known.get(move.record_id)
        if move.from_state is not None:
            assert here in (None, move.from_state) and move.from_state in {state.code for state in step.sources}
        assert step.target is PREVIOUS or move.to_state == step.target.code
        self.known[move.record_id] = move.to_state

    def _is_another(self, move: Any) -> None:
        """Doer, verifier and approver are three persons."""
        before = [person for step in OTHERS.get(move.step, ()) for person in self.did[move.record_id, step]]
        if move.step in ("closure_request.verify", "closure_request.approve"):
            before += [person for step in DOING for person in self.did[step]]
        assert move.person_id not in before, f"{move.step} by one who had another part in it"
        self.did[move.record_id, move.step].add(move.person_id)
        self.did[move.step].add(move.person_id)


@pytest.fixture
def reader(committed: Flask) -> Iterator[Connection]:
    """A connection that may read the whole trail, as the auditor's check has it."""
    engine = create_engine(committed.extensions["bihuan.settings"].database_owner_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _is_a_mixture(tally: Counter[str]) -> bool:
    return min(tally["taken"], tally["refused"]) > (tally["taken"] + tally["refused"]) // 10 and tally["closed"] > 0


def test_random_steps_by_anybody_leave_no_closed_item_with_a_gap(
    committed: Flask, cast: Cast, reader: Connection
) -> None:
    tally = Counter[str]()
    for seed in (1, 4):
        walk = Walk(cast, reader, seed)
        walk.begin(walk.scene.closure_submitted().item)
        walk.go(60)
        tally += walk.tally
    assert _is_a_mixture(tally), tally


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(WALKS))
def test_five_thousand_steps_over_whole_lives_leave_no_closed_item_with_a_gap(
    committed: Flask, cast: Cast, reader: Connection, seed: int
) -> None:
    walk = Walk(cast, reader, seed)
    walk.begin_anew()
    walk.go(WHOLE_LIFE)
    for _ in range(MOST_REQUESTS):
        walk.begin(walk.scene.closure_submitted().item)
        walk.go(FROM_A_REQUEST)
        if walk.tally["closed"]:
            break
    assert _is_a_mixture(walk.tally), walk.tally
