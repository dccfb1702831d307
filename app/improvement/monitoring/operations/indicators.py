"""The county's list of indicators: what is measured, in which direction, within which range."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, text

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import Indicator
from app.improvement.monitoring.words import EVALUATION_TYPES, OBJECTS

CODE_TAKEN = Sentence("这个指标代码已经用过", "This code is taken")
RANGE = Sentence("上限要大于下限", "The highest value must be above the lowest")
NOT_ONLY_INDEX = Sentence("只有指数需要固定幅度", "Only an index has a fixed margin")
KEEP = text(
    """insert into indicator_versions (county_id, indicator_id, version, said, replaced_at, replaced_by, batch_id)
       select county_id, id, version, to_jsonb(i) - array['id', 'ref', 'county_id', 'school_id', 'created_at', 'batch_id'],
              :at, cast(:by as uuid), cast(:batch as uuid)
       from indicators i where i.id = any(:ids)"""
)
OTHER_LEVELS = ("national", "province", "city")
LEVEL_TAKEN = Sentence(
    "这一级的这个代码已经对应另一个指标", "At this level the code stands for another indicator already"
)
UNKNOWN = Sentence("请从列出的里面选", "Choose one of those listed")
USED = Sentence(
    "已有结果用到这个指标：数值类型、方向、工具和评价对象不能改。口径变了请新建一个指标",
    "Results rest on it, so its type, direction, instrument and object stay. For a new definition make a new one",
)


@dataclass(frozen=True)
class IndicatorIn:
    """What is measured (domain §6.2, §8.2)."""

    code: str
    name: str
    definition: str
    subject: str
    domain: str
    value_type: str
    direction: str
    family: str
    lowest: float | None
    highest: float | None
    index_margin: float | None
    unit_word: str
    retired: bool = False
    evaluation_type: str = "result"
    object_code: str = "school"
    national_code: str = ""
    province_code: str = ""
    city_code: str = ""
    version: int | None = None


@operation(right="monitoring.manage_indicators", name="indicator.add")
def add_indicator(actor: Actor, place: Indicator, given: IndicatorIn) -> Indicator:
    """Add an indicator to the county's list; `place` holds the county."""
    taken = select(Indicator.id).where(Indicator.county_id == place.county_id, Indicator.code == given.code.strip())
    if db.session.scalar(taken) is not None:
        raise Invalid("code", CODE_TAKEN)
    place.id, place.code = uuid7(), given.code.strip()
    _fill(place, given)
    db.session.add(place)
    return place


@operation(right="monitoring.manage_indicators", name="indicator.change")
def change_indicator(actor: Actor, indicator: Indicator, given: IndicatorIn) -> None:
    """Change what an indicator says of itself; what results rest on stays."""
    fixed = (indicator.value_type, indicator.direction, indicator.family, indicator.object_code)
    wanted = (given.value_type, given.direction, given.family.strip(), given.object_code)
    if wanted != fixed and _is_used(indicator):
        raise Invalid("value_type", USED)
    keep_versions([indicator], None, actor.person_id)
    _fill(indicator, given)
    indicator.version += 1


def keep_versions(indicators: Iterable[Indicator], batch_id: uuid.UUID | None, by: uuid.UUID | None = None) -> None:
    """Keep what these say now, before they are changed: by a file or by a person. Inside an act."""
    ids = [one.id for one in indicators]
    db.session.execute(KEEP, {"ids": ids, "batch": batch_id, "by": by, "at": clock.now()})


def _is_used(indicator: Indicator) -> bool:
    used = text("select exists (select 1 from monitoring_results where indicator_id = :id)")
    return bool(db.session.execute(used, {"id": indicator.id}).scalar_one())


def _fill(indicator: Indicator, given: IndicatorIn) -> None:
    if given.lowest is not None and given.highest is not None and given.highest <= given.lowest:
        raise Invalid("highest", RANGE)
    if given.index_margin is not None and given.value_type != "index":
        raise Invalid("index_margin", NOT_ONLY_INDEX)
    if given.evaluation_type not in EVALUATION_TYPES:
        raise Invalid("evaluation_type", UNKNOWN)
    if given.object_code not in OBJECTS:
        raise Invalid("object_code", UNKNOWN)
    indicator.evaluation_type, indicator.object_code = given.evaluation_type, given.object_code
    indicator.level_codes = _level_codes(indicator, given)
    indicator.name, indicator.definition = given.name.strip(), given.definition.strip()
    indicator.subject, indicator.domain = given.subject, given.domain
    indicator.value_type, indicator.direction = given.value_type, given.direction
    indicator.family, indicator.unit_word = given.family.strip(), given.unit_word.strip()
    indicator.lowest, indicator.highest = given.lowest, given.highest
    indicator.index_margin, indicator.retired = given.index_margin, given.retired


def _level_codes(indicator: Indicator, given: IndicatorIn) -> dict[str, str]:
    """The codes of other levels; none of them may stand for two indicators of the county."""
    codes = {level: getattr(given, f"{level}_code").strip() for level in OTHER_LEVELS}
    codes = {level: code for level, code in codes.items() if code}
    for level, code in codes.items():
        others = select(Indicator.id).where(
            Indicator.county_id == indicator.county_id,
            Indicator.level_codes[level].astext == code,
            Indicator.id != indicator.id,
        )
        if db.session.scalar(others) is not None:
            raise Invalid(f"{level}_code", LEVEL_TAKEN)
    return codes
