"""A personal code opens one child's own rows, and the wall knows it: not the class, not the school, not a level."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.core.database import db, use_context
from tests.care.access.conftest import Story, rows_of

TABLES = ("consents", "access_codes", "screening_tasks")


@pytest.mark.parametrize("kind", ["guardian1", "student"])
def test_security_26_a_code_shows_one_childs_rows_by_plain_sql(kind: str, told_of: Story) -> None:
    holder = told_of.term.family.come_in(told_of.term.slips["学生00", kind])
    use_context(holder.actor.context())
    assert [row.ref for row in db.session.execute(text("select ref from students"))] == [told_of.ref]
    for table in TABLES:
        assert rows_of(table, told_of.child) > 0, table
        assert rows_of(table, told_of.other) == 0, table
    assert rows_of("scale_responses", told_of.other) == 0
    assert (rows_of("scale_responses", told_of.child) > 0) is (kind == "student")


@pytest.mark.parametrize("kind", ["guardian1", "student"])
def test_security_26_a_code_writes_nothing_about_another_child(kind: str, told_of: Story) -> None:
    holder = told_of.term.family.come_in(told_of.term.slips["学生00", kind])
    use_context(holder.actor.context())
    changed = text("update students set name = '别人' where id = :id")
    done: Any = db.session.execute(changed, {"id": told_of.other})
    assert done.rowcount == 0


def test_security_23_nobody_of_the_school_but_who_has_the_child_in_hand_reads_its_answers(told_of: Story) -> None:
    for key in ("school_counselor", "psych_expert"):
        told_of.act(key)
        assert rows_of("scale_responses", told_of.child) > 0, key
        assert rows_of("scale_responses", told_of.other) == 0, key
    for key in (
        "school_psych_lead",
        "principal",
        "homeroom_teacher",
        "psych_center_lead",
        "psych_expert_2",
        "sys_admin",
    ):
        told_of.act(key)
        assert rows_of("scale_responses", told_of.child) == 0, key
