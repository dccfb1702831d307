"""What is already known when a table is checked: schools and their names, students, staff, indicators, enrolment."""

import datetime as dt
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any, NamedTuple

from app.core.imports.grades import school_year
from app.core.imports.identifiers import SCHOOL_GRADES
from app.core.imports.papers import Answering, Consenting
from app.core.imports.vocabulary import plain_word
from app.core.pinyin import syllables

_PUNCTUATION = re.compile(r"[()（）\[\]【】「」·,，.。、\-—_]")
_CANDIDATES = 3
_LEAST_LIKENESS = 0.3


@dataclass(frozen=True, slots=True)
class School:
    """A school; `aliases` are short, old and campus names, `grades` what it teaches where that is known."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    grades: frozenset[int] | None = None


class KnownStudent(NamedTuple):
    """A student of the present roster; `status` is enrolled, or any word for having left (transferred, graduated …)."""

    name: str
    school_code: str
    status: str = "enrolled"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What the list of indicators of a cycle says about one of them; None: not laid down.

    `code` is the list's own; it may be known by the code of another level too. `least_n`: an indicator about the psyche
    crosses over as aggregates alone: no class, and no cell of fewer pupils.
    """

    code: str
    value_type: str | None = None
    direction: str | None = None
    low: float | None = None
    high: float | None = None
    least_n: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An indicator as the county's list has it: `values` by the columns of its file; `used`: results rest on it."""

    code: str
    values: Mapping[str, Any]
    used: bool = False


def name_key(text: str) -> str:
    """A school name as names are compared: width, case, spaces and brackets evened out."""
    return _PUNCTUATION.sub("", plain_word(text))


class Directory:
    """The schools of a county, found by code or by any of their names."""

    def __init__(self, schools: Iterable[School], aliases: Mapping[str, str], prefixes: Sequence[str]) -> None:
        self.by_code = {school.code: school for school in schools}
        self._names: dict[str, set[str]] = defaultdict(set)
        for school in self.by_code.values():
            for name in (school.name, *school.aliases):
                for variant in self._variants(name, prefixes):
                    self._names[variant].add(school.code)
        self._chosen = {name_key(name): code for name, code in aliases.items() if code in self.by_code}

    @staticmethod
    def _variants(name: str, prefixes: Sequence[str]) -> set[str]:
        key = name_key(name)
        return {key, *(key.removeprefix(name_key(prefix)) for prefix in prefixes)} - {""}

    def codes_for(self, name: str) -> frozenset[str]:
        """All schools that go by this name; a choice made before wins."""
        key = name_key(name)
        if key in self._chosen:
            return frozenset({self._chosen[key]})
        return frozenset(self._names.get(key, ()))

    def name(self, code: str) -> str:
        """Name of a school, the code itself where it is not known."""
        school = self.by_code.get(code)
        return school.name if school else code

    def grades(self, code: str) -> frozenset[int] | None:
        """Grades a school teaches: as the directory says, else by the type in its code."""
        school = self.by_code.get(code)
        if school and school.grades is not None:
            return school.grades
        return SCHOOL_GRADES.get(code[:2])

    def candidates(self, text: str, among: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
        """Up to three schools whose names look or sound like the text, best first, as (code, name)."""
        codes = frozenset(among) or self.by_code.keys()
        key = name_key(text)
        sound = "".join(syllables(key))
        scores: dict[str, float] = {}
        for variant, holders in self._names.items():
            wanted = holders & codes
            if wanted:
                score = _likeness(key, sound, variant, self._sounds[variant])
                for code in wanted:
                    scores[code] = max(score, scores.get(code, 0.0))
        best = sorted(scores, key=lambda code: (-scores[code], code))[:_CANDIDATES]
        return tuple((code, self.name(code)) for code in best if scores[code] >= _LEAST_LIKENESS)

    @cached_property
    def _sounds(self) -> dict[str, str]:
        return {variant: "".join(syllables(variant)) for variant in self._names}


def _likeness(key: str, sound: str, variant: str, variant_sound: str) -> float:
    looks = SequenceMatcher(None, key, variant).ratio()
    sounds = SequenceMatcher(None, sound, variant_sound).ratio()
    rest = iter(variant)
    shortened = bool(key) and all(letter in rest for letter in key)
    return max(looks, 0.9 * sounds) + (0.3 if shortened else 0.0)


def _in_order(known: Any) -> Any:
    """The same without the accidents of sets and dictionaries."""
    if isinstance(known, Mapping):
        return sorted(known.items())
    if isinstance(known, frozenset):
        return sorted(known)
    if isinstance(known, School):
        return known.code, known.name, known.aliases, sorted(known.grades or ())
    return list(map(_in_order, known)) if isinstance(known, list) else known


@dataclass(frozen=True)
class Lookups:
    """Everything a check may ask for; None means "not known here", and the check that needs it is left out.

    `as_of` is the day the table is about: it gives the school year and the latest birth date.
    `roster` counts enrolled students by (school code, grade or "", class number or 0).
    `staff` by (school code, staff number), `classes` by (school code, grade, class number).
    `aliases` are school names that people matched before; `place_names` are prefixes such as the county's name.
    """

    as_of: dt.date
    schools: Sequence[School] | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    place_names: Sequence[str] = ()
    students: Mapping[str, KnownStudent] | None = None
    staff: frozenset[tuple[str, str]] | None = None
    classes: frozenset[tuple[str, str, int]] | None = None
    indicators: Mapping[str, Indicator] | None = None
    listed: Mapping[str, Listed] | None = None
    cycles: frozenset[str] | None = None
    regions: frozenset[str] | None = None
    roster: Mapping[tuple[str, str, int], int] | None = None
    answering: Answering | None = None
    consenting: Consenting | None = None

    def fingerprint(self) -> str:
        """SHA-256 over all that is known: two checks with the same one come to the same answers."""
        seen = hashlib.sha256()
        for each in fields(self):
            seen.update(repr(_in_order(getattr(self, each.name))).encode())
        return seen.hexdigest()

    @cached_property
    def directory(self) -> Directory:
        """The schools, ready to be asked."""
        return Directory(self.schools or (), self.aliases, self.place_names)

    @property
    def school_year(self) -> int:
        """The year in which the school year of `as_of` began."""
        return school_year(self.as_of.year, self.as_of.month)
