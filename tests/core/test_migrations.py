"""The schema goes up, down and up again, empty and with rows, and is what the models say; races at one record (64–66)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.core.audit import trail
from app.core.casework import deadlines
from app.core.casework.door import operation
from app.core.database import db, use_context
from app.core.errors import NotAllowed, Stale, StepRefused
from app.core.policy.actor import SYSTEM
from app.core.servers.schema import alembic_config
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import items
from app.models import metadata
from app.people.directory.models import Unit
from tests.by_hand import by_hand
from tests.cast import Cast
from tests.core import test_deadlines as ladders
from tests.people.identity.races import race
from tests.policy.records import write


@pytest.fixture
def owner(cluster: Any, worker: str) -> Iterator[Engine]:
    """The owner's connection to a database at head, without rows."""
    cluster.make_database(f"bihuan_{worker}_steps")
    engine = create_engine(cluster.url("bihuan_owner", f"bihuan_{worker}_steps"))
    yield engine
    engine.dispose()


def _address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_schema_at_head_is_what_the_models_say(owner: Engine) -> None:
    with owner.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    assert not differences, f"Draft the migration anew: {differences[:6]}"


def test_every_migration_goes_down_and_up_again_on_an_empty_database(owner: Engine) -> None:
    before = _tables(owner)
    command.downgrade(alembic_config(_address(owner)), "base")
    assert _tables(owner) == set()
    command.upgrade(alembic_config(_address(owner)), "heads")
    assert _tables(owner) == before


