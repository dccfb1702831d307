"""What the owner of an account is told when something happens to it: in the inbox, and by mail where there is an address."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.errors import Sentence
from app.core.outbox.models import OutboxRow
from app.core.reading.operations import note
from app.people import letters
from app.people.directory.models import RoleAssignment
from app.people.identity.models import Account
from app.people.identity.terms import running

NOTICES: dict[str, Sentence] = {
    "session_ended": Sentence(
        "你在别处登录，最早的一处已退出；不是你本人就请马上改密码",
        "You signed in elsewhere and the oldest session ended. If it was not you, change your password now.",
    ),
    "recovery_code_used": Sentence(
        "有人用你的一个备用码登录了；不是你本人就请马上改密码，并联系安全管理员",
        "One of your recovery codes was used. If it was not you, change your password and tell the security administrator.",
    ),
    "password_changed": Sentence(
        "你的密码已修改，其他地方的登录都已退出", "Your password was changed; other sessions ended."
    ),
    "password_reset": Sentence(
        "你的密码已通过管理员给的一次性码重新设置；不是你本人请马上联系管理员",
        "Your password was set with an administrator's code. If it was not you, tell the administrator now.",
    ),
    "bureau_linked": Sentence(
        "你的账号已和统一认证关联；不是你本人请马上取消关联并改密码",
        "Your account was linked with the bureau's sign-in. If it was not you, unlink it and change your password.",
    ),
    "bureau_unlinked": Sentence("你的账号已取消统一认证关联", "Your account is no longer linked."),
    "factor_changed": Sentence("你的验证器已换绑到新手机", "Your second factor moved to another phone."),
    "factor_reset": Sentence(
        "安全管理员重置了你的验证器，下次登录要重新绑定；不是你要求的请马上联系他",
        "The security administrator reset your second factor. If you did not ask for it, tell them now.",
    ),
    "codes_renewed": Sentence("你的备用码已换新，旧的作废", "You have new recovery codes; the old ones are void."),
    "role_granted": Sentence("你有了新的岗位，重新登录后生效", "You were given a role; sign in again to use it."),
    "role_ended": Sentence("你的一个岗位已结束", "One of your roles has ended."),
    "sessions_ended": Sentence("管理员结束了你的全部登录", "An administrator ended all your sessions."),
}
MANY_READ = Sentence(
    "有人打开的学生页面超过了限额，请核实", "Somebody opened more students' pages than the budget. Look into it."
)
WATCHERS = ("security_admin", "auditor")
PAGES = {"role_granted": "/", "role_ended": "/"}


def account_notice(row: OutboxRow) -> None:
    """Tell the person of an account what happened to it; once, however often it is delivered."""
    what, person_id = row.data["what"], uuid.UUID(row.data["person"])
    account = db.session.scalar(select(Account).where(Account.person_id == person_id))
    if account is not None:
        letters.write({person_id}, f"account:{row.id}", "account", account, NOTICES[what], PAGES.get(what, "/me"))


def reading_alarm(row: OutboxRow) -> None:
    """Keep the alarm and tell those who watch, but for whom it is about; the letter names nobody."""
    alarm = note(row)
    watching = select(RoleAssignment.person_id).where(
        RoleAssignment.role.in_(WATCHERS),
        RoleAssignment.county_id == alarm.county_id,
        RoleAssignment.person_id != alarm.person_id,
        running(RoleAssignment, clock.today()),
    )
    told = set(db.session.scalars(watching))
    letters.write(told, f"reading:{row.id}", "reading_alarm", alarm, MANY_READ)
