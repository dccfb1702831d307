"""One line for every unit of a type: who they are is settled, and written down, at the moment it is done."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.audit import trail
from app.core.casework.door import begin, operation
from app.core.database import uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations.drafting import ITEM_FIELDS, must_be_open
from app.improvement.problems.operations.numbers import next_numbers
from app.improvement.problems.queries.spreading import receivers

NOT_A_DRAFT = Sentence("这一项已经交办，不能再改", "This item was issued and cannot be changed")
OF_ONE_UNIT = Sentence(
    "这一项来自监测数据，各单位各有各的数据；请从数据发现逐个列入",
    "It rests on the monitoring data of one unit; put the others on the list from their own findings",
)
OF_A_SCHOOL = Sentence("校级清单只有本校，不按类型发", "A list of a school is for that school alone")
NOBODY = Sentence(
    "这一类单位都已在清单里，或没有这一类单位", "Every unit of this type is on the list already, or there is none"
)


@dataclass(frozen=True)
class SpreadIn:
    """The type of units."""

    addressee: str
    version: int | None = None


def may_spread(item: ProblemItem) -> Sentence | None:
    """Why a line is not for many units, if so."""
    if item.state != "draft":
        return NOT_A_DRAFT
    if item.is_school_level:
        return OF_A_SCHOOL
    return OF_ONE_UNIT if item.source_type == "monitoring" else None


@operation(right="problems.edit_item", name="problem_item.spread")
def spread_item(actor: Actor, item: ProblemItem, given: SpreadIn) -> int:
    """A line of the same words for each unit of the type that has none yet; how many there are. Raises Invalid."""
    held = item.problem_list
    must_be_open(actor, held)
    refusal = may_spread(item)
    if refusal is not None:
        raise Invalid("addressee", refusal)
    found = receivers(actor, item, given.addressee)
    if not found:
        raise Invalid("addressee", NOBODY)
    position = max((one.position for one in held.items), default=0)
    numbers = next_numbers(held.county_id, "WT", len(found))
    same = {name: getattr(item, name) for name in ITEM_FIELDS}
    for place, (number, one) in enumerate(zip(numbers, found, strict=True), position + 1):
        helpers = [unit for unit in item.co_units or () if unit != str(one.unit.id)]
        own = {
            "unit_id": one.unit.id,
            "responsible_person_id": one.head_id,
            "co_units": None if item.co_units is None else helpers,
        }
        line = ProblemItem(
            id=uuid7(), number=number, list_id=held.id, level=held.level, county_id=held.county_id, position=place,
            title=item.title, school_id=one.unit.school_id, addressee=given.addressee, parent_item_id=item.id, all_causes=[],
            **(same | own),
        )  # fmt: skip
        held.items.append(line)
        begin(line, "draft")
    deed = trail.current()
    if deed is not None:
        deed.main.extra.update(addressee=given.addressee, units=[one.unit.ref for one in found])
    return len(found)
