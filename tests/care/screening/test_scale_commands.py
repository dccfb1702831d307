"""`flask scales check`: what comes with the project passes, and a file that fails is named with the reason."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from app.care.screening.commands import scales
from app.care.screening.scales.shelf import SHELF


def check(*files: Path) -> tuple[int, str]:
    told = CliRunner().invoke(scales, ["check", *map(str, files)])
    return told.exit_code, told.output


def test_every_scale_that_comes_with_the_project_passes() -> None:
    code, said = check()
    assert code == 0
    assert said.count("OK ") == len(list(SHELF.glob("*.yaml")))
    assert "OK mht 1.0.0: 3 vectors, key only" in said


def test_a_file_that_fails_is_named_with_place_and_reason(tmp_path: Path) -> None:
    text = (SHELF / "gad7.yaml").read_text(encoding="utf-8")
    moved, unknown, broken = (tmp_path / name for name in ("moved.yaml", "unknown.yaml", "broken.yaml"))
    moved.write_text(text.replace("max: 9, band: 1", "max: 10, band: 1"), encoding="utf-8")
    unknown.write_text(text + "colour: red\n", encoding="utf-8")
    broken.write_text("code: [", encoding="utf-8")
    code, said = check(moved, unknown, broken, SHELF / "phq9.yaml")
    assert code == 1
    assert "BAD moved.yaml: vector 1: band is 1, expected 2" in said
    assert "BAD unknown.yaml: colour: Extra inputs are not permitted" in said
    assert "BAD broken.yaml:" in said
    assert "OK phq9" in said
