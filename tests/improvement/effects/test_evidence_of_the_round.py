"""A closure shows what was done in its own round; an earlier form says for ever what was so on its day."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest
from docx import Document
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.errors import Invalid, StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.effects import letters
from app.improvement.effects.models import ClosureRequest, EffectEvaluation
from app.improvement.effects.operations import closures, evaluations
from app.improvement.effects.operations.evaluations import ProposeIn
from app.improvement.plans.models import Evidence, RemediationAction, RemediationPlan
from app.improvement.plans.operations import evidence as evidences
from app.improvement.plans.operations.evidence import UseIn
from app.improvement.plans.operations.plans import PlanStep
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations import items, reopenings
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.reopenings import ReopeningIn
from tests.cast import Cast, sign_in
from tests.improvement.effects.rounds import (
    closed,
    decided,
    diagnosed_again,
    in_planning,
    measured,
    reopened,
    worked_on,
)
from tests.improvement.effects.scenes import JUDGED, SUMMARY, EffectScene
from tests.improvement.plans import world

WHY = "分层作业已经停了，错因统计也没有了"
HANDLER = "school_coordinator_2"


@dataclass
class SecondRound:
    """An item in its second round, as far as its decided effect; the first closure and what its form said on its day."""

    item: ProblemItem
    first: ClosureRequest
    form: letters.ClosureFacts
    of_first: list[str]
    of_second: list[str]
    again: list[str]
    """Of the first round, shown again for a measure of the second."""


def _form(request: ClosureRequest) -> letters.ClosureFacts:
    db.session.flush()
    with force_locale("zh"):
        return letters.facts_of(SYSTEM, request)


def _pieces(plan: RemediationPlan) -> list[str]:
    of_it = select(Evidence).join(RemediationAction).where(RemediationAction.plan_id == plan.id)
    return [str(one.id) for one in db.session.scalars(of_it.order_by(Evidence.created_at))]


@pytest.fixture
def second(scene: EffectScene, clock: Any) -> SecondRound:
    item = in_planning(scene)
    plan = worked_on(scene, item, target=490.0)
    clock.advance(days=60)
    decided(scene, measured(scene, plan, 505.0))
    first = closed(scene, item)
    said, of_first = _form(first), _pieces(plan)
    reopenings.propose_reopening(scene.actor("inspector"), item, ReopeningIn("recurrence", WHY))
    reopened(scene, item)
    diagnosed_again(scene, item)

    again = world.in_force(scene.cast, item, target=535.0)
    for number in range(len(again.actions)):
        action = world.at_work(scene.cast, again, number)
        if number == 0:
            once_more = db.session.get_one(Evidence, of_first[0])
            evidences.use_evidence(scene.actor("subject_teacher"), action, UseIn(once_more.id))
        world.completed(scene.cast, action)
    items.start_evaluation(scene.actor(HANDLER), item, Submission())
    clock.advance(days=60)
    decided(scene, measured(scene, again, 540.0))
    items.ask_for_closure(scene.actor(HANDLER), item, Submission())
    return SecondRound(item, first, said, of_first, _pieces(again), of_first[:1])


def _refs(ids: list[str]) -> list[str]:
    return [db.session.get_one(Evidence, one).ref for one in ids]


def test_the_form_offers_the_evidence_of_its_round_and_apart_what_was_shown_again(
    second: SecondRound, client: FlaskClient, cast: Cast
) -> None:
    own, again, not_shown = _refs(second.of_second), _refs(second.again), _refs(second.of_first[1:])
    shown = sign_in(client, cast[HANDLER]).get(f"{second.item.address}/closure-request").get_data(as_text=True)
    now, sign, before = shown.partition("前几轮的佐证")
    assert sign and all(f'value="{ref}"' in now for ref in own)
    assert all(f'value="{ref}"' in before and f'value="{ref}"' not in now for ref in again)
    assert not any(f'value="{ref}"' in shown for ref in not_shown)


def test_what_the_form_does_not_offer_the_operation_refuses(scene: EffectScene, second: SecondRound) -> None:
    handler = scene.actor(HANDLER)
    with pytest.raises(Invalid, match="这一轮"):
        closures.draft_closure(handler, second.item, closures.ClosureIn(SUMMARY, tuple(second.of_first)))
    db.session.rollback()
    listed = (*second.of_second, *second.again)
    request = closures.draft_closure(handler, second.item, closures.ClosureIn(SUMMARY, listed))
    with pytest.raises(Invalid, match="这一轮"):
        closures.edit_closure(handler, request, closures.ClosureIn(SUMMARY, (second.of_first[1],)))
    db.session.rollback()
    closures.edit_closure(handler, request, closures.ClosureIn(SUMMARY))
    assert set(request.evidence_ids) == set(listed), "all of the round, if nothing was chosen"


def test_a_page_without_any_piece_ticked_is_refused_in_words(
    second: SecondRound, client: FlaskClient, cast: Cast
) -> None:
    address, (again,) = f"{second.item.address}/closure-request", _refs(second.again)
    handler = sign_in(client, cast[HANDLER])
    refused = handler.post(address, data={"self_summary": SUMMARY})
    assert refused.status_code == 422 and "至少选一份佐证" in refused.get_data(as_text=True)
    assert handler.post(address, data={"self_summary": SUMMARY, "earlier": [again]}).status_code == 303


def _closed_again(scene: EffectScene, second: SecondRound) -> ClosureRequest:
    request = closures.draft_closure(scene.actor(HANDLER), second.item, closures.ClosureIn(SUMMARY))
    closures.submit_closure(scene.actor("principal"), request, PlanStep())
    closures.verify_closure(scene.actor("inspector"), request, closures.VerifyIn("属实，到校看过", on_site=True))
    closures.approve_closure(scene.actor("office_director"), request, PlanStep())
    return request


def test_the_form_of_the_first_round_still_says_what_was_so_then(scene: EffectScene, second: SecondRound) -> None:
    again = _form(_closed_again(scene, second))
    evidences.reject_evidence(
        scene.actor("evaluator"),
        db.session.get_one(Evidence, second.of_first[1]),
        PlanStep(reason="原始记录对不上，判定失实"),
    )
    assert _form(second.first) == second.form and len(second.form.evidence) == 2
    assert dict(second.form.facts)["整改期限"] != dict(again.facts)["整改期限"], "the reopening moved it"
    word = Document(io.BytesIO(letters.word_of_form(_form(second.first), "a" * 16, 1)))
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    assert dict(second.form.facts)["整改期限"] in cells
    assert any(cell.count("单元错因统计表") == 2 for cell in cells)


def test_its_page_lists_it_too_and_the_second_form_only_its_own(
    scene: EffectScene, second: SecondRound, client: FlaskClient, cast: Cast
) -> None:
    again = _form(_closed_again(scene, second))
    assert len(again.evidence) == 3, "two of this round and one shown again"
    page = sign_in(client, cast["office_director"]).get(second.first.address).get_data(as_text=True)
    assert all(f"/evidence/{ref}" in page for ref in _refs(second.of_first))
    assert not any(f"/evidence/{ref}" in page for ref in _refs(second.of_second))


def test_evidence_of_the_round_before_supports_no_other_outcome(scene: EffectScene, clock: Any) -> None:
    item = in_planning(scene)
    first = worked_on(scene, item, target=490.0)
    clock.advance(days=60)
    decided(scene, measured(scene, first, 505.0))
    closed(scene, item)
    reopenings.propose_reopening(scene.actor("inspector"), item, ReopeningIn("recurrence", WHY))
    reopened(scene, item)
    diagnosed_again(scene, item)
    again = worked_on(scene, item, HANDLER, target=535.0)
    clock.advance(days=60)
    evaluation: EffectEvaluation = measured(scene, again, 540.0)
    for pieces, stands in ((_pieces(first), False), (_pieces(again), True)):
        given = ProposeIn(
            "improved", JUDGED, difference_reason="只有一次普测，稳定性要再看一轮", qualitative=tuple(pieces),
            uses=("feed_back",),
        )  # fmt: skip
        use_context(SYSTEM.context())
        if stands:
            evaluations.propose_outcome(scene.actor("evaluator"), evaluation, given)
            assert evaluation.proposed_outcome == "improved"
        else:
            with pytest.raises(StepRefused, match="两份质性佐证"):
                evaluations.propose_outcome(scene.actor("evaluator"), evaluation, given)
            db.session.rollback()
