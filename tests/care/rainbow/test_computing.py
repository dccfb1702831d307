"""The engine in SQL says what the reference says, whatever the order of the facts, and writes only what changed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.care.rainbow.models import RainbowComputation
from app.care.rainbow.rule_set import shipped_rule_set
from app.core.audit import trail
from app.core.database import db
from app.core.policy.actor import SYSTEM
from tests.care.rainbow.cases import CASES, TODAY, pupil
from tests.care.rainbow.conftest import Class
from tests.care.rainbow.reference import Alert, Answer, Answered, Fact, Pupil, Rated, compute

RULES = shipped_rule_set()
SCALES = (("phq9", "depression"), ("phqa", "depression"), ("gad7", "anxiety"), ("who5", "wellbeing"))
CODES = (*RULES.factors, "self_harm", "returned_from_leave", "crisis_open")


def told(row: RainbowComputation) -> Answer:
    """A computation in the words of the reference."""
    points = {"BG": row.bg, "EV": row.ev, "SC": row.sc, "TR": row.tr, "PA": row.pa}
    return Answer(row.kind, row.tier, points, row.total, float(row.completeness), row.hard_floor, row.soft_floor,
                  frozenset(row.flags), row.fits_since)  # fmt: skip


def somebody(chance: random.Random) -> Pupil:
    """A pupil with any mixture of sources, close to the boundaries of their windows more often than not."""

    def ago(*near: int) -> int:
        return chance.choice((chance.randint(0, 400), *(day + chance.randint(-1, 1) for day in near)))

    def day(*near: int):  # type: ignore[no-untyped-def]
        return TODAY - timedelta(days=max(0, ago(*near)))

    facts = {}
    for code in chance.choices(CODES, k=chance.choice((0, 0, 1, 2, 4, 7))):
        on = day(30, 90, 184, 365)
        source = chance.choice(("school", "guardian", "civil_affairs"))
        ended = chance.choice((None, None, None, on + timedelta(days=chance.randint(0, 60))))
        facts[code, source, on] = Fact(code, on, source, ended)
    results = {}
    for scale, construct in chance.sample(SCALES, chance.choice((0, 1, 1, 2, 3, 4))):
        for on in {day(180, 365) for _ in range(chance.choice((1, 1, 2)))}:
            results[scale, on] = Answered(scale, construct, chance.randint(0, 4), on, chance.random() < 0.1)
    ratings = {on: Rated(on, _items(chance)) for on in {day(90) for _ in range(chance.choice((0, 1, 1, 2)))}}
    looks = {on: chance.choice(("none", "mild", "moderate", "high")) for on in {day(90)} if chance.random() < 0.4}
    alerts = []
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        raised = day(30)
        cleared = chance.choice((None, raised + timedelta(days=chance.randint(0, 60))))
        alerts.append(Alert(chance.choice(("O1a", "O1b")), raised, cleared))
    tier = chance.choice((None, "green", "yellow", "orange", "red"))
    since = max(1, ago(12, 30))
    fits = chance.choice((None, max(0, min(since - 1, ago(14))))) if tier else None
    return Pupil(
        tuple(facts.values()), tuple(results.values()), tuple(ratings.values()),
        tuple((level, on) for on, level in looks.items()), tuple(alerts),
        tuple({day(12, 30) for _ in range(chance.choice((0, 0, 0, 1, 2)))}), chance.random() < 0.9, tier,
        TODAY - timedelta(days=since) if tier else None, None if fits is None else TODAY - timedelta(days=fits),
    )  # fmt: skip


def _items(chance: random.Random) -> tuple[int, int, int, int, int, int, int, int]:
    worst = chance.choice((0, 1, 2, 3))
    six = [chance.randint(0, worst) for _ in range(6)]
    danger = [chance.choice((0, 0, 0, 0, 0, 0, 1, 2, 3)) for _ in range(2)]
    return (*six, *danger)  # type: ignore[return-value]


def agree(school_class: Class, pupils: Sequence[Pupil], seed: int = 0) -> None:
    ids = school_class.enrol(pupils, random.Random(seed))  # noqa: S311 - an order, not a secret
    assert school_class.compute(TODAY).written == len(pupils)
    found = school_class.newest()
    wrong = [
        (one, told(found[student]), compute(RULES, one, TODAY))
        for student, one in zip(ids, pupils, strict=True)
        if told(found[student]) != compute(RULES, one, TODAY)
    ]
    assert wrong[:1] == []


def test_every_worked_case_comes_out_of_the_database_as_the_specification_says(school_class: Class) -> None:
    agree(school_class, [case.pupil for case in CASES])


def test_ten_thousand_random_pupils_are_judged_alike_by_two_implementations(school_class: Class) -> None:
    chance = random.Random(20261129)  # noqa: S311 - a repeatable draw
    agree(school_class, [somebody(chance) for _ in range(10_000)], seed=1)
    kinds = Counter(row.kind for row in school_class.newest().values())
    for kind in ("propose", "undetermined", "step_down", "hold_points", "hold_dwell", "hold_once", "hold_lapsed"):
        assert kinds[kind] >= 10, f"too few {kind} to say anything: {kinds}"


@pytest.mark.parametrize("days", [29, 30, 31, 89, 90, 91, 180, 181, 365, 366])
def test_a_source_counts_to_its_last_day_and_not_a_day_longer(school_class: Class, days: int) -> None:
    on = TODAY - timedelta(days=days)
    pupils = [
        Pupil((Fact("major_conflict", on),), (Answered("phq9", "depression", 3, on),)),
        Pupil((Fact("self_harm", on), Fact("bereavement", on)), ratings=(Rated(on, (2, 2, 2, 2, 2, 2, 0, 0)),)),
        Pupil(assessments=(("high", on),), alerts=(Alert("O1a", on, on),)),
    ]
    agree(school_class, pupils)


def test_the_order_in_which_facts_were_stored_changes_nothing(school_class: Class, clock: object) -> None:
    chance = random.Random(7)  # noqa: S311 - a repeatable draw
    pupils = [somebody(chance) for _ in range(300)]
    pupils = [replace(one, facts=tuple(reversed(one.facts)), results=tuple(reversed(one.results))) for one in pupils]
    agree(school_class, pupils, seed=3)


OTHERWISE_SEALED = text(
    """select count(*) from rainbow_computations c left join rainbow_tiers t using (student_id)
       where c.kind <> 'before' and not exists (
           select from (values (round(c.completeness, 1)), (trim_scale(c.completeness))) as told (completeness)
           where c.inputs_sha256 = sha256(convert_to(concat_ws('|', c.factors::text, told.completeness,
               array_position(array['green', 'yellow', 'orange', 'red'], t.tier::text) - 1, t.since,
               (select max(e.happened_on) from change_evidence e where e.student_id = c.student_id
                   and e.happened_on > t.since and c.kind = 'step_down' and not exists (
                       select from json_array_elements(c.factors) f
                       where f->>'domain' in ('SC', 'PA') and (f->>'on')::date > t.since))), 'UTF8')))"""
)


def test_the_digest_of_a_computation_is_that_of_the_facts_as_they_are_kept(school_class: Class) -> None:
    chance = random.Random(11)  # noqa: S311 - a repeatable draw
    school_class.enrol([somebody(chance) for _ in range(300)])
    assert school_class.compute(TODAY).written == 300
    with trail.act(SYSTEM, "system", "test.read"):
        assert db.session.scalar(OTHERWISE_SEALED) == 0


def test_a_run_without_news_writes_nothing_and_one_with_news_writes_that_student_alone(school_class: Class) -> None:
    ids = school_class.enrol([pupil("", (1,), 5), pupil("", (0,), 1)])
    assert school_class.compute(TODAY).written == 2
    assert school_class.compute(TODAY).written == 0
    with_news = pupil("", (1,), 5, danger=2)
    school_class.rate(ids[1], with_news.ratings[0])
    assert school_class.compute(TODAY).written == 1
    assert school_class.newest()[ids[1]].tier == "red"


def test_a_step_down_needs_two_computations_a_fortnight_apart(school_class: Class) -> None:
    calm = replace(pupil("", (0,), 1, tier=("yellow", 45)), fits_since=None)
    (student,) = school_class.enrol([calm])
    kinds = []
    for days in (0, 13, 14):
        school_class.compute(TODAY + timedelta(days=days))
        kinds.append(school_class.newest()[student].kind)
    assert kinds == ["hold_once", "hold_once", "step_down"]


def test_points_that_only_lapsed_never_suggest_a_step_down(school_class: Class) -> None:
    old = replace(pupil("", (0,), 1, scale_age=60, tier=("yellow", 45)), ratings=())
    (student,) = school_class.enrol([old])
    school_class.compute(TODAY)
    assert school_class.newest()[student].kind == "hold_lapsed"


@pytest.mark.parametrize(("ago", "kind"), [(44, "step_down"), (45, "hold_lapsed"), (0, "step_down")])
def test_a_signed_review_since_the_level_began_is_a_new_look(school_class: Class, ago: int, kind: str) -> None:
    """Decision 62: a new questionnaire, a professional look or a signed review."""
    old = pupil("", (0,), 1, scale_age=60, tier=("yellow", 45))
    reviewed = replace(old, ratings=(), reviews=(TODAY - timedelta(days=ago),))
    agree(school_class, [reviewed])
    assert [row.kind for row in school_class.newest().values()] == [kind]


def test_the_digest_of_a_run_is_the_same_for_the_same_facts_and_another_for_others(school_class: Class) -> None:
    school_class.enrol([pupil("", (1,), 5)])
    first = school_class.compute(TODAY)
    assert len(first.digest) == 64
    assert school_class.compute(TODAY).digest != first.digest
