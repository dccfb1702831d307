"""The pages of effects, each by somebody who works with it."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.cast import Cast, sign_in
from tests.improvement.effects.scenes import EffectScene


def test_an_evaluation_shows_design_numbers_with_n_and_the_computed_outcome_as_a_suggestion(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    evaluation = scene.computed()
    said = sign_in(client, cast["evaluator"]).get(evaluation.address).get_data(as_text=True)
    for words in (
        "建议，由人定论",
        "达标",
        "470.0",
        "505.0",
        "+7.9 至 +62.1",
        "没有做回归校正",
        "输入摘要",
        "领导小组组长",
    ):
        assert words in said, words
