"""The words a state machine is written in: everything a workflow file imports, and the workflow that joins it."""

from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property

from workflows.deadlines import (
    DATED,
    QUIET,
    SERVICE,
    Cadence,
    Days,
    Deadline,
    FromField,
    Ladder,
    Rung,
    Within,
    WorkingDays,
    YearlyDate,
)
from workflows.parts import (
    ANY,
    NEW,
    PREVIOUS,
    Anywhere,
    Before,
    Case,
    Family,
    Guard,
    Joint,
    Needs,
    Repeat,
    Sentence,
    State,
    Step,
    StepRefused,
    Test,
    guard,
)
from workflows.soundness import faults

__all__ = [
    "ANY",
    "DATED",
    "NEW",
    "PREVIOUS",
    "QUIET",
    "SERVICE",
    "Anywhere",
    "Before",
    "Cadence",
    "Case",
    "Days",
    "Deadline",
    "Family",
    "FromField",
    "Guard",
    "Joint",
    "Ladder",
    "Needs",
    "Repeat",
    "Rung",
    "Sentence",
    "State",
    "Step",
    "StepRefused",
    "Test",
    "Within",
    "Workflow",
    "WorkingDays",
    "YearlyDate",
    "guard",
]


@dataclass(frozen=True, eq=False)
class Workflow:
    """A whole state machine. Construction refuses a broken one.

    `states` stand in the order of the normal path; `facts` is the protocol of what the machine reads of a record.
    """

    name: str
    zh: str
    en: str
    _: KW_ONLY
    initial: State
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    version: int = 1
    facts: type = object

    def __post_init__(self) -> None:
        bound = tuple(replace(step, machine=self.name, sources=self._sources(step)) for step in self.steps)
        object.__setattr__(self, "steps", bound)
        if found := faults(self.initial, self.states, bound):
            raise ValueError(f"workflow {self.name}: " + "; ".join(found))

    def _sources(self, step: Step) -> tuple[State, ...]:
        if step.source is ANY:
            return tuple(state for state in self.states if state.open and state != step.target)
        assert not isinstance(step.source, Anywhere)
        return step.source

    @cached_property
    def _steps_by_name(self) -> dict[str, Step]:
        return {step.name: step for step in self.steps}

    @cached_property
    def _states_by_code(self) -> dict[str, State]:
        return {state.code: state for state in self.states}

    def step(self, name: str) -> Step:
        """The step of that name; KeyError where there is none."""
        return self._steps_by_name[name]

    def state(self, code: str) -> State:
        """The state of that code; KeyError where there is none."""
        return NEW if code == NEW.code else self._states_by_code[code]

    @property
    def path(self) -> tuple[State, ...]:
        """The normal path, as the state strip of a record's page shows it."""
        return tuple(state for state in self.states if not state.side)

    @property
    def reads(self) -> frozenset[str]:
        """The attributes of a record that guards, cases and deadlines read: the properties of its `facts`."""
        return frozenset(
            name for base in self.facts.__mro__ for name, value in vars(base).items() if isinstance(value, property)
        )

    @property
    def creations(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.creates)

    @property
    def rights(self) -> frozenset[str]:
        return frozenset(right for step in self.steps for right in step.rights)

    def returns_from(self, state: State) -> tuple[State, ...]:
        """Where a record that rests in this state can have come from, and so where PREVIOUS may lead."""
        return tuple(
            source
            for source in self.states
            if source is not state and any(step.target is state and source in step.sources for step in self.steps)
        )
