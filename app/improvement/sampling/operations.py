"""Drawing lists by chance or by hand, naming another inspector, and what the inspector writes."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.calendar.terms import term_of
from app.core.casework import deadlines
from app.core.casework.deadlines import Deadline
from app.core.casework.door import SHORTEST_REASON, begin, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations.numbers import next_number, next_numbers
from app.improvement.problems.operations.reopenings import ReopeningIn, is_proposed, propose_by_system
from app.improvement.sampling import standing
from app.improvement.sampling.chance import digest_of, draw, least_of
from app.improvement.sampling.inspectors import OPENED, Inspector, free_inspectors, take_over
from app.improvement.sampling.models import ANSWERS, ListCheck, ListCheckAnswer, SampleDraw, SampleFrame
from app.improvement.sampling.terms import this_term
from app.people.directory.operations.openings import close_school, open_school
from workflows.improvement.list_check import DRAWN, LIST_CHECK

A_MONTH = timedelta(days=30)
"""A check that is late may get so long, beyond the end of its term."""

NOTHING = Sentence("本学期没有在办或办结的校级清单", "No school keeps a list of its own that ran or ended this term")
ENOUGH = Sentence(
    "本学期已经抽够，抽中的不能换。要多看一份，请另加并写明理由",
    "Enough was drawn this term, and what was drawn stays. To look at one more, add it with a reason",
)
TOO_FEW = Sentence("抽取份数不能少于一成", "At least a tenth has to be drawn")
TOO_MANY = Sentence("没有这么多还没抽到的清单", "There are not so many lists that were not drawn")
DAY = Sentence("抽查期限请写今天到本学期最后一天之间的一天", "Choose a day from today on, within the term")
DRAW_FIRST = Sentence("请先随机抽取，再另加", "Draw by chance first, then add others")
NOT_A_LIST = Sentence("请从本学期还没抽到的校级清单里选", "Choose one of this term's lists that was not drawn")
WHY = Sentence("请写另加的理由，至少 10 个字", "Say why it is added, at least 10 characters")
NOT_FREE = Sentence(
    "请选择在岗、不用回避的督学", "Choose an inspector in office who has no interest in the school or the list"
)
WHY_ANOTHER = Sentence("请写换人或改期的理由，至少 10 个字", "Say why it is changed, at least 10 characters")
DONE = Sentence("已经有结论，不能再换督学", "It was found already; the inspector stays")
UNKNOWN = Sentence("请为每个问题项选一个结论", "Choose a finding for every item")


@dataclass(frozen=True)
class Place:
    """The county whose schools' lists are drawn."""

    county_id: uuid.UUID


@dataclass(frozen=True)
class DrawIn:
    """How many are drawn, at least as many as a tenth asks for, and until when they are looked at."""

    count: int
    due_on: date | None


@dataclass(frozen=True)
class AddIn:
    """One list that is taken by hand: why, who looks at it, until when."""

    list_id: uuid.UUID | None
    person_id: uuid.UUID | None
    due_on: date | None
    why: str


@dataclass(frozen=True)
class CheckerIn:
    """Another inspector, and until when."""

    person_id: uuid.UUID | None
    due_on: date | None
    reason: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class AnswerIn:
    """What was found of one item."""

    item_id: uuid.UUID
    answer: str
    note: str = ""


@dataclass(frozen=True)
class FoundIn:
    """What the inspector looked at and found."""

    looked_at: str
    finding: str
    answers: tuple[AnswerIn, ...]
    on_site: bool = False
    reason: str | None = None
    version: int | None = None


