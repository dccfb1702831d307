"""Rechecks: by another person than the verifier; failing proposes to take the item up again, reopening cancels."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.casework.door import FOUR_EYES
from app.core.database import db, use_context
from app.core.errors import StepRefused
from app.core.outbox.deliver import drain
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import Recheck
from app.improvement.effects.operations import closures
from app.improvement.problems.models import Reopening
from app.improvement.problems.operations import reopenings
from app.improvement.problems.operations.drafting import Submission
from tests.cast import Cast, sign_in
from tests.improvement.effects.scenes import EffectScene

NOTE = "抽查两个班，分层作业已经停了"
WHY = "十月起分层作业停了，错因统计也没有了"


def test_who_verified_the_closure_does_not_recheck_it(scene: EffectScene) -> None:
    recheck = scene.recheck_of(scene.closure_approved())
    with pytest.raises(StepRefused) as refused:
        closures.pass_recheck(scene.actor("inspector"), recheck, closures.RecheckIn("保持得很好"))
    assert FOUR_EYES.zh in str(refused.value)


def test_a_passed_recheck_leaves_the_item_closed(scene: EffectScene, client: FlaskClient, cast: Cast) -> None:
    recheck = scene.recheck_of(scene.closure_approved())
    form = {"seen": "seen", "note": "抽查两个班，分层作业都在", "result": "pass", "version": recheck.version}
    answer = sign_in(client, cast["evaluator"]).post(f"{recheck.address}/result", data=form)
    assert answer.status_code == 303
    use_context(SYSTEM.context())
    db.session.refresh(recheck)
    assert (recheck.state, recheck.item.state) == ("passed", "closed")


def test_a_failed_recheck_proposes_to_reopen_the_item(scene: EffectScene, client: FlaskClient, cast: Cast) -> None:
    recheck = scene.recheck_of(scene.closure_approved())
    evaluator = sign_in(client, cast["evaluator"])
    form = {"seen": "not_seen", "note": NOTE, "result": "fail", "version": recheck.version}
    refused = evaluator.post(f"{recheck.address}/result", data=form)
    assert refused.status_code == 422 and NOTE in refused.get_data(as_text=True)
    assert evaluator.post(f"{recheck.address}/result", data=form | {"reason": WHY}).status_code == 303
    use_context(SYSTEM.context())
    db.session.refresh(recheck)
    proposed = db.session.scalars(select(Reopening).where(Reopening.item_id == recheck.item_id)).one()
    assert (recheck.state, proposed.state, proposed.trigger) == ("failed", "proposed", "failed_recheck")


def test_a_reopened_item_is_not_rechecked(scene: EffectScene) -> None:
    recheck = scene.recheck_of(scene.closure_approved())
    given = reopenings.ReopeningIn("recurrence", "视导时看到分层作业已经停了")
    proposal = reopenings.propose_reopening(scene.actor("inspector"), recheck.item, given)
    reopenings.approve_reopening(
        scene.actor("office_director"), proposal, Submission(reason="同意重新打开，重新诊断原因")
    )
    drain()
    use_context(SYSTEM.context())
    assert db.session.get_one(Recheck, recheck.id).state == "cancelled"
