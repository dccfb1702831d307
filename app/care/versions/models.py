"""What a version is whatever it defines: its file, what its own cases came to, and who agreed."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Text, func, or_, select, text

from app.core import clock
from app.core.database import ForeignKey, Mapped, String, db, mapped_column
from app.people.directory.models import RoleAssignment


class AgreedVersion:
    """The columns of a version that two experts agree to; `sha256` is that of `content`."""

    if TYPE_CHECKING:
        county_id: Mapped[uuid.UUID]

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    note: Mapped[str] = mapped_column(String(500), default="", server_default=text("''"))
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    vectors: Mapped[int]
    failed: Mapped[int]
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    outside_expert: Mapped[str | None] = mapped_column(String(120))
    activated_on: Mapped[date | None]

    def fill(self, content: str, vectors: int) -> None:
        """Another file in its place, whose cases all passed; who agreed to the former one did not agree to this."""
        self.content, self.sha256 = content, hashlib.sha256(content.encode()).hexdigest()
        self.vectors, self.failed = vectors, 0
        self.agreed_by_id = self.outside_expert = None

    @property
    def vectors_pass(self) -> bool:
        """There are worked cases, and all came out as the file says."""
        return self.vectors > 0 and self.failed == 0

    @property
    def is_agreed_once(self) -> bool:
        """A first expert, or one from outside."""
        return self.agreed_by_id is not None or (self.has_few_experts and self.has_outside_expert)

    @property
    def has_few_experts(self) -> bool:
        """Fewer than two persons hold the role of an expert in the county today."""
        day = clock.today()
        wanted = select(func.count(RoleAssignment.person_id.distinct())).where(
            RoleAssignment.role == "psych_expert", RoleAssignment.county_id == self.county_id,
            RoleAssignment.from_on <= day, or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= day),
        )  # fmt: skip
        return (db.session.scalar(wanted) or 0) < 2

    @property
    def has_outside_expert(self) -> bool:
        """Name and paper are there."""
        return bool(self.outside_expert)
