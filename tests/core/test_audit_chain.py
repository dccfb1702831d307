"""Security requirements 44–47: the trail is written with the deed, only grows, is chained and anchored, and tampering is named."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.core.audit import trail
from app.core.audit.commands import audit
from app.core.audit.models import Verification
from app.core.audit.verification import Anchor, next_hash, read_anchors, verify, write_anchor
from app.core.database import db
from app.core.policy.actor import SYSTEM
from app.people.identity import operations
from app.people.identity.models import Account
from app.people.identity.operations import WithReason
from tests.cast import Cast
from tests.people.identity.races import race

COLUMNS = (
    "body", "at", "kind", "step", "entity", "record_id", "person_id", "role", "from_state", "to_state", "county_id",
    "school_id",
)  # fmt: skip
REASON = "核对身份后按本人申请办理"


def owner(app: Flask) -> Any:
    """An engine with the rights of the database's owner."""
    return create_engine(app.extensions["bihuan.settings"].database_owner_url)


def tell(entries: int) -> None:
    """So many deeds, every third with a reason and a change beside it."""
    for number in range(entries):
        with trail.act(SYSTEM, "step", f"machine.step_{number}", reason=REASON if number % 3 == 0 else None) as deed:
            if number % 3 == 0:
                deed.main.changes["note"] = ["before", f"after {number}"]


@pytest.fixture
def told(committed: Flask) -> Flask:
    """Twelve entries."""
    tell(12)
    return committed


def verdict(app: Flask, anchors: list[Anchor] | None = None, start: int = 1) -> Any:
    """What a verification finds now."""
    engine = owner(app)
    with engine.connect() as connection:
        found = verify(connection, anchors, start)
    engine.dispose()
    return found


def tamper(app: Flask, *statements: str, **values: Any) -> None:
    """What somebody with the owner's password might do: take triggers and constraint away, change, put them back."""
    engine = owner(app)
    with engine.begin() as connection:
        _switch(connection, "disable")
        for statement in statements:
            connection.execute(text(statement), values)
        _switch(connection, "enable")
    engine.dispose()


def _switch(connection: Connection, how: str) -> None:
    for table in ("entries", "details"):
        connection.execute(text(f"alter table audit.{table} {how} trigger user"))
    held, columns = "columns_say_what_the_body_says", ", ".join(COLUMNS)
    connection.execute(text(f"alter table audit.entries drop constraint if exists {held}"))
    if how == "enable":
        check = f"check (audit.agrees({columns})) not valid"
        connection.execute(text(f"alter table audit.entries add constraint {held} {check}"))


def test_security_44_when_the_entry_cannot_be_written_nothing_is_kept(committed: Flask, cast: Cast) -> None:
    engine = owner(committed)
    with engine.begin() as connection:
        connection.execute(text("revoke execute on function audit.append(text[], text[], jsonb[]) from bihuan_app"))
    account = db.session.get_one(Account, cast["evaluator"].account_id)
    with pytest.raises(ProgrammingError, match="append"):
        operations.disable_account(cast.actor("sys_admin"), account, WithReason(REASON))
    db.session.rollback()
    assert db.session.scalar(select(Account.disabled_at).where(Account.id == cast["evaluator"].account_id)) is None
    with engine.begin() as connection:
        connection.execute(text("grant execute on function audit.append(text[], text[], jsonb[]) to bihuan_app"))
    engine.dispose()


def test_security_44_deed_and_entry_are_one_transaction(committed: Flask, cast: Cast) -> None:
    before = verdict(committed).seq
    with pytest.raises(RuntimeError), trail.act(SYSTEM, "write", "test.fails"):
        db.session.execute(update(Account).values(language="en"))
        raise RuntimeError
    assert verdict(committed).seq == before
    assert db.session.scalar(select(Account.language).limit(1)) == "zh"


@pytest.mark.parametrize("who", ["app", "owner"])
@pytest.mark.parametrize("table", ["audit.entries", "audit.details"])
@pytest.mark.parametrize("deed", ["update {} set seq = 99", "delete from {}", "truncate {} cascade"])
def test_security_45_nobody_changes_what_was_written(who: str, table: str, deed: str, told: Flask) -> None:
    engine = owner(told) if who == "owner" else db.engine
    with pytest.raises(DBAPIError, match=r"only grows|permission denied"), engine.begin() as connection:
        connection.execute(text(deed.format(table)))
    if who == "owner":
        engine.dispose()
    assert verdict(told).fault is None


