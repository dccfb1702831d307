"""How the installation is doing, for the system administrator: messages that wait or failed, anchor, scanner, calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy import and_, func, or_, select, text

from app.core import backups, clock, pdf, queue, time_source
from app.core.audit.anchors import last_anchor
from app.core.audit.models import Verification
from app.core.audit.verification import Anchor
from app.core.database import db
from app.core.errors import NotFound
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import Actor
from app.core.sound_start import MOST_SECONDS_APART
from app.people.identity import workdays
from config.settings import Settings

OUTBOX_LATE = timedelta(seconds=60)
ANCHOR_LATE = timedelta(minutes=15)
VERIFIED_LATE = timedelta(hours=36)
BACKUP_LATE = timedelta(hours=26)
"""After these the administrator is alarmed (security 78)."""
BURST_MINUTES, MOST_REFUSALS, MOST_OF_ONE = 10, 100, 30
"""More refusals than these in so many minutes are a burst: of everybody, of one person."""
REFUSED = text("select total, of_one from audit.refusals_since(:since)")


@dataclass(frozen=True)
class AnchorPlace:
    """One anchor file and its last line; None when nothing was written yet."""

    place: Path
    last: Anchor | None
    written_at: datetime | None
    late: bool


@dataclass(frozen=True)
class SystemState:
    """One look at everything; `alarms` are codes of what needs a hand."""

    waiting: int
    oldest: timedelta
    dead: tuple[OutboxRow, ...]
    queue_reachable: bool
    anchors: tuple[AnchorPlace, ...]
    verified: Verification | None
    known_until: date
    scanner: str
    mail: bool
    pdf_trouble: Any
    refusals: int
    backed_up_at: datetime | None
    alarms: tuple[str, ...]


def system_state(actor: Actor) -> SystemState:
    """The state now; messages of other counties are not shown."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    now, machine = clock.now(), clock.machine_now()
    count, oldest = _waiting(now)
    age = now - oldest if oldest else timedelta()
    dead = tuple(db.session.scalars(_dead(actor).order_by(OutboxRow.dead_at.desc()).limit(100)))
    verified = db.session.scalar(select(Verification).order_by(Verification.id.desc()).limit(1))
    anchors = tuple(_anchor(place, machine) for place in settings.anchor_files)
    known_until = workdays.known_until()
    refusals, of_one = _refusals(now)
    backed_up_at = backups.newest(settings.backups)
    alarms = {
        "outbox": age > OUTBOX_LATE,
        "dead": bool(dead),
        "anchor": any(anchor.late for anchor in anchors),
        "chain": verified is not None and verified.first_bad is not None,
        "unverified": verified is None or now - verified.at > VERIFIED_LATE,
        "scanner": settings.scanner == "none",
        "calendar": workdays.ends_soon(),
        "queue": not _reachable(settings.redis_url),
        "refusals": refusals > MOST_REFUSALS or of_one > MOST_OF_ONE,
        "backup": _backup_late(settings, backed_up_at, machine),
    } | _of_the_machine(settings)
    return SystemState(
        waiting=count,
        oldest=max(age, timedelta()),
        dead=dead,
        queue_reachable=not alarms["queue"],
        anchors=anchors,
        verified=verified,
        known_until=known_until,
        scanner=settings.scanner,
        mail=bool(settings.smtp_url),
        pdf_trouble=None if settings.pdf and pdf.available() else pdf.why_not(),
        refusals=refusals,
        backed_up_at=backed_up_at,
        alarms=tuple(name for name, on in alarms.items() if on),
    )


def _waiting(now: datetime) -> tuple[int, datetime | None]:
    """How many messages wait although they are due, and since when the oldest does."""
    waiting = and_(OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.due_at <= now)
    count, oldest = db.session.execute(select(func.count(), func.min(OutboxRow.due_at)).where(waiting)).one()
    return count, oldest


def _refusals(now: datetime) -> tuple[int, int]:
    """Refusals of the last minutes: all of them, and the most of one person."""
    total, of_one = db.session.execute(REFUSED, {"since": now - timedelta(minutes=BURST_MINUTES)}).one()
    return total, of_one


def _backup_late(settings: Settings, at: datetime | None, machine: datetime) -> bool:
    """Whether the newest backup is too old; without any, only where real persons' data are kept."""
    return settings.production if at is None else machine - at > BACKUP_LATE


def _of_the_machine(settings: Settings) -> dict[str, bool]:
    """Alarms about its clock and its disk; without a time service or encryption only where real persons' data are kept."""
    apart = time_source.seconds_apart() > MOST_SECONDS_APART
    return {
        "clock": apart or (settings.production and not time_source.is_kept()),
        "disk": settings.production and not backups.disk_is_sealed(settings.data),
    }


def metrics(settings: Settings) -> str:
    """The figures that are watched from outside, in the text form of Prometheus: numbers without a label of anybody."""
    now, machine = clock.now(), clock.machine_now()
    count, oldest = _waiting(now)
    dead = db.session.scalar(select(func.count()).where(OutboxRow.dead_at.is_not(None)))
    verified = db.session.scalar(select(Verification).order_by(Verification.id.desc()).limit(1))
    anchors = [_anchor(place, machine).written_at for place in settings.anchor_files]
    backed_up_at = backups.newest(settings.backups)
    figures = {
        "outbox_waiting": count,
        "outbox_oldest_seconds": (now - oldest).total_seconds() if oldest else 0,
        "outbox_dead": dead,
        "refusals_10_minutes": _refusals(now)[0],
        "chain_faults": int(verified is not None and verified.first_bad is not None),
        "chain_verified_age_seconds": _age(now, verified.at if verified else None),
        "anchor_age_seconds": max((_age(machine, at) for at in anchors), default=-1),
        "backup_age_seconds": _age(machine, backed_up_at),
        "queue_reachable": int(_reachable(settings.redis_url)),
    }
    return "".join(f"# TYPE bihuan_{name} gauge\nbihuan_{name} {value:g}\n" for name, value in figures.items())


def _age(now: datetime, at: datetime | None) -> float:
    """Seconds since; -1 for what has never been."""
    return (now - at).total_seconds() if at else -1


def _dead(actor: Actor) -> Any:
    own = or_(OutboxRow.county_id.is_(None), OutboxRow.county_id == actor.county_id)
    return select(OutboxRow).where(OutboxRow.dead_at.is_not(None), own)


def dead_row_for(actor: Actor, number: int) -> OutboxRow:
    """One message that failed for good. Raises NotFound."""
    found: OutboxRow | None = db.session.scalar(_dead(actor).where(OutboxRow.id == number))
    if found is None:
        raise NotFound("outbox", str(number))
    return found


def _anchor(place: Path, machine: datetime) -> AnchorPlace:
    last = last_anchor(place)
    written_at = datetime.fromisoformat(last.at) if last else None
    return AnchorPlace(place, last, written_at, written_at is None or machine - written_at > ANCHOR_LATE)


def _reachable(redis_url: str) -> bool:
    try:
        with queue.connect(redis_url) as redis:
            return bool(redis.ping())
    except (RedisError, ValueError):
        return False
