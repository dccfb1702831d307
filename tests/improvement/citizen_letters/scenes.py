"""Scenes of citizens' letters: boxes are open, letters come, the office sorts them, inspectors answer, citizens rate."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.citizen_letters.codes import code_for
from app.improvement.citizen_letters.models import CitizenLetter, LetterBox
from app.improvement.citizen_letters.operations import answering, boxes, sending, sorting
from tests.cast import Cast

TEXT = "食堂的午饭经常是凉的，孩子回家说吃不饱，希望学校改一改送餐的时间。"
CONTACT = "13900001234"
ANSWER = "督学已经到校查看：从下周一起送餐提前二十分钟，食堂加了保温柜，请再看一周。"


class LetterScene:
    """Leads a letter from the box to its end."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        county = cast.county
        place = boxes.CountyPlace(county.id, county.name)
        given = boxes.BoxesIn("清澜县教育督导办公室", "0577-63000000", "工作日 8:30–17:00")
        boxes.open_boxes(self.actor("office_director"), place, given)

    def actor(self, key: str) -> Actor:
        found = self.cast.actor(key)
        use_context(found.context())
        return found

    def box(self, school: str = "shuangqiao") -> LetterBox:
        return db.session.scalars(select(LetterBox).where(LetterBox.unit_id == self.cast.units[school].id)).one()

    def sent(self, school: str = "shuangqiao", urgent: bool = False, **changes: Any) -> CitizenLetter:
        given = {"topic": "food", "text": TEXT, "contact": CONTACT, "sending": secrets.token_hex(16)} | changes
        place = sending.new_place(self.box(school))
        send = sending.send_urgent_letter if urgent else sending.send_letter
        use_context(sending.writer(place.id).context())
        letter: CitizenLetter = send(sending.writer(place.id), place, sending.LetterIn(**given))
        self.code = code_for(given["sending"])
        return letter

    def assigned(self, to: str = "inspector", **changes: Any) -> CitizenLetter:
        letter = self.sent(**changes)
        self.assign(letter, to)
        return letter

    def assign(self, letter: CitizenLetter, to: str, by: str = "office_director") -> None:
        sorting.assign_letter(self.actor(by), letter, sorting.AssignIn(self.cast[to].person_id))

    def answered(self, to: str = "inspector", **changes: Any) -> CitizenLetter:
        letter = self.assigned(to, **changes)
        answering.answer_letter(self.actor(to), letter, answering.AnswerIn(ANSWER))
        return letter

    def rate(self, letter: CitizenLetter, rating: str, remark: str = "") -> None:
        citizen = sending.writer(letter.id)
        use_context(citizen.context())
        rate = sending.send_back_answer if rating == "bad" and letter.round == 1 else sending.rate_answer
        rate(citizen, letter, sending.RatingIn(rating, remark))

    def everything(self) -> None:
        """What a test may look at: all rows."""
        use_context(SYSTEM.context())
