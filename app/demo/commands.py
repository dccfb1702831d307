"""`flask demo load` and `flask demo accounts`."""

from __future__ import annotations

import shlex
from collections.abc import Collection

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.core.policy.roles import ROLES
from app.core.servers import interrupted
from config.settings import Settings

LATER: dict[str, tuple[str, ...]] = {
    "培育与评审 (recognition)": ("city_review_admin", "district_officer", "reviewer"),
    "心灵彩虹码 (care)": (
        "dept_data_officer",
        "grid_worker",
        "referral_agent",
    ),
}
"""Roles of domain §2.1 whose work is in a part that is not built yet, by part: they have no account until it is."""

HALF = (
    "上次载入演示县中途停了，数据不完整：请让 DATABASE_URL 指向一个空数据库，再启动一次 "
    "(the demo county was not loaded to its end; let DATABASE_URL name an empty database and start again)"
)
demo = AppGroup("demo", help="The demo county 清澜县.")


@demo.command("load")
@click.option("--students", default=40_000, help="How many students.")
@with_appcontext
def load_(students: int) -> None:
    """Load the demo county into an empty database, nothing when a county is there; then name the accounts."""
    from app.demo import load

    if current_app.extensions["bihuan.settings"].production:
        raise click.ClickException("正式环境不装演示数据 (no demo data in production)")
    data = current_app.extensions["bihuan.settings"].data
    if not load.there_is_a_county():
        with interrupted.loading(data):
            load.load(students, click.echo, beside=True)
    elif interrupted.was_interrupted(data):
        raise click.ClickException(HALF)
    say_accounts()


@demo.command("accounts")
@with_appcontext
def accounts() -> None:
    """One account per role, and how to get its code."""
    say_accounts()


def say_accounts() -> None:
    """Passwords and names to the terminal; they are no secret, the demo is never in production."""
    from app.demo.tree import PASSWORD
    from app.people.directory.models import RoleAssignment
    from app.people.identity.models import Account

    use_context(SYSTEM.context())
    rows = db.session.execute(
        select(RoleAssignment.role, Account.name)
        .join(Account, Account.person_id == RoleAssignment.person_id)
        .distinct(RoleAssignment.role)
        .order_by(RoleAssignment.role, Account.created_at, Account.name)
    ).all()
    names = {row.role: row.name for row in rows}
    click.echo(f"密码 (password): {PASSWORD}")
    for code, role in ROLES.items():
        if code in names:
            click.echo(f"  {names[code]:<26} {role.zh} · {role.en}")
    for part, codes in LATER.items():
        click.echo(f"  以后 (later), {part}: {', '.join(codes)}")
    if missing := accountless(names):
        click.echo(
            f"演示数据是旧版装入的，缺这些角色的账号；要看新角色，请换一个 BIHUAN_DATA 目录 "
            f"(loaded by an older version; a new BIHUAN_DATA folder shows these roles too): {', '.join(missing)}"
        )
    click.echo(f"验证码 (code): {where_data_lie()}.venv/bin/flask --app wsgi account totp 账号名")


def where_data_lie() -> str:
    """What a command typed in another window has to begin with to find these data; nothing where they lie as usual."""
    folder = current_app.extensions["bihuan.settings"].data
    return "" if folder == Settings.from_env({}).data else f"BIHUAN_DATA={shlex.quote(str(folder))} "


def accountless(named: Collection[str]) -> list[str]:
    """Roles with work in what is built that none of the accounts holds; named: codes of roles that somebody holds."""
    later = {code for codes in LATER.values() for code in codes}
    return [code for code in ROLES if code not in named and code not in later]


COMMANDS = (demo,)
