"""An outside evaluator disagrees with an outcome; who decides it all the same reads why, and says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.improvement.problems.operations.evaluators import EvaluatorIn, name_evaluator
from tests.browser.conftest import NARROW, WIDE, Site, Visit, barriers, serving, speak
from tests.browser.loop.desk import Desk, Paper
from tests.improvement.effects.scenes import JUDGED, EffectScene

pytestmark = pytest.mark.browser
WHY = "作业样本只交了一个班，另一个班没有，单看一次测验说明不了全年级的变化"
ANSWER = "另一个班的作业样本视导时已经现场看过，记录在视导反馈单里"


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Any) -> Iterator[Site]:
    """A county with nothing in it yet."""
    with serving(cluster, worker, keys) as running:
        yield running


def _proposed(site: Site) -> str:
    """The address of an evaluation with a proposal, of an item that is open to the outside evaluator."""

    def work() -> str:
        scene = EffectScene(site.cast)
        evaluation = scene.proposed()
        until = clock.today() + timedelta(days=60)
        given = EvaluatorIn(site.cast["external_evaluator"].person_id, until)
        name_evaluator(scene.actor("office_director"), evaluation.item, given)
        return str(evaluation.address)

    found: str = site.inside(work)
    return found


def _whole(site: Site, paper: Paper, name: str) -> None:
    """Both widths and languages; no barrier on the phone."""
    for language in ("en", "zh"):
        speak(paper.page, site, language)
        paper.keeps(f"opinions/{name}-{language}")
        paper.page.set_viewport_size(NARROW)
        assert not barriers(paper.page), (name, language)
        paper.page.set_viewport_size(WIDE)


def test_who_decides_against_an_outside_evaluator_says_why(site: Site, visit: Visit) -> None:
    address, desk = _proposed(site), Desk(site, visit)
    with desk.running():
        outside = desk.sits("external_evaluator").opens(address).presses("写评估意见")
        _whole(site, outside, "form")
        outside.writes(view="不同意", reasons=WHY).presses("交评估意见").reads(WHY)
        _whole(site, outside, "evaluation")
        desk.posted()
        desk.sits("principal").opens("/inbox").reads("有第三方评估意见")
        head = desk.sits("leading_group_head").opens(address).presses("作出定论").reads(WHY)
        _whole(site, head, "decision")
        head.writes(judgement=JUDGED, opinion_answer=ANSWER).presses("作出定论").reads("为什么没有采纳", ANSWER)
        _whole(site, head, "decided")
