"""The office draws from the lists that schools keep for themselves: one holds, one added by hand does not, one still waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.demo.others import SCHOOLS_OWN
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.sampling import operations, standing
from app.improvement.sampling.inspectors import free_inspectors
from app.improvement.sampling.models import ListCheck
from app.improvement.sampling.operations import AddIn, AnswerIn, DrawIn, FoundIn, Place
from app.improvement.sampling.terms import this_term

DRAWN = SCHOOLS_OWN + timedelta(days=3)
A_FORTNIGHT = timedelta(days=14)
WHY_ADDED = "来信反映这所学校的自查清单只写在纸上，加看一份"
LOOKED = "看了清单、签收和归因材料，翻了近两周的检查记录，问了分管副校长和两位教师"
HOLDS = "清单写的和现场一致，责任人清楚自己要做什么，检查记录按周都有"
FAILS = "两处和清单对不上：检查记录是一次补写的，教师不知道有这条要求"
NOT_SEEN = "检查记录同一天同一支笔写完，问到的两位教师都说没有检查过"
REASON = "检查记录是补写的，这一项没有真正开始做，请按清单重新落实"


def tell(county: County, teller: Teller) -> None:
    """Two by chance, one by hand; what is found is written by the inspectors themselves."""
    teller.at(DRAWN, 10)
    office, place = county.any("office_director"), Place(county.id)
    due_on = min(this_term()[1], clock.today() + A_FORTNIGHT)
    stands = standing.standing_of(county.id, this_term()[0])
    if stands.lists < 3:
        return
    made = operations.draw_sample(office, place, DrawIn(max(stands.least, 2), due_on))
    use_context(SYSTEM.context())
    drawn = standing.drawn_in(county.id, this_term()[0])
    row = next(one for one in standing.drawable(county.id, this_term()[0]) if one.id not in drawn)
    teller.later(days=1)
    who = free_inspectors(county.id, row.unit_id, row.id, office.person_id)[0]
    added = operations.add_list(office, place, AddIn(row.id, who.person_id, due_on, WHY_ADDED))
    teller.later(days=3)
    first = _checks(made.id)[0]
    operations.confirm_list(_inspector(county, first), first, _found(first, HOLDS))
    teller.later(days=2)
    by_hand = _checks(added.id)[0]
    operations.refute_list(_inspector(county, by_hand), by_hand, _found(by_hand, FAILS, REASON))


def _checks(draw_id: object) -> list[ListCheck]:
    use_context(SYSTEM.context())
    wanted = select(ListCheck).where(ListCheck.draw_id == draw_id).order_by(ListCheck.number)
    return list(db.session.scalars(wanted).unique())


def _inspector(county: County, check: ListCheck) -> Actor:
    """The check's inspector, to whom its school is open."""
    everybody = (player.actor for people in county.players.values() for player in people)
    actor = next(one for one in everybody if one.person_id == check.owner_id and one.role == "inspector")
    return replace(actor, schools=(*actor.schools, check.unit_id))


def _found(check: ListCheck, finding: str, reason: str | None = None) -> FoundIn:
    """All hold, or the first does not, with the reason for the whole."""
    fails = {check.items[0].id} if reason and check.items else set()
    answers = tuple(
        AnswerIn(item.id, "fails", NOT_SEEN) if item.id in fails else AnswerIn(item.id, "holds") for item in check.items
    )
    return FoundIn(LOOKED, finding, answers, on_site=True, reason=reason)
