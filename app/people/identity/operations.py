"""What administrators do: open and disable accounts, release codes, reset factors, give and end roles.

The three administrators are three persons (decision 5, security 30): checked here under a lock on the person, and kept by
a unique index beside it. Nobody works on an account or a role of one's own.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, text, update

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import REASON_WANTED, SHORTEST_REASON, operation
from app.core.database import db
from app.core.errors import Invalid, NotAllowed, NotFound, Sentence, StepRefused
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.core.policy.roles import ADMINISTRATORS, ROLES
from app.people.directory.models import Person, RoleAssignment, RoleRequest
from app.people.identity import access, passwords, sessions
from app.people.identity.models import AccessRequest, Account, RecoveryCode, SignInSession
from app.people.identity.terms import running
from app.people.left_alone import tell_over

NAME = re.compile(r"[a-z][a-z0-9.]{2,39}")
LAST_LOCK = 771102027
"""Advisory lock under which the last security administrator of a county is counted."""

BAD_NAME = Sentence("账号用 3 到 40 个小写字母、数字或点，以字母开头", "Use 3–40 small letters, digits or dots.")
NAME_TAKEN = Sentence("这个账号已有人用，请换一个", "This account name is taken.")
HAS_ACCOUNT = Sentence("此人已有账号", "This person has an account.")
HAS_LEFT = Sentence("此人已离任，不能开账号", "This person has left.")
NOT_YOURSELF = Sentence("不能办自己的账号和岗位，请另一位管理员来办", "Another administrator must do this for you.")
APART = Sentence(
    "系统管理员、安全管理员、审计员必须是三个人，也不能兼任业务岗位",
    "The three administrators are three persons, and hold no other role.",
)
LAST_ONE = Sentence(
    "这是本县最后一位安全管理员，先任命另一位再办",
    "This is the county's last security administrator. Appoint another first.",
)
NUMBER_UNKNOWN = Sentence(
    "没有这个申请号，或已过期。请对方重新申请，并再念一遍号码",
    "There is no such open request for this account. Ask for a new number.",
)
FIRST = ADMINISTRATORS | {"office_director"}
"""Roles that a county begins with: the office director asks for everybody else's, the security administrator grants them."""
NOT_FIRST = Sentence(
    "这里只任命一个县最早的几位管理员和办公室主任；已有安全管理员的，由他按申请给岗位",
    "Only a county's first administrators and office director are named here; then the security administrator grants roles.",
)
SETTLED = Sentence("这份申请已有人办过了", "This request was settled already.")
OVER = Sentence("这个岗位已经结束", "This role has ended already.")
DATE_PAST = Sentence("最后一天不能早于今天；要立即结束，请把日期留空", "The last day cannot lie in the past.")


@dataclass(frozen=True)
class NewAccount:
    """The name of an account to be opened."""

    name: str


@dataclass(frozen=True)
class WithReason:
    """A deed that the person concerned may ask about later."""

    reason: str
    version: int | None = None


@dataclass(frozen=True)
class Release:
    """The number that the person read aloud."""

    number: str


@dataclass(frozen=True)
class FailedMessage:
    """The number of a message that failed for good."""

    number: int


@dataclass(frozen=True)
class EndOfRole:
    """The last day of a role; without one it ends at once."""

    reason: str
    last_day: date | None = None
    version: int | None = None


def _reasoned(given: Any) -> None:
    if len(given.reason.strip()) < SHORTEST_REASON:
        raise Invalid("reason", REASON_WANTED)


def _somebody_else(actor: Actor, person_id: uuid.UUID) -> None:
    if actor.person_id == person_id:
        raise StepRefused((NOT_YOURSELF,))


@operation(right="identity.open_account", name="account.open")
def open_account(actor: Actor, person: Person, given: NewAccount) -> Account:
    """An account without a password: its owner sets one with a code that is released to them."""
    if not NAME.fullmatch(given.name):
        raise Invalid("name", BAD_NAME)
    if person.left_on is not None and person.left_on < clock.today():
        raise StepRefused((HAS_LEFT,))
    taken = db.session.execute(
        select(Account.name, Account.person_id).where(or_(Account.name == given.name, Account.person_id == person.id))
    ).first()
    if taken is not None:
        raise Invalid("name", HAS_ACCOUNT if taken.person_id == person.id else NAME_TAKEN)
    if person.county_id is None:
        raise NotFound("county")
    account = Account(person_id=person.id, county_id=person.county_id, name=given.name)
    db.session.add(account)
    db.session.flush()
    _about(account)
    return account