@operation(right="sampling.draw_sample", name="sample_draw.draw")
def draw_sample(actor: Actor, place: Place, given: DrawIn) -> SampleDraw:
    """Chance draws what the term still lacks of a tenth. Raises Invalid where nothing is lacking: a draw is never made again."""
    number = next_number(place.county_id, "CQ", "sample_draws")
    first, last = this_term()
    lists, drawn = standing.drawable(place.county_id, first), standing.drawn_in(place.county_id, first)
    now = standing.standing_of(place.county_id, first)
    free = [row for row in lists if row.id not in drawn]
    if not lists:
        raise Invalid("", NOTHING)
    if not now.short or not free:
        raise Invalid("", ENOUGH)
    if given.count < min(now.short, len(free)):
        raise Invalid("count", TOO_FEW)
    if given.count > len(free):
        raise Invalid("count", TOO_MANY)
    due_on = _day(given.due_on, last)
    frame = [(f"{row.number}/{row.edition}", row.code) for row in free]
    seed = secrets.token_hex(16)
    chosen = draw(frame, given.count, seed)
    rows = {name: row for (name, _school), row in zip(frame, free, strict=True)}
    made = _kept(actor, place, number, first, len(lists), len(chosen))
    _keep_frame(made, frame, seed)
    _begin_checks(actor, made, [rows[name] for name in chosen], due_on)
    deed = trail.current()
    if deed is not None:
        deed.main.extra.update(seed=seed, frame=digest_of(frame), n=len(chosen), rows=len(frame))
    return made


def _day(due_on: date | None, last: date) -> date:
    if due_on is None or not clock.today() <= due_on <= last:
        raise Invalid("due_on", DAY)
    return due_on