def test_security_45_the_app_neither_inserts_nor_reads_entries_directly(told: Flask) -> None:
    for statement in (
        "insert into audit.entries (seq, previous, hash, body) values (99, '', '', '{}')",
        "select * from audit.entries",
        "select * from audit.details",
        "alter table audit.entries disable trigger only_grows",
        "drop view audit.access_log",
    ):
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), db.engine.begin() as connection:
            connection.execute(text(statement))


def test_security_45_no_column_says_what_the_body_does_not_even_with_triggers_off(told: Flask) -> None:
    engine = owner(told)
    for name in COLUMNS[1:]:
        other = "now()" if name == "at" else "gen_random_uuid()" if name.endswith("_id") else "'other'"
        with pytest.raises(DBAPIError, match="columns_say_what_the_body_says"), engine.begin() as connection:
            connection.execute(text("alter table audit.entries disable trigger user"))
            connection.execute(text(f"update audit.entries set {name} = {other} where seq = 7"))  # noqa: S608
    with pytest.raises(DBAPIError, match="columns_say_what_the_body_says"), engine.begin() as connection:
        connection.execute(
            text("insert into audit.entries (seq, previous, hash, body, kind) values (99, '', '', '{}', 'x')")
        )
    engine.dispose()


def test_security_45_columns_are_read_from_the_body_whoever_inserts(told: Flask) -> None:
    engine, names = owner(told), ", ".join(COLUMNS)
    with engine.connect() as connection:
        copied = f"insert into audit.entries (seq, previous, hash, body) select 99, hash, hash, body from audit.entries where seq = 7 returning {names}"  # noqa: E501, S608
        made = connection.execute(text(copied)).one()
        assert made == connection.execute(text(f"select {names} from audit.entries where seq = 7")).one()  # noqa: S608
        assert (made.kind, made.step) == ("step", "machine.step_6") and made.at is not None
    engine.dispose()


def test_security_46_simultaneous_deeds_make_one_gapless_chain(committed: Flask) -> None:
    before = verdict(committed).seq

    def deeds(number: int) -> None:
        for step in range(10):
            with trail.act(SYSTEM, "step", f"machine.{number}_{step}"):
                pass

    assert race(committed, 8, deeds) == [None] * 8
    found = verdict(committed)
    assert (found.fault, found.seq) == (None, before + 80)


def test_security_46_the_head_is_anchored_outside_the_database(told: Flask, tmp_path: Path) -> None:
    places = (tmp_path / "one" / "chain.txt", tmp_path / "two" / "chain.txt")
    with db.engine.connect() as connection:
        write_anchor(connection, places)
    tell(3)
    with db.engine.connect() as connection:
        last = write_anchor(connection, places)
    for place in places:
        lines = read_anchors(place)
        assert [line.seq for line in lines] == [12, 15]
        assert lines[-1] == last
        assert place.stat().st_mode & 0o777 == 0o600
    assert verdict(told, read_anchors(places[0])).fault is None


def _edit(app: Flask) -> None:
    tamper(app, "update audit.entries set body = replace(body, 'step_6', 'step_7') where seq = 7")


def _edit_reason(app: Flask) -> None:
    tamper(app, "update audit.details set reason = '别的理由' where seq = 7")


def _edit_change(app: Flask) -> None:
    tamper(app, """update audit.details set changes = '{"note": ["before", "after 7"]}' where seq = 7""")


def _delete(app: Flask) -> None:
    tamper(app, "delete from audit.details where seq = 7", "delete from audit.entries where seq = 7")


def _delete_details(app: Flask) -> None:
    tamper(app, "delete from audit.details where seq = 7")


def _add_details(app: Flask) -> None:
    tamper(app, "insert into audit.details (seq, reason) values (8, '事后补的理由')")


def _insert(app: Flask) -> None:
    tamper(
        app,
        "delete from audit.details where seq > 7",
        "update audit.entries set seq = -seq where seq > 7",
        "update audit.entries set seq = 1 - seq where seq < 0",
        "insert into audit.entries (seq, previous, hash, body) select 8, hash, hash, body from audit.entries where seq = 7",
    )


def _reorder(app: Flask) -> None:
    tamper(
        app,
        "update audit.entries set seq = -8 where seq = 8",
        "update audit.entries set seq = 8 where seq = 9",
        "update audit.entries set seq = 9 where seq = -8",
    )


def _exchange_bodies(app: Flask) -> None:
    tamper(
        app,
        "update audit.entries e set body = o.body from audit.entries o where (e.seq, o.seq) in ((8, 9), (9, 8))",
    )


