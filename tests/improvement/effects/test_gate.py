"""The closing gate: each missing condition alone refuses, page and bulk give the same answer, nobody signs twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import FOUR_EYES
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import ClosureRequest, EffectEvaluation
from app.improvement.effects.operations import closures
from app.improvement.effects.operations.evaluations import EvaluationStep
from app.improvement.plans.models import Evidence, RemediationAction
from app.improvement.problems.models import ItemFinding, ProblemItem
from tests.cast import Cast, sign_in
from tests.improvement.effects.scenes import EffectScene


def _measure_open(scene: EffectScene, request: ClosureRequest) -> None:
    scene.moved(scene.plan_in_force(request.item).actions[0], "in_progress")


def _evidence_waits(scene: EffectScene, request: ClosureRequest) -> None:
    action = scene.plan_in_force(request.item).actions[0]
    own = {"county_id": action.county_id, "school_id": action.school_id, "unit_id": action.unit_id}
    with trail.act(SYSTEM, "system", "test.waiting"):
        db.session.add(
            Evidence(
                id=uuid7(), action_id=action.id, owner_id=action.owner_id, kind="document", title="十一月统计",
                state="submitted", **own,
            )
        )  # fmt: skip


def _effect_open(scene: EffectScene, request: ClosureRequest) -> None:
    with trail.act(SYSTEM, "system", "test.open"):
        request.item.outcome = "no_change"


def _chain_broken(scene: EffectScene, request: ClosureRequest) -> None:
    with trail.act(SYSTEM, "system", "test.broken"):
        for row in db.session.query(ItemFinding).where(ItemFinding.item_id == request.item_id):
            db.session.delete(row)


def _item_elsewhere(scene: EffectScene, request: ClosureRequest) -> None:
    scene.moved(request.item, "implementing")


MISSING: dict[str, Callable[[EffectScene, ClosureRequest], None]] = {
    "还有措施没有完成或取消": _measure_open,
    "还有佐证没有审核": _evidence_waits,
    "成效评价还没有可以销号的定论": _effect_open,
    "从数据到销号的证据链还不完整": _chain_broken,
    "问题项还没有到待销号": _item_elsewhere,
}


@pytest.mark.parametrize("sentence", MISSING)
def test_each_missing_condition_alone_refuses_and_page_and_bulk_give_the_same_answer(
    scene: EffectScene, client: FlaskClient, cast: Cast, sentence: str
) -> None:
    request = scene.closure_verified()
    MISSING[sentence](scene, request)
    office = sign_in(client, cast["office_director"])
    page = office.get(request.address).get_data(as_text=True)
    assert sentence in page and "还不能批准销号" in page
    alone = office.post(f"{request.address}/steps/approve", data={"version": request.version})
    bulk = office.post("/closures/approvals", data={"ref": [request.ref]})
    assert alone.status_code == 409 and sentence in alone.get_data(as_text=True)
    assert bulk.status_code == 200 and sentence in bulk.get_data(as_text=True)
    with pytest.raises(StepRefused) as refused:
        closures.approve_closure(scene.actor("office_director"), request, EvaluationStep())
    assert sentence in str(refused.value)
    db.session.rollback()
    assert db.session.get_one(ClosureRequest, request.id).state == "verified"


@pytest.mark.parametrize("field", ["self_summary", "before_after", "evidence_ids"])
def test_a_request_without_summary_numbers_or_evidence_is_not_submitted(scene: EffectScene, field: str) -> None:
    request = scene.closure_drafted()
    with trail.act(SYSTEM, "system", "test.emptied"):
        setattr(request, field, {"self_summary": "", "before_after": {}, "evidence_ids": []}[field])
    with pytest.raises(StepRefused):
        closures.submit_closure(scene.actor("principal"), request, EvaluationStep())


def test_several_are_approved_each_as_its_own_act_and_one_refused_keeps_none_back(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    good, lacking, also = scene.closure_verified(), scene.closure_verified(), scene.closure_verified()
    _measure_open(scene, lacking)
    said = sign_in(client, cast["office_director"]).post(
        "/closures/approvals", data={"ref": [good.ref, lacking.ref, also.ref]}
    )
    text = said.get_data(as_text=True)
    assert "已销号 2 项" in text and "没有办成 1 项" in text and "还有措施没有完成或取消" in text
    use_context(SYSTEM.context())
    states = [_state(request) for request in (good, lacking, also)]
    assert states == ["closed", "verified", "closed"]


def test_a_request_that_is_gone_hides_none_of_those_approved_before_it(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    good, also = scene.closure_verified(), scene.closure_verified()
    office = sign_in(client, cast["office_director"])
    answer = office.post("/closures/approvals", data={"ref": [good.ref, "0123456789abcdef", also.ref]})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "已销号 2 项" in shown and "没有办成 1 项" in shown
    assert good.item.number in shown and "找不到这份申请，可能已经不由你看" in shown
    use_context(SYSTEM.context())
    assert [_state(request) for request in (good, also)] == ["closed", "closed"]


def _state(request: ClosureRequest) -> str:
    db.session.expire_all()
    return db.session.get_one(ClosureRequest, request.id).state


DOER_STEPS = ("remediation_plan.draft", "remediation_plan.submit", "evidence.submit", "evidence.resubmit")


@pytest.mark.parametrize("step", [*DOER_STEPS, "remediation_plan.open_review"])
def test_who_made_or_reviewed_the_plan_or_sent_in_evidence_does_not_verify(scene: EffectScene, step: str) -> None:
    request = scene.closure_submitted()
    plan = scene.plan_in_force(request.item)
    piece = db.session.query(Evidence).join(RemediationAction).filter(RemediationAction.plan_id == plan.id).first()
    scene.did(piece if step.startswith("evidence") else plan, "evaluator", step)
    with pytest.raises(StepRefused) as refused:
        closures.verify_closure(scene.actor("evaluator"), request, closures.VerifyIn("材料属实", on_site=True))
    assert FOUR_EYES.zh in str(refused.value)


def test_who_submits_has_no_right_to_verify_and_who_verifies_does_not_approve(scene: EffectScene) -> None:
    request = scene.closure_submitted()
    with pytest.raises(NotAllowed):
        closures.verify_closure(scene.actor("principal"), request, closures.VerifyIn("材料属实", on_site=True))
    db.session.rollback()
    closures.verify_closure(scene.actor("inspector"), request, closures.VerifyIn("材料属实", on_site=True))
    scene.did(request, "office_director", "closure_request.verify")
    with pytest.raises(StepRefused) as refused:
        closures.approve_closure(scene.actor("office_director"), request, EvaluationStep())
    assert FOUR_EYES.zh in str(refused.value)


def test_a_severe_problem_is_verified_on_site_and_approved_by_the_group_head(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    request = scene.closure_submitted(severity="severe")
    inspector = sign_in(client, cast["inspector"])
    refused = inspector.post(
        f"{request.address}/verification", data={"opinion": "只看了材料", "version": _version(request)}
    )
    assert refused.status_code == 422 and "严重问题要先到现场核验" in refused.get_data(as_text=True)
    use_context(SYSTEM.context())
    db.session.refresh(request)
    closures.verify_closure(scene.actor("inspector"), request, closures.VerifyIn("到校看过", on_site=True))
    with pytest.raises(NotAllowed):
        closures.approve_closure(scene.actor("office_director"), request, EvaluationStep())
    db.session.rollback()
    closures.approve_closure(scene.actor("leading_group_head"), request, EvaluationStep())
    assert request.item.state == "closed"


def _version(request: ClosureRequest) -> int:
    return request.version


def test_an_effect_that_cannot_be_measured_is_closed_by_the_group_head_alone(scene: EffectScene) -> None:
    request = scene.closure_verified()
    with trail.act(SYSTEM, "system", "test.unmeasured"):
        request.item.outcome, request.item.effect_not_measurable = "insufficient_evidence", True
    with pytest.raises(NotAllowed):
        closures.approve_closure(scene.actor("office_director"), request, EvaluationStep())
    db.session.rollback()
    closures.approve_closure(scene.actor("leading_group_head"), request, EvaluationStep())
    assert request.item.state == "closed"


def test_a_request_is_taken_back_until_the_verifier_opens_it(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    request = scene.closure_submitted()
    sign_in(client, cast["office_director"]).get(request.address)
    client.post(f"{request.address}/opening")
    use_context(SYSTEM.context())
    db.session.refresh(request)
    assert request.opened_at is None, "only somebody who may verify opens it"
    page = sign_in(client, cast["inspector"]).get(request.address).get_data(as_text=True)
    assert f'hx-post="{request.address}/opening"' in page, "the page says by itself that it was opened"
    client.post(f"{request.address}/opening")
    use_context(SYSTEM.context())
    db.session.refresh(request)
    assert request.opened_at is not None
    with pytest.raises(StepRefused) as refused:
        closures.take_back_closure(scene.actor("principal"), request, EvaluationStep())
    assert "核验人已经打开" in str(refused.value)


def test_a_rejected_request_sends_the_item_back_to_work_and_a_new_one_may_follow(scene: EffectScene) -> None:
    request = scene.closure_verified()
    closures.reject_closure(
        scene.actor("office_director"), request, EvaluationStep(reason="复测只覆盖一个班，请补全年级数据")
    )
    assert (request.state, request.item.state) == ("rejected", "implementing")
    with pytest.raises(StepRefused):
        closures.draft_closure(scene.actor("school_coordinator"), request.item, closures.ClosureIn("再次申请"))
    db.session.rollback()
    scene.moved(request.item, "pending_closure")
    again = closures.draft_closure(scene.actor("school_coordinator"), request.item, closures.ClosureIn("再次申请"))
    assert again.state == "draft" and again.number != request.number


def test_a_returned_request_carries_its_reason_and_is_submitted_again(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    request = scene.closure_submitted()
    closures.return_closure(scene.actor("inspector"), request, EvaluationStep(reason="佐证清单缺十一月的错因统计表"))
    said = sign_in(client, cast["principal"]).get(request.address).get_data(as_text=True)
    assert "佐证清单缺十一月的错因统计表" in said and "提交销号申请" in said
    use_context(SYSTEM.context())
    db.session.refresh(request)
    closures.submit_closure(scene.actor("principal"), request, EvaluationStep())
    assert request.state == "submitted" and request.opened_at is None


def test_only_one_request_of_an_item_is_open(scene: EffectScene) -> None:
    request = scene.closure_drafted()
    with pytest.raises(Invalid):
        closures.draft_closure(scene.actor("school_coordinator"), request.item, closures.ClosureIn("又一份"))


def test_evidence_of_another_item_cannot_be_listed(scene: EffectScene) -> None:
    request = scene.closure_drafted()
    with pytest.raises(Invalid):
        closures.edit_closure(scene.actor("school_coordinator"), request, closures.ClosureIn("总结", (str(uuid7()),)))


def test_a_closed_item_has_its_recheck_after_180_days_and_a_form_for_download(
    scene: EffectScene, client: FlaskClient, cast: Cast
) -> None:
    request = scene.closure_approved()
    recheck = scene.recheck_of(request)
    assert (recheck.due_on - clock.today()).days == 180
    item = db.session.get_one(ProblemItem, request.item_id)
    evaluation = db.session.get_one(EffectEvaluation, request.evaluation_id)
    assert (item.state, item.closed_on, evaluation.state) == ("closed", clock.today(), "decided")
    said = sign_in(client, cast["principal"]).get(request.address).get_data(as_text=True)
    assert "销号审批表" in said
