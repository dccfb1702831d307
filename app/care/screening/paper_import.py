"""The kind of file that brings answers on paper: what it is for, what its rows are checked against, what becomes of it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import text

from app.care.screening.models import ScreeningCampaign
from app.care.screening.operations import paper_typing
from app.care.screening.operations.paper_typing import campaign_of
from app.care.screening.queries.campaigns import campaign_for
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.imports.directory import Lookups
from app.core.imports.models import ImportBatch
from app.core.imports.papers import Answering, Taker, Typed
from app.core.imports.registry import ImportKind, Target
from app.core.imports.vocabulary import plain_word
from app.core.policy.actor import Actor

OPEN = ("open",)
STANDINGS = {
    "assigned": "no_consent",
    "consent_pending": "no_consent",
    "ready": "ready",
    "in_progress": "phone",
    "declined": "out",
    "exempt": "out",
    "missed": "missed",
}
"""State of a task → what is said of the student; every other state has answers already. A refusal looks like an exemption."""
TAKERS = text(
    """select s.student_no, coalesce(c.name, '') as class_name, t.id as task_id, t.state, s.left_on is not null as left_school,
              exists (select from students o where o.county_id = s.county_id and o.student_no = s.student_no
                        and o.school_id <> s.school_id and o.left_on is null) as elsewhere
       from students s left join school_classes c on c.id = s.class_id
         left join screening_tasks t on t.student_id = s.id and t.campaign_id = :campaign and t.school_id = s.school_id
       where s.school_id = :school and s.county_id = :county order by s.student_no"""
)
SHEETS = text(
    """select p.task_id, p.scale_code, p.first_by, p.first_operator, p.second_by, p.second_operator,
              p.settled_at is not null as settled
       from paper_sheets p join screening_tasks t on t.id = p.task_id and t.tries = p.attempt
       where p.school_id = :school and p.campaign_id = :campaign order by p.task_id, p.scale_code"""
)


def place(actor: Actor, ref: str | None) -> Target:
    """The campaign whose answers come on paper, for the actor's own school. Raises NotFound."""
    if actor.school_id is None or actor.county_id is None:
        raise NotFound("screening_campaign", ref or "")
    found = campaign_for(actor, ref or "")
    return Target(actor.county_id, actor.school_id, actor.unit_id, found.name, found.address, found)


def known(batch: ImportBatch) -> Lookups:
    """The campaign with its scales, the school's students with where each stands, who typed what: three selects."""
    campaign = campaign_of(batch)
    scales = {
        (one.code, one.version): tuple(tuple(sorted(one.values(item))) for item in one.items)
        for one in campaign.definitions
    }
    answering = Answering(campaign.ref, campaign.opens_on, scales, _takers(batch, campaign))
    return Lookups(as_of=clock.today(), answering=answering)


def _takers(batch: ImportBatch, campaign: ScreeningCampaign) -> Mapping[str, Taker]:
    typed = _typed(batch, campaign)
    values = {"campaign": campaign.id, "school": batch.school_id, "county": batch.county_id}
    over = campaign.state not in OPEN
    return {
        number: Taker(group, "over" if over else _standing(state, left, elsewhere), typed.get(task, ()))
        for number, group, task, state, left, elsewhere in db.session.execute(TAKERS, values).all()
    }


def _standing(state: str | None, left: bool, elsewhere: bool) -> str:
    if left:
        return "left"
    if elsewhere:
        return "two_schools"
    return "outside" if state is None else STANDINGS.get(state, "done")


def _typed(batch: ImportBatch, campaign: ScreeningCampaign) -> Mapping[uuid.UUID, tuple[tuple[str, Typed], ...]]:
    """Task → by scale, whose hands were on it, seen by the one who sends this file."""
    found: dict[uuid.UUID, list[tuple[str, Typed]]] = defaultdict(list)
    for row in db.session.execute(SHEETS, {"campaign": campaign.id, "school": batch.school_id}):
        hands = [(row.first_by, row.first_operator), (row.second_by, row.second_operator)]
        others = [(by, name) for by, name in hands if by is not None and by != batch.owner_id]
        names = tuple(plain_word(name) for _, name in others)
        mine = any(by == batch.owner_id for by, _ in hands)
        found[row.task_id].append((row.scale_code, Typed(mine, len(others), names, row.settled)))
    return {task: tuple(sheets) for task, sheets in found.items()}


ANSWERS: ImportKind[ImportBatch] = ImportKind(
    "answers",
    "纸质答卷",
    "Answers on paper",
    target=place,
    lookups=known,
    accept=paper_typing.type_in,
    roll_back=paper_typing.take_back,
    depends=paper_typing.resting_on,
    fixed=lambda batch: {"campaign_code": campaign_of(batch).ref},
    school_private=True,
    personal=True,
    from_record=True,
)
