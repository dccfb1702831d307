"""The application does not start on a database that would not protect anybody, and names what is wrong (security 81)."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine

from app.core import sound_start
from app.core.database import db
from config.settings import SettingsRefused
from tests.cluster import Cluster

FAULTS = [
    ("alter table problem_items no force row level security", "problem_items"),
    ("alter table problem_items disable row level security", "problem_items"),
    ("grant insert on audit.entries to bihuan_app", "audit.entries"),
    ("grant select on audit.details to bihuan_app", "audit.entries"),
    ("grant create on schema public to bihuan_app", "DATABASE_URL"),
]


def test_security_81_a_sound_database_is_served(committed: Flask) -> None:
    sound_start.refuse_unsound_start()


@pytest.mark.parametrize(("statement", "item"), FAULTS)
def test_security_81_a_database_without_its_walls_is_refused_by_name(
    committed: Flask, cluster: Cluster, statement: str, item: str
) -> None:
    database = db.engine.url.database
    with psycopg.connect(host=cluster.sockets, user="bihuan_owner", dbname=database, autocommit=True) as owner:
        owner.execute(statement.encode())
    with pytest.raises(SettingsRefused) as refused:
        sound_start.refuse_unsound_start()
    assert [sentence.partition(":")[0] for sentence in refused.value.sentences] == [item]


def test_security_81_a_role_above_the_walls_is_told_apart(committed: Flask) -> None:
    engine = create_engine(db.engine.url.set(username="postgres"))
    with engine.connect() as above, db.engine.connect() as within:
        assert above.execute(sound_start.STRONG).scalar_one()
        assert not within.execute(sound_start.STRONG).scalar_one()
    engine.dispose()


def test_security_81_clocks_that_disagree_are_refused(committed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_start, "MOST_SECONDS_APART", -1)
    with pytest.raises(SettingsRefused, match="clock"):
        sound_start.refuse_unsound_start()
