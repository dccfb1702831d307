"""Figure 6: the engine alone, state and guards, beside the bare `transitions` library doing the same with callbacks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from transitions import Machine

from bench.context import Context
from bench.rounds import figure, interleave, seconds
from workflows.engine import landing
from workflows.improvement.remediation_action import REMEDIATION_ACTION
from workflows.vocabulary import NEW, State, Step

WALK = ("start", "submit_evidence", "return_action", "submit_evidence", "verify")
"""A measure whose evidence comes back once: five steps, eleven guards, all of which hold."""

WALKS = 2000
FACTS = {
    "plan_in_force": True,
    "start_reached": True,
    "early_start_reason": "",
    "has_submitted_evidence": True,
    "progress": 100,
    "result": "done",
    "undecided_evidence_count": 0,
    "criteria_short_of_evidence_count": 0,
    "checklist_complete": True,
}


def run(context: Context) -> list[dict[str, Any]]:
    """Steps per second of both; a walk that lands elsewhere raises AssertionError."""
    steps = [REMEDIATION_ACTION.step(name) for name in WALK]
    initial = REMEDIATION_ACTION.initial.code
    record, model = SimpleNamespace(**FACTS), SimpleNamespace(**FACTS)
    _partner_machine(model)
    triggers = [getattr(model, name) for name in WALK]
    assert _walk(steps, initial, record) == _walk_partner(triggers, initial, model), "the two do not agree"
    rounds = interleave(
        lambda: len(WALK) * WALKS / seconds(lambda: [_walk(steps, initial, record) for _ in range(WALKS)]),
        lambda: len(WALK) * WALKS / seconds(lambda: [_walk_partner(triggers, initial, model) for _ in range(WALKS)]),
    )
    partner = sorted(rounds.partner)[len(rounds.partner) // 2]
    method = (
        f"landing() over {WALKS} walks of {len(WALK)} steps; partner: one shared transitions.Machine with the same "
        f"guards as conditions and an empty before and after callback, {partner:,.0f} steps/s in the same rounds"
    )
    ours = sorted(rounds.ours)[len(rounds.ours) // 2]
    return [figure("6 engine", ours, "steps/s", rounds=rounds, goal=(">=", 0.5), stretch=1, method=method)]


def _walk(steps: list[Step], initial: str, record: object) -> list[str]:
    state, landed = initial, []
    for step in steps:
        state = landing(REMEDIATION_ACTION, state, step, record)
        landed.append(state)
    return landed


def _walk_partner(triggers: list[Any], initial: str, model: Any) -> list[str]:
    model.state = initial
    landed = []
    for trigger in triggers:
        trigger()
        landed.append(model.state)
    return landed


def _partner_machine(model: Any) -> Machine:
    machine = Machine(
        model=model,
        states=[state.code for state in REMEDIATION_ACTION.states],
        initial=REMEDIATION_ACTION.initial.code,
        auto_transitions=False,
    )
    for name in dict.fromkeys(WALK):
        step = REMEDIATION_ACTION.step(name)
        assert isinstance(step.target, State)
        machine.add_transition(
            name,
            [source.code for source in step.sources if source is not NEW],
            step.target.code,
            conditions=[_bound(guard.test, model) for guard in step.guards],
            before=_nothing,
            after=_nothing,
        )
    return machine


def _bound(test: Any, model: Any) -> Any:
    return lambda: test(model)


def _nothing() -> None:
    return None
