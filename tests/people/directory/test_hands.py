"""What waits in a person's hands: the records of every machine that has one accountable person."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import exists, select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Person
from app.people.directory.queries.people import open_work, owned_models
from tests.cast import Cast
from tests.policy.records import write


def test_work_of_every_machine_is_found_in_the_hands_of_its_person(app: Flask, cast: Cast) -> None:
    who, school = cast["school_coordinator"], cast.units["shuangqiao"]
    write(cast, who, school, school, "在手上")
    use_context(SYSTEM.context())
    person = db.session.get_one(Person, who.person_id)

    def waits(model: Any) -> bool:
        running = [state.code for state in model.workflow.states if state.open]
        return bool(db.session.scalar(select(exists().where(model.owner_id == person.id, model.state.in_(running)))))

    wanted = {model for model in owned_models() if waits(model)}
    found, _assignments, _duties = open_work(SYSTEM, person)
    assert {type(record) for record in found} == wanted and len(wanted) >= 8
