"""Measures of the database, read from its own catalogue: walls around rows, rights, constraints, sealed columns, keys."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select, text

from app.core import sound_start
from app.core.database import Base, db
from app.core.vault.ring import SEAL, KeyRing
from app.core.vault.rotation import sealed_columns
from app.core.vault.rows import KeyRow
from app.people.controls.register import Found, Look, judged, measures

WALLS = text(
    """select count(*) filter (where relrowsecurity and relforcerowsecurity) as forced,
           (select count(*) from pg_policies where schemaname = 'public' and tablename = any(:tables)) as policies
       from pg_class where relnamespace = 'public'::regnamespace and relname = any(:tables)"""
)
CONSTRAINTS = text(
    """select count(*) filter (where contype = 'f') as links, count(*) filter (where contype = 'c') as checks,
           count(*) filter (where contype in ('u', 'x')) as alone, count(*) filter (where not convalidated) as loose
       from pg_constraint where connamespace = 'public'::regnamespace"""
)
SETTING = text("select current_setting(:name)")
ARCHIVED = text("select last_archived_time, failed_count from pg_stat_archiver")


@measures("walls")
def walls(look: Look) -> Found:
    """Protected tables of the models against the catalogue: row-level security on and forced."""
    tables = [one.class_.__tablename__ for one in Base.registry.mappers if one.class_.__protection__ is not None]
    forced, policies = db.session.execute(WALLS, {"tables": tables}).one()
    return judged(
        forced == len(tables) > 0,
        f"要隔离的表 {len(tables)} 张，数据库强制逐行隔离的 {forced} 张，策略 {policies} 条",
        f"Tables to be walled: {len(tables)}, with forced row-level security: {forced}, policies: {policies}",
    )


@measures("app_role")
def app_role(look: Look) -> Found:
    """What the role that runs the program could do beyond its work."""
    strong, owned, creates = (
        db.session.execute(asked).scalar_one() for asked in (sound_start.STRONG, sound_start.OWNED, sound_start.CREATES)
    )
    return judged(
        not strong and not owned and not creates,
        f"超级权限或可绕过隔离：{'是' if strong else '否'}；拥有的表 {owned} 张；可建表：{'是' if creates else '否'}",
        f"Superuser or past the walls: {'yes' if strong else 'no'}; owned tables: {owned};"
        f" may create: {'yes' if creates else 'no'}",
    )


@measures("constraints")
def constraints(look: Look) -> Found:
    """Rules that the database itself keeps, and those that were never checked against the rows."""
    links, checks, alone, loose = db.session.execute(CONSTRAINTS).one()
    return judged(
        loose == 0,
        f"外键 {links} 条，检查 {checks} 条，唯一和互斥 {alone} 条；没有核对过的 {loose} 条",
        f"Foreign keys: {links}, checks: {checks}, unique and exclusion: {alone}; never validated: {loose}",
    )


@measures("checksums")
def checksums(look: Look) -> Found:
    """Whether pages on disk carry checksums."""
    on = db.session.execute(SETTING, {"name": "data_checksums"}).scalar_one() == "on"
    return judged(on, f"磁盘页校验：{'开' if on else '关'}", f"Checksums of pages: {'on' if on else 'off'}")


@measures("log_archive")
def log_archive(look: Look) -> Found:
    """Whether the database hands its log out, and when it last did."""
    mode = db.session.execute(SETTING, {"name": "archive_mode"}).scalar_one()
    last, failed = db.session.execute(ARCHIVED).one()
    when = f"{last:%Y-%m-%d %H:%M} UTC" if last else "—"
    return judged(
        mode != "off" and last is not None,
        f"归档：{'关' if mode == 'off' else '开'}；最近一次 {when}；失败 {failed} 次",
        f"Archiving: {mode}; last: {when}; failures: {failed}",
    )


@measures("sealed_columns")
def sealed(look: Look) -> Found:
    """Columns that hold sealed values, as the models declare them."""
    found = sealed_columns(Base.metadata)
    tables = len({one.table.name for one in found})
    suite = "SM4-GCM" if look.settings.suite == "sm" else "AES-256-GCM"
    return judged(
        bool(found),
        f"{tables} 张表的 {len(found)} 列逐条加密（{suite}，每条一把数据密钥，学校密钥包裹）",
        f"Sealed columns: {len(found)}, tables: {tables} ({suite}, a data key a value, wrapped by the school's key)",
    )


@measures("key_ages")
def key_ages(look: Look) -> Found:
    """How old the oldest key is that still seals."""
    wanted = select(func.count(KeyRow.tenant_id.distinct()), func.min(KeyRow.created_at)).where(
        KeyRow.purpose == SEAL, ~KeyRow.retired
    )
    tenants, oldest = db.session.execute(wanted).one()
    days = (look.now - oldest).days if oldest else 0
    return judged(
        days <= look.limits["key_days"] if oldest else None,
        f"{tenants} 个单位有在用密钥，最旧的一把 {days} 天（上限 {look.limits['key_days']} 天）",
        f"Units with a key in use: {tenants}; age of the oldest in days: {days} (limit {look.limits['key_days']})",
    )


@measures("old_keys")
def old_keys(look: Look) -> Found:
    """Keys that were replaced and still lie there."""
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    retired = len(ring.store.outworn(look.now - timedelta(days=1)))
    return judged(
        retired == 0,
        f"换下一天以上还没有销毁的密钥 {retired} 把（flask keys shred 销毁）",
        f"Keys replaced more than a day ago and not destroyed: {retired} (flask keys shred destroys them)",
    )
