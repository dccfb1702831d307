"""Impact assessments that are in force before a test begins, written by sets: without them nothing of care is begun."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import insert, select

from app.care.protection.models import PURPOSE, ImpactAssessment
from app.core import clock
from app.core.audit import trail
from app.core.database import db, new_ref, use_context, uuid7
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Person


def assessed(place: uuid.UUID, author: uuid.UUID, *subjects: str, kind: str = PURPOSE) -> None:
    """Each of `subjects` has its assessment in force in a county, written by `author` and approved by somebody else."""
    use_context(SYSTEM.context())
    today = clock.today()
    approver = db.session.scalar(select(Person.id).where(Person.id != author).limit(1))
    there = select(ImpactAssessment.subject).where(
        ImpactAssessment.county_id == place, ImpactAssessment.kind == kind, ImpactAssessment.state == "active"
    )
    wanted = set(subjects) - set(db.session.scalars(there))
    rows = [
        {
            "id": uuid7(), "ref": new_ref(), "county_id": place, "unit_id": place, "owner_id": author,
            "kind": kind, "subject": one, "recipient_kind": None if kind == PURPOSE else "hospital", "version_no": 1,
            "necessity": "要", "risks": "有", "measures": "有", "conclusion": "可行", "risk": "low",
            "review_on": today + timedelta(days=365), "file_sha256": "0" * 64, "file_name": "report.pdf",
            "media_type": "application/pdf", "approved_by": approver, "approved_on": today,
            "state": "active",
        }
        for one in sorted(wanted)
    ]  # fmt: skip
    if rows:
        with trail.act(SYSTEM, "system", "cast.assessed"):
            db.session.execute(insert(ImpactAssessment), rows)
