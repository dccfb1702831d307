"""An appeal and its answer: heard by other persons than those who decided, who uphold, change or revoke."""

from __future__ import annotations

from dataclasses import dataclass

from app.core import clock
from app.core.casework.door import operation
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.accountability.models import AccountabilityRecord
from app.improvement.accountability.numbers import accountability_numbers
from app.improvement.accountability.operations.deciding import Sat, seat, withdraw
from app.improvement.accountability.operations.drafting import NO_MEASURE
from app.improvement.accountability.operations.hearing import SayingIn, say
from app.improvement.accountability.operations.notices import (
    end_public_page,
    let_everybody_read,
    put_on_notice,
    take_off_notice,
)
from app.improvement.monitoring.numbers import months_after
from workflows.improvement.accountability_record import ACCOUNTABILITY_RECORD

WHY_APPEAL = Sentence("请写申诉的理由，至少 10 个字", "Write why you appeal, at least 10 characters")
REVOKED = Sentence("申诉复核后撤销", "Revoked on appeal")
REPLACED = Sentence("申诉复核后变更，以新的通报为准", "Changed on appeal; the new circular holds")


@dataclass(frozen=True)
class AnswerIn:
    """The answer to an appeal: reasons, who was present besides the chair, and the measure that takes the old one's place."""

    reason: str
    present: tuple[Sat, ...] = ()
    measure: str | None = None
    public_words: str = ""
    version: int | None = None


@operation(ACCOUNTABILITY_RECORD, "appeal")
def appeal_decision(actor: Actor, record: AccountabilityRecord, given: SayingIn) -> None:
    """The party appeals, once, while the time runs. Raises Invalid without words."""
    record.appealed_on = clock.today()
    say(actor, record, "appeal", given.words, WHY_APPEAL)


@operation(ACCOUNTABILITY_RECORD, "uphold")
def uphold_decision(actor: Actor, record: AccountabilityRecord, given: AnswerIn) -> None:
    """The decision stands."""
    _answer(actor, record, given, "upheld")


@operation(ACCOUNTABILITY_RECORD, "change")
def change_decision(actor: Actor, record: AccountabilityRecord, given: AnswerIn) -> None:
    """Another measure takes its place; what was made known is replaced. Raises Invalid."""
    measure = accountability_numbers().measure(given.measure)
    if measure is None or measure.kind != record.kind or measure.code == record.measure:
        raise Invalid("measure", NO_MEASURE)
    _answer(actor, record, given, "changed")
    record.measure = measure.code
    record.lapses_on = months_after(record.decided_on or clock.today(), measure.months)
    if record.disclosed_on is not None:
        record.public_words = given.public_words.strip() or record.public_words
        take_off_notice(record, ("disclosure",), REPLACED.zh, empty=True)
        end_public_page(record, "withdrawn", REPLACED.zh)
        put_on_notice(record, "disclosure", record.public_words, record.lapses_on)
        if record.level == "public":
            let_everybody_read(record)


@operation(ACCOUNTABILITY_RECORD, "revoke_on_appeal")
def revoke_on_appeal(actor: Actor, record: AccountabilityRecord, given: AnswerIn) -> None:
    """The decision falls; what was made known is emptied."""
    _answer(actor, record, given, "revoked")
    withdraw(record, REVOKED.zh)


def _answer(actor: Actor, record: AccountabilityRecord, given: AnswerIn, outcome: str) -> None:
    seat(actor, record, "appeal", given.present)
    record.appeal_outcome, record.appeal_reasons = outcome, given.reason.strip()
    record.appeal_settled_on = clock.today()
    post("accountability_paper", record, queue="heavy", paper="decision")
