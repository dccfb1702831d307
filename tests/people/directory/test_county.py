"""A county begins on an empty database: from the command line come its bureau and the first four people, all others after them."""

from __future__ import annotations

import click
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed
from app.core.policy.actor import SYSTEM, Actor
from app.people.directory import operations
from app.people.directory.commands import county
from app.people.directory.models import Person, RoleAssignment, Unit
from app.people.directory.operations import CountyIn, PersonIn, RoleWish
from app.people.identity import operations as identity
from app.people.identity.commands import account
from app.people.identity.terms import running
from tests.cast import Cast
from tests.people.directory.test_staff import TODAY, person, seen_by

FIRST = {"sys_admin": "林一舟", "auditor": "林二舟", "office_director": "林三舟", "security_admin": "林四舟"}


def run(app: Flask, group: click.Command, *words: str) -> tuple[int, str]:
    """Exit code and what was printed."""
    result = app.test_cli_runner().invoke(group, list(words))
    return result.exit_code, result.output


def actor_of(role: str) -> Actor:
    """Whoever holds the role, as a request would make them."""
    use_context(SYSTEM.context())
    held = db.session.scalars(select(RoleAssignment).where(RoleAssignment.role == role)).one()
    return Actor(
        person_id=held.person_id,
        assignment_id=held.id,
        role=role,
        unit_id=held.unit_id,
        county_id=held.county_id,
        county_wide=True,
    )


def test_an_empty_database_becomes_a_county_whose_own_people_name_all_others(committed: Flask) -> None:
    assert run(committed, county, "person", "A0", "林零舟")[0] == 1, "there is no bureau yet"
    assert run(committed, county, "open", "330999", "青禾县教育局") == (0, run_said("青禾县教育局"))
    assert run(committed, county, "open", "330999", "青禾县教育局")[0] == 1, "twice is once too often"
    for number, (role, name) in enumerate(FIRST.items(), 1):
        status, said = run(committed, county, "person", f"A{number}", name)
        assert status == 0, said
        status, said = run(
            committed, account, "open", role.replace("_", "."), "--staff-no", f"A{number}", "--role", role
        )
        assert status == 0, said
    assert db.session.scalars(select(Unit.short_name)).all() == ["青禾县"]
    assert run(committed, county, "person", "A9", "林九舟")[0] == 1, "from now on the system administrator adds people"

    bureau = db.session.scalars(select(Unit)).one()
    newcomer = operations.add_person(actor_of("sys_admin"), bureau, PersonIn("B1", "林五舟"))
    wish = operations.request_role(
        actor_of("office_director"), bureau, RoleWish(newcomer, "leading_group_head", TODAY())
    )
    granted = identity.grant_role(actor_of("security_admin"), wish)
    assert (granted.role, granted.person_id) == ("leading_group_head", newcomer.id)
    assert not db.session.execute(text("select count(*) from units where kind <> 'county_bureau'")).scalar()


def run_said(name: str) -> str:
    """What `flask county open` answers."""
    return f"{name} is open. Next: flask county person STAFF_NO NAME, once for each of the first administrators.\n"


@pytest.mark.parametrize(
    "given", [CountyIn("", "青禾县教育局"), CountyIn("330999", " "), CountyIn("3" * 21, "青禾县教育局")]
)
def test_a_county_without_code_or_name_is_refused(app: Flask, given: CountyIn) -> None:
    with pytest.raises(Invalid, match="请写编码"):
        operations.open_county(SYSTEM, None, given)


def test_nobody_who_signs_in_opens_a_county(app: Flask, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        operations.open_county(seen_by(cast, "sys_admin"), None, CountyIn("330998", "别的县教育局"))


@pytest.mark.parametrize("role", ["sys_admin", "security_admin", "auditor"])
def test_security_30_a_second_administrator_is_asked_for_at_the_bureau_and_granted_by_another_person(
    app: Flask, cast: Cast, role: str
) -> None:
    bureau = db.session.get_one(Unit, cast.county.id)
    use_context(SYSTEM.context())
    newcomer = operations.add_person(SYSTEM, bureau, PersonIn("N0001", "接任的人"))
    wish = operations.request_role(seen_by(cast, "office_director"), bureau, RoleWish(newcomer, role, TODAY()))
    with pytest.raises(NotAllowed):
        identity.grant_role(seen_by(cast, "office_director"), wish)
    identity.grant_role(seen_by(cast, "security_admin"), wish)
    held = select(func.count()).where(RoleAssignment.person_id == newcomer.id, running(RoleAssignment, TODAY()))
    assert db.session.scalar(held) == 1
    with pytest.raises(Invalid, match="不能在这个单位设"):
        leading = next(one for one in db.session.scalars(select(Unit)) if one.kind == "department")
        operations.request_role(
            seen_by(cast, "office_director"), leading, RoleWish(person(cast, "guidance_member"), role, TODAY())
        )
    assert db.session.scalar(select(Person.name).where(Person.id == newcomer.id)) == "接任的人"
