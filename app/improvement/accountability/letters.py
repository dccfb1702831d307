"""What the outbox carries out for accountability: a letter to the person concerned without a word of it, and the papers."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select

from app.core import pdf
from app.core.casework.records import record_of
from app.core.database import db, new_ref
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.accountability import papers
from app.improvement.accountability.models import AccountabilityRecord, AccountabilitySaying
from app.improvement.accountability.operations.documents import MadePaper, keep_paper, next_edition
from app.people.letters import write


def notified(row: OutboxRow) -> None:
    """The person concerned gets a letter of his or her own; the head of the unit is told by the step."""
    record = record_of(row.entity or "", row.record_id) if row.record_id else None
    if record is None or record.person_id is None:
        return
    words = Sentence(f"有一份告知书请您查看：{record.label}", f"A notice is there for you to read: {record.named.en}")
    write({record.person_id}, f"notified:{row.id}", "step_taken", record, words)


def paper(row: OutboxRow) -> None:
    """Draw a new edition of a paper where it says something new; where PDF is off, Word alone."""
    record = db.session.get(AccountabilityRecord, row.record_id)
    if record is None or record.notified_on is None:
        return
    name = row.data["paper"]
    said = select(AccountabilitySaying).where(AccountabilitySaying.record_id == record.id)
    with force_locale("zh"):
        facts = papers.facts_of(record, name, list(db.session.scalars(said.order_by(AccountabilitySaying.id))))
        edition = next_edition(record, name, facts.digest)
        for form in papers.KINDS if edition else ():
            if form == "word" or pdf.available():
                _keep(record, facts, name, form, edition)


def _keep(record: AccountabilityRecord, facts: papers.PaperFacts, name: str, form: str, edition: int) -> None:
    ref = new_ref()
    content = papers.as_word(facts, ref, edition) if form == "word" else papers.as_pdf(facts, ref, edition)
    title = f"{facts.title}-{facts.number}-第{edition}版.{papers.ENDINGS[form]}"
    stored = current_app.extensions["bihuan.shelf"].keep(content, title, papers.KINDS[form])
    keep_paper(SYSTEM, record, MadePaper(name, form, edition, stored, facts.digest, ref))
