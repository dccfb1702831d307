"""Two people at once: one effect, and the other is told."""

from __future__ import annotations

import threading

from flask import Flask
from sqlalchemy import func, select

from app.core.database import db, use_context
from app.core.errors import Stale, StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import ClosureRequest, Recheck
from app.improvement.effects.operations import closures
from app.improvement.effects.operations.evaluations import EvaluationStep
from tests.cast import Cast
from tests.improvement.effects.scenes import EffectScene


def test_two_approvers_at_once_close_the_item_once(committed: Flask, cast: Cast) -> None:
    request_id = EffectScene(cast).closure_verified().id
    db.session.commit()
    start, answers = threading.Barrier(2), []

    def approve() -> None:
        with committed.app_context():
            actor = cast.actor("office_director")
            use_context(actor.context())
            request = db.session.get_one(ClosureRequest, request_id)
            start.wait()
            try:
                closures.approve_closure(actor, request, EvaluationStep(request.version))
                answers.append("done")
            except (Stale, StepRefused) as refused:
                db.session.rollback()
                answers.append(type(refused).__name__)

    threads = [threading.Thread(target=approve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    use_context(SYSTEM.context())
    db.session.expire_all()
    rechecks = db.session.scalar(select(func.count(Recheck.id)).where(Recheck.request_id == request_id))
    assert sorted(answers)[-1] == "done" and answers.count("done") == 1
    assert (db.session.get_one(ClosureRequest, request_id).state, rechecks) == ("closed", 1)
