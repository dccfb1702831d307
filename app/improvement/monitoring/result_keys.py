"""The natural key of a monitoring result in words: school or county, grade and class, subject and indicator, benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from app.core.database import db
from app.core.errors import Sentence
from app.core.imports.checking import KEY_SEPARATOR
from app.core.imports.kinds import RESULTS
from app.core.imports.models import ImportBatch
from app.improvement.monitoring.models import Indicator
from app.improvement.monitoring.words import BENCHMARKS, GRADES, SUBJECTS, word_of
from app.people.directory.lookups import unit_names


def spoken(batch: ImportBatch, keys: Sequence[str]) -> Mapping[str, Sentence]:
    """key → the same in words; a key that is not understood, and a code that nobody knows, is left as it stands."""
    parts = {key: dict(zip(RESULTS.key, key.split(KEY_SEPARATOR), strict=True)) for key in keys if _whole(key)}
    schools = unit_names(batch.county_id, {part["scope_code"] for part in parts.values()})
    codes = {part["indicator_code"] for part in parts.values()}
    asked = select(Indicator.code, Indicator.name).where(
        Indicator.county_id == batch.county_id, Indicator.code.in_(codes)
    )
    names = {row.code: row.name for row in db.session.execute(asked)}
    return {key: _words(part, schools, names) for key, part in parts.items()}


def _whole(key: str) -> bool:
    return key.count(KEY_SEPARATOR) == len(RESULTS.key) - 1


def _words(part: Mapping[str, str], schools: Mapping[str, str], indicators: Mapping[str, str]) -> Sentence:
    place = schools.get(part["scope_code"], part["scope_code"])
    grade, subject = word_of(GRADES, part["grade"]), word_of(SUBJECTS, part["subject"])
    group = part["class_no"]
    indicator = indicators.get(part["indicator_code"], part["indicator_code"])
    against = word_of(BENCHMARKS, part["benchmark_type"])
    return Sentence(
        f"{place} {grade.zh}{f'（{group}）班' if group else ''}{subject.zh}“{indicator}”，对{against.zh}",
        f"{place}, {grade.en}{f' class {group}' if group else ''}, {subject.en}, {indicator}, against {against.en}",
    )
