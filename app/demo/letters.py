"""Letters to the schools' inspectors: one rated good, one answered, one in progress with another merged into it, one sent back, one refused, one urgent."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM, Actor
from app.demo.telling import Teller
from app.demo.tree import County
from app.improvement.citizen_letters.models import CitizenLetter, LetterBox
from app.improvement.citizen_letters.operations import answering, boxes, sending, sorting
from app.improvement.visits.models import SupervisionVisit

OFFICE, PHONE, HOURS = "清澜县教育督导委员会办公室", "0577-63000110", "工作日 8:30–11:30、14:00–17:00"
WHERE = "噪声扰民请拨打 12345，或向街道综合执法队反映"
TOLD = (
    ("food", 24, "good", "孩子说食堂的午饭送到三楼已经凉了，天冷吃了肚子不舒服。能不能早一点送，或者加保温？",
     "督学中午到校看过：三楼比一楼晚到 18 分钟。学校已改为先送高楼层，并买了六个保温箱，从下周一起用。", "今天去问孩子，饭是热的了，谢谢。"),
    ("load", 15, "answered", "四年级每天写作业到九点半，周三的数学卷子是两张。想请督学看看是不是超了规定时间。",
     "已抽看本年级五天的作业登记：周三确实超出。学校已明确周三不发数学卷，并由年级组每天公示各科作业时间。", ""),
    ("charges", 9, "in_progress", "课后服务费这学期多收了一笔“材料费”，通知里没有写，想知道依据是什么。", "", ""),
    ("charges", 8, "merged", "课后服务的“材料费”是怎么回事？同班家长都收到了，没有说明。", "", ""),
    ("other", 12, "refused", "小区门口的培训班晚上放音乐很吵，影响孩子写作业。", "", ""),
    ("management", 20, "returned", "放学时校门口的车一直停到斑马线上，孩子过马路很危险，提过两次没有变化。",
     "已提醒学校加强放学管理。", "只说加强管理，没说怎么做，门口还是一样。"),
    ("bullying", 0, "urgent", "同班两个孩子这几天放学后堵我家孩子要钱，今天推倒了他，手擦破了。请尽快找学校。", "", ""),
)  # fmt: skip
"""Topic, days ago, how far it has come, what was written, the answer, the word with the rating."""


def tell(county: County, teller: Teller) -> None:
    """The office opens the boxes, citizens write, inspectors and a department answer."""
    office, today = county.any("office_director"), teller.real.date()
    teller.at(today - timedelta(days=40), 9)
    boxes.open_boxes(office, boxes.CountyPlace(county.id, county.name), boxes.BoxesIn(OFFICE, PHONE, HOURS))
    schools = [school for school, _kind, _short in county.schools.values()]
    coming = _to_be_visited(county)
    schools.sort(key=lambda school: school not in coming)
    first: dict[str, CitizenLetter] = {}
    for number, (topic, days, fate, text, answer, remark) in enumerate(TOLD):
        teller.at(today - timedelta(days=days), 7 if fate == "urgent" else 19)
        school = first["charges"].school_id if fate == "merged" else schools[number % len(schools)]
        assert school is not None
        letter = _sent(school, topic, text, fate == "urgent")
        first.setdefault(topic, letter)
        teller.later(hours=15) if fate != "urgent" else None
        if fate == "merged":
            sorting.merge_letter(office, letter, sorting.MergeIn(first["charges"].id))
        elif fate == "refused":
            sorting.refuse_letter(office, letter, sorting.RefuseIn("not_ours", WHERE))
        elif fate != "urgent":
            _handled(county, teller, letter, fate, answer, remark)


def _to_be_visited(county: County) -> set[uuid.UUID]:
    """Schools to which a team goes next: what their families write is looked at there."""
    use_context(SYSTEM.context())
    coming = select(SupervisionVisit.unit_id).where(
        SupervisionVisit.county_id == county.id, SupervisionVisit.state == "draft"
    )
    return set(db.session.scalars(coming))


def _sent(school: uuid.UUID, topic: str, text: str, urgent: bool) -> CitizenLetter:
    use_context(SYSTEM.context())
    box = db.session.scalars(select(LetterBox).where(LetterBox.unit_id == school)).one()
    place = sending.new_place(box)
    send = sending.send_urgent_letter if urgent else sending.send_letter
    contact = "" if topic == "food" else "13900000000"
    letter: CitizenLetter = send(
        sending.writer(place.id), place, sending.LetterIn(topic, text, contact, secrets.token_hex(16))
    )  # type: ignore[assignment]
    return letter


def _handled(county: County, teller: Teller, letter: CitizenLetter, fate: str, answer: str, remark: str) -> None:
    office = county.any("office_director")
    if letter.topic == "charges":
        sorting.pass_letter_on(office, letter, sorting.PassIn(county.units["01"]))
        return
    inspector = _inspector(county, letter)
    sorting.assign_letter(office, letter, sorting.AssignIn(inspector.person_id))
    teller.later(days=4)
    answering.answer_letter(inspector, letter, answering.AnswerIn(answer))
    if fate == "answered":
        return
    teller.later(days=1)
    rate = sending.rate_answer if fate == "good" else sending.send_back_answer
    rate(sending.writer(letter.id), letter, sending.RatingIn("good" if fate == "good" else "bad", remark))


def _inspector(county: County, letter: CitizenLetter) -> Actor:
    held = (p.actor for (role, _unit), people in county.players.items() if role == "inspector" for p in people)
    return next(actor for actor in held if letter.school_id in actor.schools)
