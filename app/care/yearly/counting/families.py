"""Of families: which data for which purpose of how many minors, who agreed, what was asked and how fast it was answered."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, Table, and_, case, cast, func, or_, select, union

from app.care.consent import words as consent_words
from app.care.consent.models import ADULT, Consent
from app.care.protection import words as protection_words
from app.care.protection.models import PURPOSE, ImpactAssessment
from app.care.protection.purposes import Purpose, purposes
from app.care.retention.due import years_of
from app.care.rights import words as rights_words
from app.care.rights.models import KINDS, RightsRequest
from app.care.yearly.counting.shape import Year, part
from app.core import clock
from app.core.calendar import working_days_between
from app.core.casework.deadlines import work_calendar
from app.core.database import Base, db
from app.core.errors import Sentence
from app.core.small_cells import KEPT, LEAST_OUTSIDE, Line, publish_line
from app.people.directory.models import Student
from workflows.care.rights_request import RECEIVED

NOT_OF_MINORS = Sentence("不涉及未成年人", "Not about minors")


def purposes_of_the_year(year: Year) -> dict[str, Any]:
    """Each purpose with its basis, law, data, retention, how many minors, and whether an assessment held."""
    held, years = _assessed(year), years_of(year.county_id)
    rows = [
        (
            one.title, protection_words.BASES[one.basis], one.law, one.data, one.kept(years), _minors(year, one),
            held.get(code, Sentence("没有", "None") if one.basis != "duty" else Sentence("—", "—")),
        )
        for code, one in purposes().items()
    ]  # fmt: skip
    heads = (
        Sentence("目的", "Purpose"), Sentence("依据", "Basis"), Sentence("法律", "Law"), Sentence("数据种类", "Data"),
        Sentence("保存期限", "Kept for"), Sentence("未成年人", "Minors"), Sentence("影响评估", "Assessment"),
    )  # fmt: skip
    return part("purposes", Sentence("处理的目的和数据", "Purposes and data"), heads, rows)


def _assessed(year: Year) -> dict[str, Sentence]:
    """Purpose → the assessment that held in the year, the newest of them."""
    wanted = select(ImpactAssessment.subject, ImpactAssessment.version_no, ImpactAssessment.review_on).where(
        ImpactAssessment.county_id == year.county_id, ImpactAssessment.kind == PURPOSE,
        ImpactAssessment.approved_on < year.until, ImpactAssessment.review_on >= year.first,
    )  # fmt: skip
    rows = db.session.execute(wanted.order_by(ImpactAssessment.version_no)).all()
    return {
        row.subject: Sentence(
            f"第 {row.version_no} 版，至 {row.review_on}", f"Version {row.version_no}, to {row.review_on}"
        )
        for row in rows
    }


def _minors(year: Year, purpose: Purpose) -> Any:
    """How many minors stand in the purpose's tables with something of the year, as it may be told."""
    tables = [Base.metadata.tables[name] for name in purpose.tables]
    parts = [_in(year, table) for table in tables if "student_id" in table.c or table.name == "students"]
    if not parts:
        return NOT_OF_MINORS
    concerned = union(*parts).subquery()
    number = select(func.count()).select_from(concerned).join(Student, Student.id == concerned.c.student)
    return year.few(f"minors.{purpose.code}", db.session.scalar(number.where(_is_minor(year))) or 0)


def _in(year: Year, table: Table) -> Select[Any]:
    if table.name == "students":
        there = and_(Student.created_at < year.ends, (Student.left_on.is_(None)) | (Student.left_on >= year.first))
        return select(Student.id.label("student")).where(Student.county_id == year.county_id, there)
    found = select(table.c.student_id.label("student")).where(table.c.county_id == year.county_id)
    if "created_at" in table.c:
        found = found.where(table.c.created_at >= year.begins, table.c.created_at < year.ends)
    return found