def _about(record: Any) -> None:
    """The entry of this deed tells of `record`."""
    deed = trail.current()
    if deed is not None:
        deed.main.record = record


@operation(right="identity.disable_account", name="account.disable")
def disable_account(actor: Actor, account: Account, given: WithReason) -> None:
    """Nobody signs in with it any more, from the next request on."""
    _reasoned(given)
    _somebody_else(actor, account.person_id)
    _keep_one(account.county_id, account.person_id)
    account.disabled_at = account.disabled_at or clock.now()
    shut(account.id, "access")


@operation(right="identity.disable_account", name="account.enable")
def enable_account(actor: Actor, account: Account, given: WithReason) -> None:
    """It may be used again."""
    _reasoned(given)
    _somebody_else(actor, account.person_id)
    account.disabled_at = None


def shut(account_id: uuid.UUID, why: str) -> int:
    """Raise the account's epoch and end its sessions, inside the open act: the next request finds nobody."""
    db.session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(epoch=Account.epoch + 1)
        .execution_options(synchronize_session=False)
    )
    return len(sessions.end(why, SignInSession.account_id == account_id))


@operation(right="identity.end_sessions", name="account.end_sessions")
def end_sessions(actor: Actor, account: Account) -> int:
    """End every session of the account; its owner is told."""
    ended = shut(account.id, "by_admin")
    post("account_notice", person=account.person_id, what="sessions_ended")
    return ended


@operation(right="identity.release_code", name="account.release_code")
def release_code(actor: Actor, account: Account, given: Release) -> str:
    """A one-time code for the browser whose number the person read aloud; ten minutes, once. The only copy is returned."""
    _somebody_else(actor, account.person_id)
    code = access.new_code()
    asked = select(AccessRequest.id).where(
        AccessRequest.account_id == account.id,
        AccessRequest.number == re.sub(r"\D", "", given.number),
        AccessRequest.used_at.is_(None),
        AccessRequest.expires_at > clock.now(),
    )
    found = db.session.scalar(asked.order_by(AccessRequest.created_at.desc()).limit(1))
    if found is None:
        raise Invalid("number", NUMBER_UNKNOWN)
    released = {
        "code_hash": passwords.hash_code(code),
        "issued_by": actor.person_id,
        "issued_at": clock.now(),
        "expires_at": clock.now() + access.VALID,
    }
    db.session.execute(update(AccessRequest).where(AccessRequest.id == found).values(**released))
    return f"{code[:5]}-{code[5:]}"