def _clock_back(app: Flask) -> None:
    tamper(app, "update audit.entries set written_at = written_at - interval '3 days' where seq = 8")


TAMPERS: list[tuple[Callable[[Flask], None], int]] = [
    (_edit, 7), (_edit_reason, 7), (_edit_change, 7), (_delete, 7), (_delete_details, 7), (_add_details, 8),
    (_insert, 8), (_reorder, 8), (_exchange_bodies, 8), (_clock_back, 8),
]  # fmt: skip


@pytest.mark.parametrize(("deed", "first"), TAMPERS, ids=[t[0].__name__ for t in TAMPERS])
def test_security_47_the_first_bad_entry_is_named(deed: Callable[[Flask], None], first: int, told: Flask) -> None:
    assert verdict(told).fault is None
    deed(told)
    fault = verdict(told).fault
    assert fault is not None and fault.seq == first


def _anchored(app: Flask, place: Path) -> list[Anchor]:
    with db.engine.connect() as connection:
        write_anchor(connection, (place,))
    return read_anchors(place)


def test_security_47_a_cut_tail_is_found_by_the_anchor(told: Flask, tmp_path: Path) -> None:
    anchors = _anchored(told, tmp_path / "chain.txt")
    tamper(told, "delete from audit.details where seq > 9", "delete from audit.entries where seq > 9")
    assert verdict(told).fault is None
    fault = verdict(told, anchors).fault
    assert fault is not None and fault.seq == 10


def test_security_47_a_wholly_rewritten_chain_is_found_by_the_anchor(told: Flask, tmp_path: Path) -> None:
    anchors = _anchored(told, tmp_path / "chain.txt")
    engine = owner(told)
    with engine.begin() as connection:
        _switch(connection, "disable")
        previous = hashlib.sha256(b"bihuan").digest()
        for row in connection.execute(text("select seq, body from audit.entries order by seq")).all():
            body = row.body.replace("step_3", "step_forged")
            made = next_hash(previous, row.seq, body)
            values = {"b": body, "p": previous, "h": made, "s": row.seq}
            connection.execute(
                text("update audit.entries set body = :b, previous = :p, hash = :h where seq = :s"), values
            )
            previous = made
        _switch(connection, "enable")
    engine.dispose()
    assert verdict(told).fault is None
    fault = verdict(told, anchors).fault
    assert fault is not None and fault.seq == 12 and "rewritten" in fault.what


def test_security_47_the_command_names_it_and_ends_with_1(told: Flask, tmp_path: Path) -> None:
    run = told.test_cli_runner()
    settings = told.extensions["bihuan.settings"]
    for place in settings.anchor_files:
        place.unlink(missing_ok=True)
    anchored = run.invoke(audit, ["anchor"])
    assert (anchored.exit_code, anchored.output.split()[:2]) == (0, ["anchored", "12"])
    good = run.invoke(audit, ["verify"])
    assert (good.exit_code, good.output.split()[:3]) == (0, ["OK", "12", "entries,"])
    _edit(told)
    bad = run.invoke(audit, ["verify"])
    assert (bad.exit_code, "BAD entry 7" in bad.output) == (1, True)
    assert run.invoke(audit, ["verify", "--from", "8"]).exit_code == 0
    other = tmp_path / "chain.txt"
    other.write_text(f"2026-01-01T00:00:00+00:00 11 {'0' * 64}\n", "utf-8")
    foreign = run.invoke(audit, ["verify", "--from", "8", "--anchor", str(other)])
    assert (foreign.exit_code, "BAD entry 11" in foreign.output) == (1, True)
    kept = db.session.scalars(select(Verification).order_by(Verification.id)).all()
    assert [run.first_bad for run in kept] == [None, 7]


def test_security_47_entries_hold_ids_and_codes_no_text_and_no_names(committed: Flask, cast: Cast) -> None:
    account = db.session.get_one(Account, cast["evaluator"].account_id)
    operations.disable_account(cast.actor("sys_admin"), account, WithReason(REASON))
    engine = owner(committed)
    with engine.connect() as connection:
        bodies = connection.execute(text("select body from audit.entries")).scalars().all()
        reasons = connection.execute(text("select reason from audit.details")).scalars().all()
    engine.dispose()
    for body in bodies:
        assert REASON not in body and "罗以宁" not in body and "周砚宁" not in body
        assert all(isinstance(value, str | int) for value in json.loads(body).values())
    assert REASON in reasons
