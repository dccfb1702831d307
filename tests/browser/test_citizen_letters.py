"""A citizen at the school gate and the office at its desk: a letter, its answer, a bad rating, the second answer."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.citizen_letters.codes import code_for
from app.improvement.citizen_letters.models import CitizenLetter, LetterBox
from app.improvement.citizen_letters.operations import answering, boxes, sending, sorting
from tests.browser.conftest import NARROW, WIDE, Site, Visit, barriers, leave, picture, sideways, speak

pytestmark = pytest.mark.browser
TEXT = "食堂的午饭送到班里已经凉了，二楼两个班最晚，孩子常常吃不完。\n上周三、周四都是这样。"


class Looked:
    """Pages as they are looked at: no barrier, nothing pushed sideways, a picture of each."""

    def __init__(self, site: Site) -> None:
        self.site, self.faults = site, list[str]()

    def at(self, page: Page, name: str) -> None:
        self.faults += [f"{name}: {barrier}" for barrier in barriers(page)]
        self.faults += [f"{name}: pushes sideways"] if sideways(page) else []
        picture(page, self.site, name)


def opened(site: Site) -> str:
    """Boxes for all schools; the reference of the one of 双桥中学."""

    def work() -> str:
        office = site.cast.actor("office_director")
        use_context(office.context())
        given = boxes.BoxesIn("清澜县教育督导办公室", "0577-63000000", "工作日 8:30–17:00")
        boxes.open_boxes(office, boxes.CountyPlace(site.cast.county.id, site.cast.county.name), given)
        wanted = select(LetterBox).where(LetterBox.unit_id == site.cast.units["shuangqiao"].id)
        box = db.session.scalars(wanted).one()
        boxes.change_box(office, box, boxes.BoxIn(True, True))
        return str(box.ref)

    found: str = site.inside(work)
    return found


def many(site: Site, number: int) -> None:
    """So many more letters, so that the queue is long."""

    def work() -> None:
        wanted = select(LetterBox).where(LetterBox.unit_id == site.cast.units["yuntai"].id)
        for n in range(number):
            use_context(SYSTEM.context())
            place = sending.new_place(db.session.scalars(wanted).one())
            given = sending.LetterIn("load", f"第 {n} 封", "", secrets.token_hex(16))
            use_context(sending.writer(place.id).context())
            sending.send_letter(sending.writer(place.id), place, given)

    site.inside(work)


def press(page: Page) -> None:
    leave(page, page.locator("main button[type=submit].btn-primary"))


def test_a_letter_from_the_gate_to_the_second_answer(site: Site, visit: Visit) -> None:
    box, looked = opened(site), Looked(site)
    phone = visit(size=NARROW)
    phone.goto(f"{site.address}/mailbox/schools/{box}")
    looked.at(phone, "letter-write-zh")
    press(phone)
    phone.wait_for_selector("#faults")
    looked.at(phone, "letter-refused-zh")
    phone.check("input[name=topic][value=food]")
    phone.fill("textarea[name=text]", TEXT)
    phone.fill("input[name=contact]", "13900001234")
    press(phone)
    code = phone.inner_text(".receipt-code")
    looked.at(phone, "letter-receipt-zh")
    many(site, 12)

    office = visit("office_director", size=WIDE, at_the_door=False)
    office.goto(f"{site.address}/citizen-letters")
    looked.at(office, "letters-office-zh")
    office.click("table.list a:has-text('LX-0001')")
    office.wait_for_selector(".steps-card")
    looked.at(office, "letter-office-zh")
    office.click("a:has-text('交督学办理')")
    office.wait_for_selector("form.form-page")
    looked.at(office, "letter-assign-zh")
    press(office)
    office.wait_for_url("**/citizen-letters/*")

    inspector = visit("inspector", size=NARROW, at_the_door=False)
    inspector.goto(f"{site.address}/citizen-letters")
    looked.at(inspector, "letters-inspector-zh")
    inspector.click("table.list a:has-text('LX-0001')")
    inspector.wait_for_selector(".steps-card")
    looked.at(inspector, "letter-inspector-zh")
    inspector.click("a:has-text('看联系方式')")
    inspector.wait_for_url("**/contact")
    assert "13900001234" in inspector.inner_text("main")
    looked.at(inspector, "letter-contact-zh")
    inspector.go_back()
    inspector.click("a:has-text('答复来信')")
    inspector.fill("textarea[name=answer]", "已到校查看，从下周一起提前二十分钟送餐，并加了保温柜。")
    looked.at(inspector, "letter-answer-zh")
    press(inspector)
    inspector.wait_for_url("**/citizen-letters")

    phone.goto(f"{site.address}/mailbox/follow")
    looked.at(phone, "letter-door-zh")
    phone.fill("input[name=code]", code)
    press(phone)
    phone.wait_for_url("**/mailbox/letter")
    looked.at(phone, "letter-answered-zh")
    phone.check("input[name=rating][value=bad]")
    phone.fill("textarea[name=remark]", "这周还是凉的")
    press(phone)
    phone.wait_for_selector("text=已退回，会换一个人重新答复")
    looked.at(phone, "letter-returned-zh")

    office.goto(f"{site.address}/citizen-letters?state=returned")
    office.click("table.list a:has-text('LX-0001')")
    leave(office, office.locator("a:has-text('换人重办')"))
    shown = office.inner_text("main")
    assert site.cast["inspector_2"].name in shown and site.cast["own_inspector"].name not in shown
    looked.at(office, "letter-again-zh")
    for path, name in (("/letter-boxes", "boxes"), ("/citizen-letters/figures", "figures")):
        office.goto(site.address + path)
        looked.at(office, f"{name}-office-zh")
    assert not looked.faults, "\n".join(looked.faults)


def test_the_pages_of_letters_read_well_in_english_and_at_the_other_width(site: Site, visit: Visit) -> None:
    box, looked = opened(site), Looked(site)
    code = site.inside(lambda: _answered(site, box))
    citizen = visit(size=WIDE, language="zh")
    citizen.goto(f"{site.address}/mailbox/schools/{box}")
    speak(citizen, site, "en")
    citizen.goto(f"{site.address}/mailbox/schools/{box}")
    looked.at(citizen, "letter-write-en")
    citizen.goto(f"{site.address}/mailbox/follow")
    citizen.fill("input[name=code]", code)
    press(citizen)
    citizen.wait_for_url("**/mailbox/letter")
    looked.at(citizen, "letter-answered-en")
    citizen.goto(f"{site.address}/mailbox/schools/{box}/replies")
    looked.at(citizen, "replies-en")
    office = visit("office_director", size=NARROW, language="en", at_the_door=False)
    for path, name in (
        ("/citizen-letters", "letters"),
        ("/citizen-letters?state=closed", "letters-empty"),
        ("/letter-boxes", "boxes"),
        (f"/letter-boxes/{box}", "box"),
        ("/citizen-letters/figures", "figures"),
    ):
        office.goto(site.address + path)
        looked.at(office, f"{name}-office-en")
    assert not looked.faults, "\n".join(looked.faults)


def _answered(site: Site, ref: str) -> str:
    """One answered letter whose answer is shown to all; its code."""
    use_context(SYSTEM.context())
    box, mark = db.session.scalars(select(LetterBox).where(LetterBox.ref == ref)).one(), secrets.token_hex(16)
    place = sending.new_place(box)
    letter: Any = sending.send_urgent_letter(
        sending.writer(place.id), place, sending.LetterIn("bullying", TEXT, "", mark)
    )
    office, inspector = site.cast.actor("office_director"), site.cast.actor("inspector")
    use_context(office.context())
    letter = db.session.get_one(CitizenLetter, letter.id)
    sorting.assign_letter(office, letter, sorting.AssignIn(inspector.person_id))
    use_context(inspector.context())
    answering.answer_letter(inspector, letter, answering.AnswerIn("已核实，班主任每天课间在场，一个月后回访。"))
    use_context(office.context())
    boxes.publish_reply(office, letter, boxes.ReplyIn("课间有同学被推搡怎么办？", "课间有老师在场，一个月后回访。"))
    return code_for(mark)
