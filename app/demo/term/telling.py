"""The order in which the term is told: by its days, with the students' stories between what happens to everybody."""

from __future__ import annotations

from app.core.audit.trail import QUIET
from app.core.database import db
from app.demo.telling import Teller
from app.demo.term import (
    assessments,
    changes,
    compliance,
    county,
    deciding,
    handovers,
    leavers,
    openings,
    own,
    readings,
    releases,
    requests,
    rules,
    scales,
    stories,
)
from app.demo.term.county import Term
from app.demo.term.days import CLOSES, OPENS, SECOND_WAVE, Days
from app.demo.tree import County


def tell(place: County, teller: Teller) -> None:
    """From the first letter to the guardians to the first decisions, yesterday."""
    teller.at(teller.real.date())
    term = Term(place, teller, Days(teller), county.pupils(place))
    compliance.tell_of_last_year(term)
    teller.at(teller.real.date())
    stories.choose(term)
    assessments.tell_first(term)
    rules.tell(term)
    scales.tell(term)
    assessments.tell(term)
    county.ask(term)
    told = stories.Told(term)
    county.plan(term)
    stories.before_it_opens(told)
    county.look(term)
    county.open_it(term)
    county.answer(term, 1)
    stories.on_the_first_day(told)
    stories.in_need(told)
    stories.cleared(told)
    stories.rising(told)
    stories.others(told)
    stories.handle_alerts(term, OPENS, late=1)
    openings.tell_early(term, told.families[stories.IN_NEED].student.id)
    county.answer(term, 2)
    stories.handle_alerts(term, SECOND_WAVE, late=1)
    county.try_again(term)
    stories.handle_alerts(term, CLOSES)
    county.settle(term)
    own.tell(term)
    county.compute(term)
    rules.tell_later(term)
    scales.tell_later(term)
    assessments.tell_later(term)
    _decided(term, told)
    db.session.info[QUIET] = False


def _decided(term: Term, told: stories.Told) -> None:
    """What people did with the proposals, and what others saw of it."""
    deciding.tell(term)
    stories.changed(told)
    handovers.tell(term, told)
    requests.tell(term, told.families)
    openings.tell(term)
    changes.tell(term)
    releases.tell(term)
    readings.tell(term)
    leavers.tell(term)
    compliance.tell(term)
