"""What can go wrong, in the words people see; raised anywhere below, turned into pages in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.vocabulary import Sentence, StepRefused

__all__ = [
    "ConfirmFirst",
    "ImportRefused",
    "Invalid",
    "NotAllowed",
    "NotFound",
    "OutsideAct",
    "Sentence",
    "Stale",
    "StepRefused",
]


class NotFound(Exception):
    """There is no such record, or the actor may not know that there is: one answer for both (security 24)."""

    def __init__(self, what: str = "", ref: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.ref = ref


class NotAllowed(Exception):
    """The actor sees the record but holds no right for this step."""

    def __init__(self, right: str, record: Any = None) -> None:
        super().__init__(right)
        self.right = right
        self.record = record


class ConfirmFirst(Exception):
    """The actor has opened many children's pages: a code newer than that is asked for before the next one (security 75)."""


class Stale(Exception):
    """Somebody changed the record after the page was opened; `newer` is its version now."""

    def __init__(self, newer: int | None = None, record: Any = None) -> None:
        super().__init__(f"newer version {newer}")
        self.newer = newer
        self.record = record


class Invalid(Exception):
    """What was given cannot be taken: a sentence per field, shown at the field and in the summary."""

    def __init__(self, field: str | Mapping[str, Sentence], sentence: Sentence | None = None) -> None:
        self.sentences: dict[str, Sentence] = {}
        if isinstance(field, str):
            if sentence is not None:
                self.sentences[field] = sentence
        else:
            self.sentences.update(field)
        super().__init__("; ".join(str(s) for s in self.sentences.values()))


class ImportRefused(Exception):
    """A file or some of its rows cannot be taken: sentences, each naming the row or what to do."""

    def __init__(self, sentences: Sequence[Sentence] | Sentence) -> None:
        self.sentences: tuple[Sentence, ...] = (sentences,) if isinstance(sentences, Sentence) else tuple(sentences)
        super().__init__("; ".join(str(s) for s in self.sentences))


class OutsideAct(RuntimeError):
    """A write without an open act: a fault of ours, never shown to people."""


UNSTORABLE = Sentence(
    "填的或地址里的内容有一处存不下：太长、数字太大，或夹着看不见的字符。请改短一点或手工重新输入，再试一次",
    "Something typed or in the address cannot be kept: it is too long, too large a number, or has a sign that nobody sees. "
    "Shorten it or type it anew, then try again",
)
"""What the database takes in no column, where no form said so before."""
