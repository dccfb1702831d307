"""A second factor at the command line: whoever works on keys proves to be a system administrator, and it is written down."""

from __future__ import annotations

from sqlalchemy import select

from app.core import clock, limits
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.limits import FACTOR
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Person, RoleAssignment
from app.people.identity import factors
from app.people.identity.models import Account
from app.people.identity.sign_in import name_typed
from app.people.identity.terms import running


def proves_to_be_administrator(name: str, code: str) -> bool:
    """Whether the code is a fresh one of a system administrator in office; it is used up, tries are limited. Raises TooSoon."""
    use_context(SYSTEM.context())
    held = (RoleAssignment.role == "sys_admin", running(RoleAssignment, clock.today()))
    found = db.session.scalar(
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            Account.name == name_typed(name),
            Account.disabled_at.is_(None),
            Account.totp_confirmed_at.is_not(None),
            *held,
        )
    )
    if found is None or found.totp_sealed is None:
        return False
    account_id, county_id, sealed = found.id, found.county_id, found.totp_sealed
    limits.take(FACTOR, str(account_id))
    step = factors.step_of(factors.unseal(account_id, county_id, sealed), code)
    db.session.rollback()
    with trail.act(SYSTEM, "sign_in", "sign_in.confirmed_at_console") as deed:
        deed.main.extra["account"] = str(account_id)
        accepted = step is not None and factors.use_up(account_id, step)
        if not accepted:
            deed.main.step = "sign_in.code_refused"
    if accepted:
        limits.forgive(FACTOR, str(account_id))
    return accepted