@operation(right="identity.reset_factor", name="account.reset_factor")
def reset_factor(actor: Actor, account: Account, given: WithReason) -> None:
    """The phone is lost: the next sign-in enrols another one. The password is still needed."""
    _reasoned(given)
    _somebody_else(actor, account.person_id)
    db.session.execute(
        update(Account)
        .where(Account.id == account.id)
        .values(totp_sealed=None, totp_confirmed_at=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    shut(account.id, "access")
    post("account_notice", person=account.person_id, what="factor_reset")


@operation(right="identity.grant_role", name="role.grant")
def grant_role(actor: Actor, request: RoleRequest) -> RoleAssignment:
    """Give the role that a unit asked for, from its first to its last day."""
    if request.decision is not None:
        raise StepRefused((SETTLED,))
    _somebody_else(actor, request.person_id)
    _somebody_else(actor, request.requested_by)
    _apart(request.person_id, request.role, request.from_on, request.to_on)
    granted = request.grant(actor.person_id or uuid.UUID(int=0))
    db.session.add(granted)
    db.session.flush()
    request.assignment_id = granted.id
    _about(granted)
    _access_changed(request.person_id, "role_granted")
    return granted


@operation(right="identity.grant_role", name="role.decline")
def decline_role(actor: Actor, request: RoleRequest, given: WithReason) -> None:
    """The request is not met; the reason is for the unit that asked."""
    _reasoned(given)
    if request.decision is not None:
        raise StepRefused((SETTLED,))
    _somebody_else(actor, request.person_id)
    _somebody_else(actor, request.requested_by)
    request.decline(actor.person_id or uuid.UUID(int=0))


def _apart(person_id: uuid.UUID, role: str, from_on: date, to_on: date | None) -> None:
    """Refuse a role that puts an administrator's and another role into one hand on any day; under a lock on the person."""
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    held = db.session.scalars(
        select(RoleAssignment.role).where(
            RoleAssignment.person_id == person_id,
            or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= from_on),
            RoleAssignment.from_on <= to_on if to_on is not None else text("true"),
        )
    ).all()
    others = {other for other in held if other != role}
    if others and (role in ADMINISTRATORS or others & ADMINISTRATORS):
        raise StepRefused((APART,))


@operation(right="identity.grant_role", name="role.give_first")
def give_first_role(actor: Actor, person: Person, role: str) -> RoleAssignment:
    """The first administrators and office director, from the command line: refused once there is a security administrator."""
    if not actor.system or role not in ROLES or person.county_id is None:
        raise NotAllowed("identity.grant_role", person)
    db.session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LAST_LOCK})
    today = clock.today()
    in_office = select(func.count()).where(
        RoleAssignment.county_id == person.county_id,
        RoleAssignment.role == "security_admin",
        running(RoleAssignment, today),
    )
    if role not in FIRST or db.session.scalar(in_office):
        raise StepRefused((NOT_FIRST,))
    _apart(person.id, role, today, None)
    belongs = {"county_id": person.county_id, "school_id": person.school_id, "unit_id": person.unit_id}
    given = RoleAssignment(**belongs, person_id=person.id, role=role, from_on=today)
    db.session.add(given)
    db.session.flush()
    _about(given)
    return given


@operation(right="identity.end_role", name="role.end")
def end_role(actor: Actor, assignment: RoleAssignment, given: EndOfRole) -> None:
    """The role ends: at once, or with its last day. The person's sessions end with it."""
    _reasoned(given)
    today = clock.today()
    if assignment.to_on is not None and assignment.to_on < today:
        raise StepRefused((OVER,))
    if given.last_day is not None and given.last_day < today:
        raise Invalid("last_day", DATE_PAST)
    if assignment.role == "security_admin" and assignment.county_id is not None:
        _keep_one(assignment.county_id, assignment.person_id)
    _somebody_else(actor, assignment.person_id)
    last_day = given.last_day or today - timedelta(days=1)
    assignment.from_on = min(assignment.from_on, last_day)
    assignment.to_on = last_day
    if last_day < today:
        tell_over(assignment)
    _access_changed(assignment.person_id, "role_ended")


def _access_changed(person_id: uuid.UUID, what: str) -> None:
    account_id = db.session.scalar(select(Account.id).where(Account.person_id == person_id))
    if account_id is not None:
        shut(account_id, "access")
        post("account_notice", person=person_id, what=what)


def _keep_one(county_id: uuid.UUID, leaving: uuid.UUID) -> None:
    """Refuse to take the county's last security administrator away; counted under a lock, so two cannot go at once."""
    db.session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LAST_LOCK})
    in_office = (
        RoleAssignment.county_id == county_id,
        RoleAssignment.role == "security_admin",
        running(RoleAssignment, clock.today()),
    )
    if db.session.scalar(select(func.count()).where(*in_office, RoleAssignment.person_id == leaving)) == 0:
        return
    others = (
        select(func.count())
        .select_from(RoleAssignment)
        .join(Account, Account.person_id == RoleAssignment.person_id)
        .where(*in_office, RoleAssignment.person_id != leaving, Account.disabled_at.is_(None))
    )
    if db.session.scalar(others) == 0:
        raise StepRefused((LAST_ONE,))


@operation(right="identity.configure", name="outbox.redrive")
def redrive(actor: Actor, record: None, given: FailedMessage) -> None:
    """Give a message that failed eight times another eight tries. Messages have a number, no id of a record."""
    row = db.session.get_one(OutboxRow, given.number, with_for_update=True, populate_existing=True)
    if row.dead_at is None:
        raise StepRefused((SETTLED,))
    row.dead_at, row.tries, row.due_at, row.leased_until = None, 0, clock.now(), None
    deed = trail.current()
    if deed is not None:
        deed.main.extra["message"] = given.number
