"""One table: requests, each with who asked by which code, the words sealed, and the digest of the result."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, Index, text

from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, String, mapped_column
from app.core.vault.rotation import Sealed
from workflows.care.rights_request import RIGHTS_REQUEST
from workflows.vocabulary import Sentence

KINDS = ("access", "copy", "correct", "delete", "explain")


class RightsRequest(Base, Movable):
    """权利请求: what one guardian or student asks about the data of one child."""

    __tablename__ = "rights_requests"
    __protection__ = "requests"
    __untold__ = frozenset({"words_sealed", "answer_sealed", "result_sealed", "student_id"})
    __table_args__ = (
        CheckConstraint("kind in ('access', 'copy', 'correct', 'delete', 'explain')", name="kind"),
        CheckConstraint("asked_as in ('guardian1', 'guardian2', 'student')", name="asked_as"),
        Index(
            "uq_rights_requests_open",
            "student_id",
            "asked_as",
            "kind",
            unique=True,
            postgresql_where=text("state in ('received', 'preparing')"),
        ),
    )
    workflow = RIGHTS_REQUEST

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    asked_as: Mapped[str] = mapped_column(String(10))
    code_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("access_codes.id"))
    """The personal code by which whoever asked came in: the proof of identity, kept with the request."""
    words_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    answer_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    """What was answered, or why it was refused."""
    result_sealed: Mapped[bytes | None] = mapped_column(Sealed())
    """The file that is handed over, JSON in UTF-8."""
    result_sha256: Mapped[str | None] = mapped_column(String(64))

    @property
    def label(self) -> str:
        """A code number."""
        return f"权利请求 {self.ref[:6].upper()}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Rights request {self.ref[:6].upper()}")

    @property
    def address(self) -> str:
        """Its page for who answers."""
        return f"/rights-requests/{self.ref}"

    @property
    def identity_is_proven(self) -> bool:
        """Somebody came in by a code, the birth date and the end of a telephone number, and asked."""
        return self.code_id is not None
