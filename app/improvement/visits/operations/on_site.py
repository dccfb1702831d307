"""At the school: signing in, what is seen line by line, photos; sent when there is a connection, never overwritten."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.core.storage import Stored
from app.improvement.visits.models import SupervisionVisit, VisitLine, VisitObservation, VisitPhoto
from app.improvement.visits.numbers import visit_numbers
from app.improvement.visits.operations.checklists import add_line_to, renew_points
from app.improvement.visits.words import SEEN
from workflows.improvement.supervision_visit import SUPERVISION_VISIT

KEY = re.compile(r"[0-9a-f-]{8,36}")
LONGEST_NOTE = 1000
MOST_AT_ONCE = 200
NOT_ON_SITE = Sentence("现在不在现场视导，检查清单不能再改", "The team is not on site; the checklist cannot be changed")
UNKNOWN_LINE = Sentence("检查清单里没有这一项，请刷新后再试", "This line is not on the checklist; reload and try again")
NO_KEY = Sentence("这条记录不完整，请刷新后再试", "This record is incomplete; reload and try again")
CHOOSE_SEEN = Sentence("请选择看到、部分看到或没看到", "Choose seen, partly seen or not seen")
NOT_A_PHOTO = Sentence("请拍照或选择 JPG、PNG 图片", "Take a photo or choose a JPG or PNG picture")


@dataclass(frozen=True)
class ArriveIn:
    """Who signed in at the school."""

    member_refs: tuple[str, ...]
    version: int | None = None


@dataclass(frozen=True)
class LineIn:
    """A further thing to look at: an item of the school, or a point in words."""

    title: str
    item_id: uuid.UUID | None = None
    version: int | None = None


@dataclass(frozen=True)
class Seen:
    """One observation as the phone sends it. `knew` is the key of the one that stood when it was made, or empty."""

    line_ref: str
    client_key: str
    seen: str
    note: str
    observed_at: datetime
    knew: str = ""


@dataclass(frozen=True)
class ObserveIn:
    """What the phone had waiting."""

    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class PhotoIn:
    """A photo of a line, cleaned and on the shelf."""

    line_ref: str
    client_key: str
    file: Stored


@dataclass(frozen=True)
class SettleIn:
    """Which of two observations counts."""

    line_ref: str
    observation_ref: str
    version: int | None = None


@operation(SUPERVISION_VISIT, "arrive")
def arrive(actor: Actor, visit: SupervisionVisit, given: ArriveIn) -> None:
    """The team signs in; the visit begins now."""
    _sign_in(visit, given)


@operation(SUPERVISION_VISIT, "arrive_unannounced")
def arrive_unannounced(actor: Actor, visit: SupervisionVisit, given: ArriveIn) -> None:
    """The same for a routine visit that nobody was told of (decisions §2 A7)."""
    renew_points(visit)
    _sign_in(visit, given)
    visit.checklist_edition += 1


def _sign_in(visit: SupervisionVisit, given: ArriveIn) -> None:
    now = clock.now()
    for member in visit.team:
        member.signed_in_at = now if member.ref in given.member_refs else None
    visit.arrived_at = now


@operation(right="visits.observe_visit", name="supervision_visit.add_line")
def add_line(actor: Actor, visit: SupervisionVisit, given: LineIn) -> VisitLine:
    """Look at something more than was planned."""
    _must_be_on_site(visit)
    return add_line_to(visit, given.title, given.item_id)


@operation(right="visits.observe_visit", name="supervision_visit.observe")
def observe(actor: Actor, visit: SupervisionVisit, given: ObserveIn) -> dict[str, str]:
    """Keep observations; client key → kept, conflict or late. The same key again changes nothing.

    One that was made without knowing of what a colleague saw stands beside it until somebody chooses; one that comes
    after the feedback is kept, set aside. Nothing that was sent is lost.
    """
    if len(given.seen) > MOST_AT_ONCE:
        raise Invalid("", Sentence(f"一次最多上传 {MOST_AT_ONCE} 条", f"At most {MOST_AT_ONCE} records at once"))
    if visit.arrived_at is None:
        raise StepRefused((NOT_ON_SITE,))
    lines = {line.ref: line for line in visit.lines}
    return {one.client_key: _keep(actor, visit, lines, one) for one in given.seen}


def _keep(actor: Actor, visit: SupervisionVisit, lines: dict[str, VisitLine], one: Seen) -> str:
    line = _checked(lines, one)
    known = next((kept for kept in line.observations if kept.client_key == one.client_key), None)
    if known is not None:
        return _status(line, known)
    now = clock.now()
    kept = VisitObservation(
        id=uuid7(),
        visit_id=visit.id,
        line_id=line.id,
        client_key=one.client_key,
        seen=one.seen,
        note=one.note.strip(),
        observed_by=actor.person_id,
        observed_at=min(one.observed_at, now + timedelta(minutes=5)),
        county_id=visit.county_id,
        school_id=visit.school_id,
        created_at=now,
    )
    if visit.state != "on_site":
        kept.set_aside_at = now
    else:
        for older in line.standing:
            if older.observed_by == actor.person_id or older.client_key == one.knew:
                older.set_aside_at, older.set_aside_by = now, actor.person_id
    line.observations.append(kept)
    return _status(line, kept)


def _checked(lines: dict[str, VisitLine], one: Seen) -> VisitLine:
    line = lines.get(one.line_ref)
    if line is None:
        raise Invalid("line", UNKNOWN_LINE)
    if not KEY.fullmatch(one.client_key):
        raise Invalid("key", NO_KEY)
    if one.seen not in SEEN:
        raise Invalid("seen", CHOOSE_SEEN)
    if len(one.note) > LONGEST_NOTE:
        longest = Sentence(f"记录最多 {LONGEST_NOTE} 个字", f"A note has at most {LONGEST_NOTE} characters")
        raise Invalid("note", longest)
    return line


def _status(line: VisitLine, kept: VisitObservation) -> str:
    if kept.set_aside_at is not None:
        return "late" if kept.set_aside_by is None else "kept"
    return "conflict" if len(line.standing) > 1 else "kept"


@operation(right="visits.observe_visit", name="supervision_visit.settle_conflict")
def settle_conflict(actor: Actor, visit: SupervisionVisit, given: SettleIn) -> None:
    """Choose which of two observations counts; the other one stays on record."""
    _must_be_on_site(visit)
    line = next((one for one in visit.lines if one.ref == given.line_ref), None)
    chosen = next((one for one in line.standing if one.ref == given.observation_ref), None) if line else None
    if line is None or chosen is None:
        raise Invalid("observation", Sentence("请选择其中一条", "Choose one of them"))
    for other in line.standing:
        if other is not chosen:
            other.set_aside_at, other.set_aside_by = clock.now(), actor.person_id


@operation(right="visits.observe_visit", name="supervision_visit.add_photo")
def add_photo(actor: Actor, visit: SupervisionVisit, given: PhotoIn) -> VisitPhoto:
    """Keep a photo of a line; the same one again adds none, and there is a limit to how many."""
    known = next((p for line in visit.lines for p in line.photos if p.client_key == given.client_key), None)
    if known is not None:
        return known
    line = room_for_photo(visit, given.line_ref, given.client_key)
    if given.file.media_type not in ("image/jpeg", "image/png"):
        raise Invalid("file", NOT_A_PHOTO)
    photo = VisitPhoto(
        id=uuid7(),
        visit_id=visit.id,
        line_id=line.id,
        client_key=given.client_key,
        file_sha256=given.file.sha256,
        media_type=given.file.media_type,
        size=given.file.size,
        added_by=actor.person_id,
        county_id=visit.county_id,
        school_id=visit.school_id,
        created_at=clock.now(),
    )
    line.photos.append(photo)
    db.session.flush()
    return photo


def room_for_photo(visit: SupervisionVisit, line_ref: str, client_key: str) -> VisitLine:
    """The line that may take one more photo; raises Invalid with the limit, before anything is stored."""
    if visit.arrived_at is None:
        raise StepRefused((NOT_ON_SITE,))
    line = next((one for one in visit.lines if one.ref == line_ref), None)
    if line is None:
        raise Invalid("line", UNKNOWN_LINE)
    if not KEY.fullmatch(client_key):
        raise Invalid("key", NO_KEY)
    numbers = visit_numbers()
    if len(line.photos) >= numbers.photos_per_line:
        zh, en = f"一项最多 {numbers.photos_per_line} 张照片", f"Photos per line: at most {numbers.photos_per_line}"
        raise Invalid("file", Sentence(f"{zh}，请挑最能说明问题的", f"{en}; choose those that show most"))
    if sum(len(one.photos) for one in visit.lines) >= numbers.photos_per_visit:
        zh, en = (
            f"一次视导最多 {numbers.photos_per_visit} 张照片",
            f"Photos per visit: at most {numbers.photos_per_visit}",
        )
        raise Invalid("file", Sentence(zh, en))
    return line


def _must_be_on_site(visit: SupervisionVisit) -> None:
    if visit.state != "on_site":
        raise StepRefused((NOT_ON_SITE,))
