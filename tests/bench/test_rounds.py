"""How the bench measures by turns, and what it prints."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bench import __main__ as bench
from bench.context import Context
from bench.rounds import Rounds, figure, interleave

KEYS = {"name", "value", "unit", "ratio", "goal", "met", "method"}


def test_ours_and_the_partner_take_turns() -> None:
    turns: list[str] = []

    def taking(who: str, number: float) -> Callable[[], float]:
        def take() -> float:
            turns.append(who)
            return number

        return take

    rounds = interleave(taking("ours", 6.0), taking("partner", 3.0), rounds=5, warm=1)
    assert turns == ["ours", "partner"] * 6
    assert rounds == Rounds((6.0,) * 5, (3.0,) * 5)
    assert rounds.ratio == 2


def test_fewer_than_five_rounds_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 5"):
        interleave(lambda: 1.0, lambda: 1.0, rounds=4)


def test_the_ratio_is_the_median_of_the_pairs_and_not_that_of_the_medians() -> None:
    rounds = Rounds(ours=(1.0, 10.0, 3.0), partner=(1.0, 2.0, 30.0))
    shown = figure("x", 1, "s", goal=("<=", 2), rounds=rounds, method="")
    assert (shown["ratio"], shown["ratio_min"], shown["ratio_max"]) == (1.0, 0.1, 5.0)


@pytest.mark.parametrize(
    ("value", "judged", "rounds", "met"),
    [
        (0.4, None, None, False),
        (0.6, None, None, True),
        (0.4, 0.6, None, True),
        (0.4, None, Rounds((1.0,), (1.0,)), True),
        (0.9, None, Rounds((1.0,), (4.0,)), False),
        (None, None, None, False),
    ],
)
def test_a_goal_is_held_against_the_number_it_speaks_of(
    value: float | None, judged: float | None, rounds: Rounds | None, met: bool
) -> None:
    shown = figure("x", value, "", goal=(">=", 0.5), judged=judged, rounds=rounds, method="")
    assert shown["met"] is met
    assert shown.keys() >= KEYS


def test_a_figure_that_fails_is_printed_as_not_met_and_the_bench_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(context: Context) -> list[dict[str, Any]]:
        raise RuntimeError("no server")

    monkeypatch.setattr("bench.figures.engine.run", run)
    monkeypatch.setattr("bench.figures.findings.run", lambda context: [{"name": "ok"}])
    assert bench.main(["engine", "findings"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (lines[0]["met"], lines[0]["method"]) == (False, "not measured: RuntimeError: no server")
    assert lines[0].keys() >= KEYS
    assert lines[1] == {"name": "ok"}


def test_a_figure_nobody_knows_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["warp"])
    assert "warp" in capsys.readouterr().err
