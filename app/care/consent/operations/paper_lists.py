"""Consents on paper by the workbook: kept as answers of persons, then settled like those that came one by one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import func, select

from app.care.consent.models import Consent, ConsentAnswer, ConsentRound
from app.care.consent.operations.answers import relation_of, settle
from app.core import clock
from app.core.database import db, uuid7
from app.core.errors import ImportRefused
from app.core.imports.good_rows import GoodRows
from app.core.imports.models import ImportBatch
from app.core.imports.operations import CHANGED_MEANWHILE
from app.core.imports.registry import Counts
from app.people.directory.models import Student

NOON = time(12)


def round_of(batch: ImportBatch) -> ConsentRound:
    """The round that a workbook was sent for."""
    assert batch.target_id is not None
    return db.session.get_one(ConsentRound, batch.target_id)


def keep_list(batch: ImportBatch, rows: GoodRows | None) -> Counts:
    """Keep every row as one person's answer on paper and settle each student: one refusal is enough (decision 66).

    Raises ImportRefused when an answer came to stand since the rows were checked.
    """
    if rows is None:
        raise RuntimeError("consents are accepted from the checked rows")
    round_ = round_of(batch)
    found = _consents(batch, round_, [str(number) for number in rows.column("student_no")])
    touched: dict[uuid.UUID, Consent] = {}
    for number, who, answer, day, scan in rows.accepted("student_no", "who", "answer", "signed_on", "scan"):
        consent = found.get(str(number))
        if consent is None or consent.state != "requested":
            raise ImportRefused(CHANGED_MEANWHILE)
        consent.answers.append(_answer(batch, consent, str(who), str(answer), str(day), str(scan or "")))
        touched[consent.id] = consent
    db.session.flush()
    for consent in touched.values():
        settle(consent)
    return Counts(added=len(rows))


def _consents(batch: ImportBatch, round_: ConsentRound, numbers: Sequence[str]) -> Mapping[str, Consent]:
    wanted = (
        select(Consent)
        .join(Student, Student.id == Consent.student_id)
        .where(
            Consent.school_id == batch.school_id,
            Consent.round_id == round_.id,
            Student.student_no.in_(numbers),
            Student.left_on.is_(None),
        )
        .with_for_update(of=Consent)
        .execution_options(populate_existing=True)
    )
    return {one.student.student_no: one for one in db.session.scalars(wanted)}


def _answer(batch: ImportBatch, consent: Consent, who: str, answer: str, day: str, scan: str) -> ConsentAnswer:
    round_ = consent.round
    signed = datetime.combine(date.fromisoformat(day), NOON, clock.SHANGHAI).astimezone(UTC)
    return ConsentAnswer(
        id=uuid7(), county_id=consent.county_id, school_id=consent.school_id, consent_id=consent.id,
        student_id=consent.student_id, who=who, relation=relation_of(consent, who), answer=answer, channel="paper",
        notice_version=round_.notice_version, notice_sha256=round_.notice_sha256, answered_at=min(signed, clock.now()),
        recorded_by=batch.owner_id, batch_id=batch.id, scan_ref=scan,
    )  # fmt: skip


def kept_of(batch: ImportBatch) -> int:
    """Answers that came with a workbook: they are only ever added to, so it is not taken back (security 41)."""
    counted = select(func.count()).select_from(ConsentAnswer).where(ConsentAnswer.batch_id == batch.id)
    return db.session.scalar(counted) or 0


def nothing_to_take_back(batch: ImportBatch) -> Counts:
    """A workbook none of whose rows was kept."""
    return Counts()
