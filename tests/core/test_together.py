"""Parts of a page that ask together: each has the answers it would have alone, and all of them wait for one message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.core import round_trip
from app.core.casework.together import Asking, answer, answers, question
from app.core.database import db, use_context
from app.core.policy import decide
from app.core.policy.actor import SYSTEM
from app.core.whole import columns_of, records
from app.improvement.plans.models import RemediationAction
from tests.cast import Cast
from tests.improvement.plans import world

UNIT = text("select id, name from units where id = :id")
PARENT = text("select parent_id from units where id = :id")


@contextmanager
def messages() -> Iterator[list[int]]:
    """How many questions each message brought that several could share."""
    seen: list[int] = []
    whole = round_trip.ask_all

    def noted(asked: Any, **more: Any) -> Any:
        seen.append(len(asked))
        return whole(asked, **more)

    with mock.patch.object(round_trip, "ask_all", noted):
        yield seen


def _name(identity: Any) -> Asking[str]:
    (rows,) = yield (question(UNIT, id=identity),)
    return str(rows[0].name)


def _above(identity: Any) -> Asking[str]:
    (rows,) = yield (question(PARENT, id=identity),)
    return (yield from _name(rows[0].parent_id))


def test_each_part_gets_its_own_answer_by_one_message_for_each_time_that_one_has_to_wait(
    app: Flask, cast: Cast
) -> None:
    use_context(SYSTEM.context())
    school, above = db.session.execute(
        text("select s.id, p.id from units s join units p on p.id = s.parent_id order by s.code limit 1")
    ).one()
    names = {row.id: row.name for row in db.session.execute(text("select id, name from units"))}
    with messages() as seen:
        assert answers(SYSTEM, _name(school), _above(school)) == [names[school], names[above]]
    assert seen == [2, 1]
    with messages() as seen:
        found = answers(SYSTEM, _name(school), _above(school), _name(above), _name(school))
    assert found == [names[school], names[above], names[above], names[school]]
    assert seen == [3], "what was asked before is asked again"


def test_one_question_that_fails_is_told_as_sqlalchemy_tells_it_and_the_line_goes_on(app: Flask, cast: Cast) -> None:
    def part() -> Asking[Any]:
        yield question(UNIT, id=unit), question(text("select 1 / cast(:zero as int)"), zero=0)

    use_context(SYSTEM.context())
    unit = db.session.scalar(text("select id from units limit 1"))

    with pytest.raises(DBAPIError, match="division by zero"):
        answer(SYSTEM, part())
    db.session.rollback()
    assert answer(SYSTEM, _name(unit))


def test_a_right_narrows_what_is_asked_together_as_it_narrows_what_is_asked_alone(committed: Flask, cast: Cast) -> None:
    world.at_work(cast)

    def asked(actor: Any) -> Any:
        return decide.visible(actor, select(*columns_of(RemediationAction)), RemediationAction, "plans.view_plans")

    def part() -> Asking[set[Any]]:
        (rows,) = yield (question(asked),)
        return {records(row, RemediationAction)[0].id for row in rows}

    counts = set()
    for key in ("principal", "office_director", "school_counselor", "dept_officer"):
        actor = cast.actor(key)
        use_context(actor.context())
        db.session.rollback()
        alone = set(
            db.session.scalars(
                decide.visible(actor, select(RemediationAction.id), RemediationAction, "plans.view_plans")
            )
        )
        assert answer(actor, part()) == alone
        counts.add(len(alone))
    assert counts > {0}, "nobody sees anything, or everybody"
