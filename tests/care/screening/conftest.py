"""A school's screening term, at nine on a Monday, with three children on the roll and their slips."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.care.screening.scales import Shelf
from tests.care.taking_part import Family
from tests.care.terms import BORN, MONDAY, Term, at
from tests.cast import Cast


@pytest.fixture
def term(app: Flask, cast: Cast, clock: Any) -> Term:
    clock.set(at(MONDAY, 9))
    family = Family(cast, BORN).enrol()
    family.ask()
    return Term(cast, family, clock, family.slips())


@pytest.fixture
def shelf_of(app: Flask, cast: Cast) -> Shelf:
    return Shelf(cast)


@pytest.fixture
def desk(term: Term) -> Shelf:
    return Shelf(term.cast)
