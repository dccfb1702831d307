"""Two rounds that disagree, told with the cast instead of a whole county."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo import doubts
from app.demo.telling import Teller
from app.improvement.monitoring.models import SourceConflict
from tests.cast import Cast
from tests.demo.test_visits import _county
from tests.factories.monitoring import NUMBER, Line, make_indicators, released


def test_the_widest_differences_are_asked_answered_and_settled(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_indicators(cast)
    day = clock.today() - timedelta(days=60)
    released(cast, (Line("shuangqiao", NUMBER, 470),), code="A", starts_on=day, ends_on=day)
    released(cast, (Line("shuangqiao", NUMBER, 520),), code="B")
    for name, value in (("OLDER", "A"), ("NEWER", "B"), ("WORD", "数与运算"), ("FATES", ("settled",))):
        monkeypatch.setattr(doubts, name, value)
    teller = Teller()
    try:
        doubts.tell(_county(cast), teller)
    finally:
        teller.end()
    use_context(SYSTEM.context())
    found = db.session.scalars(select(SourceConflict).order_by(SourceConflict.created_at)).all()
    assert [(bool(one.answer), one.settled_at is not None) for one in found] == [(True, True)]
