"""Changes of the schema are written down out of reach of the application and of the tables' owner (security 45)."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from app.core.database import db
from tests.cluster import Cluster


def _connect(cluster: Cluster, role: str) -> psycopg.Connection:
    database = db.engine.url.database
    return psycopg.connect(host=cluster.sockets, user=role, dbname=database, autocommit=True)


def _noted(cluster: Cluster) -> list[tuple[str, str, str]]:
    with _connect(cluster, "bihuan_audit_reader") as reader:
        rows = reader.execute("select who, command, object from watch.schema_changes order by number desc limit 4")
        return rows.fetchall()[::-1]


def test_security_45_every_change_of_the_schema_is_noted_with_who_made_it(committed: Flask, cluster: Cluster) -> None:
    with _connect(cluster, "bihuan_owner") as owner:
        owner.execute("create table public.planted (id int)")
        owner.execute("alter table audit.entries disable trigger only_grows")
        owner.execute("alter table audit.entries enable trigger only_grows")
        owner.execute("drop table public.planted")
    assert _noted(cluster) == [
        ("bihuan_owner", "CREATE TABLE", "table public.planted"),
        ("bihuan_owner", "ALTER TABLE", "table audit.entries"),
        ("bihuan_owner", "ALTER TABLE", "table audit.entries"),
        ("bihuan_owner", "DROP TABLE", "table public.planted"),
    ]


def test_a_temporary_table_of_an_import_is_no_change_of_the_schema(committed: Flask, cluster: Cluster) -> None:
    before = _noted(cluster)
    db.session.execute(text("create temporary table rows_of_now (id int) on commit drop"))
    db.session.commit()
    assert _noted(cluster) == before


@pytest.mark.parametrize("role", ["bihuan_app", "bihuan_owner", "bihuan_audit_reader"])
@pytest.mark.parametrize(
    "statement",
    [
        "delete from watch.schema_changes",
        "update watch.schema_changes set who = 'nobody'",
        "truncate watch.schema_changes",
        "drop event trigger note_schema_change",
        "drop function watch.note_change() cascade",
        "alter event trigger note_schema_change disable",
    ],
)
def test_security_45_nobody_but_the_superuser_unwrites_what_was_noted(
    committed: Flask, cluster: Cluster, role: str, statement: str
) -> None:
    with (
        _connect(cluster, role) as connection,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)),
    ):
        connection.execute(statement.encode())
