"""Versions of scales on the stage: a definition of one's own, texts for a key, and the way into force."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from app.care.screening.models import ScaleVersion
from app.care.screening.operations import scales
from app.care.screening.operations.scales import LicenceIn, ScaleIn, TextsIn
from app.care.screening.scales.choosing import shelf
from app.care.screening.scales.definition import Scale
from app.care.versions.operations import VersionStep
from app.core import clock
from app.core.database import db
from app.core.errors import Invalid
from app.core.storage import Stored
from app.people.directory.models import Unit
from tests.cast import Cast

STEP = VersionStep()
PAPER = Stored("a" * 64, 1000, "application/pdf", "授权书.pdf", "a" * 64, 1000, "ready")


def content(code: str = "gad7", number: str = "1.1.0", **changes: Any) -> str:
    """A scale of the shelf under another version, with other parts."""
    told = shelf_scale(code).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.safe_dump(json.loads(json.dumps(told)) | {"version": number} | changes, allow_unicode=True)


def shelf_scale(code: str) -> Scale:
    """The one that comes with the project."""
    return next(one for one in shelf().values() if one.code == code)


def lines(key: Scale) -> tuple[str, str]:
    """Invented texts for every item and option."""
    items = "\n".join(f"{item.id}\t示例句子{item.id}\tSample {item.id}" for item in key.items)
    return items, "\n".join(f"{option.value}\t示例选项{option.value}" for option in key.options)


@dataclass
class Shelf:
    """The county's centre and its experts at work."""

    cast: Cast

    def licence(self, days: int = 300, **changes: Any) -> LicenceIn:
        until: date = clock.today() + timedelta(days=days)
        values: dict[str, Any] = {"holder": "某出版社", "number": "授 2026-7", "until": until, "file": PAPER}
        return LicenceIn(**(values | changes))

    def draft(self, given: ScaleIn | TextsIn | None = None, key: str = "psych_center_lead") -> ScaleVersion:
        place = db.session.get_one(Unit, self.cast.county.id)
        return scales.draft(self.cast.actor(key), place, given or ScaleIn(content(), "换了一处分档的名称"))

    def texts(self, code: str = "phqa", days: int = 300, **changes: Any) -> ScaleVersion:
        key = shelf_scale(code)
        items, options = lines(key)
        values: dict[str, Any] = {"key": key, "number": "1.0.1", "items": items, "options": options}
        return self.draft(TextsIn(**(values | {"licence": self.licence(days)} | changes)))

    def in_force(self, version: ScaleVersion) -> ScaleVersion:
        """Submitted, agreed to by two, activated."""
        scales.submit(self.cast.actor("psych_center_lead"), version, STEP)
        scales.agree(self.cast.actor("psych_expert"), version, STEP)
        scales.approve(self.cast.actor("psych_expert_2"), version, STEP)
        scales.activate(self.cast.actor("psych_center_lead"), version, STEP)
        return version


def refused(work: Any) -> str:
    """What is said of work that raises Invalid."""
    with pytest.raises(Invalid) as caught:
        work()
    return str(caught.value)
