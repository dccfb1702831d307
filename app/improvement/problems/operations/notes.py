"""What people write beside an item: messages, and what somebody saw on the spot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Invalid, Sentence
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.problems.models import ItemRemark, OnsiteCheck, ProblemItem

SEEN = ("seen", "partly", "not_seen")
LONGEST = 1000


@dataclass(frozen=True)
class RemarkIn:
    """A message on an item; `part` is comment or guidance."""

    text: str
    part: str = "comment"


@dataclass(frozen=True)
class OnsiteIn:
    """What was seen on the spot: seen, partly or not_seen."""

    checked_on: date
    place: str
    seen: str
    remarks: str
    version: int | None = None


@operation(right="problems.comment_item", name="problem_item.remark")
def remark(actor: Actor, item: ProblemItem, given: RemarkIn) -> None:
    """Leave a message on the item; the responsible unit hears of it, and the office when the unit wrote."""
    if not given.text.strip():
        raise Invalid("text", Sentence("请写留言", "Write a message"))
    if len(given.text) > LONGEST:
        raise Invalid("text", Sentence(f"留言最多 {LONGEST} 个字，请写短一些", f"At most {LONGEST} characters"))
    kept = ItemRemark(
        item_id=item.id,
        part=given.part,
        text=given.text.strip(),
        written_by=actor.person_id,
        county_id=item.county_id,
        school_id=item.school_id,
    )
    db.session.add(kept)
    db.session.flush()
    post("item_remark", item, remark=kept.id, writer=actor.person_id)


@operation(right="problems.check_onsite", name="problem_item.check_onsite")
def check_onsite(actor: Actor, item: ProblemItem, given: OnsiteIn) -> None:
    """Record what somebody who does not do the work saw on the spot."""
    faults: dict[str, Sentence] = {}
    if actor.person_id in (item.owner_id, item.deputy_id, item.responsible_person_id):
        faults[""] = Sentence("经办人不能核查自己的问题项", "The handler cannot check the item on site")
    if item.state in ("draft", "void"):
        faults[""] = Sentence("这一项还没有交办或已经作废，不用核查", "This item is not issued, or void")
    if given.checked_on > clock.today():
        faults["checked_on"] = Sentence("核查日期不能晚于今天", "The day of the check cannot be in the future")
    elif item.issued_on is not None and given.checked_on < item.issued_on:
        faults["checked_on"] = Sentence("核查日期不能早于交办日期", "The check cannot lie before the item was issued")
    if not given.place.strip():
        faults["place"] = Sentence("请写在哪里核查的", "Say where you checked")
    if given.seen not in SEEN:
        faults["seen"] = Sentence("请选择看到的情况", "Choose what you saw")
    if not given.remarks.strip():
        faults["remarks"] = Sentence("请写看到了什么", "Say what you saw")
    if faults:
        raise Invalid(faults)
    db.session.add(
        OnsiteCheck(
            item_id=item.id,
            checked_on=given.checked_on,
            place=given.place.strip()[:80],
            seen=given.seen,
            remarks=given.remarks.strip(),
            checked_by=actor.person_id,
            county_id=item.county_id,
            school_id=item.school_id,
        )
    )
