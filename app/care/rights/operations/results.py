"""The result of a request as a file a machine can read, with its digest; put together by the system, read by who asked."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import select

from app.care.consent.models import Consent
from app.care.rights.models import RightsRequest
from app.care.rights.sealing import sealed, unsealed
from app.care.rights.words import KEPT, KEPT_NOW
from app.care.screening.models import ScreeningCampaign, ScreeningTask
from app.care.screening.operations.scoring import erase_on_request
from app.core.casework.daily import take_each
from app.core.casework.door import operation
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory.models import SchoolClass, Student, Unit
from workflows.care.rights_request import RIGHTS_REQUEST

WITH_DATA = frozenset({"access", "copy", "correct", "delete"})
"""Kinds whose result holds the data as they stand: of a correction and an erasure, as they stand afterwards."""


NOT_HERE = (
    "身份证件号码和电话号码：到学校核对身份后当面看",
    "问卷回答和评估：由学校心理教师当面说明",
    "其他人的信息",
)
"""What no file holds, and where it is learnt instead (domain §2.3: a code may have come into another's hands)."""


@operation(RIGHTS_REQUEST, "complete")
def complete_request(actor: Actor, request: RightsRequest, given: dict[str, Any]) -> None:
    """Write the result, sealed, and the SHA-256 of its bytes; `given`: what was found or erased."""
    result: dict[str, Any] = {
        "request": request.ref, "kind": request.kind, "asked_as": request.asked_as,
        "asked_at": request.created_at.isoformat(), "answered_at": request.state_since.isoformat(),
        "answer": unsealed(request, "answer_sealed"), **given,
    }  # fmt: skip
    written = json.dumps(result, ensure_ascii=False, indent=2, sort_keys=True)
    request.result_sealed = sealed(request, "result_sealed", written)
    request.result_sha256 = hashlib.sha256(written.encode()).hexdigest()


def complete_all() -> int:
    """Requests that were answered and wait for their result. Asked each minute."""
    use_context(SYSTEM.context())
    waiting = select(RightsRequest).where(RightsRequest.state == "preparing").order_by(RightsRequest.id)
    return take_each(waiting, RightsRequest, _complete)


def _complete(one: RightsRequest) -> None:
    given = {"erased": _erase(one)} if one.kind == "delete" else {}
    if one.kind in WITH_DATA:
        given["data"] = data_of(one)
    complete_request(SYSTEM, one, given)


def _erase(request: RightsRequest) -> dict[str, Any]:
    """Destroy the answers of surveys whose agreement was taken back; numbers only."""
    tasks = db.session.scalars(select(ScreeningTask).where(ScreeningTask.student_id == request.student_id)).all()
    gone = sum(1 for task in tasks if erase_on_request(SYSTEM, task, None))
    kept = len(tasks) - gone
    return {"surveys": gone, "surveys_kept": kept, "kept": [KEPT.zh, *([KEPT_NOW.zh] if kept else [])]}


def data_of(request: RightsRequest) -> dict[str, Any]:
    """What is kept of the child: roll, agreements, surveys, and what is not here.

    Answers, levels, scores and what professionals wrote are explained in a talk and are in no file (domain §2.3, §10.1).
    """
    student = db.session.get_one(Student, request.student_id)
    tasks = db.session.execute(
        select(ScreeningTask, ScreeningCampaign.name)
        .join(ScreeningCampaign, ScreeningCampaign.id == ScreeningTask.campaign_id)
        .where(ScreeningTask.student_id == student.id)
        .order_by(ScreeningTask.created_at)
    ).all()
    return {
        "roll": _roll(student),
        "agreements": _agreements(student),
        "surveys": [
            {"title": title, "state": task.state, "since": task.state_since.isoformat()} for task, title in tasks
        ],
        "not_here": list(NOT_HERE),
    }


def _roll(student: Student) -> dict[str, Any]:
    school = db.session.get_one(Unit, student.school_id)
    group = db.session.get(SchoolClass, student.class_id) if student.class_id else None
    return {
        "name": student.name, "student_no": student.student_no, "gender": student.gender,
        "birth_date": student.birth_date.isoformat(), "school": school.name, "grade": student.grade,
        "class": group.name if group else None, "boarding": student.boarding, "left_behind": student.left_behind,
        "guardians": student.guardians or [],
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


def erased_by(request: RightsRequest) -> dict[str, Any]:
    """What an answered request to erase destroyed and kept, in numbers; empty for every other request."""
    if request.kind != "delete" or request.result_sealed is None:
        return {}
    found: dict[str, Any] = json.loads(unsealed(request, "result_sealed"))["erased"]
    return found
