"""Reads of campaigns: the list, counts by class, who has not answered yet."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, case, func, or_, select, text

from app.care.screening.meant import ENDED_BY_LEAVING, MEANT, values_of
from app.care.screening.models import ScreeningCampaign, ScreeningTask
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.registers import page_of
from app.people.directory.models import Person, RoleAssignment, SchoolClass, Student

VIEW, PROGRESS, DRAFT = "screening.view_campaigns", "screening.view_progress", "screening.draft_campaign"
EXEMPT, ADD = "screening.exempt_student", "screening.add_newcomers"
NEWEST = ((ScreeningCampaign.opens_on, True), (ScreeningCampaign.id, True))
DONE = ("submitted", "scored", "valid", "needs_retest", "invalid")
OUT = ("declined", "exempt", "missed")
CHASED = ("ready", "in_progress")
STANDING = {
    "assigned": "unasked", "consent_pending": "unasked", "in_progress": "begun", "submitted": "answered",
    "scored": "answered", "valid": "answered",
}  # fmt: skip
"""States that a reader need not tell apart; the others stand for themselves."""
WITHOUT = text(
    f"""{MEANT}
       select count(*), count(*) filter (where m.consent is null or m.consent = 'expired')
       from asked m where not exists (
           select from screening_tasks t where t.campaign_id = :campaign and t.student_id = m.id and not ({ENDED_BY_LEAVING}))"""
)
"""How many of them have no task yet, or one that ended because they left, and of how many of these nobody was asked for consent."""


def campaigns(actor: Actor, after: str = "") -> Sequence[ScreeningCampaign]:
    """Campaigns of the school and of the county, the newest first; one more than a page."""
    return db.session.scalars(page_of(_seen(actor), ScreeningCampaign, NEWEST, after)).all()


def _seen(actor: Actor) -> Any:
    """The school's own by the policy, and the county's own for every school that takes part in it."""
    own = decide.visible(actor, select(ScreeningCampaign.id), ScreeningCampaign, VIEW)
    everywhere = and_(ScreeningCampaign.school_id.is_(None), ScreeningCampaign.county_id == actor.county_id)
    return select(ScreeningCampaign).where(or_(ScreeningCampaign.id.in_(own), everywhere))


def campaign_for(actor: Actor, ref: str) -> ScreeningCampaign:
    """One campaign. Raises NotFound."""
    found: ScreeningCampaign | None = db.session.scalar(_seen(actor).where(ScreeningCampaign.ref == ref))
    if found is None:
        raise NotFound("screening_campaign", ref)
    return found


def _count(states: Sequence[str], name: str) -> Any:
    return func.count().filter(ScreeningTask.state.in_(states)).label(name)


def by_class(actor: Actor, campaign: ScreeningCampaign) -> Sequence[Any]:
    """Per class that the actor may see, counts only: tasks, answered, begun, not begun, waiting for consent, not taking part."""
    shown = decide.visible(actor, select(ScreeningTask.class_id), ScreeningTask, PROGRESS)
    counted = (
        shown.where(ScreeningTask.campaign_id == campaign.id)
        .add_columns(
            func.count().label("tasks"),
            _count(DONE, "done"),
            _count(("in_progress",), "begun"),
            _count(("ready",), "ready"),
            _count(("assigned", "consent_pending"), "unasked"),
            _count(OUT, "outside"),
        )
        .group_by(ScreeningTask.class_id)
        .subquery()
    )
    found = select(SchoolClass, counted).join(counted, counted.c.class_id == SchoolClass.id)
    order = (SchoolClass.school_id, func.length(SchoolClass.grade), SchoolClass.grade, SchoolClass.class_no)
    return db.session.execute(found.order_by(*order)).all()


def by_standing(actor: Actor, campaign: ScreeningCampaign, group: SchoolClass | None = None) -> Mapping[str, int]:
    """How many students of the school, or of a class, stand where: answered, on the way, or not, by the coded reason.

    Together they are all who have a task, at any moment. For who may exempt a student alone.
    """
    where = case(
        (ScreeningTask.state.in_(OUT), func.coalesce(ScreeningTask.reason_code, "other")), else_=ScreeningTask.state
    )
    shown = decide.visible(actor, select(where.label("at"), func.count().label("n")), ScreeningTask, EXEMPT).where(
        ScreeningTask.campaign_id == campaign.id
    )
    if group is not None:
        shown = shown.where(ScreeningTask.class_id == group.id)
    told: Counter[str] = Counter()
    for row in db.session.execute(shown.group_by(text("1"))):
        told[STANDING.get(row.at, row.at)] += row.n
    return told


def newcomers(actor: Actor, campaign: ScreeningCampaign) -> tuple[int, int]:
    """How many students of the own school came since an open campaign began, and how many were not asked for consent."""
    if campaign.state != "open" or actor.school_id is None or not decide.holds(actor, ADD):
        return 0, 0
    if campaign.school_id not in (None, actor.school_id):
        return 0, 0
    found = db.session.execute(WITHOUT, values_of(campaign, actor.school_id)).one()
    return found[0], found[1]


def class_for(actor: Actor, ref: str) -> SchoolClass:
    """A class whose progress the actor may see by name. Raises NotFound."""
    found = db.session.scalar(select(SchoolClass).where(SchoolClass.ref == ref))
    if found is None or not decide.may(actor, PROGRESS, found):
        raise NotFound("school_class", ref)
    return found


def chased(actor: Actor, campaign: ScreeningCampaign, group: SchoolClass) -> Sequence[ScreeningTask]:
    """Those of the class who may answer and have not finished, in the order of names; nothing else is told of anybody."""
    found = decide.visible(actor, select(ScreeningTask), ScreeningTask, PROGRESS).where(
        ScreeningTask.campaign_id == campaign.id,
        ScreeningTask.class_id == group.id,
        ScreeningTask.state.in_(CHASED),
    )
    joined = found.join(Student, Student.id == ScreeningTask.student_id).where(Student.left_on.is_(None))
    return db.session.scalars(joined.order_by(Student.pinyin)).all()


def task_for(actor: Actor, ref: str) -> ScreeningTask:
    """One task. Raises NotFound."""
    found = db.session.scalar(
        decide.visible(actor, select(ScreeningTask), ScreeningTask, EXEMPT).where(ScreeningTask.ref == ref)
    )
    if found is None:
        raise NotFound("screening_task", ref)
    return found


def doubts(actor: Actor, campaign: ScreeningCampaign) -> Sequence[ScreeningTask]:
    """Students of the school whose answers are tried again or became an interview; for the counsellor alone."""
    found = decide.visible(actor, select(ScreeningTask), ScreeningTask, EXEMPT).where(
        ScreeningTask.campaign_id == campaign.id, ScreeningTask.state.in_(("needs_retest", "invalid"))
    )
    return db.session.scalars(found.order_by(ScreeningTask.id)).all()


def counsellors(actor: Actor) -> Sequence[Person]:
    """Who can be on duty: the counsellors and psychology leads of the school, or of the county."""
    day = clock.today()
    found = (
        select(Person)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.county_id == actor.county_id,
            RoleAssignment.role.in_(("school_counselor", "school_psych_lead", "psych_center_lead")),
            RoleAssignment.from_on <= day,
            RoleAssignment.to_on.is_(None) | (RoleAssignment.to_on >= day),
        )
    )
    if actor.school_id is not None:
        found = found.where(RoleAssignment.school_id == actor.school_id)
    return db.session.scalars(found.order_by(Person.pinyin).distinct()).all()


def ids_of(refs: Sequence[str], persons: Sequence[Person]) -> tuple[uuid.UUID, ...]:
    """The persons behind the references that a form brought."""
    return tuple(one.id for one in persons if one.ref in refs)
