"""People decide about what the rules proposed: counsellors one by one, with an expert where two have to sign."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from app.care.rainbow.models import CareDuty, RainbowAssessment
from app.care.rainbow.operations import deciding, observing
from app.care.rainbow.queries.proposals import TOGETHER
from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.demo.term.county import Term

THOROUGH = (("green", 60), ("yellow", 6), ("orange", 1))
"""How many of each level two schools confirm on the first afternoon; the rest waits."""
FIRST_LOOK = (("green", 6), ("yellow", 2), ("orange", 1))
"""The same in every second other school."""
EVERY = 2
DRAWN, ONE_MISSED = 4, 12
"""So many of those drawn by chance were talked with in each of these schools; one in so many needed some attention."""
NOT_TOLD = "谈话时说外婆上月去世，夜里睡不好，不想在问卷上写，愿意每周来坐一会儿"
AFTER_A_TALK = ("yellow", "orange")
NOT_SO = "面谈后看：那两周正赶上期中复习睡得晚，现在作息和情绪都平稳，班主任也这样说"
"""Every second of those a little attention was proposed for, as a talk usually finds."""


def tell(term: Term) -> None:
    """The afternoon after the run."""
    for number, (code, (school, _k, _s)) in enumerate(term.county.schools.items()):
        term.at(0, 16)
        if number < 2:
            _decide(term, code, school, THOROUGH)
            _talk_with_drawn(term, code, school)
            _sign(term, code, school)
            _finish(term, code, school)
        elif number % EVERY == 0:
            _decide(term, code, school, FIRST_LOOK)
            _talk_with_drawn(term, code, school)


def _decide(term: Term, code: str, school: uuid.UUID, many: Sequence[tuple[str, int]]) -> None:
    counsellor = term.county.at("school_counselor", code)
    for tier, number in many:
        for place, one in enumerate(_waiting(school, tier, number)):
            use_context(counsellor.context())
            talked_on = clock.today() if tier in AFTER_A_TALK else None
            if tier == "yellow" and place % 2:
                deciding.adjust(counsellor, one, deciding.AdjustIn("green", NOT_SO, None, talked_on))
            else:
                deciding.confirm(counsellor, one, deciding.ConfirmIn(None, tier == "green", talked_on))


def _talk_with_drawn(term: Term, code: str, school: uuid.UUID) -> None:
    """The first few of those who were drawn by chance; of some the talk finds what no answer had told."""
    counsellor = term.county.at("school_counselor", code)
    use_context(SYSTEM.context())
    drawn = select(RainbowAssessment).where(
        RainbowAssessment.school_id == school, RainbowAssessment.state == "proposed", RainbowAssessment.sampled
    )
    found = db.session.scalars(drawn.order_by(RainbowAssessment.computation).limit(DRAWN)).all()
    use_context(counsellor.context())
    for one in found:
        if one.computation % ONE_MISSED:
            deciding.confirm(counsellor, one, deciding.ConfirmIn(interviewed_on=clock.today()))
        else:
            deciding.adjust(counsellor, one, deciding.AdjustIn("yellow", NOT_TOLD, None, clock.today()))


def _sign(term: Term, code: str, school: uuid.UUID) -> None:
    counsellor = term.county.at("school_counselor", code)
    for one in _waiting(school, "red", 1):
        use_context(counsellor.context())
        deciding.sign_first(counsellor, one, deciding.SignIn(clock.today()))


def _finish(term: Term, code: str, school: uuid.UUID) -> None:
    counsellor = term.county.at("school_counselor", code)
    use_context(SYSTEM.context())
    due = select(CareDuty).where(CareDuty.school_id == school, CareDuty.state == "due", CareDuty.for_class.is_(False))
    for duty in db.session.scalars(due.order_by(CareDuty.due_at).limit(1)).all():
        use_context(counsellor.context())
        observing.finish(counsellor, duty, observing.DoneIn("按约定见了面，聊了近况，约好下周再见。"))


def _waiting(school: uuid.UUID, tier: str, many: int) -> Sequence[RainbowAssessment]:
    use_context(SYSTEM.context())
    wanted = select(RainbowAssessment).where(
        RainbowAssessment.school_id == school, RainbowAssessment.state == "proposed", RainbowAssessment.proposed == tier
    )
    if tier == "green":
        wanted = wanted.where(*TOGETHER)
    return db.session.scalars(wanted.order_by(RainbowAssessment.computation).limit(many)).all()
