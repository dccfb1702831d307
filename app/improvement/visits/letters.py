"""What the outbox carries out for visits: no response in time, and the feedback sheet as PDF and Word."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale
from sqlalchemy.orm import selectinload

from app.core import pdf
from app.core.casework.records import record_of
from app.core.database import db, new_ref
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.visits import sheet
from app.improvement.visits.models import SupervisionVisit, VisitLine
from app.improvement.visits.operations.answers import lapse_response
from app.improvement.visits.operations.documents import MadeIn, keep_sheet, next_edition


def visit_unanswered(row: OutboxRow) -> None:
    """The time to respond is over: the visit goes on without an answer, once."""
    visit = record_of("supervision_visits", row.record_id) if row.record_id else None
    if visit is not None and visit.state == "feedback_issued" and visit.response_is_overdue:
        lapse_response(SYSTEM, visit, None)


def visit_sheet(row: OutboxRow) -> None:
    """Draw a new edition of the sheet where it says something new; where PDF is off, Word alone."""
    points = selectinload(SupervisionVisit.lines).joinedload(VisitLine.node)
    visit = db.session.get(SupervisionVisit, row.record_id, options=[points], populate_existing=True)
    if visit is None or visit.feedback_on is None:
        return
    with force_locale("zh"):
        facts = sheet.facts_of(SYSTEM, visit)
        edition = next_edition(visit, facts.digest)
        for form in sheet.KINDS if edition else ():
            if form == "word" or pdf.available():
                _keep(visit, facts, form, edition)


def _keep(visit: SupervisionVisit, facts: sheet.SheetFacts, form: str, edition: int) -> None:
    ref = new_ref()
    content = sheet.as_word(facts, ref, edition) if form == "word" else sheet.as_pdf(facts, ref, edition)
    name = f"视导反馈单-{facts.number}-第{edition}版.{sheet.ENDINGS[form]}"
    stored = current_app.extensions["bihuan.shelf"].keep(content, name, sheet.KINDS[form])
    keep_sheet(SYSTEM, visit, MadeIn(form, edition, stored, facts.digest, ref))