def _digests(engine: Engine) -> dict[str, str]:
    """Content of the tables that the step leaves alone."""
    with engine.connect() as connection:
        return {
            name: str(
                connection.execute(
                    text(f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {name} t")
                ).scalar()
            )
            for name in ("units", "persons", "accounts", "role_assignments")
        }


def test_the_newest_step_goes_down_and_up_on_a_populated_database_and_leaves_other_rows_alone(
    committed: Flask, cast: Cast, cluster: Any
) -> None:
    school = cast.units["shuangqiao"]
    write(cast, cast["principal"], school, school, "记号")
    name = committed.extensions["bihuan.settings"].database_url.partition("@/")[2].partition("?")[0]
    db.session.close()
    db.engine.dispose()
    engine = create_engine(cluster.url("postgres", name))
    before, tables = _digests(engine), _tables(engine)
    config = alembic_config(cluster.url("bihuan_owner", name))
    command.downgrade(config, "-1")
    assert _digests(engine).items() <= before.items()
    command.upgrade(config, "heads")
    assert _digests(engine) == before and _tables(engine) == tables
    engine.dispose()


def test_tasks_of_what_was_taken_back_before_are_looked_at_once(committed: Flask, cast: Cast, cluster: Any) -> None:
    school = cast.units["shuangqiao"]
    records = write(cast, cast["principal"], school, school, "记号")
    with by_hand("test.before"):
        later = "upward = true, state = 'withdrawn', state_since = now() + interval '1 day'"
        same = "(created_at, student_id) = (select created_at, student_id from code_change_requests)"
        db.session.execute(text(f"update code_change_requests set {later}"))
        db.session.execute(text(f"update care_duties set state = 'due', {same}"))
    name = committed.extensions["bihuan.settings"].database_url.partition("@/")[2].partition("?")[0]
    db.session.close()
    db.engine.dispose()
    engine, config = create_engine(cluster.url("postgres", name)), alembic_config(cluster.url("bihuan_owner", name))
    command.downgrade(config, "2026_11_30_z2_roll_at_one_look")
    command.upgrade(config, "heads")
    wanted = "select record_id from outbox where kind = 'rainbow_taken_back'"
    with engine.connect() as connection:
        assert connection.execute(text(wanted)).scalars().all() == [records.ids["code_change_requests"]]
        walls = "select bool_and(relforcerowsecurity) from pg_class where relname = any(:names)"
        walled = ["care_duties", "code_change_requests", "screening_tasks", "scale_responses"]
        assert connection.execute(text(walls), {"names": walled}).scalar()
    engine.dispose()


def test_results_that_were_there_before_get_the_cohort_of_their_pupils(
    committed: Flask, cast: Cast, cluster: Any
) -> None:
    school = cast.units["shuangqiao"]
    write(cast, cast["principal"], school, school, "记号")
    name = committed.extensions["bihuan.settings"].database_url.partition("@/")[2].partition("?")[0]
    db.session.close()
    db.engine.dispose()
    engine, config = create_engine(cluster.url("postgres", name)), alembic_config(cluster.url("bihuan_owner", name))
    with engine.connect() as connection:
        ends = connection.execute(text("select ends_on from monitoring_cycles")).scalar_one()
    command.downgrade(config, "2026_11_28_52_sealed_months")
    command.upgrade(config, "heads")
    with engine.connect() as connection:
        found = connection.execute(text("select grade, cohort from monitoring_results")).one()
        walls = "select bool_and(relforcerowsecurity) from pg_class where relname = any(:names)"
        assert connection.execute(text(walls), {"names": ["monitoring_results", "monitoring_cycles"]}).scalar()
    year = ends.year - (ends.month < 9)
    assert tuple(found) == ("G7", year - 6)
    engine.dispose()


LADDERS = text("select id, ladder, taken, next_at from deadlines order by id")
RUNGS = text("select name, roles, at, done_at is not null from deadline_rungs where deadline_id = :id order by at, id")


def test_ladders_that_were_rows_of_their_own_go_into_their_clocks_and_out_again(
    committed: Flask, cast: Cast, cluster: Any, clock: Any
) -> None:
    _, row = ladders.started(cast)
    clock.advance(days=3)
    deadlines.sweep()
    name = committed.extensions["bihuan.settings"].database_url.partition("@/")[2].partition("?")[0]
    identity, rungs, taken = row.id, row.rungs, row.taken
    assert 0 < taken < len(rungs)
    db.session.close()
    db.engine.dispose()
    engine, config = create_engine(cluster.url("postgres", name)), alembic_config(cluster.url("bihuan_owner", name))
    with engine.connect() as connection:
        before = [tuple(one) for one in connection.execute(LADDERS)]
    command.downgrade(config, "2026_11_30_u2_visit_subjects")
    with engine.connect() as connection:
        told = [tuple(one) for one in connection.execute(RUNGS, {"id": identity})]
    command.upgrade(config, "heads")
    with engine.connect() as connection:
        after = [tuple(one) for one in connection.execute(LADDERS)]
    engine.dispose()
    assert told == [(rung.name, list(rung.roles), rung.at, at < taken) for at, rung in enumerate(rungs)]
    assert [_moments(one) for one in after] == [_moments(one) for one in before]


def _moments(kept: Any) -> tuple[Any, ...]:
    """A ladder with its moments as such: how they are written down is no matter."""
    identity, ladder, taken, next_at = kept
    return identity, [(name, datetime.fromisoformat(at), roles) for name, at, roles in ladder], taken, next_at


@operation(right="people.manage_units", name="test.race_rename")
def rename(actor: Any, unit: Unit, given: Any) -> None:
    """A test's own deed on a versioned record."""
    unit.short_name = given.name


def test_security_64_of_eight_changes_of_one_version_one_is_kept(committed: Flask, cast: Cast) -> None:
    use_context(SYSTEM.context())
    version = db.session.scalar(select(Unit.version).where(Unit.id == cast.units["yuntai"].id))
    db.session.rollback()
    actor = cast.actor("sys_admin")

    def deed(number: int) -> str:
        use_context(SYSTEM.context())
        unit = db.session.get_one(Unit, cast.units["yuntai"].id)
        rename(actor, unit, SimpleNamespace(name=f"第{number}个名字", version=version))
        return "kept"

    met = race(committed, 8, deed)
    assert met.count("kept") == 1 and sum(isinstance(one, Stale) for one in met) == 7, met
    assert {one.newer for one in met if isinstance(one, Stale)} == {(version or 0) + 1}


def _issued(cast: Cast) -> Any:
    """An issued item of the school, waiting for its principal."""
    school = cast.units["shuangqiao"]
    chain = write(cast, cast["principal"], school, school, "记号")
    use_context(SYSTEM.context())
    with by_hand("test.issued"):
        item = db.session.get_one(ProblemItem, chain.ids["problem_items"])
        item.state = "issued"
    db.session.rollback()
    return chain.ids["problem_items"]


def test_security_65_of_eight_who_sign_at_once_one_has_the_effect(committed: Flask, cast: Cast) -> None:
    identity, actor = _issued(cast), cast.actor("principal")
    given = items.AcceptIn(cast["school_coordinator"].person_id, cast["grade_leader"].person_id)

    def deed(number: int) -> str:
        use_context(actor.context())
        items.accept_item(actor, db.session.get_one(ProblemItem, identity), given)
        return "kept"

    met = race(committed, 8, deed)
    assert met.count("kept") == 1, met
    assert all(isinstance(one, StepRefused | Stale) for one in met if one != "kept"), met
    use_context(SYSTEM.context())
    steps = text("select count(*) from audit.transition_log where record_id = :id and step = 'problem_item.accept'")
    assert db.session.execute(steps, {"id": identity}).scalar_one() == 1


def test_security_66_a_step_that_the_state_does_not_allow_changes_nothing(committed: Flask, cast: Cast) -> None:
    identity, actor = _issued(cast), cast.actor("principal")
    use_context(actor.context())
    item = db.session.get_one(ProblemItem, identity)
    for step in (items.start_diagnosis, items.ask_for_closure, items.start_evaluation):
        with pytest.raises((StepRefused, NotAllowed)):
            step(actor, item, SimpleNamespace())
    db.session.rollback()
    use_context(SYSTEM.context())
    assert db.session.scalar(select(ProblemItem.state).where(ProblemItem.id == identity)) == "issued"


def test_security_66_the_application_role_cannot_close_an_item_by_plain_sql(committed: Flask, cast: Cast) -> None:
    identity = _issued(cast)
    use_context(SYSTEM.context())
    with pytest.raises(DBAPIError), trail.act(SYSTEM, "system", "test.by_hand"):
        db.session.execute(text("update problem_items set state = 'closed' where id = :id"), {"id": identity})
    db.session.rollback()
    use_context(SYSTEM.context())
    assert db.session.scalar(select(ProblemItem.state).where(ProblemItem.id == identity)) == "issued"
