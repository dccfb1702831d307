"""Measures of people and their accounts: who signs in, with what, for how long, and who holds two posts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.core import clock
from app.core.database import db
from app.core.limits import ACCOUNT
from app.core.policy.roles import ADMINISTRATORS
from app.core.reading.models import ReadingAlarm
from app.people.controls.register import Found, Look, judged, measures
from app.people.directory.models import RoleAssignment
from app.people.identity import passwords
from app.people.identity.models import Account, SignInSession


def _running() -> list[ColumnElement[bool]]:
    day = clock.today()
    return [RoleAssignment.from_on <= day, or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day)]


@measures("own_account")
def own_account(look: Look) -> Found:
    """Each account belongs to one person, and no person has two."""
    counted = select(func.count(), func.count(Account.person_id.distinct())).where(Account.county_id == look.county_id)
    accounts, persons = db.session.execute(counted).one()
    return judged(
        accounts == persons and accounts > 0,
        f"{accounts} 个账号，{persons} 个人；没有公用账号",
        f"Accounts: {accounts}, persons: {persons}; none is shared",
    )


@measures("second_factor")
def second_factor(look: Look) -> Found:
    """Of the accounts that can sign in, how many have bound their second factor; the others reach nothing but binding it."""
    able = (Account.county_id == look.county_id, Account.disabled_at.is_(None), Account.password_hash != "")
    bound = func.count().filter(Account.totp_confirmed_at.is_not(None))
    all_of_them, with_it = db.session.execute(select(func.count(), bound).where(*able)).one()
    share = f"{100 * with_it / all_of_them:.1f}%" if all_of_them else "—"
    return judged(
        with_it == all_of_them > 0,
        f"设了密码的账号 {all_of_them} 个，绑定验证器的 {with_it} 个（{share}）；没有绑定的登录后只能去绑定",
        f"Accounts with a password: {all_of_them}, with a second factor: {with_it} ({share}); others can only bind one",
    )


@measures("passwords")
def kept_passwords(look: Look) -> Found:
    """Length, refused ones, and how they are hashed, as the sign-in uses them."""
    hasher, refused = passwords.HASHER, len(passwords.LIST.read_text("utf-8").split())
    mebibytes = hasher.memory_cost // 1024
    return judged(
        passwords.SHORTEST >= 12 and refused >= 3000 and mebibytes >= 64 and hasher.time_cost >= 3,
        f"至少 {passwords.SHORTEST} 位，拒绝常见密码 {refused} 个；Argon2id，{mebibytes} MiB，{hasher.time_cost} 轮",
        f"Least length: {passwords.SHORTEST}; common ones refused: {refused}; Argon2id, memory: {mebibytes} MiB, rounds:"
        f" {hasher.time_cost}",
    )


@measures("attempts")
def attempts(look: Look) -> Found:
    """After how many wrong tries somebody waits."""
    minutes = int(ACCOUNT.longest.total_seconds() // 60)
    return judged(
        ACCOUNT.free <= look.limits["tries"],
        f"输错 {ACCOUNT.free} 次后要等，越等越久，最长 {minutes} 分钟；次数记在数据库里",
        f"Free tries: {ACCOUNT.free}; then one waits, longer each time, at most (min): {minutes}; counted in the database",
    )


@measures("sessions")
def sessions(look: Look) -> Found:
    """The times in force, and whether any session outlived them."""
    given, limits = look.settings, look.limits
    outlived = db.session.scalar(
        select(func.count())
        .select_from(SignInSession)
        .where(SignInSession.ended_at.is_(None), SignInSession.ends_at > SignInSession.created_at + _hours(look))
    )
    return judged(
        given.idle_minutes <= limits["idle_minutes"]
        and given.idle_minutes_powerful <= limits["idle_minutes_powerful"]
        and given.session_hours <= limits["session_hours"]
        and not outlived,
        f"空闲 {given.idle_minutes} 分钟（权力较大的岗位 {given.idle_minutes_powerful} 分钟）、"
        f"最长 {given.session_hours} 小时退出；一个账号最多 {given.max_sessions} 处登录；超过时长的会话 {outlived} 个",
        f"Ends when idle (min): {given.idle_minutes}, with wide rights: {given.idle_minutes_powerful}; at the latest (h):"
        f" {given.session_hours}; sessions of one account: {given.max_sessions}; outlived sessions: {outlived}",
    )


def _hours(look: Look) -> Any:
    return func.make_interval(0, 0, 0, 0, look.settings.session_hours, 1)


@measures("idle_accounts")
def idle_accounts(look: Look) -> Found:
    """Accounts that are open although their person holds no role today."""
    held = exists().where(RoleAssignment.person_id == Account.person_id, *_running())
    able = (Account.county_id == look.county_id, Account.disabled_at.is_(None))
    count = func.count()
    opened, without = db.session.execute(select(count, count.filter(~held)).where(*able)).one()
    return judged(
        without == 0,
        f"启用的账号 {opened} 个，其中本人今天没有任何岗位的 {without} 个（登录后进不去，应停用）",
        f"Open accounts: {opened}; without any role today: {without} (they reach nothing and should be disabled)",
    )


@measures("ended_roles")
def ended_roles(look: Look) -> Found:
    """Open sessions in a role that has ended; the next request would refuse them."""
    open_now = and_(SignInSession.ended_at.is_(None), SignInSession.ends_at > look.now)
    stale = (
        select(func.count())
        .select_from(SignInSession)
        .join(RoleAssignment, RoleAssignment.id == SignInSession.assignment_id)
        .join(Account, Account.id == SignInSession.account_id)
        .where(open_now, RoleAssignment.to_on < clock.today(), Account.county_id == look.county_id)
    )
    count = db.session.scalar(stale) or 0
    return judged(
        count == 0,
        f"岗位已到期而会话还开着的 {count} 个；岗位每次请求都重新核对",
        f"Sessions in a role that ended: {count}; the role is asked at every request",
    )


@measures("three_admins")
def three_admins(look: Look) -> Found:
    """Whether each post is filled, and by different persons."""
    wanted = select(RoleAssignment.role, RoleAssignment.person_id).where(
        RoleAssignment.role.in_(ADMINISTRATORS), RoleAssignment.county_id == look.county_id, *_running()
    )  # fmt: skip
    rows = db.session.execute(wanted).all()
    filled, persons = {row.role for row in rows}, {row.person_id for row in rows}
    twice = len({(row.role, row.person_id) for row in rows}) - len(persons)
    return judged(
        filled == ADMINISTRATORS and twice == 0,
        f"三个岗位中有人担任的 {len(filled)} 个，共 {len(persons)} 人，身兼两职的 {twice} 人",
        f"Posts that are filled: {len(filled)} of 3, persons: {len(persons)}, holding two: {twice}",
    )


@measures("reading_watch")
def reading_watch(look: Look) -> Found:
    """The budgets in force, and alerts that nobody has looked into."""
    of_county = (ReadingAlarm.county_id == look.county_id,)
    waiting = func.count().filter(ReadingAlarm.settled_at.is_(None))
    told, open_ones = db.session.execute(select(func.count(), waiting).where(*of_county)).one()
    given = look.settings
    return judged(
        open_ones == 0,
        f"限额：学校每小时 {given.reads_hour} 页，县里 {given.reads_hour_county} 页，一天 {given.reads_day} 页；"
        f"提醒共 {told} 次，还没有核实的 {open_ones} 次",
        f"Budgets of pages, an hour in schools: {given.reads_hour}, in the county: {given.reads_hour_county}, a day:"
        f" {given.reads_day}; alerts: {told}, not looked into: {open_ones}",
    )
