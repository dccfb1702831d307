"""Children who left, with one row in every table that tells of a child; their words are one mark that can be looked for."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import Table, insert, select, update

from app.care.protection.models import RECIPIENT, ImpactAssessment
from app.core.audit import trail
from app.core.database import Base, db, new_ref, use_context, uuid7
from app.core.erasure import table_of
from app.core.policy.actor import SYSTEM
from app.core.vault import Place
from app.people.directory.models import Student
from tests.care.assessed import assessed
from tests.cast import Cast
from tests.policy.records import Chain, row_of

LEFT, BORN = date(2019, 7, 10), date(2005, 3, 1)
"""By the autumn of 2026 every class is over for somebody who left on this day."""
FINAL = {
    "break_glass": "reviewed", "identity_grants": "reviewed", "rights_requests": "fulfilled",
    "critical_alerts": "closed", "emergency_notices": "told", "handovers": "handed", "code_change_requests": "rejected",
    "care_duties": "done", "rainbow_assessments": "rejected", "screening_tasks": "declined", "consents": "refused",
}  # fmt: skip


def tables_of_children() -> list[Table]:
    """Every table with a child's own rows, parents first."""
    return [table for table in Base.metadata.sorted_tables if "student_id" in table.c]


def a_child(
    cast: Cast, chain: Chain, mark: str, left_on: date | None = LEFT, born: date = BORN, **states: str
) -> uuid.UUID:
    """A child of the chain's school whose rows carry `mark` in every text and, sealed, in every sealed column.

    `states`: table → the state of its row, where it is another than the final one.
    """
    who, ids = cast["school_counselor"], {**chain.ids, "students": uuid7()}
    ids |= {table.name: uuid7() for table in tables_of_children()}
    ids["impact_assessments"] = _a_hospital(cast)
    own = Chain(
        mark, mark, chain.place, chain.school, chain.school, ids=ids, states={**chain.states, **FINAL, **states}
    )
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.child"):
        db.session.execute(insert(table_of("students")).values(_student(cast, own, mark, left_on, born)))
        for table in tables_of_children():
            values = row_of(table, own, who) | _marked(table, own, left_on)
            values |= _handed(cast) if table.name == "handovers" else {}
            db.session.execute(insert(table).values(**values))
            if "id" in table.c:
                _along(table, own, mark)
    return ids["students"]


def _a_hospital(cast: Cast) -> uuid.UUID:
    """The assessment of a recipient, without which nothing is handed over."""
    assessed(cast.county.id, cast["dpo"].person_id, "县医院", kind=RECIPIENT)
    wanted = select(ImpactAssessment.id).where(ImpactAssessment.subject == "县医院")
    return db.session.scalars(wanted).one()


def _handed(cast: Cast) -> dict[str, Any]:
    """Signed, approved by another person, given out."""
    return {
        "signed_on": date(2019, 5, 1), "packet_sha256": "1" * 64, "approved_by": cast["school_psych_lead"].person_id,
        "submitted_by": cast["school_counselor"].person_id,
    }  # fmt: skip


def _student(cast: Cast, own: Chain, mark: str, left_on: date | None, born: date) -> dict[str, Any]:
    identity = own.ids["students"]
    sealed = current_app.extensions["bihuan.vault"].seal(Place(own.school.id, "students", identity, "private"), mark)
    return {
        "id": identity, "ref": new_ref(), "county_id": own.place.id, "school_id": own.school.id, "class_id": None,
        "student_no": f"L{mark[:8]}{uuid.uuid4().hex[:8]}", "name": f"{mark}名", "pinyin": f"{mark}ming", "gender": "1",
        "birth_date": born, "grade": "G9", "guardians": [{"name": f"{mark}父", "relation": "father"}],
        "private": sealed, "from_on": date(2016, 9, 1), "left_on": left_on,
    }  # fmt: skip


def _marked(table: Table, own: Chain, left_on: date | None) -> dict[str, Any]:
    """The mark in every free text of a row, files that lie on the shelf, settled long ago."""
    marked: dict[str, Any] = {}
    if "state_since" in table.c and table.name in ("break_glass", "identity_grants", "rights_requests"):
        marked["state_since"] = f"{left_on or BORN:%Y-%m-%d}T09:00:00+08:00"
    for column in table.columns:
        if column.name in ("consent_sha256", "file_sha256"):
            kept = current_app.extensions["bihuan.shelf"].keep(
                f"{own.marker} paper".encode(), "p.pdf", "application/pdf"
            )
            marked[column.name] = kept.sha256
        elif column.name in ("consent_name", "file_name"):
            marked[column.name] = f"{own.marker}.pdf"
        elif column.name.endswith("_sealed") or column.name in ("sealed", "first", "second", "final"):
            place = Place(own.school.id, table.name, own.ids[table.name], column.name)
            marked[column.name] = current_app.extensions["bihuan.vault"].seal(place, own.marker)
    return marked


def _along(table: Table, own: Chain, mark: str) -> None:
    """What hangs on a row by its name: a clock, a letter, a posted intention."""
    identity = own.ids[table.name]
    about = {"entity": table.name, "record_id": identity}
    person = db.session.scalar(select(table_of("persons").c.id).limit(1))
    db.session.execute(
        insert(table_of("inbox_letters")).values(
            id=uuid7(),
            ref=new_ref(),
            person_id=person,
            kind="x",
            title_zh=f"{mark}信",
            title_en=mark,
            address="/",
            **about,
        )
    )
    db.session.execute(
        insert(table_of("outbox")).values(kind="x", data={"word": mark}, county_id=own.place.id, **about)
    )
    db.session.execute(
        insert(table_of("deadlines")).values(
            id=uuid7(),
            ref=new_ref(),
            county_id=own.place.id,
            school_id=own.school.id,
            name=mark[:20],
            started_at="2019-01-01",
            due_at="2019-02-01",
            **about,
        )
    )


def comes_back(student: uuid.UUID) -> None:
    """The child is on the roll again."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.back"):
        db.session.execute(update(Student).where(Student.id == student).values(left_on=None))


__all__ = ["a_child", "comes_back", "tables_of_children"]
