"""What others read, put out and taken in inside the open act of the step behind it; for everybody through a public page."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.database import db, uuid7
from app.improvement.accountability.models import AccountabilityNotice, AccountabilityRecord
from app.improvement.accountability.numbers import accountability_numbers
from app.improvement.disclosure.operations.public_pages import Showing, digest_of, put_out, take_in


def put_on_notice(record: AccountabilityRecord, kind: str, words: str, until: date | None) -> AccountabilityNotice:
    """Let the county's schools and departments read it until the day named."""
    measure = accountability_numbers().measure(record.measure)
    notice = AccountabilityNotice(
        id=uuid7(),
        county_id=record.county_id,
        school_id=record.school_id,
        unit_id=record.unit_id,
        record_id=record.id,
        kind=kind,
        about=record.kind,
        number=record.number,
        title=f"{record.title}（{measure.zh}）" if measure else record.title,
        body=record.body,
        words=words,
        shown_on=clock.today(),
        until_on=until,
    )
    db.session.add(notice)
    return notice


def take_off_notice(
    record: AccountabilityRecord, kinds: tuple[str, ...], reason: str = "", empty: bool = False
) -> None:
    """End what stands of these kinds; with `empty` the words go too, day and reason stay."""
    standing = select(AccountabilityNotice).where(
        AccountabilityNotice.record_id == record.id,
        AccountabilityNotice.kind.in_(kinds),
        AccountabilityNotice.ended_on.is_(None),
    )
    for notice in db.session.scalars(standing):
        notice.ended_on, notice.ended_reason = clock.today(), reason
        if empty:
            notice.words = ""


def let_everybody_read(record: AccountabilityRecord) -> None:
    """A public page with the same words, for as long as the decision stands."""
    content = {
        "title": record.title,
        "paragraphs": [line.strip() for line in record.public_words.splitlines() if line.strip()],
        "source": "statement",
        "figures": {},
    }
    put_out(record, Showing("result", content, digest_of(content), record.body, record.lapses_on))


def end_public_page(record: AccountabilityRecord, ended_as: str, reason: str = "") -> None:
    """Empty the public page, if there is one."""
    take_in(record, ended_as, reason)
