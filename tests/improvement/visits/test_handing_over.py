"""A visit whose lead leaves: who takes it over, and what goes along."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import db, use_context
from app.core.errors import Invalid
from app.core.policy.actor import SYSTEM
from app.core.policy.assignments import CaseAssignment
from app.improvement.visits.models import SupervisionVisit
from app.people.directory.models import Person
from app.people.directory.operations import HandOverIn, hand_over
from app.people.identity.standing_in import acting_for
from tests.improvement.visits.scenes import VisitScene

REASON = "调到教研室工作，手上的视导交接"


def _hands_over(scene: VisitScene, to: str) -> None:
    office = scene.actor("office_director")
    use_context(office.context())
    leaving, successor = (db.session.get_one(Person, scene.cast[key].person_id) for key in ("inspector", to))
    hand_over(office, leaving, HandOverIn(successor, REASON))
    use_context(SYSTEM.context())


def _duties(visit: SupervisionVisit, scene: VisitScene, key: str) -> list[date | None]:
    """The last days of the duties that somebody of the cast has or had on the team."""
    own = CaseAssignment.record_id == visit.id, CaseAssignment.person_id == scene.cast[key].person_id
    return list(db.session.scalars(select(CaseAssignment.to_on).where(*own)))


def test_the_lead_goes_to_an_inspector_who_joins_the_team_and_is_let_into_the_school(scene: VisitScene) -> None:
    visit = scene.planned()
    assert visit.owner_id == scene.cast["inspector"].person_id
    _hands_over(scene, "inspector_3")
    db.session.refresh(visit)
    assert visit.owner_id == scene.cast["inspector_3"].person_id and visit.is_led_by_an_inspector
    assert scene.cast["inspector"].person_id not in {one.person_id for one in visit.team}
    assert _duties(visit, scene, "inspector_3") == [None] and _duties(visit, scene, "inspector") == [clock.today()]
    successor = acting_for(scene.cast["inspector_3"].assignment_id)
    assert successor is not None and visit.unit_id in successor.schools


def test_a_member_of_the_team_takes_the_lead_over_and_stands_in_it_once(scene: VisitScene) -> None:
    visit = scene.special()
    _hands_over(scene, "inspector_2")
    db.session.refresh(visit)
    names = [one.person_id for one in visit.team]
    assert visit.is_led_by_an_inspector and names.count(scene.cast["inspector_2"].person_id) == 1 and len(names) == 2
    assert _duties(visit, scene, "inspector_2") == [None]


def test_the_lead_does_not_go_to_whoever_is_no_inspector_or_belongs_to_the_school(scene: VisitScene) -> None:
    visit = scene.special()
    for key in ("evaluator", "own_inspector"):
        with pytest.raises(Invalid, match=f"{visit.number} 是视导，组长只能交给在岗、不用回避的督学"):
            _hands_over(scene, key)
        use_context(SYSTEM.context())
        db.session.refresh(visit)
        assert visit.owner_id == scene.cast["inspector"].person_id
