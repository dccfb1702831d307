"""What must hold of the database before the application answers anybody; the start is refused, naming the item (security 81)."""

from __future__ import annotations

from sqlalchemy import text

from app.core import time_source
from app.core.database import Base, db
from config.settings import SettingsRefused

MOST_SECONDS_APART = 60

STRONG = text("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
UNFORCED = text(
    """select relname from pg_class where relnamespace = 'public'::regnamespace and relname = any(:tables)
           and not (relrowsecurity and relforcerowsecurity) order by relname"""
)
OWNED = text(
    "select count(*) from pg_class where relowner = current_user::regrole and relnamespace = 'public'::regnamespace"
)
CREATES = text("select has_schema_privilege('public', 'create')")
TOUCHES_TRAIL = text(
    """select has_table_privilege(name, 'select, insert, update, delete, truncate') from
           (values ('audit.entries'), ('audit.details')) as trail (name)"""
)


def refuse_unsound_start() -> None:
    """Raises SettingsRefused with one sentence for each item that is wrong."""
    refused = found()
    if refused:
        raise SettingsRefused(refused)


def found() -> list[str]:
    """The sentences about what is wrong with the database as this role sees it; empty when all is well."""
    session, said = db.session, []
    if session.execute(STRONG).scalar_one():
        said.append(
            "DATABASE_URL: 这个角色可以绕过行级权限，请用应用角色 (this role could bypass row-level security; use the app role)."
        )
    if session.execute(OWNED).scalar_one() or session.execute(CREATES).scalar_one():
        said.append(
            "DATABASE_URL: 这个角色拥有或可以新建数据表，请用应用角色"
            " (this role owns or may create tables; use the app role)."
        )
    protected = [
        mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_.__protection__ is not None
    ]
    for table in session.execute(UNFORCED, {"tables": protected}).scalars():
        said.append(
            f"{table}: 没有强制行级权限，请重新升级表结构 (row-level security is not forced; run the migrations)."
        )
    if any(session.execute(TOUCHES_TRAIL).scalars()):
        said.append(
            "audit.entries: 应用角色不应能直接读写审计记录 (the app role must not touch the audit trail directly)."
        )
    apart = time_source.seconds_apart()
    if apart > MOST_SECONDS_APART:
        said.append(
            f"clock: 本机与数据库的时钟相差 {apart:.0f} 秒，请校时 (this machine and the database disagree on the time)."
        )
    session.rollback()
    return said