def _kept(
    actor: Actor, place: Place, number: str, first: date, population: int, drawn: int, why: str = ""
) -> SampleDraw:
    made = SampleDraw(
        id=uuid7(), county_id=place.county_id, number=number, term_on=first, kind="hand" if why else "chance",
        population=population, least=least_of(population), drawn=drawn, reason=why,
        drawn_on=clock.today(), drawn_by=actor.person_id,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _keep_frame(made: SampleDraw, frame: Sequence[tuple[str, str]], seed: str) -> None:
    lists = [list(one) for one in frame]
    db.session.add(
        SampleFrame(
            id=uuid7(), county_id=made.county_id, draw_id=made.id, seed=seed, lists=lists, sha256=digest_of(frame)
        )
    )


def _begin_checks(actor: Actor, made: SampleDraw, lists: Sequence[Any], due_on: date) -> None:
    given: dict[uuid.UUID, int] = {}
    for number, row in zip(next_numbers(made.county_id, "CC", len(lists)), lists, strict=True):
        free = free_inspectors(made.county_id, row.school_id, row.id, but=made.drawn_by)
        chosen = min(free, key=lambda one: (not one.answers_for, given.get(one.person_id, 0)), default=None)
        if chosen is not None:
            given[chosen.person_id] = given.get(chosen.person_id, 0) + 1
        _begin_check(made, row, number, due_on, chosen)


def _begin_check(made: SampleDraw, row: Any, number: str, due_on: date, who: Inspector | None) -> None:
    begin(
        ListCheck(
            id=uuid7(), county_id=made.county_id, school_id=row.school_id, number=number, draw_id=made.id, draw=made,
            list_id=row.id, unit_id=row.unit_id, term_on=made.term_on, due_on=due_on,
            owner_id=who.person_id if who else None,
            responsibility_id=open_school(who.assignment_id, row.school_id, OPENED) if who else None,
        ),
        "draw",
    )  # fmt: skip


@operation(right="sampling.draw_sample", name="sample_draw.add")
def add_list(actor: Actor, place: Place, given: AddIn) -> SampleDraw:
    """One more list, taken by hand with its reason; it does not count towards what chance has to draw. Raises Invalid."""
    number = next_number(place.county_id, "CQ", "sample_draws")
    first, last = this_term()
    lists, drawn = standing.drawable(place.county_id, first), standing.drawn_in(place.county_id, first)
    if standing.standing_of(place.county_id, first).short:
        raise Invalid("", DRAW_FIRST)
    chosen = next((row for row in lists if row.id == given.list_id and row.id not in drawn), None)
    if chosen is None:
        raise Invalid("problem_list", NOT_A_LIST)
    if len(given.why.strip()) < SHORTEST_REASON:
        raise Invalid("why", WHY)
    free = free_inspectors(place.county_id, chosen.school_id, chosen.id, but=actor.person_id)
    who = next((one for one in free if one.person_id == given.person_id), None)
    if who is None:
        raise Invalid("person", NOT_FREE)
    due_on = _day(given.due_on, last)
    made = _kept(actor, place, number, first, len(lists), 1, given.why.strip())
    _begin_check(made, chosen, next_number(place.county_id, "CC", "list_checks"), due_on, who)
    return made


@operation(right="sampling.draw_sample", name="list_check.name_checker")
def name_checker(actor: Actor, check: ListCheck, given: CheckerIn) -> None:
    """Another inspector, or another day; whoever had it before loses it today. Raises Invalid, StepRefused once it is done."""
    if check.is_done:
        raise StepRefused((DONE,))
    if len((given.reason or "").strip()) < SHORTEST_REASON:
        raise Invalid("reason", WHY_ANOTHER)
    free = free_inspectors(check.county_id, check.unit_id, check.list_id, but=check.draw.drawn_by)
    who = next((one for one in free if one.person_id == given.person_id), None)
    if who is None:
        raise Invalid("person", NOT_FREE)
    check.due_on = _day(given.due_on, max(term_of(check.term_on)[1], clock.today() + A_MONTH))
    if who.person_id != check.owner_id:
        post("step_taken", check, step=LIST_CHECK.step("draw").key, version=check.version)
    take_over(check, who)
    _move_clock(check)


def _move_clock(check: ListCheck) -> None:
    running = (Deadline.record_id == check.id, Deadline.closed_at.is_(None))
    for row in db.session.scalars(select(Deadline).where(*running)):
        deadlines.start_over(row, DRAWN.deadlines[0], check, clock.now())


@operation(LIST_CHECK, "confirm")
def confirm_list(actor: Actor, check: ListCheck, given: FoundIn) -> None:
    """The list holds."""
    _write(check, given)


@operation(LIST_CHECK, "refute")
def refute_list(actor: Actor, check: ListCheck, given: FoundIn) -> Iterator[None]:
    """It does not hold: what was closed and does not hold is proposed for reopening, as after a failed recheck."""
    failed = _write(check, given)
    yield
    for answer in failed:
        item = answer.item
        propose_by_system(item, ReopeningIn("failed_sample", f"{check.number}：{answer.note}"))
        answer.reopening_proposed = is_proposed(item.id)


def _write(check: ListCheck, given: FoundIn) -> list[ListCheckAnswer]:
    """Keep what was found; the answers that tell of a closed item that does not hold."""
    check.looked_at, check.finding = given.looked_at.strip(), given.finding.strip()
    check.on_site, check.checked_on = given.on_site, clock.today()
    items = {item.id: item for item in check.items}
    answered = {one.item_id: one for one in given.answers if one.item_id in items}
    if any(one.answer not in ANSWERS for one in answered.values()):
        raise Invalid("", UNKNOWN)
    check.answers = [
        _answer(check, item, answered[item.id], place)
        for place, item in enumerate(items.values())
        if item.id in answered
    ]
    close_school(check.responsibility_id, clock.today())
    return [one for one in check.answers if one.answer == "fails" and one.was_closed]


def _answer(check: ListCheck, item: ProblemItem, one: AnswerIn, place: int) -> ListCheckAnswer:
    return ListCheckAnswer(
        id=uuid7(), county_id=check.county_id, school_id=check.school_id, check_id=check.id, item_id=item.id, item=item,
        position=place, answer=one.answer, note=one.note.strip(), was_closed=item.state == "closed",
    )  # fmt: skip
