"""A data need: asked, answered, delivered by a file or a released round, confirmed or sent back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from app.core import clock
from app.core.casework.door import operation
from app.core.database import uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.core.spreadsheets import open_book
from app.core.storage import Stored
from app.improvement.disclosure.models import DataNeed
from app.improvement.disclosure.models.data_needs import PERSONAL
from app.improvement.disclosure.operations.disclosures import DisclosureStep
from workflows.improvement.data_need import DATA_NEED

HEAD_ROWS = 5
TABLES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
OF_STUDENTS = Sentence(
    "文件里有学生个人的列，只能交付汇总数据", "The file has columns about single students; only totals may be delivered"
)
ONE_OF_TWO = Sentence("请交一个文件，或选一轮已发布的监测", "Give a file, or choose a round whose data are out")


@dataclass(frozen=True)
class DataNeedPlace:
    """Who asks: the unit, and its school where it is one."""

    county_id: uuid.UUID
    unit_id: uuid.UUID
    school_id: uuid.UUID | None = None


@dataclass(frozen=True)
class DataNeedIn:
    """What is asked of whom, what for, by when; `owner_unit_id` is the unit that has the data."""

    title: str
    owner_unit_id: uuid.UUID
    purpose: str
    fields: str
    due_on: date


@dataclass(frozen=True)
class DeliveryIn:
    """What is delivered: a file that is on the shelf, or a released round."""

    note: str = ""
    file: Stored | None = None
    cycle_id: uuid.UUID | None = None
    version: int | None = None


@operation(DATA_NEED, "submit")
def ask_for_data(actor: Actor, place: DataNeedPlace, given: DataNeedIn) -> DataNeed:
    """Ask. Raises StepRefused for what would name a student, or a day that is past."""
    assert actor.person_id is not None
    return DataNeed(
        id=uuid7(), county_id=place.county_id, school_id=place.school_id, asker_unit_id=place.unit_id,
        unit_id=given.owner_unit_id, owner_id=actor.person_id, title=given.title.strip(),
        purpose=given.purpose.strip(), fields=given.fields.strip(), due_on=given.due_on,
    )  # fmt: skip


@operation(DATA_NEED, "accept")
def accept_need(actor: Actor, need: DataNeed, given: DisclosureStep) -> None:
    """Say that it will be delivered."""


@operation(DATA_NEED, "refuse")
def refuse_need(actor: Actor, need: DataNeed, given: DisclosureStep) -> None:
    """Say why it will not."""


@operation(DATA_NEED, "deliver")
def deliver_data(actor: Actor, need: DataNeed, given: DeliveryIn) -> None:
    """Hand it over. Raises Invalid where nothing is given or a table has columns about single students."""
    if given.file is None and given.cycle_id is None:
        raise Invalid("file", ONE_OF_TWO)
    file = given.file
    need.file_sha256, need.file_name = (file.sha256, file.name) if file else (None, None)
    need.media_type, need.file_size = (file.media_type, file.size) if file else (None, None)
    need.cycle_id, need.delivery_note, need.delivered_on = given.cycle_id, given.note.strip(), clock.today()


@operation(DATA_NEED, "send_back")
def send_back_delivery(actor: Actor, need: DataNeed, given: DisclosureStep) -> None:
    """It is not what was asked for; the reason says what is missing."""


@operation(DATA_NEED, "confirm")
def confirm_delivery(actor: Actor, need: DataNeed, given: DisclosureStep) -> None:
    """It is here and it is what was asked for."""


@operation(DATA_NEED, "withdraw")
def withdraw_need(actor: Actor, need: DataNeed, given: DisclosureStep) -> None:
    """It is no longer needed."""


def refuse_students(content: bytes, name: str, media_type: str) -> None:
    """Raises Invalid where one of the first rows of a table names a column about single students."""
    if media_type not in TABLES:
        return
    for sheet in open_book(content, name).sheets:
        if any(PERSONAL.search(str(cell or "")) for row in sheet.cells[:HEAD_ROWS] for cell in row):
            raise Invalid("file", OF_STUDENTS)
