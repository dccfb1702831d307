"""Nothing about a person is processed without a purpose that stands in the register with its legal basis (security 40)."""

from __future__ import annotations

import re

from app import models  # noqa: F401 (every table is known)
from app.api.scopes import EVENTS, SCOPES
from app.care.consent.models import PURPOSES
from app.care.consent.notices import purposes as asked_for
from app.care.consent.words import PURPOSES as WORDS
from app.care.protection.purposes import purposes
from app.core.database import Base
from workflows.catalogue import WORKFLOWS

OF_PERSONS = {"student_id", "person_id"}


def tables() -> dict[str, tuple[str, set[str]]]:
    """Table → module of its model, names of its columns."""
    return {
        one.local_table.name: (one.class_.__module__, set(one.local_table.columns.keys()))
        for one in Base.registry.mappers
    }


def test_security_40_every_table_of_care_and_of_persons_belongs_to_exactly_one_purpose() -> None:
    found = [table for one in purposes().values() for table in one.tables]
    assert len(found) == len(set(found)), "A table stands under one purpose of config/protection/purposes.yaml."
    known = tables()
    assert set(found) <= set(known), set(found) - set(known)
    wanted = {
        name
        for name, (module, columns) in known.items()
        if module.startswith("app.care.") or columns & OF_PERSONS or name in ("students", "persons")
    }
    missing = sorted(wanted - set(found))
    assert not missing, f"Write the purpose of these into config/protection/purposes.yaml: {missing}"


def test_security_40_every_purpose_that_somebody_can_be_asked_for_stands_there_with_consent_as_its_basis() -> None:
    declared = set(re.findall(r"'(\w+)'", PURPOSES))
    assert declared == set(WORDS)
    assert set(asked_for()) <= declared
    assert {code for code, one in purposes().items() if one.basis == "consent"} == declared


def test_security_40_each_purpose_says_why_on_which_basis_by_which_law_and_how_long_in_both_languages() -> None:
    for code, one in purposes().items():
        said = (one.title, one.why, one.data, one.retention, one.law)
        assert all(len(words.zh) >= 2 and len(words.en) >= 4 for words in said), code
        assert not re.search(r"[\u4e00-\u9fff]", "".join(words.en for words in said)), code


def test_security_87_no_program_reads_or_hears_of_anything_that_is_personal() -> None:
    """Tokens and webhooks reach the improvement loop alone, so none of them is a recipient of personal data."""
    personal = {table for one in purposes().values() for table in one.tables}
    care = {
        name
        for name, one in WORKFLOWS.items()
        if one.facts is not None and one.facts.__module__.startswith("workflows.care")
    }
    assert not set(EVENTS) & (care | {"citizen_letter", "accountability_record"})
    assert {scope.partition(":")[0] for scope in SCOPES} == {"findings", "problems", "plans", "effects", "results"}
    assert not {f"{event}s" for event in EVENTS} & personal
