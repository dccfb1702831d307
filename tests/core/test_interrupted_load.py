"""A first load of the demo county that was cut off leaves no half county behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.core.servers import interrupted
from app.core.servers.embedded import embedded
from app.demo import load
from config.settings import Settings


def half_told(*arguments: object, **options: object) -> None:
    """As a load that somebody stops with Ctrl-C."""
    raise KeyboardInterrupt


def test_the_mark_of_a_load_stands_until_its_end(tmp_path: Path) -> None:
    with interrupted.loading(tmp_path):
        assert interrupted.was_interrupted(tmp_path)
    assert not interrupted.was_interrupted(tmp_path)
    with pytest.raises(KeyboardInterrupt), interrupted.loading(tmp_path):
        half_told()
    assert interrupted.was_interrupted(tmp_path)


def test_the_next_start_begins_a_cut_load_anew_and_keeps_a_whole_one(tmp_path: Path) -> None:
    settings = Settings.from_env({"BIHUAN_DATA": str(tmp_path)})
    with embedded(settings, durable=False) as servers:
        assert servers.postgres is not None
        with servers.postgres.connect("bihuan", "bihuan_owner") as line:
            line.execute("create table told as select 1 as piece")
        assert not interrupted.begin_anew(servers)
        for path in (settings.storage / "ab" / "piece", *settings.anchor_files, settings.data / interrupted.MARK):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        assert interrupted.begin_anew(servers)
        with servers.postgres.connect("bihuan", "bihuan_owner") as line:
            assert line.execute("select to_regclass('told')").fetchone() == (None,)
    assert not settings.storage.exists() and not any(path.exists() for path in settings.anchor_files)
    assert not interrupted.was_interrupted(tmp_path)


def test_a_half_county_on_somebody_elses_server_is_named_and_not_added_to(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "bihuan.settings", replace(app.extensions["bihuan.settings"], data=tmp_path))
    monkeypatch.setattr(load, "there_is_a_county", lambda: False)
    monkeypatch.setattr(load, "load", half_told)
    assert app.test_cli_runner().invoke(args=["demo", "load"]).exit_code == 1
    monkeypatch.setattr(load, "there_is_a_county", lambda: True)
    again = app.test_cli_runner().invoke(args=["demo", "load"])
    assert again.exit_code == 1 and "中途停了" in again.output and "empty database" in again.output
