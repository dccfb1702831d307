"""Who hears of a step or a deadline: turns outbox rows into inbox letters and mails that say only that something waits."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import or_, select

from app.core import clock, logs
from app.core.casework.deadlines import Deadline
from app.core.casework.records import record_of
from app.core.casework.waiting import main_steps
from app.core.database import db
from app.core.mail import Letter, Mailer, MailRefused
from app.core.outbox.deliver import first_time
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.policy.grants import GRANTS
from app.core.policy.ladder import Level, gone_up
from app.core.policy.scopes import ASSIGNED, CLASSES, COUNTY, OWN, SCHOOL, SCHOOLS, SELF, SUBJECT, UNIT, Scope
from app.people.directory.models import Person, RoleAssignment, SchoolResponsibility, TeachingDuty
from app.people.identity.terms import running
from workflows import catalogue
from workflows.vocabulary import Sentence

log = logs.get(__name__)
COUNTY_ROLES = frozenset(
    {
        "leading_group_head",
        "leading_group_member",
        "office_director",
        "evaluator",
        "assessment_member",
        "psych_center_lead",
        "dpo",
        "security_admin",
    }
)


def step_taken(row: OutboxRow) -> None:
    """Tell the roles named by the step and those for whom the record now waits."""
    record = record_of(row.entity or "", row.record_id) if row.record_id else None
    if record is None:
        return
    step = catalogue.step(row.data["step"])
    persons = set(holders(record, step.tells))
    words = Sentence(f"{step.zh}：{record.label}", f"{step.en}: {record.named.en}")
    told: set[uuid.UUID] = set()
    for following in main_steps(record.workflow).get(record.state, ()):
        right = following.right_for(record)
        if right is not None:
            told |= tell_above(record, right, words)
            persons |= _may_take(record, right)
    write(persons - told, f"step:{row.id}", "step_taken", record, words)


def tell_above(record: Any, right: str, words: Sentence) -> set[uuid.UUID]:
    """Tell those to whom a step has gone up, with the reason behind `words`; once for as long as the record stands there."""
    level, persons = _next_level(record, right)
    if level is not None:
        why = decide.next_level_words(level.first, level.role)
        said = Sentence(f"{words.zh}（{why.zh}）", f"{words.en} ({why.en})")
        key = f"up:{record.id}:{record.state_since.isoformat()}:{right}:{level.role}"
        write(persons, key, "step_taken", record, said)
    return persons


def deadline_rung(row: OutboxRow) -> None:
    """Remind those for whom the record waits; after the due day, tell the level above once."""
    clock_row = db.session.get(Deadline, row.record_id)
    if clock_row is None or clock_row.closed_at is not None:
        return
    record = record_of(clock_row.entity, clock_row.record_id)
    if record is None:
        return
    rung = row.data["rung"]
    late = rung.startswith("+")
    roles = tuple(row.data.get("roles", ())) if late else ()
    persons = set(holders(record, roles)) if roles else set()
    for following in main_steps(record.workflow).get(record.state, ()):
        right = following.right_for(record)
        if right is not None and not roles:
            persons |= _may_take(record, right)
    until = _until(clock_row, told_above=bool(roles))
    write(
        persons,
        f"rung:{row.id}",
        "deadline",
        record,
        Sentence(f"{record.label}：{until.zh}", f"{record.named.en}: {until.en}"),
    )


def _until(running_out: Deadline, *, told_above: bool) -> Sentence:
    """How it stands with a clock on the day of the letter, which may be later than the day the letter was meant for.

    told_above: the reader is not the one who has to act, but the level above.
    """
    last = clock.local(running_out.due_at - timedelta(microseconds=1)).date()
    zh, en = f"{last.month} 月 {last.day} 日到期", f"due on {last.day} {last:%b}"
    if told_above:
        return Sentence(f"{zh}，没有办完，请督促", f"was {en} and is not done; please see to it")
    if running_out.due_at <= clock.now():
        return Sentence(f"{zh}，已超期", f"was {en}, overdue")
    if last == clock.today():
        return Sentence("今天到期", "due today")
    return Sentence(zh, en)


def holders(record: Any, roles: Iterable[str]) -> set[uuid.UUID]:
    """Who holds one of these roles today: a role of the county there, any other at the unit of the record."""
    found: set[uuid.UUID] = set()
    for role in roles:
        found |= _persons(record, role, COUNTY if role in COUNTY_ROLES else UNIT)
    return found


def _may_take(record: Any, right: str) -> set[uuid.UUID]:
    found: set[uuid.UUID] = set()
    for role, grants in GRANTS.items():
        for scope in grants.get(right, ()):
            if not scope.instead_of:
                found |= _persons(record, role, scope)
    return found | _next_level(record, right)[1]


def _next_level(record: Any, right: str) -> tuple[Level | None, set[uuid.UUID]]:
    """The level to which the step has gone up because nobody below may take it, and who may there."""
    level = gone_up(right, type(record), [record.id]).get(record.id)
    if level is None:
        return None, set()
    (scope,) = (one for one in GRANTS[level.role][right] if one.instead_of)
    persons, school = _persons(record, level.role, level.reach), getattr(record, "school_id", None)
    place = {"county_id": record.county_id, "school_id": school if level.reach is SCHOOL else None}
    here = (Actor(person_id=person, role=level.role, **place) for person in persons)
    return level, {one.person_id for one in here if one.person_id is not None and scope.holds(one, record)}


def _persons(record: Any, role: str, scope: Scope) -> set[uuid.UUID]:
    if scope in (OWN, ASSIGNED):
        return {record.owner_id} if getattr(record, "owner_id", None) else set()
    day = clock.today()
    query = select(RoleAssignment.person_id).where(
        RoleAssignment.role == role,
        RoleAssignment.county_id == record.county_id,
        RoleAssignment.from_on <= day,
        or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
    )
    if scope is SELF:
        query = query.where(RoleAssignment.person_id == getattr(record, "person_id", None))
    elif scope is UNIT:
        query = query.where(RoleAssignment.unit_id == getattr(record, "unit_id", None))
    elif scope is SCHOOL:
        query = query.where(RoleAssignment.school_id == record.school_id)
    elif scope is CLASSES:
        query = query.join(TeachingDuty, TeachingDuty.person_id == RoleAssignment.person_id).where(
            TeachingDuty.class_id == getattr(record, "class_id", None), running(TeachingDuty, day)
        )
    elif scope is SUBJECT:
        query = query.where(RoleAssignment.subjects.contains([record.subject]))
    elif scope is SCHOOLS:
        query = query.join(SchoolResponsibility, SchoolResponsibility.assignment_id == RoleAssignment.id).where(
            SchoolResponsibility.school_id == record.school_id,
            SchoolResponsibility.opened_for.is_(None),
            running(SchoolResponsibility, day),
        )
    return set(db.session.scalars(query))


def write(persons: set[uuid.UUID], key: str, kind: str, record: Any, words: Sentence, address: str = "") -> None:
    """Put a letter about `record` into each person's inbox, once per `key`, and mail that something waits.

    address: where it leads; the page of the record where none is given.
    """
    rows = db.session.scalars(select(Person).where(Person.id.in_(persons), Person.left_on.is_(None))).all()
    fresh = [person for person in rows if first_time(f"{key}:inbox:{person.id}")]
    db.session.add_all(
        InboxLetter(
            person_id=person.id,
            kind=kind,
            title_zh=words.zh[:200],
            title_en=words.en[:300],
            address=address or record.address,
            entity=record.__tablename__,
            record_id=record.id,
        )
        for person in fresh
    )
    db.session.commit()
    for person in rows:
        if person.email:
            _mail(person, key)


def _mail(person: Person, key: str) -> None:
    settings = current_app.extensions["bihuan.settings"]
    if not settings.smtp_url or not first_time(f"{key}:mail:{person.id}"):
        db.session.rollback()
        return
    body = f"您有一项待办，请登录查看。\n{settings.public_url}\n\nYou have a task. Sign in to see it."
    try:
        Mailer(settings.smtp_url, settings.mail_from).send(Letter(person.email or "", body, f"{key}:{person.id}"))
    except MailRefused:
        log.warning("mail_refused", person=str(person.id))
    db.session.commit()
