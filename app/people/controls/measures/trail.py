"""Measures of the trail and of what watches over the running system."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select, text

from app.core import clock, time_source
from app.core.audit.anchors import last_anchor
from app.core.audit.models import IncidentDrill, Verification
from app.core.audit.queries import TRAIL
from app.core.audit.retention import KEPT_YEARS
from app.core.database import db
from app.core.outbox.models import OutboxRow
from app.core.sound_start import TOUCHES_TRAIL
from app.people.controls.register import Found, Look, judged, measures

ONLY_GROWS = text(
    """select count(*) from pg_trigger where tgname = 'only_grows' and tgenabled in ('O', 'A')
       and tgrelid in ('audit.entries'::regclass, 'audit.details'::regclass)"""
)
DRILLED = timedelta(days=366)


def _moment(at: datetime | None) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}" if at else "—"


@measures("trail_grows")
def trail_grows(look: Look) -> Found:
    """The triggers that refuse every change, and what the program's role may do to the tables."""
    triggers = db.session.execute(ONLY_GROWS).scalar_one()
    touched = any(db.session.execute(TOUCHES_TRAIL).scalars())
    return judged(
        triggers == 2 and not touched,
        f"两张日志表中拒绝改动的触发器开着 {triggers} 个；程序的角色可直接读写：{'是' if touched else '否'}",
        f"Triggers that refuse changes: {triggers} of 2; the program's role touches the tables:"
        f" {'yes' if touched else 'no'}",
    )


@measures("trail_verified")
def trail_verified(look: Look) -> Found:
    """The last verification of the chain and what it found."""
    last = db.session.scalar(select(Verification).order_by(Verification.id.desc()).limit(1))
    if last is None:
        return judged(False, "还没有校验过", "It was never verified")
    late = look.now - last.at > timedelta(hours=look.limits["verified_hours"])
    faulty = last.first_bad is not None
    return judged(
        not late and not faulty,
        f"{_moment(last.at)} 校验 {last.entries} 条，{f'第 {last.first_bad} 条对不上' if faulty else '完整'}",
        f"Verified {_moment(last.at)}, entries: {last.entries}, {f'entry {last.first_bad} is bad' if faulty else 'whole'}",
    )


@measures("trail_anchored")
def trail_anchored(look: Look) -> Found:
    """When the head of the chain was last noted at each place."""
    lines = [last_anchor(place) for place in look.settings.anchor_files]
    at = [datetime.fromisoformat(line.at) if line else None for line in lines]
    late = sum(look.older(one, minutes=look.limits["anchor_minutes"]) for one in at)
    newest = max((one for one in at if one), default=None)
    return judged(
        bool(at) and not late,
        f"记到 {len(at)} 处，最近 {_moment(newest)}；超过 {look.limits['anchor_minutes']} 分钟没有记的 {late} 处",
        f"Places: {len(at)}, last {_moment(newest)}; older than {look.limits['anchor_minutes']} min: {late}",
    )


@measures("trail_kept")
def trail_kept(look: Look) -> Found:
    """From when on entries are there, and how long none is sealed away."""
    first = db.session.execute(select(TRAIL.seq, TRAIL.at).order_by(TRAIL.seq).limit(1)).first()
    head = db.session.execute(text("select seq from audit.head()")).scalar() or 0
    since = _moment(first.at) if first else "—"
    return judged(
        12 * KEPT_YEARS >= look.limits["trail_months"] and first is not None,
        f"保存 {KEPT_YEARS} 年，期满前封存不了；现有第 {first.seq if first else 0} 条（{since}）到第 {head} 条",
        f"Kept {KEPT_YEARS} years and not to be sealed before; entries {first.seq if first else 0} ({since}) to {head}",
    )


@measures("process_logs")
def process_logs(look: Look) -> Found:
    """They leave by the standard output: who keeps them cannot be seen from here."""
    return judged(
        None,
        "进程日志由操作系统保存，这里看不到期限；请出示日志服务的保存设置",
        "Process logs are kept by the operating system, which cannot be seen from here; show its settings",
    )


@measures("clock")
def clocks_agree(look: Look) -> Found:
    """This machine against the database, and whether a time service keeps it."""
    apart, kept = time_source.seconds_apart(), time_source.is_kept()
    return judged(
        kept and apart <= look.limits["clock_seconds"],
        f"与数据库相差 {apart:.0f} 秒；对时服务：{'有' if kept else '没有'}",
        f"Apart from the database: {apart:.0f} s; time service: {'yes' if kept else 'no'}",
    )


@measures("drills")
def drills(look: Look) -> Found:
    """The last drill of an incident."""
    newest = select(func.max(IncidentDrill.held_on), func.count()).where(IncidentDrill.county_id == look.county_id)
    last, count = db.session.execute(newest).one()
    recent = isinstance(last, date) and last >= clock.today() - DRILLED
    return judged(
        recent,
        f"演练 {count} 次，最近一次 {last or '—'}；一年至少一次",
        f"Drills: {count}, last {last or '—'}; one a year at least",
    )


@measures("jobs")
def jobs(look: Look) -> Found:
    """Messages that wait too long, and those that failed for good."""
    due = (
        OutboxRow.done_at.is_(None),
        OutboxRow.dead_at.is_(None),
        OutboxRow.due_at <= look.now - timedelta(minutes=5),
    )
    late = db.session.scalar(select(func.count()).select_from(OutboxRow).where(*due)) or 0
    dead = db.session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.dead_at.is_not(None))) or 0
    return judged(
        late == 0 and dead == 0,
        f"等了五分钟以上的 {late} 条，最终失败的 {dead} 条",
        f"Waiting for more than five minutes: {late}; failed for good: {dead}",
    )
