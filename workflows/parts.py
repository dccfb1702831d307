"""The parts a state machine is made of: states, guards, rights and steps."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

from workflows.deadlines import Deadline

Family: TypeAlias = Literal["idle", "active", "wait", "done", "return", "late"]
Test: TypeAlias = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence that people read, in both languages of the product."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh


class StepRefused(Exception):
    """A step cannot be taken now; `sentences` says everything that stands in the way, not just the first thing."""

    def __init__(self, sentences: tuple[Sentence, ...]) -> None:
        super().__init__("；".join(sentence.zh for sentence in sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class State:
    """Where a record can be.

    `side` states lie off the normal path; in a `settled` state nobody owes a step, though a new event may lead on;
    nothing leaves a `final` one. `pauses` stops every clock of the record while it is here, save its own.
    A step that leads back to the same state does not start the clocks of that state anew.
    """

    code: str
    zh: str
    en: str
    _: KW_ONLY
    waits_for: str | None = None
    deadlines: tuple[Deadline, ...] = ()
    family: Family = "active"
    side: bool = False
    settled: bool = False
    final: bool = False
    pauses: bool = False

    @property
    def open(self) -> bool:
        """Whether somebody still owes a step here."""
        return not (self.final or self.settled)


class Anywhere(Enum):
    """The source of a step that leaves every open state except its own target."""

    ANY = "any"


class Before(Enum):
    """The target of a step that leads back to where the record was before."""

    PREVIOUS = "previous"


ANY: Final = Anywhere.ANY
PREVIOUS: Final = Before.PREVIOUS
NEW: Final = State("new", "尚未建立", "Not yet created", family="idle", side=True)


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition of a step: a pure predicate of the record, and the sentence people see while it does not hold.

    What the form of the step itself asks for (`asked`) does not keep the button from being pressed.
    """

    test: Test
    zh: str
    en: str
    code: str
    asked: bool = False

    def __call__(self, record: Any) -> bool:
        return bool(self.test(record))

    @property
    def sentence(self) -> Sentence:
        return Sentence(self.zh, self.en)


def guard(zh: str, *, en: str, asked: bool = False) -> Callable[[Test], Guard]:
    """Turn a predicate of a record into a guard; the sentences say what is missing while it does not hold."""
    return lambda test: Guard(test, zh, en, test.__name__, asked)


@dataclass(frozen=True)
class Case:
    """The right that takes the place of the usual one where `test` holds of the record."""

    right: str
    zh: str
    en: str
    test: Test


@dataclass(frozen=True)
class Needs:
    """A right that depends on the record: the first case that holds, else the usual right."""

    usual: str
    cases: tuple[Case, ...]

    def right_for(self, record: Any) -> str:
        return next((case.right for case in self.cases if case.test(record)), self.usual)

    @property
    def rights(self) -> tuple[str, ...]:
        return (self.usual, *(case.right for case in self.cases))


@dataclass(frozen=True)
class Joint:
    """A joint signature: as many different persons as rights, each holding the one he or she signs with."""

    rights: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.rights)


@dataclass(frozen=True)
class Repeat:
    """From the `times`-th time that a step is taken on one record, the named role is told as well."""

    times: int
    tells: str


@dataclass(frozen=True)
class Step:
    """One verb of a workflow: from where to where, by which right, under which conditions.

    `four_eyes` names steps whose takers, as persons, may not take this one: of the same record by name, of a
    record it came from as "machine.step". With `four_eyes_when` that holds only where the test does. A `star`
    goes into the monthly audit report. A step `aside` is
    an exceptional way on that nobody waits for. A deadline here starts when the step is taken and needs `met_by`.
    """

    name: str
    zh: str
    en: str
    _: KW_ONLY
    source: tuple[State, ...] | Anywhere
    target: State | Before
    needs: str | Needs | None = None
    guards: tuple[Guard, ...] = ()
    reason: bool = False
    four_eyes: tuple[str, ...] = ()
    four_eyes_when: Test | None = None
    system: bool = False
    joint: Joint | None = None
    star: bool = False
    aside: bool = False
    repeat: Repeat | None = None
    deadlines: tuple[Deadline, ...] = ()
    tells: tuple[str, ...] = ()
    machine: str = ""
    sources: tuple[State, ...] = ()

    @property
    def key(self) -> str:
        """The name of the step in the audit trail and in registries: "problem_item.accept"."""
        return f"{self.machine}.{self.name}"

    @property
    def creates(self) -> bool:
        return NEW in self.sources

    @property
    def rights(self) -> tuple[str, ...]:
        """Every right that may be asked for; none for a step of the system."""
        if self.joint:
            return self.joint.rights
        if self.needs is None:
            return ()
        return self.needs.rights if isinstance(self.needs, Needs) else (self.needs,)

    def right_for(self, record: Any) -> str | None:
        """The right that this record asks for; None where the system takes the step.

        For a step that creates, `record` is the place it is created in (unit, list, item), which the cases must fit.
        """
        return self.needs.right_for(record) if isinstance(self.needs, Needs) else self.needs

    def others_than(self, record: Any) -> tuple[str, ...]:
        """The steps whose takers may not take this one on this record."""
        if self.four_eyes_when is not None and not self.four_eyes_when(record):
            return ()
        return self.four_eyes
