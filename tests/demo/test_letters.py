"""The citizens' letters of the demo: one in every state, told by the persons who may."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo import letters
from app.demo.telling import Teller
from app.demo.tree import County, Player
from app.improvement.citizen_letters.models import CitizenLetter
from tests.cast import Cast


def _county(cast: Cast) -> County:
    """The cast as the demo knows a county; one inspector answers for the schools that have none."""
    found = County(cast.county.id, cast.county.ref, cast.county.code, cast.county.name)
    found.units["01"] = cast.units["basic_education"].id
    for school in cast.schools:
        found.schools[school.code] = (school.id, "31", school.name)
    for key in ("office_director", "inspector_2", "inspector_3"):
        everywhere = tuple(school.id for school in cast.schools)
        actor = replace(cast.actor(key), schools=everywhere)
        player = Player(actor, cast[key].account_name, cast[key].name)
        found.players.setdefault((actor.role, ""), []).append(player)
    return found


def test_there_is_a_letter_in_every_state_and_one_is_urgent(app: Flask, cast: Cast) -> None:
    teller = Teller()
    try:
        letters.tell(_county(cast), teller)
    finally:
        teller.end()
    use_context(SYSTEM.context())
    told = db.session.scalars(select(CitizenLetter)).all()
    assert {one.state for one in told} == {state.code for state in CitizenLetter.workflow.states}
    assert [one.topic for one in told if one.is_urgent] == ["bullying"] and len(told) == len(letters.TOLD)
