"""The signed context: what the database shows and takes depends on a signature that nobody can make or use again."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.core import round_trip
from app.core.database import Base, Context, _keys, db, show, use_context, use_context_from_next
from tests.cast import Cast


@pytest.fixture
def engine(committed: Any, cluster: Any, worker: str) -> Any:
    """A bare connection as the app role, past everything the application adds."""
    from app.core.database import db

    with committed.app_context():
        url = db.engine.url
    made = create_engine(url)
    yield made
    made.dispose()


def _count(connection: Any, table: str = "school_classes") -> int:
    return int(connection.execute(text(f"select count(*) from {table}")).scalar_one())


def _context(cast: Cast, school: str = "shuangqiao", **more: Any) -> Context:
    return Context(actor=cast["principal"].person_id, schools=(cast.units[school].id,), **more)


def test_security_26_without_a_context_there_are_no_rows(engine: Engine, cast: Cast) -> None:
    with engine.connect() as connection:
        assert _count(connection) == 0


def test_security_28_a_context_shows_the_rows_of_its_school_alone(engine: Engine, cast: Cast) -> None:
    with engine.connect() as connection:
        show(connection, _context(cast))
        rows = connection.execute(text("select distinct school_id from school_classes")).scalars().all()
        assert rows == [cast.units["shuangqiao"].id]


def test_security_28_a_context_set_by_hand_shows_nothing(engine: Engine, cast: Cast) -> None:
    for front, back in (
        ("", ""),
        ("0" * 64, ""),
        ("", "0" * 64),
        ("é" * 32, ""),
        ("x", None),
        ("0" * 64, None),
        ("", None),
    ):
        with engine.connect() as connection:
            own: Any = connection.connection.dbapi_connection
            line = "" if back is None else _context(cast, system=True).claims(own.info.backend_pid) + back
            forged = front + line
            connection.execute(text("select set_config('bihuan.context', :t, true)"), {"t": forged})
            assert _count(connection) == 0


def test_security_28_a_tampered_context_shows_nothing(engine: Engine, cast: Cast) -> None:
    with engine.connect() as connection:
        show(connection, _context(cast))
        token = connection.execute(text("select current_setting('bihuan.context')")).scalar_one()
        other = token.replace(str(cast.units["shuangqiao"].id), str(cast.units["yuntai"].id))
        connection.execute(text("select set_config('bihuan.context', :t, true)"), {"t": other})
        assert _count(connection) == 0


def test_security_28_a_context_is_of_no_use_on_another_connection(engine: Engine, cast: Cast) -> None:
    with engine.connect() as first, engine.connect() as second:
        show(first, _context(cast))
        token = first.execute(text("select current_setting('bihuan.context')")).scalar_one()
        second.execute(text("select set_config('bihuan.context', :t, true)"), {"t": token})
        assert _count(first) == 1 and _count(second) == 0


def test_security_28_a_context_ends_with_its_transaction(engine: Engine, cast: Cast) -> None:
    with engine.connect() as connection:
        show(connection, _context(cast))
        assert _count(connection) == 1
        connection.commit()
        assert _count(connection) == 0


def test_security_28_a_context_lapses(engine: Engine, cast: Cast) -> None:
    with engine.connect() as connection:
        show(connection, _context(cast, seconds=-1))
        assert _count(connection) == 0


def test_security_28_an_open_transaction_hears_of_who_asks_before_its_next_statement(
    committed: Any, cast: Cast
) -> None:
    use_context(None)
    assert _count(db.session) == 0
    use_context_from_next(_context(cast))
    assert _count(db.session) == 1
    use_context_from_next(_context(cast, "yuntai"))
    found = round_trip.ask(
        round_trip.Ready("select array_agg(distinct school_id) from school_classes where name <> $1"), ("x",)
    )
    assert found is not None and found[0] == [cast.units["yuntai"].id]
    use_context_from_next(_context(cast))
    use_context(None)
    assert _count(db.session) == 0


def test_security_28_what_a_transaction_still_owed_ends_with_it(committed: Any, cast: Cast) -> None:
    for end in (db.session.rollback, db.session.commit, db.session.close):
        use_context(None)
        assert _count(db.session) == 0
        use_context_from_next(_context(cast))
        raw = db.session.connection().connection.dbapi_connection
        end()
        with db.engine.connect() as line:
            assert line.connection.dbapi_connection is raw
            assert _count(line) == 0
    use_context(None)
    assert _count(db.session) == 0


def test_security_28_functions_of_the_same_name_in_front_change_nothing(engine: Engine, cast: Cast) -> None:
    with engine.connect() as connection:
        connection.execute(text("create function pg_temp.sha256(bytea) returns bytea language sql as $$ select $1 $$"))
        connection.execute(text("set local search_path = pg_temp, public"))
        connection.execute(
            text("select set_config('bihuan.context', :t, true)"), {"t": f"{'0' * 64}{_context(cast).claims(1)}"}
        )
        assert _count(connection, "public.school_classes") == 0


def test_security_28_every_field_arrives_as_it_was_signed(engine: Engine, cast: Cast) -> None:
    act, schools = uuid.uuid4(), tuple(unit.id for unit in (cast.units["shuangqiao"], cast.units["yuntai"]))
    given = Context(uuid.uuid4(), cast.county.id, (cast.county.id,), schools, ("people", "care_red"), act=act)
    asked = "select ctx.actor(), ctx.home(), ctx.counties(), ctx.schools(), ctx.act(), ctx.is_system()"
    with engine.connect() as connection:
        show(connection, given)
        found = connection.execute(
            text(f"{asked}, ctx.holds('people'), ctx.holds('care_red'), ctx.holds('care')")
        ).one()
        assert found == (given.actor, given.home, list(given.counties), list(schools), act, False, True, True, False)
        show(connection, Context(system=True))
        found = connection.execute(text(f"{asked}, ctx.holds('people')")).one()
        assert found == (None, None, [], [], None, True, False)


def test_a_data_class_cannot_bring_fields_of_its_own_into_the_line() -> None:
    for smuggled in ("people|", "people,care", "{people}", ""):
        with pytest.raises(ValueError, match="one word"):
            Context(classes=(smuggled,)).claims(1)


def test_the_secret_cannot_be_read_by_the_application(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text("select secret from ctx.secret"))


def test_no_row_is_changed_or_removed_without_an_act(engine: Engine, cast: Cast) -> None:
    for statement, said in (
        ("update school_classes set name = 'x'", "row-level security"),
        ("delete from school_classes", "no act is open"),
        ("update units set name = 'x'", "no act is open"),
    ):
        with engine.connect() as connection:
            show(connection, _context(cast))
            with pytest.raises(DBAPIError, match=said):
                connection.execute(text(statement))


def test_no_table_takes_a_new_row_without_an_act_even_from_the_system(engine: Engine, cast: Cast) -> None:
    tables = [mapper.local_table for mapper in Base.registry.mappers if not mapper.class_.__outside_act__]
    for table in {one.fullname: one for one in tables}:
        with engine.connect() as connection:
            show(connection, Context(system=True))
            with pytest.raises(DBAPIError) as refused:
                connection.execute(text(f"insert into {table} default values"))
            assert not isinstance(refused.value.orig, psycopg.errors.NotNullViolation), (
                f"{table} looks at the row first"
            )
            connection.rollback()
            show(connection, Context(system=True))
            with pytest.raises(DBAPIError):
                connection.execute(text(f"delete from {table}"))


def test_every_wall_asks_for_an_act_of_the_row_as_it_is_written(engine: Engine) -> None:
    asked = text(
        """select p.tablename, p.cmd, coalesce(p.with_check, '') as taken from pg_policies p
           where p.permissive = 'PERMISSIVE' and p.cmd in ('INSERT', 'UPDATE', 'ALL') and not exists (
               select from pg_trigger g where g.tgrelid = format('%I.%I', p.schemaname, p.tablename)::regclass
                   and g.tgfoid = 'ctx.refuse_outside_act'::regproc and g.tgtype & 20 = 20)"""
    )
    free = {mapper.local_table.name for mapper in Base.registry.mappers if mapper.class_.__outside_act__}
    with engine.connect() as connection:
        rows = connection.execute(asked).all()
    open_ones = [row.tablename for row in rows if not row.taken.endswith("(( SELECT ctx.act() AS act) IS NOT NULL))")]
    assert len(rows) > 100 and set(open_ones) <= free


def test_no_row_of_a_foreign_school_is_written_even_inside_an_act(engine: Engine, cast: Cast) -> None:
    with engine.connect() as connection:
        show(connection, _context(cast, act=uuid.uuid4()))
        changed = connection.execute(
            text("update school_classes set name = 'x' where school_id = :s"), {"s": cast.units["yuntai"].id}
        )
        assert changed.rowcount == 0
        insert = text(
            "insert into school_classes (county_id, school_id, school_year, grade, class_no, name)"
            " values (:c, :s, 2026, 'G7', 9, '九班')"
        )
        with pytest.raises(DBAPIError, match="row-level security"):
            connection.execute(insert, {"c": cast.county.id, "s": cast.units["yuntai"].id})


def test_security_45_the_application_can_neither_change_nor_remove_an_entry(engine: Engine, cast: Cast) -> None:
    for statement in (
        "update audit.entries set body = ''",
        "delete from audit.entries",
        "truncate audit.entries cascade",
    ):
        with engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text(statement))


def test_the_key_is_read_again_after_it_was_renewed(committed: Any) -> None:
    key = _keys["current"]
    before = key.sign("x")
    assert before == key.sign("x") and before != key.sign("y")
