"""The week's numbers for the leading group: frozen, read by a second person, let out, corrected, taken back."""

from __future__ import annotations

from app.care.figures import operations
from app.care.figures.models import FigureRelease
from app.care.figures.operations import ReleaseIn, ReleasePlace, ReleaseStep
from app.core.database import use_context
from app.core.policy.actor import Actor
from app.demo.term.county import Term

PERIOD = "2026 年秋季学期第一次测评"
RETURNED = "请在说明里写清楚分母：免测的不计，另外两所乡镇学校第二波才测完"
CANCELLED = "与月报重复，并入下一期"
WITHDRAWN = "期次写错了，已另发正确的一期"


def tell(term: Term) -> None:
    """After the decisions of the afternoon: six that stand at six stops."""
    term.at(0, 18)
    operations.freeze_where_due()
    term.at(0, 18, 10)
    first = _out(term, _prepared(term, PERIOD, "初稿，没有写明免测人数"))
    _out(term, _prepared(term, PERIOD, "更正：补写免测人数的口径，数字不变", first.ref))
    wrong = _out(term, _prepared(term, "2026 年春季学期", "误写了学期"))
    operations.withdraw_release(_reader(term), wrong, ReleaseStep(WITHDRAWN))
    back = _prepared(term, "2026 年 11 月", "供领导小组例会")
    operations.return_release(_reader(term), back, ReleaseStep(RETURNED))
    not_needed = _prepared(term, "2026 年 10 月", "补发")
    operations.cancel_release(_maker(term), not_needed, ReleaseStep(CANCELLED))
    _prepared(term, "2026 年 12 月例会", "只报覆盖面和及时率，不报层级")


def _as(actor: Actor) -> Actor:
    use_context(actor.context())
    return actor


def _maker(term: Term) -> Actor:
    return _as(term.county.any("bureau_psych_officer"))


def _reader(term: Term) -> Actor:
    return _as(term.county.any("psych_center_lead"))


def _prepared(term: Term, period: str, note: str, replaces: str = "") -> FigureRelease:
    place = ReleasePlace(term.county.id, term.county.id)
    return operations.prepare_release(_maker(term), place, ReleaseIn(period, note, replaces))


def _out(term: Term, release: FigureRelease) -> FigureRelease:
    operations.approve_release(_reader(term), release, ReleaseStep())
    return release
