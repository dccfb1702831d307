"""What the steps of a citizen's letter ask of the record, each with the sentence that people see."""

from datetime import date, datetime
from typing import Protocol

from workflows.vocabulary import guard


class CitizenLetterFacts(Protocol):
    """What the guards read of a letter."""

    @property
    def is_written(self) -> bool:
        """It says something, and what it is about."""

    @property
    def urgent_by(self) -> datetime | None:
        """Two hours after an urgent letter came; None for others."""

    @property
    def answer_by(self) -> date | None:
        """The last day for the answer."""

    @property
    def rate_by(self) -> date | None:
        """The last day for the rating."""

    @property
    def has_answerer(self) -> bool:
        """A person is named who answers."""

    @property
    def has_department(self) -> bool:
        """A department of the county is named that answers."""

    @property
    def answerer_is_free(self) -> bool:
        """Who answers neither works nor lately worked at the school, nor answers for a problem of it."""

    @property
    def answerer_is_another(self) -> bool:
        """Who answers the second time is not who answered the first time."""

    @property
    def has_ground(self) -> bool:
        """The reason of the refusal is chosen from the list, and where it belongs is said."""

    @property
    def has_first_letter(self) -> bool:
        """Another letter about the same school is named that carries on what this one says."""

    @property
    def first_is_answered(self) -> bool:
        """The letter it was merged into is answered."""

    @property
    def has_answer(self) -> bool:
        """The answer is written."""

    @property
    def is_rated(self) -> bool:
        """The answer is rated good or fair, or bad for the second time."""

    @property
    def is_badly_rated_first(self) -> bool:
        """The first answer is rated bad."""

    @property
    def rating_is_late(self) -> bool:
        """The days for the rating are over."""


@guard("请选择来信事项，并写清楚情况", en="Choose what it is about and say what happened", asked=True)
def is_written(letter: CitizenLetterFacts) -> bool:
    return letter.is_written


@guard("请选择由谁办理", en="Choose who answers", asked=True)
def has_answerer(letter: CitizenLetterFacts) -> bool:
    return letter.has_answerer


@guard("请选择转给哪个科室", en="Choose the department", asked=True)
def has_department(letter: CitizenLetterFacts) -> bool:
    return letter.has_department


@guard(
    "办理人在这所学校任职、近年任过职，或负责这所学校的问题项，需要回避",
    en="This person works or lately worked at the school, or answers for a problem of it",
    asked=True,
)
def answerer_is_free(letter: CitizenLetterFacts) -> bool:
    return letter.answerer_is_free


@guard("重办要换一个人", en="Somebody else answers the second time", asked=True)
def answerer_is_another(letter: CitizenLetterFacts) -> bool:
    return letter.answerer_is_another


@guard("请选择不予受理的理由，并写明该找哪里", en="Choose the reason and say where to turn", asked=True)
def has_ground(letter: CitizenLetterFacts) -> bool:
    return letter.has_ground


@guard("请选择并入哪一封来信", en="Choose the letter it is merged into", asked=True)
def has_first_letter(letter: CitizenLetterFacts) -> bool:
    return letter.has_first_letter


@guard("并入的那封来信还没有答复", en="The letter it was merged into is not answered yet")
def first_is_answered(letter: CitizenLetterFacts) -> bool:
    return letter.first_is_answered


@guard("请写答复", en="Write the answer", asked=True)
def has_answer(letter: CitizenLetterFacts) -> bool:
    return letter.has_answer


@guard("请选好、中或差", en="Choose good, fair or bad", asked=True)
def is_rated(letter: CitizenLetterFacts) -> bool:
    return letter.is_rated


@guard("只有第一次答复评为差，才退回重办", en="Only a first answer that is rated bad is sent back", asked=True)
def is_badly_rated_first(letter: CitizenLetterFacts) -> bool:
    return letter.is_badly_rated_first


@guard("评价期还没有过", en="The days for the rating are not over")
def rating_is_late(letter: CitizenLetterFacts) -> bool:
    return letter.rating_is_late
