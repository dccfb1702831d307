"""Where two persons typed a form unlike each other, somebody looks at the paper and settles it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.care.screening.models import PaperSheet
from app.care.screening.operations.paper_taking import sheet_place, take_in
from app.care.screening.scales.definition import Scale
from app.care.screening.sheets import critical_in, graver, ring, sealed_as, values_in
from app.core import clock
from app.core.casework.door import operation
from app.core.database import db
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor

SETTLED = Sentence("这份答卷已经核对完", "This sheet is settled already")
WAITS = Sentence("还差第二次录入", "The second typing is still missing")
CHOOSE = Sentence("每一处不一致都要选定", "Choose at every place where they differ")
NO_SUCH = Sentence(
    "这道题没有这个答案，请对照答卷再选", "This question has no such answer; look at the sheet and choose again"
)


@dataclass(frozen=True)
class Place:
    """One place where the two are unlike: question number (0: the day), what the first and the second typed, what may be."""

    number: int
    first: int | date | None
    second: int | date | None
    options: tuple[int, ...] = ()


@dataclass(frozen=True)
class SettleIn:
    """Question number → what stands on the paper (None: nothing); the day where the days differ."""

    answers: Mapping[int, int | None]
    answered_on: date | None = None


def scale_of(sheet: PaperSheet) -> Scale:
    """The scale of a sheet. Raises StepRefused when it may not be used any more."""
    found: Scale | None = next((one for one in sheet.campaign.definitions if one.code == sheet.scale_code), None)
    if found is None:
        raise StepRefused((Sentence("这份量表已停用", "This scale is no longer in use"),))
    return found


def typed_in(sheet: PaperSheet, column: str) -> list[int | None]:
    """What one of the two typed, in the order of the questions."""
    kept = getattr(sheet, column)
    if kept is None or sheet.school_id is None:
        raise StepRefused((WAITS,))
    return values_in(ring().open_text(sheet_place(sheet.school_id, sheet.id, column), kept))


def places_of(sheet: PaperSheet) -> list[Place]:
    """Every place where the two are unlike, the day first; none before the second typing and after a deletion."""
    if sheet.first is None or sheet.second is None:
        return []
    scale, first, second = scale_of(sheet), typed_in(sheet, "first"), typed_in(sheet, "second")
    found = [Place(0, sheet.first_on, sheet.second_on)] if sheet.first_on != sheet.second_on else []
    for item, one, other in zip(scale.items, first, second, strict=True):
        if one != other:
            found.append(Place(item.id, one, other, tuple(sorted(scale.values(item)))))
    return found


@operation(right="screening.settle_paper", name="paper_sheet.settle")
def settle_sheet(actor: Actor, sheet: PaperSheet, given: SettleIn) -> None:
    """Keep what the paper says where the two differ; the student's answers are taken in once every scale is settled.

    Raises StepRefused for a sheet that is settled or typed once, Invalid where a place is left open.
    """
    if sheet.settled_at is not None:
        raise StepRefused((SETTLED,))
    scale, values = scale_of(sheet), typed_in(sheet, "first")
    order = {item.id: place for place, item in enumerate(scale.items)}
    for place in places_of(sheet):
        if place.number == 0:
            if given.answered_on not in (place.first, place.second):
                raise Invalid("place_0", CHOOSE)
            sheet.final_on = given.answered_on
        elif place.number not in given.answers:
            raise Invalid(f"place_{place.number}", CHOOSE)
        else:
            chosen_value = given.answers[place.number]
            if chosen_value is not None and chosen_value not in place.options:
                raise Invalid(f"place_{place.number}", NO_SUCH)
            values[order[place.number]] = chosen_value
    assert sheet.school_id is not None
    sheet.final = ring().seal(sheet_place(sheet.school_id, sheet.id, "final"), sealed_as(values))
    sheet.override, more = graver(sheet.override, critical_in(scale, values)[0])
    if more:
        sheet.alerted_at = None
    sheet.settled_at, sheet.settled_by = clock.now(), actor.person_id
    db.session.flush()
    take_in(sheet.campaign, sheet.school_id, {sheet.task_id})
