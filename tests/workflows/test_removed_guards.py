"""Each guard of each machine taken away in turn: every removal turns a test red (decisions §4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.workflows import test_guards, test_handbook
from workflows import catalogue
from workflows.vocabulary import Guard, Step

GUARDED = list(test_guards.guarded_steps())
RED = (AssertionError, pytest.fail.Exception)


@contextmanager
def changed(thing: Any, name: str, value: object) -> Iterator[None]:
    """A frozen declaration with one part replaced for as long as the block lasts."""
    before = getattr(thing, name)
    object.__setattr__(thing, name, value)
    try:
        yield
    finally:
        object.__setattr__(thing, name, before)


def test_there_are_at_least_forty_guards_to_take_away() -> None:
    assert len({guard.code for _, guard in GUARDED}) >= 40


@pytest.mark.parametrize(("step", "guard"), GUARDED, ids=test_guards.name)
def test_a_guard_that_always_holds_turns_a_test_red(step: Step, guard: Guard) -> None:
    test_guards.test_a_step_is_refused_with_the_sentence_of_what_is_missing(step, guard)
    with changed(guard, "test", lambda record: True), pytest.raises(RED):
        test_guards.test_a_step_is_refused_with_the_sentence_of_what_is_missing(step, guard)


@pytest.mark.parametrize(("step", "guard"), GUARDED, ids=test_guards.name)
def test_a_step_without_one_of_its_guards_turns_a_test_red(step: Step, guard: Guard) -> None:
    left = tuple(one for one in step.guards if one is not guard)
    declared = catalogue.workflow(step.machine).step(step.name)
    with changed(declared, "guards", left), pytest.raises(RED):
        test_guards.test_a_step_is_refused_with_the_sentence_of_what_is_missing(step, guard)
    with changed(declared, "guards", left), pytest.raises(RED):
        test_handbook.test_the_handbook_in_the_repository_is_fresh()
