"""A question kept for everybody of one shape asks each person's own: never the words or the values of another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.casework import shaped, waiting
from app.core.database import db, uuid7
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem
from tests.cast import Cast


def asked_plainly(builder: shaped.Builder, actor: Actor) -> tuple[str, dict[str, Any]]:
    """What SQLAlchemy makes of the question when it is built for this one person."""
    compiled = builder(actor).compile(dialect=db.engine.dialect, compile_kwargs={"render_postcompile": True})
    return str(compiled), dict(compiled.params)


def test_every_one_of_the_cast_is_asked_what_would_be_asked_for_them_alone(app: Flask, cast: Cast) -> None:
    builder = waiting._question(waiting.MOST)
    actors = [cast.actor(key) for key in cast.players]
    for actor in (*actors, *reversed(actors)):
        assert shaped.filled(builder, actor) == asked_plainly(builder, actor), actor.role
    assert len({shaped.filled(builder, actor)[0] for actor in actors}) > 5, "all of them fell into a few shapes"


def test_two_of_one_role_share_the_words_and_not_the_values(app: Flask, cast: Cast) -> None:
    builder = waiting._question(waiting.MOST)
    one = cast.actor("principal")
    other = replace(one, person_id=uuid7(), school_id=uuid7(), unit_id=uuid7(), county_id=uuid7())
    (words, mine), (same, theirs) = shaped.filled(builder, one), shaped.filled(builder, other)
    assert words == same
    own = {one.person_id, one.school_id, one.unit_id, one.county_id}
    assert own & set(mine.values()) and not own & set(theirs.values())


def test_more_schools_are_another_shape(app: Flask, cast: Cast) -> None:
    def build(actor: Any) -> Any:
        return select(ProblemItem.id).where(ProblemItem.school_id.in_(actor.schools))

    schools = tuple(uuid7() for _ in range(3))
    for many in (1, 2, 3, 1):
        _words, values = shaped.filled(build, replace(cast.actor("principal"), schools=schools[:many]))
        assert tuple(values.values()) == schools[:many]


def test_a_question_that_reads_more_of_a_person_fails_instead_of_mixing_people_up(app: Flask, cast: Cast) -> None:
    with pytest.raises(AttributeError, match="account_id"):
        shaped.filled(
            lambda actor: select(ProblemItem.id).where(ProblemItem.id == actor.account_id), cast.actor("principal")
        )
