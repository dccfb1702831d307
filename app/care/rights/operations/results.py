"""The result of a request as a file a machine can read, with its digest; put together by the system, read by who asked."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.care.consent.models import Consent
from app.care.rights.models import RightsRequest
from app.care.rights.sealing import sealed, unsealed
from app.care.screening.models import ScaleResponse, ScreeningCampaign, ScreeningTask, definitions
from app.care.screening.sheets import opened
from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.core.vault import KeyRing, Place
from app.people.directory.models import SchoolClass, Student, Unit
from workflows.care.rights_request import RIGHTS_REQUEST

WITH_DATA = frozenset({"access", "copy", "correct", "delete"})
"""Kinds whose result holds the data as they stand: of a correction and an erasure, as they stand afterwards."""


@operation(RIGHTS_REQUEST, "complete")
def complete_request(actor: Actor, request: RightsRequest, given: None = None) -> None:
    """Write the result, sealed, and the SHA-256 of its bytes."""
    result: dict[str, Any] = {
        "request": request.ref, "kind": request.kind, "asked_as": request.asked_as,
        "asked_at": request.created_at.isoformat(), "answered_at": request.state_since.isoformat(),
        "answer": unsealed(request, "answer_sealed"),
    }  # fmt: skip
    if request.kind in WITH_DATA:
        result["data"] = data_of(request)
    written = json.dumps(result, ensure_ascii=False, indent=2, sort_keys=True)
    request.result_sealed = sealed(request, "result_sealed", written)
    request.result_sha256 = hashlib.sha256(written.encode()).hexdigest()


def complete_all() -> int:
    """Requests that were answered and wait for their result. Asked each minute."""
    use_context(SYSTEM.context())
    found = db.session.scalars(select(RightsRequest).where(RightsRequest.state == "preparing").limit(50)).all()
    for one in found:
        complete_request(SYSTEM, one, None)
    return len(found)


def data_of(request: RightsRequest) -> dict[str, Any]:
    """What is kept of the child: roll, agreements, surveys; the answers themselves to the student alone.

    Levels, scores and what professionals wrote are explained in a talk and are in no file (domain §10.1).
    """
    student = db.session.get_one(Student, request.student_id)
    tasks = db.session.execute(
        select(ScreeningTask, ScreeningCampaign.name)
        .join(ScreeningCampaign, ScreeningCampaign.id == ScreeningTask.campaign_id)
        .where(ScreeningTask.student_id == student.id)
        .order_by(ScreeningTask.created_at)
    ).all()
    data: dict[str, Any] = {
        "roll": _roll(student),
        "agreements": _agreements(student),
        "surveys": [
            {"title": title, "state": task.state, "since": task.state_since.isoformat()} for task, title in tasks
        ],
    }
    if request.asked_as == "student":
        data["answers"] = _answers(student)
    return data


def _roll(student: Student) -> dict[str, Any]:
    school = db.session.get_one(Unit, student.school_id)
    group = db.session.get(SchoolClass, student.class_id) if student.class_id else None
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    place = Place(student.school_id, "students", student.id, "private")
    private = json.loads(ring.open_text(place, student.private)) if student.private else {}
    return {
        "name": student.name, "student_no": student.student_no, "gender": student.gender,
        "birth_date": student.birth_date.isoformat(), "school": school.name, "grade": student.grade,
        "class": group.name if group else None, "boarding": student.boarding, "left_behind": student.left_behind,
        "id_type": student.id_type, "id_number": private.get("id"), "guardians": student.guardians or [],
        "guardian_phones": private.get("phones") or [],
    }  # fmt: skip


def _agreements(student: Student) -> list[dict[str, Any]]:
    found = db.session.scalars(
        select(Consent).where(Consent.student_id == student.id).order_by(Consent.asked_on, Consent.id)
    ).all()
    return [
        {
            "purpose": one.purpose, "school_year": one.school_year, "state": one.state,
            "said": [
                {"who": said.who, "relation": said.relation, "answer": said.answer, "channel": said.channel,
                 "at": said.answered_at.isoformat(), "notice_version": said.notice_version,
                 "notice_sha256": said.notice_sha256}
                for said in one.answers
            ],
        }
        for one in found
    ]  # fmt: skip


def _answers(student: Student) -> list[dict[str, Any]]:
    wanted = select(ScaleResponse).where(ScaleResponse.student_id == student.id, ScaleResponse.sealed.is_not(None))
    rows = db.session.scalars(wanted.order_by(ScaleResponse.saved_at, ScaleResponse.id)).all()
    known = definitions(student.county_id, {(row.scale_code, row.scale_version) for row in rows}) if rows else {}
    return [
        {
            "scale": row.scale_code, "version": row.scale_version,
            "at": (row.submitted_at or row.saved_at or clock.now()).isoformat(),
            "values": list(opened(row, known[row.scale_code, row.scale_version]).values),
        }
        for row in rows
        if (row.scale_code, row.scale_version) in known
    ]  # fmt: skip
