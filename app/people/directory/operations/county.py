"""The beginning of a county on an empty database, from the command line only: its bureau, and the first people there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, NotAllowed, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.people.directory.models import Person, RoleAssignment, Unit
from app.people.directory.operations.people import PersonIn, add_person
from app.people.directory.pinyin import pinyin_of
from app.people.directory.queries.terms import not_over

COUNTY_THERE = Sentence("已经有这个编码的县教育局", "There is a county bureau of this code already.")
NAME_WANTED = Sentence(
    "请写编码（最多 20 个字）、全称（最多 60 个）、简称（最多 30 个）",
    "Give a code (20), the full name (60), a short one (30).",
)
BEGUN = Sentence(
    "这个县已有安全管理员：其余的人由系统管理员在“机构”的单位页面上添加",
    "This county has a security administrator: the system administrator adds people on the page of their unit.",
)


@dataclass(frozen=True)
class CountyIn:
    """Code and names of a county bureau."""

    code: str
    name: str
    short_name: str = ""


@operation(right="people.manage_units", name="county.open")
def open_county(actor: Actor, place: None, given: CountyIn) -> Unit:
    """A county bureau without anybody. Raises Invalid when there is one of this code."""
    if not actor.system:
        raise NotAllowed("people.manage_units", place)
    if not (0 < len(given.code.strip()) <= 20 and 0 < len(given.name.strip()) <= 60 and len(given.short_name) <= 30):
        raise Invalid("code", NAME_WANTED)
    if db.session.scalar(select(func.count()).where(Unit.kind == "county_bureau", Unit.code == given.code)):
        raise Invalid("code", COUNTY_THERE)
    bureau = Unit(kind="county_bureau", code=given.code, name=given.name, from_on=clock.today())
    bureau.id = uuid7()
    bureau.county_id = bureau.id
    bureau.short_name = given.short_name or given.name.removesuffix("教育局")[:30]
    bureau.pinyin = pinyin_of(given.name)
    db.session.add(bureau)
    db.session.flush()
    return bureau


def add_first_person(actor: Actor, bureau: Unit, given: PersonIn) -> Person:
    """Somebody of the bureau, before the county has administrators who do it. Raises StepRefused once it has."""
    guarded = select(func.count()).where(
        RoleAssignment.county_id == bureau.id,
        RoleAssignment.role == "security_admin",
        not_over(RoleAssignment, clock.today()),
    )
    if db.session.scalar(guarded):
        raise StepRefused((BEGUN,))
    return add_person(actor, bureau, given)
