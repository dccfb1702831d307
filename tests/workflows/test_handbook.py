"""The handbook is written from the machines and is never older than they are."""

from pathlib import Path

import pytest

from workflows import catalogue, handbook
from workflows.diagram import diagram


def test_the_handbook_in_the_repository_is_fresh() -> None:
    assert handbook.stale() == [], "run: python -m workflows.handbook"


def test_check_fails_when_a_page_is_stale_and_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(handbook, "FOLDER", tmp_path)
    handbook.write(tmp_path)
    (tmp_path / "access.md").write_text("written by others", encoding="utf-8")
    assert handbook.stale(tmp_path) == []
    (tmp_path / "evidence.md").write_text("old", encoding="utf-8")
    (tmp_path / "former_machine.md").write_text("left over", encoding="utf-8")
    (tmp_path / "recheck.md").unlink()
    assert handbook.stale(tmp_path) == ["evidence.md", "former_machine.md", "recheck.md"]
    handbook.write(tmp_path)
    assert handbook.stale(tmp_path) == []
    assert (tmp_path / "access.md").exists() and not (tmp_path / "former_machine.md").exists()
    assert capsys.readouterr().out == ""


def test_the_command_ends_with_one_when_something_is_stale(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(handbook, "stale", lambda: ["evidence.md"])
    assert handbook.main(["--check"]) == 1
    assert "evidence.md" in capsys.readouterr().err
    monkeypatch.setattr(handbook, "stale", list)
    assert handbook.main(["--check"]) == 0


def test_a_page_names_every_state_step_right_and_condition() -> None:
    for workflow in catalogue.ALL:
        page = handbook.page(workflow)
        for word in [
            *(state.code for state in workflow.states),
            *(step.name for step in workflow.steps),
            *workflow.rights,
        ]:
            assert f"`{word}`" in page
        for step in workflow.steps:
            assert all(guard.zh in page for guard in step.guards)


def test_the_application_may_fill_in_the_roles() -> None:
    page = handbook.page(catalogue.workflow("recheck"), lambda right: {"effects.recheck_item": "督学"}[right])
    assert "| 督学 |" in page and "effects.recheck_item" not in page


def test_a_diagram_draws_every_state_and_every_step() -> None:
    for workflow in catalogue.ALL:
        drawn = diagram(workflow)
        assert all(f"as {state.code}\n" in drawn for state in workflow.states)
        assert all(f": {step.zh}\n" in drawn for step in workflow.steps)