def _is_minor(year: Year) -> Any:
    """Not yet of age when the year began."""
    return Student.birth_date > cast(date(year.year - ADULT, 1, 1), Date)


def agreements(year: Year) -> dict[str, Any]:
    """Who was asked for which purpose, and what became of it."""
    ran_out = and_(Consent.state == "expired", Consent.previous_state == "granted")
    stands = case(
        (or_(Consent.state == "granted", ran_out), 0), (Consent.state == "refused", 1), (Consent.state == "withdrawn", 2),
        else_=3,
    )  # fmt: skip
    wanted = select(Consent.purpose, stands, func.count(Consent.student_id.distinct())).where(
        Consent.county_id == year.county_id, Consent.asked_on >= year.first, Consent.asked_on < year.until
    )
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for purpose, at, n in db.session.execute(wanted.group_by(Consent.purpose, stands)).all():
        counts[purpose][at] = n
    rows = [(words, *_line(year, code, counts[code])) for code, words in consent_words.PURPOSES.items()]
    heads = (
        Sentence("目的", "Purpose"), Sentence("征询", "Asked"), Sentence("同意", "Agreed"), Sentence("不同意", "Refused"),
        Sentence("撤回", "Taken back"), Sentence("没有答复", "No answer"),
    )  # fmt: skip
    return part("agreements", Sentence("同意和撤回", "Agreements and what was taken back"), heads, rows)


def _line(year: Year, code: str, counts: list[int]) -> list[Any]:
    """The sum and its parts; where one part is small another is kept back, so that none can be reckoned."""
    keys = [f"agreed.{code}.{place}" for place in range(-1, len(counts))]
    if sum(counts) < 4 * LEAST_OUTSIDE:
        return [year.few(keys[0], sum(counts)), *({"key": key, "n": KEPT} for key in keys[1:])]
    past = [list(year.before.get(key, ())) for key in keys]
    earlier = [Line(int(total), list(cells)) for total, *cells in zip(*past, strict=False) if isinstance(total, int)]
    line = publish_line(counts, earlier, LEAST_OUTSIDE)
    assert line is not None
    return [{"key": key, "n": n} for key, n in zip(keys, [line.total, *line.cells], strict=True)]


def requests(year: Year) -> dict[str, Any]:
    """Requests by kind, those that took too long, and the longest time that one took."""
    wanted = select(RightsRequest.kind, RightsRequest.state, RightsRequest.created_at, RightsRequest.state_since).where(
        RightsRequest.county_id == year.county_id,
        RightsRequest.created_at >= year.begins,
        RightsRequest.created_at < year.ends,
    )
    taken: dict[str, list[int]] = defaultdict(list)
    for row in db.session.execute(wanted).all():
        taken[row.kind].append(_days(row))
    allowed = allowed_days()
    rows = [
        (
            rights_words.KINDS[kind], year.few(f"requests.{kind}", len(taken[kind])),
            year.few(f"requests.{kind}.late", sum(days > allowed for days in taken[kind])),
            max(taken[kind]) if len(taken[kind]) >= LEAST_OUTSIDE else Sentence("人数太少，不列", "Too few to tell"),
        )
        for kind in KINDS
    ]  # fmt: skip
    heads = (
        Sentence("请求", "Request"), Sentence("件数", "Number"),
        Sentence(f"超过 {allowed} 个工作日", f"Later than the limit (working days: {allowed})"),
        Sentence("最长（工作日）", "Longest (working days)"),
    )  # fmt: skip
    return part("requests", Sentence("本人和监护人的请求", "Requests of children and guardians"), heads, rows)


def allowed_days() -> int:
    """The clock of a request, as the workflow declares it."""
    days: int = RECEIVED.deadlines[0].days  # type: ignore[attr-defined]
    return days


def _days(row: Any) -> int:
    ended = row.state_since if row.state not in ("received", "preparing") else clock.now()
    return working_days_between(
        clock.local(row.created_at).date(), clock.local(ended).date(), work_calendar().overrides
    )
