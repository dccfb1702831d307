"""What is known when answers on paper and consents on paper are checked: scales, students, who typed what already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Typed(NamedTuple):
    """A student's form that somebody typed already: whose hands were on it, and who stands as operator."""

    mine: bool
    others: int
    operators: tuple[str, ...]
    settled: bool


class Taker(NamedTuple):
    """A student of the school: class, standing in the campaign, and by scale what was typed already.

    `standing`: ready, outside, left, two_schools, no_consent, phone, done, out, missed or over.
    """

    class_name: str
    standing: str
    typed: tuple[tuple[str, Typed], ...] = ()


@dataclass(frozen=True)
class Answering:
    """A campaign whose answers come on paper: its reference, its days, its scales, the school's students by number.

    `scales`: (code, version) → for each question the values that may be given.
    """

    campaign: str
    opens_on: dt.date
    scales: Mapping[tuple[str, str], tuple[tuple[int, ...], ...]]
    takers: Mapping[str, Taker]

    def versions(self, code: str) -> Sequence[str]:
        """Versions of a scale that this campaign asks; none for a scale of another campaign."""
        return [version for known, version in self.scales if known == code]


class Asked(NamedTuple):
    """A student whose guardians were asked: standing, whose age it is, who has answered on which day."""

    class_name: str
    standing: str
    age: int
    guardians: int


@dataclass(frozen=True)
class Consenting:
    """A round of consent: purpose, version of the notice, day of asking, the students by number.

    `standing` of a student: asked, outside, left, two_schools or settled.
    """

    purpose: str
    version: str
    asked_on: dt.date
    asked: Mapping[str, Asked]
