"""A request for figures to the unit that owns them, and what its guards read."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import relationship

from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, String, mapped_column
from app.improvement.monitoring.models import MonitoringCycle
from workflows.improvement.data_need import DATA_NEED

PERSONAL = re.compile(
    r"学籍号|身份证|证件号|学生姓名|姓名|家长|监护人|手机|电话|住址|student[ _]?(no|name|id)", re.IGNORECASE
)
"""Fields that lead to one student: such data never go this way."""


class DataNeed(Base, Movable):
    """数据需求: purpose, fields, the day it is needed by; answered by the unit that owns the data."""

    __tablename__ = "data_needs"
    __protection__ = "unit"
    workflow = DATA_NEED

    title: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    """The owner of the data, who answers."""
    asker_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    """Who asked."""
    purpose: Mapped[str] = mapped_column(default="", server_default=text("''"))
    fields: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """One wanted field a line."""
    due_on: Mapped[date]
    delivery_note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    cycle_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("monitoring_cycles.id"))
    """A round whose released data answer the need."""
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str | None] = mapped_column(String(200))
    media_type: Mapped[str | None] = mapped_column(String(100))
    file_size: Mapped[int | None]
    delivered_on: Mapped[date | None]

    unit: Mapped[Any] = relationship("Unit", foreign_keys=[unit_id], lazy="joined", innerjoin=True)
    asker_unit: Mapped[Any] = relationship("Unit", foreign_keys=[asker_unit_id], lazy="joined", innerjoin=True)
    cycle: Mapped[MonitoringCycle | None] = relationship(lazy="select")

    @property
    def label(self) -> str:
        """Its title."""
        return self.title

    @property
    def address(self) -> str:
        """The need's page."""
        return f"/data-needs/{self.ref}"

    @property
    def is_written(self) -> bool:
        """Purpose and fields are there."""
        return all(part.strip() for part in (self.title, self.purpose, self.fields))

    @property
    def asks_for_no_person(self) -> bool:
        """No field of it would name a student."""
        return PERSONAL.search(self.fields) is None

    @property
    def due_is_ahead(self) -> bool:
        """The day it is needed by is not past."""
        return self.due_on >= clock.today()

    @property
    def has_delivery(self) -> bool:
        """A file or a released round is given."""
        return self.file_sha256 is not None or (self.cycle is not None and self.cycle.is_out)
