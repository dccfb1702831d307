"""量表 as versioned records of a county: texts under a licence, or a definition of its own; campaigns are pinned to versions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, select, text, tuple_

from app.care.screening.scales import choosing
from app.care.screening.scales.choosing import Known
from app.care.screening.scales.definition import Scale
from app.care.screening.scales.shelf import read_scale
from app.care.versions.models import AgreedVersion
from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, Mapped, String, db, mapped_column
from workflows.care.scale_definition import SCALE_DEFINITION
from workflows.vocabulary import Sentence

SET_IN_FORCE = ("active", "retired")
"""States whose versions students may have answered."""


class ScaleVersion(Base, AgreedVersion, Movable):
    """量表版本: one version with its YAML, and the licence under which its texts are shown.

    One version of a code is in force at a time; the others stay for the answers that were given to them.
    """

    __tablename__ = "scale_definitions"
    __protection__ = "county_care"
    __table_args__ = (
        UniqueConstraint("county_id", "code", "number"),
        CheckConstraint("school_id is null", name="of_the_county"),
        Index(
            "uq_scale_definitions_active", "county_id", "code", unique=True, postgresql_where=text("state = 'active'")
        ),
    )
    workflow = SCALE_DEFINITION

    code: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(20))
    """The version as the file names it; campaigns, answers and results carry it."""
    title: Mapped[str] = mapped_column(String(500))
    licence_holder: Mapped[str | None] = mapped_column(String(120))
    licence_no: Mapped[str | None] = mapped_column(String(80))
    licence_until: Mapped[date | None]
    """The last day on which it holds."""
    licence_sha256: Mapped[str | None] = mapped_column(String(64))
    licence_file: Mapped[str | None] = mapped_column(String(200))
    licence_type: Mapped[str | None] = mapped_column(String(100))

    @property
    def label(self) -> str:
        """Code and version."""
        return f"量表 {self.code} {self.number}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Scale {self.code} {self.number}")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/scales/{self.ref}"

    @property
    def definition(self) -> Scale:
        """The scale that the file describes."""
        return _read(self.sha256, self.content)

    @property
    def is_worded(self) -> bool:
        """Nothing is left without a text."""
        return self.definition.complete

    @property
    def needs_licence(self) -> bool:
        """Not free by its own words, or one of which the project itself may ship the key alone."""
        licence = self.definition.licence
        key_only = any(one.code == self.code and not one.licence.ship_text for one in choosing.shelf().values())
        return key_only or licence.status != "free" or not licence.ship_text

    def licensed_until(self, day: date) -> bool:
        """Free, or a whole record whose last day is not before `day`."""
        whole = self.licence_holder and self.licence_no and self.licence_sha256 and self.licence_until
        return not self.needs_licence or bool(whole and self.licence_until and self.licence_until >= day)

    @property
    def licence_holds(self) -> bool:
        """Today."""
        return self.licensed_until(clock.today())

    @property
    def days_left(self) -> int | None:
        """Days until the licence ends, negative once it has; None where none is written down or none is needed."""
        if self.licence_until is None or not self.needs_licence:
            return None
        return (self.licence_until - clock.today()).days


@lru_cache(maxsize=64)
def _read(sha256: str, content: str) -> Scale:
    return read_scale(content)


def scales_in_force(county: uuid.UUID | None) -> Known:
    """What a new campaign may choose: of each code the county's active version, otherwise the one that comes with us.

    A version whose licence has ended is not among them, and the one it replaced does not come back by itself.
    """
    active = _active(county)
    found = {key: one for key, one in choosing.usable().items() if key[0] not in {row.code for row in active}}
    for row in active:
        scale = row.definition
        if row.licence_holds and choosing.may_be_asked(scale, licensed=row.needs_licence):
            found[row.code, row.number] = scale
    return found


def _active(county: uuid.UUID | None) -> Sequence[ScaleVersion]:
    wanted = select(ScaleVersion).where(ScaleVersion.county_id == county, ScaleVersion.state == "active")
    return db.session.scalars(wanted).all()


def definitions(county: uuid.UUID, keys: Iterable[tuple[str, str]]) -> Known:
    """The scales of these codes and versions, whatever has become of them since; what was never in force is left out."""
    wanted = set(keys)
    found = {key: one for key, one in choosing.shelf().items() if key in wanted}
    if left := wanted - found.keys():
        kept = select(ScaleVersion.code, ScaleVersion.number, ScaleVersion.sha256, ScaleVersion.content).where(
            ScaleVersion.county_id == county, ScaleVersion.state.in_(SET_IN_FORCE),
            tuple_(ScaleVersion.code, ScaleVersion.number).in_(sorted(left)),
        )  # fmt: skip
        rows = db.session.execute(kept).all()
        found |= {(row.code, row.number): _read(row.sha256, row.content) for row in rows}
    return found


def pinned(county: uuid.UUID, listed: Sequence[Mapping[str, Any]]) -> list[Scale]:
    """The scales of a campaign, in its order and in the versions that it was approved with."""
    keys = [(str(one["code"]), str(one["version"])) for one in listed]
    known = definitions(county, keys)
    return [known[key] for key in keys if key in known]


def ending_before(county: uuid.UUID, listed: Sequence[Mapping[str, Any]], day: date) -> list[ScaleVersion]:
    """Those of the listed versions whose licence does not last until `day`."""
    keys = [key for one in listed if (key := (str(one["code"]), str(one["version"]))) not in choosing.shelf()]
    if not keys:
        return []
    wanted = select(ScaleVersion).where(
        ScaleVersion.county_id == county, tuple_(ScaleVersion.code, ScaleVersion.number).in_(keys)
    )
    return [one for one in db.session.scalars(wanted) if not one.licensed_until(day)]
