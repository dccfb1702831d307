"""What is mailed, printed and carried on after plans moved: one function for each kind of outbox row."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import or_, select, text

from app.core import clock
from app.core.audit import trail
from app.core.casework.records import record_of
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.deliver import first_time
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.outbox.post import post
from app.core.pdf import NotPrinted
from app.core.policy.actor import SYSTEM
from app.improvement.plans import printing
from app.improvement.plans.arrivals import shelf
from app.improvement.plans.models import Evidence, EvidenceVersion, PlanDocument, RemediationPlan
from app.improvement.plans.operations import baselines, documents, endings
from app.improvement.plans.operations import evidence as evidences
from app.people.directory.models import RoleAssignment

SCAN_AGAIN_MINUTES = 10
BEGUN_FROM = text(
    """select distinct p.id from remediation_plans p join source_conflicts s on s.id = :conflict
       where p.state in ('draft', 'returned') and (
           p.baseline_result_id in (s.first_id, s.second_id)
           or exists (select 1 from item_findings x join data_findings f on f.id = x.finding_id
                      where x.item_id = p.item_id and f.result_id in (s.first_id, s.second_id)))
       order by p.id"""
)


def item_voided(row: OutboxRow) -> None:
    """The item is void: its plans and measures end."""
    item = record_of("problem_items", row.record_id) if row.record_id else None
    if item is not None:
        endings.end_with_item(SYSTEM, item)


def list_archived(row: OutboxRow) -> None:
    """The list is archived: so are its plans."""
    held = record_of("problem_lists", row.record_id) if row.record_id else None
    if held is not None:
        endings.archive_with_list(SYSTEM, held)


def conflict_settled(row: OutboxRow) -> None:
    """The office decided on a cell: plans that are being written and begin from it, or could, take what counts."""
    ids = list(db.session.scalars(BEGUN_FROM, {"conflict": row.record_id}))
    for plan in db.session.scalars(select(RemediationPlan).where(RemediationPlan.id.in_(ids))).all():
        baselines.take_ruling(SYSTEM, plan, None)


def plan_returned_often(row: OutboxRow) -> None:
    """A plan was returned for the third time or more: the group head is told (domain A4)."""
    plan = record_of("remediation_plans", row.record_id) if row.record_id else None
    if plan is None:
        return
    times = row.data["times"]
    words = Sentence(f"第 {times} 次退回：{plan.label}", f"Returned for the {times}th time: {plan.named.en}")
    _tell(_holders(plan, row.data["role"]), f"returned:{row.id}", "plan_returned_often", plan, words)


def _holders(plan: RemediationPlan, role: str) -> list[uuid.UUID]:
    day = clock.today()
    query = select(RoleAssignment.person_id).where(
        RoleAssignment.role == role,
        RoleAssignment.county_id == plan.county_id,
        RoleAssignment.from_on <= day,
        or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
    )
    return list(db.session.scalars(query))


def _tell(
    persons: list[uuid.UUID], key: str, kind: str, record: RemediationPlan | PlanDocument, words: Sentence
) -> None:
    fresh = [person for person in persons if first_time(f"{key}:inbox:{person}")]
    db.session.add_all(
        InboxLetter(
            person_id=person,
            kind=kind,
            title_zh=words.zh[:200],
            title_en=words.en[:300],
            address=record.address,
            entity=record.__tablename__,
            record_id=record.id,
        )
        for person in fresh
    )
    db.session.commit()


def plan_document(row: OutboxRow) -> None:
    """Make a printout; when it cannot be made the sentence says why."""
    document = db.session.get(PlanDocument, row.record_id)
    if document is None or document.is_over:
        return
    try:
        made = printing.make(document)
    except NotPrinted as refused:
        documents.give_up_document(SYSTEM, document, refused.sentence)
        return
    documents.keep_document(SYSTEM, document, made)
    words = Sentence(f"已生成：{document.title}", f"Ready: {document.title}")
    _tell([document.asked_by], f"printed:{document.id}", "plan_document", document, words)


def evidence_scan(row: OutboxRow) -> None:
    """Show a waiting file to the scanner again; while it does not answer the question is put off."""
    version = db.session.get(EvidenceVersion, uuid.UUID(row.data["version"]))
    piece = db.session.get(Evidence, row.record_id)
    if version is None or piece is None or version.checked or version.file_sha256 is None:
        return
    answer = shelf().recheck(version.file_sha256, version.original_sha256 or version.file_sha256)
    if answer == "ready":
        evidences.pass_scanned_file(SYSTEM, piece, version.file_sha256)
    elif answer == "quarantined":
        with trail.act(SYSTEM, "system", "evidence.scan_again", piece):
            later = clock.now() + timedelta(minutes=SCAN_AGAIN_MINUTES)
            post("evidence_scan", piece, due_at=later, version=str(version.id))
    else:
        evidences.refuse_scanned_file(SYSTEM, piece, version.file_sha256)
