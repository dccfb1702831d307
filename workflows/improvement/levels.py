"""Whose right a step is: the county's, the school's on its own list, or the group head's where a problem is severe."""

from typing import Protocol

from workflows.vocabulary import Case, Needs


class Levelled(Protocol):
    """A record that belongs to a county list or to a list that a school keeps for itself."""

    @property
    def is_school_level(self) -> bool:
        """It belongs to a school's own list."""


class Graded(Levelled, Protocol):
    """A record of a problem item, which has a severity."""

    @property
    def is_severe(self) -> bool:
        """The severity of the problem item is `severe`."""


class Submittable(Protocol):
    """A record that its submitter may take back as long as nobody has looked at it."""

    @property
    def was_opened(self) -> bool:
        """Somebody who has to act on the version now submitted has opened it."""


def _school(record: Levelled) -> bool:
    return record.is_school_level


def _severe(record: Graded) -> bool:
    return record.is_severe


def at_school(right: str) -> Case:
    """The school's right for what is on its own list."""
    return Case(right, "校级清单", "school list", _school)


def if_severe(right: str) -> Case:
    """The group head's right for severe problems."""
    return Case(right, "严重问题", "severe problem", _severe)


def by_level(county: str, *, school: str) -> Needs:
    """The county's right, or the school's for what is on a school's own list."""
    return Needs(county, (at_school(school),))


def by_severity(usual: str, *, severe: str, school: str | None = None) -> Needs:
    """The usual right, the group head's for severe problems, and, where given, the school's for its own list."""
    cases = (if_severe(severe),)
    return Needs(usual, cases if school is None else (at_school(school), *cases))
