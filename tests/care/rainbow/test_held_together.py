"""A computation stands at its student's school, a proposal rests on a computation of its student, a student stays at school."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.core.audit import trail
from app.core.database import db
from app.core.policy.actor import SYSTEM
from tests.care.rainbow.cases import TODAY, pupil
from tests.care.rainbow.conftest import Class, roster
from tests.care.rainbow.reference import Pupil
from tests.care.rainbow.test_erased_under_a_run import a_class, computed
from tests.cast import Cast
from tests.cluster import Cluster

COMPUTED = """insert into rainbow_computations (county_id, school_id, student_id, run_id, computed_on, rule_set, kind, bg, ev,
    sc, tr, pa, total, completeness, hard_floor, soft_floor, flags, factors, inputs_sha256)
select {0}, {1}, {2}, run_id, computed_on, rule_set, kind, bg, ev, sc, tr, pa, total, completeness, hard_floor, soft_floor,
    flags, factors, inputs_sha256 from rainbow_computations where student_id = :one"""
PROPOSED = """insert into rainbow_assessments (county_id, school_id, unit_id, student_id, computation, rule_set, proposed,
    priority, state, workflow_version)
select c.county_id, c.school_id, c.school_id, {0}, {1}, c.rule_set, 'yellow', 2, 'proposed', 1
from rainbow_computations c where c.student_id = :one"""
NUMBER = "(select number from rainbow_computations where student_id = {0})"


@pytest.mark.parametrize(
    ("statement", "held_by"),
    [
        (COMPUTED.format("county_id", ":their_school", "student_id"), "of_student|stands at the school"),
        (COMPUTED.format(":their_county", "school_id", "student_id"), "of_student|stands at the school"),
        (COMPUTED.format("county_id", "school_id", ":nobody"), "student_id|stands at the school"),
        (COMPUTED.format("county_id", "school_id", "student_id"), ""),
        (PROPOSED.format("c.student_id", NUMBER.format(":other")), "of_computation"),
        (PROPOSED.format(":other", "c.number"), "of_computation"),
        (PROPOSED.format("c.student_id", "c.number + 100"), "of_computation"),
        (PROPOSED.format("c.student_id", "c.number"), ""),
        ("update students set school_id = :their_school where id = :one", "stays with school"),
        (
            "update students set county_id = :their_county, school_id = :their_school where id = :one",
            "stays with school|_of_",
        ),
        ("delete from students where id = :one", "student_id"),
    ],
)
def test_what_was_computed_and_proposed_is_held_to_the_student_with_school_and_county(
    app: Flask, cast: Cast, school_class: Class, statement: str, held_by: str
) -> None:
    one, other = school_class.enrol([pupil("", (1,), 5), pupil("", (0,), 1)])
    school_class.compute(TODAY)
    given: dict[str, uuid.UUID] = {
        "one": one, "other": other, "their_school": cast.units["chengguan"].id, "their_county": cast.other_county.id,
        "nobody": uuid.uuid4(),
    }  # fmt: skip
    with trail.act(SYSTEM, "system", "test.hold"):
        tried = db.session.begin_nested()
        if held_by:
            with pytest.raises(IntegrityError, match=held_by):
                db.session.execute(text(statement), given)
        else:
            db.session.execute(text(statement), given)
        tried.rollback()


@pytest.mark.parametrize("column", ["computation", "student_id", "school_id", "county_id"])
def test_a_proposal_stays_with_what_it_was_made_of(app: Flask, cast: Cast, school_class: Class, column: str) -> None:
    one, other = school_class.enrol([pupil("", (1,), 5), pupil("", (0,), 1)])
    school_class.compute(TODAY)
    elsewhere = {
        "computation": NUMBER.format(":other"), "student_id": ":other", "school_id": ":their_school, unit_id = :their_school",
        "county_id": ":their_county",
    }[column]  # fmt: skip
    given = {
        "one": one, "other": other, "their_school": cast.units["chengguan"].id, "their_county": cast.other_county.id
    }  # fmt: skip
    with trail.act(SYSTEM, "system", "test.hold"):
        db.session.execute(text(PROPOSED.format("c.student_id", "c.number")), given)
        tried = db.session.begin_nested()
        with pytest.raises(IntegrityError, match="stays with what it was made of"):
            db.session.execute(
                text(f"update rainbow_assessments set {column} = {elsewhere} where student_id = :one"), given
            )
        tried.rollback()


@pytest.mark.parametrize(
    ("statement", "held_by"),
    [
        ("delete from students where id = :one", "of whom something was computed stays"),
        ("update students set id = :nobody where id = :one", "stays with school"),
    ],
)
def test_a_student_of_whom_nothing_but_a_computation_is_kept_stays_for_it(
    app: Flask, school_class: Class, statement: str, held_by: str
) -> None:
    (one,) = school_class.enrol([Pupil()])
    school_class.compute(TODAY)
    with trail.act(SYSTEM, "system", "test.hold"):
        tried = db.session.begin_nested()
        with pytest.raises(IntegrityError, match=held_by):
            db.session.execute(text(statement), {"one": one, "nobody": uuid.uuid4()})
        tried.rollback()


def test_who_does_not_see_what_was_computed_takes_nobody_off_the_roll(
    app: Flask, cast: Cast, school_class: Class
) -> None:
    (one,) = school_class.enrol([Pupil()])
    school_class.compute(TODAY)
    actor = cast.actor("school_coordinator")
    with pytest.raises(ProgrammingError, match="by the system alone"), trail.act(actor, "step", "test.hold"):
        assert db.session.scalar(text("select count(*) from students where id = :one"), {"one": one}) == 1
        assert (
            db.session.scalar(text("select count(*) from rainbow_computations where student_id = :one"), {"one": one})
            == 0
        )
        db.session.execute(text("delete from students where id = :one"), {"one": one})


TAKEN = (
    ("delete from rainbow_computations", "on which a proposal rests stays"),
    ("update rainbow_computations set number = number + 1000", "stays with what it was made of"),
    ("delete from students", "of whom something was computed stays"),
)


def test_not_even_the_owner_of_the_server_takes_away_what_something_rests_on(
    committed: Flask, cast: Cast, cluster: Cluster
) -> None:
    group, _one = a_class(cast)
    with trail.act(SYSTEM, "system", "test.hold"):
        computed(group)
        db.session.execute(text(PROPOSED.format("c.student_id", "c.number").replace("c.student_id = :one", "true")))
    name = str(committed.extensions["bihuan.settings"].database_url).partition("@/")[2].partition("?")[0]
    engine = create_engine(cluster.url("postgres", name))
    for statement, held_by in TAKEN:
        with engine.connect() as line:
            line.execute(text("alter table rainbow_computations disable trigger lawful_erasure"))
            line.execute(text("alter table rainbow_computations disable trigger refuse_writes_outside_act"))
            line.execute(text("alter table students disable trigger refuse_writes_outside_act"))
            with pytest.raises(IntegrityError, match=held_by):
                line.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(("state", "held"), [("proposed", True), ("effective", True), ("superseded", False)])
def test_of_a_student_one_proposal_is_open_and_one_level_in_force_and_what_was_taken_back_may_be_more(
    app: Flask, school_class: Class, state: str, held: bool
) -> None:
    (one,) = school_class.enrol([pupil("", (1,), 5)])
    school_class.compute(TODAY)
    insert = text(PROPOSED.format("c.student_id", "c.number").replace("'proposed', 1", f"'{state}', 1"))
    with trail.act(SYSTEM, "system", "test.hold"):
        db.session.execute(insert, {"one": one})
        tried = db.session.begin_nested()
        if held:
            with pytest.raises(IntegrityError, match="uq_rainbow_assessments_standing"):
                db.session.execute(insert, {"one": one})
        else:
            db.session.execute(insert, {"one": one})
        tried.rollback()


OVERHEARD = (
    "load 'auto_explain'", "set auto_explain.log_min_duration = 0", "set auto_explain.log_nested_statements = on",
    "set auto_explain.log_level = notice", "alter table rainbow_assessments disable trigger refuse_writes_outside_act",
    "update pg_class set reltuples = 0 where relname = 'rainbow_computations'",
)  # fmt: skip
"""The server tells how it looks; of the table it knows the pages and no rows, as if autovacuum had come by before the commit."""


@pytest.mark.parametrize(("many", "hashed"), [(400, True), (1, False)])
def test_a_run_of_many_is_looked_at_by_hashing_though_the_statistics_know_of_no_row_and_one_proposal_by_its_key(
    committed: Flask, cast: Cast, cluster: Cluster, many: int, hashed: bool
) -> None:
    school, teacher = cast.units["shuangqiao"].id, cast["homeroom_teacher"].person_id
    group = Class(cast.county.id, school, teacher, roster(cast))
    group.enrol([Pupil()] * 400)
    with trail.act(SYSTEM, "system", "test.hold"):
        computed(group)
    name = str(committed.extensions["bihuan.settings"].database_url).partition("@/")[2].partition("?")[0]
    engine, plans = create_engine(cluster.url("postgres", name)), list[str]()
    propose = PROPOSED.format("c.student_id", "c.number").replace("c.student_id = :one", "true")
    with engine.connect() as line:
        line.connection.driver_connection.add_notice_handler(lambda told: plans.append(told.message_primary or ""))  # type: ignore[union-attr]
        for statement in OVERHEARD:
            line.execute(text(statement))
        line.execute(text(f"{propose} limit {many}"))
        line.rollback()
    engine.dispose()
    (plan,) = (told for told in plans if "from written w" in told)
    assert ("Nested Loop" not in plan) is hashed, plan


@pytest.mark.parametrize(
    ("code", "source"), [('left"behind', "school"), ("left_behind", "sch\\ool"), ("a\nb", "school")]
)
def test_a_fact_has_no_sign_in_its_code_or_source_that_the_grounds_could_not_be_written_with(
    app: Flask, cast: Cast, school_class: Class, code: str, source: str
) -> None:
    (one,) = school_class.enrol([Pupil()])
    add = text(
        "insert into risk_facts (county_id, school_id, student_id, code, source, dated_on)"
        " select county_id, school_id, id, :code, :source, current_date from students where id = :one"
    )
    with trail.act(SYSTEM, "system", "test.hold"):
        tried = db.session.begin_nested()
        with pytest.raises(IntegrityError, match="ck_risk_facts_words"):
            db.session.execute(add, {"one": one, "code": code, "source": source})
        tried.rollback()
