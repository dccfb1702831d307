"""Freezing a week, and letting a frozen week out to the leading group: one person freezes it, another publishes it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import undefer

from app.care.figures.counting import count, of_one_school, process_of, published
from app.care.figures.digests import digest_of
from app.care.figures.models import GROUP, PROCESS, REGION, WEEK, FigureRelease, FigureSnapshot, PublishedFigure
from app.care.figures.rates import Figure, figures_of
from app.care.figures.region import for_the_region
from app.care.screening.models import ScreeningCampaign
from app.core import clock
from app.core.audit import trail
from app.core.casework.door import follow, operation
from app.core.copying import allow_long_statements
from app.core.database import db, new_ref, use_context, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.imports.grades import school_year
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory.models import Unit
from workflows.care.figure_release import FIGURE_RELEASE

NO_WEEK = Sentence("还没有冻结过数据，下周一起可以发布", "Nothing is frozen yet; come back from next Monday on")
NO_PERIOD = Sentence("请写这期数据说的是哪段时间", "Say which time these figures are about")
NOT_OUT = Sentence("只有现行版可以更正", "Only the version in force can be corrected")
WITHOUT_SCHOOLS = ("levels",)
"""Measures whose schools stay out of a release: levels are no figure about a school (domain §4)."""


@operation(right="system", name="care_figures.freeze")
def freeze_week(actor: Actor, county: Unit, given: None = None) -> None:
    """Count a county and keep what may be told, for the county and for each school; the numbers behind it are not kept."""
    today = clock.today()
    year = school_year(today.year, today.month)
    allow_long_statements()
    counted = count(county.id, year, today)
    if not counted:
        return
    content = published(counted, _earlier(county.id, year))
    rows = [_row(county.id, None, today, year, content)]
    schools = select(Unit.id).where(Unit.kind == "school", Unit.county_id == county.id).order_by(Unit.code)
    for school in db.session.scalars(schools).all():
        if part := of_one_school(content, str(school)):
            rows.append(_row(county.id, school, today, year, part))
            if process := process_of(part):
                rows.append(_row(county.id, school, today, year, process, PROCESS))
    db.session.execute(insert(FigureSnapshot), rows)
    deed = trail.current()
    if deed is not None:
        deed.main.extra |= {
            "schools": sum(row["kind"] == WEEK for row in rows) - 1,
            "digest": rows[0]["content_sha256"],
        }


def _row(
    county: uuid.UUID, school: uuid.UUID | None, day: date, year: int, content: dict[str, Any], kind: str = WEEK
) -> dict[str, Any]:
    return {
        "id": uuid7(), "ref": new_ref(), "county_id": county, "school_id": school, "taken_on": day, "school_year": year,
        "kind": kind, "content": content, "content_sha256": digest_of(content),
    }  # fmt: skip


def _earlier(county: uuid.UUID, year: int) -> Sequence[dict[str, Any]]:
    found = select(FigureSnapshot.content).where(
        FigureSnapshot.county_id == county, FigureSnapshot.school_id.is_(None), FigureSnapshot.school_year == year
    )
    return db.session.scalars(found.order_by(FigureSnapshot.taken_on)).all()


def freeze_where_due() -> int:
    """The daily job: counties where screening or support began and whose week is not frozen yet; how many were frozen."""
    use_context(SYSTEM.context())
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    frozen = select(FigureSnapshot.county_id).where(FigureSnapshot.taken_on >= monday)
    begun = select(ScreeningCampaign.county_id)
    wanted = select(Unit).where(Unit.kind == "county_bureau", Unit.id.in_(begun), Unit.id.not_in(frozen))
    counties = db.session.scalars(wanted).all()
    for county in counties:
        freeze_week(SYSTEM, county, None)
    return len(counties)


@dataclass(frozen=True)
class ReleaseIn:
    """What is said in front of the figures; `replaces`: the ref of the version that is corrected."""

    period: str
    note: str = ""
    replaces: str = ""
    version: int | None = None


@dataclass(frozen=True)
class ReleaseStep:
    """A step with its reason."""

    reason: str = ""
    version: int | None = None


@dataclass
class ReleasePlace:
    """Where a release is begun: the county bureau."""

    county_id: uuid.UUID
    unit_id: uuid.UUID
    school_id: None = None


@operation(FIGURE_RELEASE, "prepare")
def prepare_release(actor: Actor, place: ReleasePlace, given: ReleaseIn) -> FigureRelease:
    """Freeze the newest week for the leading group; with `replaces` as the next version under the same number.

    Raises Invalid without a period, StepRefused where there is no week or nothing to correct.
    """
    if not given.period.strip():
        raise Invalid({"period": NO_PERIOD})
    week = db.session.scalar(
        select(FigureSnapshot)
        .where(FigureSnapshot.county_id == place.county_id, FigureSnapshot.school_id.is_(None))
        .order_by(FigureSnapshot.taken_on.desc())
        .limit(1)
        .options(undefer(FigureSnapshot.content))
    )
    if week is None:
        raise StepRefused((NO_WEEK,))
    assert actor.person_id is not None
    old = _corrected(place, given)
    content = {"on": week.taken_on.isoformat(), "measures": _for_the_group(week.content)}
    return FigureRelease(
        id=uuid7(), county_id=place.county_id, unit_id=place.unit_id, snapshot_id=week.id, replaces=old,
        year=old.year if old else clock.today().year, number=old.number if old else _next_number(place),
        version_no=_next_version(old) if old else 1, period=given.period.strip(), note=given.note.strip(),
        content=content, content_sha256=digest_of(content), prepared_by=actor.person_id,
    )  # fmt: skip


def _for_the_group(measures: dict[str, Any]) -> dict[str, Any]:
    return {
        code: {**one, "cuts": {cut: table for cut, table in one["cuts"].items() if cut != "school"}}
        if code in WITHOUT_SCHOOLS
        else one
        for code, one in measures.items()
    }


def _corrected(place: ReleasePlace, given: ReleaseIn) -> FigureRelease | None:
    if not given.replaces:
        return None
    wanted = select(FigureRelease).where(
        FigureRelease.county_id == place.county_id, FigureRelease.ref == given.replaces
    )
    found = db.session.scalar(wanted.where(FigureRelease.state == "published"))
    if found is None:
        raise StepRefused((NOT_OUT,))
    return found


def _next_number(place: ReleasePlace) -> int:
    of_year = (FigureRelease.county_id == place.county_id, FigureRelease.year == clock.today().year)
    return (db.session.scalar(select(func.max(FigureRelease.number)).where(*of_year)) or 0) + 1


def _next_version(old: FigureRelease) -> int:
    same = (
        FigureRelease.county_id == old.county_id,
        FigureRelease.year == old.year,
        FigureRelease.number == old.number,
    )
    return (db.session.scalar(select(func.max(FigureRelease.version_no)).where(*same)) or 0) + 1


@operation(FIGURE_RELEASE, "resubmit")
def resubmit_release(actor: Actor, release: FigureRelease, given: ReleaseIn) -> None:
    """Period and note anew; the figures stay what they were."""
    if not given.period.strip():
        raise Invalid({"period": NO_PERIOD})
    release.period, release.note = given.period.strip(), given.note.strip()


@operation(FIGURE_RELEASE, "approve")
def approve_release(actor: Actor, release: FigureRelease, given: ReleaseStep) -> None:
    """Let it out: the version before is superseded, and its numbers stand ready for whoever reckons with them."""
    if release.replaces is not None and release.replaces.state == "published":
        follow(release.replaces, "supersede")
    release.approved_by, release.published_on = actor.person_id, clock.today()
    told = [one for one in figures_of(release.content["measures"]) if one.value is not None]
    lines = [_number(release, one, GROUP) for one in told]
    lines += [_number(release, one, REGION) for one in for_the_region(told, _told_the_region(release.county_id))]
    if lines:
        db.session.execute(insert(PublishedFigure), lines)


def _number(release: FigureRelease, one: Figure, audience: str) -> dict[str, Any]:
    return {
        "id": uuid7(), "ref": new_ref(), "county_id": release.county_id, "release_id": release.id,
        "unit_id": release.county_id, "code": one.code, "audience": audience, "kind": one.kind, "period": release.period,
        "value": one.value, "low": one.low, "high": one.high, "n": one.n,
    }  # fmt: skip


def _told_the_region(county: uuid.UUID) -> list[tuple[str, int, int]]:
    """Code, numerator and denominator of everything that city and province were ever told, the oldest first."""
    told = select(PublishedFigure.code, PublishedFigure.value, PublishedFigure.n).where(
        PublishedFigure.county_id == county, PublishedFigure.audience == REGION, PublishedFigure.kind == "share"
    )
    return [
        (code, round(value * n), n) for code, value, n in db.session.execute(told.order_by(PublishedFigure.created_at))
    ]


@operation(FIGURE_RELEASE, "return_release")
def return_release(actor: Actor, release: FigureRelease, given: ReleaseStep) -> None:
    """Back to whoever froze it, with a reason."""


@operation(FIGURE_RELEASE, "cancel")
def cancel_release(actor: Actor, release: FigureRelease, given: ReleaseStep) -> None:
    """It is not published; the number is not used again."""


@operation(FIGURE_RELEASE, "withdraw")
def withdraw_release(actor: Actor, release: FigureRelease, given: ReleaseStep) -> None:
    """Taken back with a reason that stays on its page; the figures are shown no more."""
