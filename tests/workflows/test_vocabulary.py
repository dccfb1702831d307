"""A workflow refuses to exist while it is broken, and says what is wrong with it."""

from typing import Any

import pytest

from workflows.vocabulary import ANY, NEW, PREVIOUS, Joint, State, Step, Workflow, WorkingDays

OPEN = State("open", "办理中", "Open")
PAUSED = State("paused", "挂起", "Paused", side=True)
DONE = State("done", "办结", "Done", family="done", final=True)

BEGIN = Step("begin", "新建", "Begin", source=(NEW,), target=OPEN, needs="tests.begin")
FINISH = Step("finish", "办结", "Finish", source=(OPEN,), target=DONE, needs="tests.finish")


def workflow(*steps: Step, states: tuple[State, ...] = (OPEN, DONE), initial: State = OPEN) -> Workflow:
    return Workflow("thing", "事项", "Thing", initial=initial, states=states, steps=steps)


def step(name: str, **changes: Any) -> Step:
    given: dict[str, Any] = {"source": (OPEN,), "target": DONE, "needs": "tests.act"} | changes
    return Step(name, "办", "Act", **given)


@pytest.mark.parametrize(
    ("steps", "states", "complaint"),
    [
        ((BEGIN, FINISH, step("wander", target=PAUSED)), (OPEN, DONE), "unknown state paused"),
        ((BEGIN, FINISH, step("wander", source=(PAUSED,))), (OPEN, DONE), "unknown state paused"),
        ((BEGIN, FINISH, FINISH), (OPEN, DONE), "duplicate step finish"),
        ((BEGIN, FINISH), (OPEN, OPEN, DONE), "state open is declared 2 times"),
        ((BEGIN, FINISH, step("revive", source=(DONE,), target=OPEN)), (OPEN, DONE), "final state done has exits"),
        ((BEGIN, FINISH), (OPEN, PAUSED, DONE), "state paused is a dead end"),
        ((BEGIN, FINISH, step("leave", source=(PAUSED,))), (OPEN, PAUSED, DONE), "state paused is unreachable"),
        ((BEGIN, FINISH, step("vanish", target=NEW)), (OPEN, DONE), "cannot lead back to before creation"),
        ((BEGIN, FINISH, step("drift", needs=None)), (OPEN, DONE), "needs either a right or the mark of a system step"),
        ((BEGIN, FINISH, step("both", system=True)), (OPEN, DONE), "needs either a right or the mark of a system step"),
        ((BEGIN, FINISH, step("hang", source=())), (OPEN, DONE), "has no source"),
        ((BEGIN, FINISH, step("apart", four_eyes=("nobody",))), (OPEN, DONE), "which is no step here"),
        ((BEGIN, FINISH, step("sign", needs=None, joint=Joint(("tests.a",)))), (OPEN, DONE), "fewer than two persons"),
        ((BEGIN, FINISH, step("sign", joint=Joint(("tests.a", "tests.b")))), (OPEN, DONE), "one right and for a joint"),
        (
            (BEGIN, FINISH, step("tick", deadlines=(WorkingDays(code="x", zh="x", en="x", days=1),))),
            (OPEN, DONE),
            "does not say what meets it",
        ),
    ],
)
def test_a_broken_workflow_is_refused(steps: tuple[Step, ...], states: tuple[State, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        workflow(*steps, states=states)


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(ValueError, match="duplicate step finish.*which is no step here") as refusal:
        workflow(BEGIN, FINISH, FINISH, step("apart", four_eyes=("nobody",)))
    assert str(refusal.value).startswith("workflow thing: ")


def test_an_initial_state_nobody_creates_is_refused() -> None:
    with pytest.raises(ValueError, match="no step creates a record in paused"):
        workflow(BEGIN, FINISH, step("leave", source=(PAUSED,)), states=(OPEN, PAUSED, DONE), initial=PAUSED)


def test_any_means_every_open_state_except_the_target() -> None:
    held = workflow(
        BEGIN,
        FINISH,
        step("hold", source=ANY, target=PAUSED),
        step("resume", source=(PAUSED,), target=PREVIOUS),
        states=(OPEN, PAUSED, DONE),
    )
    assert held.step("hold").sources == (OPEN,)
    assert held.returns_from(PAUSED) == (OPEN,)


def test_a_settled_state_is_neither_open_nor_final() -> None:
    settled = State("settled", "办结", "Settled", settled=True)
    assert not settled.open and not settled.final
    reopening = step("reopen", source=(settled,), target=OPEN)
    void = step("void", source=ANY, target=DONE)
    kept = workflow(BEGIN, step("settle", target=settled), reopening, void, states=(OPEN, settled, DONE))
    assert kept.step("void").sources == (OPEN,)


def test_steps_know_their_machine_and_the_path_leaves_out_side_states() -> None:
    plain = workflow(
        BEGIN, FINISH, step("hold", target=PAUSED), step("drop", source=(PAUSED,)), states=(OPEN, PAUSED, DONE)
    )
    assert plain.step("finish").key == "thing.finish"
    assert plain.path == (OPEN, DONE)
    assert plain.creations == (plain.step("begin"),)
    assert plain.rights == {"tests.begin", "tests.finish", "tests.act"}
    assert plain.state("new") is NEW
    with pytest.raises(KeyError):
        plain.step("nothing")
