"""Security 23 for every table that names a child or holds what was sealed: who reads it by plain SQL, read off the schema."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from app import models  # noqa: F401 (every table is known)
from app.core.database import Base, db, use_context
from app.core.policy.roles import ROLES
from app.core.vault.rotation import Sealed
from tests.cast import Cast
from tests.policy.records import write

READERS: dict[str, str] = {
    "access_codes": "homeroom_teacher psych_expert school_counselor school_psych_lead",
    "break_glass": "dpo psych_center_lead school_counselor school_psych_lead security_admin",
    "care_duties": "homeroom_teacher school_counselor",
    "change_evidence": "school_counselor",
    "code_change_requests": "school_counselor",
    "consent_answers": "homeroom_teacher psych_expert school_counselor school_psych_lead",
    "consents": "homeroom_teacher psych_expert school_counselor school_psych_lead",
    "critical_alerts": "school_counselor school_psych_lead",
    "emergency_notices": "dpo psych_center_lead school_counselor school_psych_lead security_admin",
    "handovers": "dpo psych_center_lead school_counselor school_psych_lead security_admin",
    "help_calls": "school_counselor",
    "identity_grants": "dpo psych_center_lead school_counselor school_psych_lead security_admin",
    "paper_sheets": "school_counselor",
    "professional_assessments": "school_counselor",
    "rainbow_assessments": "school_counselor",
    "rainbow_computations": "school_counselor",
    "rainbow_tiers": "homeroom_teacher principal psych_center_lead school_counselor school_psych_lead",
    "rights_requests": "dpo school_psych_lead security_admin",
    "risk_facts": "school_counselor",
    "scale_responses": "school_counselor",
    "scale_results": "school_counselor",
    "screening_tasks": "homeroom_teacher psych_expert school_counselor school_psych_lead",
    "teacher_ratings": "homeroom_teacher school_counselor",
}
"""Table → roles that a row of their own school or county shows itself to; nobody else, by any path, as the wall is below all."""
HELPING = {"school_counselor", "school_psych_lead", "psych_expert", "homeroom_teacher"}
REGISTERS = {"break_glass", "emergency_notices", "handovers", "identity_grants", "rights_requests"}
"""That something was opened, told, given or asked: the county's people see it by code number, its sealed words at the school alone."""
LEVEL = {"rainbow_tiers": {"principal", "psych_center_lead"}}
"""The level in force, red alone, to the head of the school and the county's centre (decision 53)."""


def personal() -> set[str]:
    """Tables that name a child, or hold something sealed about one: of care, by their columns."""
    return {
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("app.care.")
        and any(
            isinstance(column.type, Sealed)
            or column.name == "student_id"
            or any(key.column.table.name == "students" for key in column.foreign_keys)
            for column in mapper.local_table.columns
        )
    }


def test_security_23_every_table_of_a_child_or_with_sealed_words_has_its_readers_written_here() -> None:
    assert personal() == set(READERS), "write who reads a new table, and look at its wall"


def test_security_23_bureau_head_of_school_and_administrators_read_no_note_no_answer_and_no_score() -> None:
    for table, readers in READERS.items():
        if table not in REGISTERS:
            beyond = set(readers.split()) - HELPING - LEVEL.get(table, set())
            assert not beyond, f"{table} is read by {sorted(beyond)}"


def test_security_23_each_table_shows_itself_to_its_readers_and_to_no_other_role(app: Flask, cast: Cast) -> None:
    player = cast["school_counselor"]
    write(cast, player, player.unit, player.unit, "记号")
    seen: dict[str, list[str]] = {table: [] for table in READERS}
    for role in sorted(ROLES):
        use_context(cast.actor(role).context())
        shown = " union all ".join(f"select '{table}' where exists (select from {table})" for table in READERS)
        for table in db.session.scalars(text(shown)):
            seen[table].append(role)
    assert {table: " ".join(roles) for table, roles in seen.items()} == READERS
