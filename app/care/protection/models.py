"""One table: impact assessments, each version a row of its own that the database neither overwrites nor deletes."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, Index, SmallInteger, Text, UniqueConstraint, select, text

from app.care.protection.purposes import purposes
from app.core import clock
from app.core.casework.records import Movable
from app.core.database import Base, ForeignKey, Mapped, String, db, mapped_column
from workflows.care.impact_assessment import IMPACT_ASSESSMENT
from workflows.vocabulary import Sentence

PURPOSE, RECIPIENT = "purpose", "recipient"
RECIPIENTS = ("hospital", "department", "supplier", "program", "other")
RISKS = ("low", "medium", "high")


class ImpactAssessment(Base, Movable):
    """影响评估: what was weighed before one purpose, or giving data to one recipient, may begin."""

    __tablename__ = "impact_assessments"
    __protection__ = "assessments"
    __table_args__ = (
        CheckConstraint("kind in ('purpose', 'recipient')", name="kind"),
        CheckConstraint("(kind = 'recipient') = (recipient_kind is not null)", name="recipient"),
        CheckConstraint("risk in ('low', 'medium', 'high')", name="risk"),
        CheckConstraint(
            "state <> 'active' or (file_sha256 is not null and risk <> 'high' and approved_by is not null)",
            name="in_force",
        ),
        CheckConstraint(
            "approved_by is null or (approved_by <> owner_id and approved_by <> submitted_by)", name="four_eyes"
        ),
        UniqueConstraint("county_id", "kind", "subject", "version_no"),
        Index(
            "uq_impact_assessments_active",
            "county_id",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("state = 'active'"),
        ),
    )
    workflow = IMPACT_ASSESSMENT

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("units.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(80))
    """The code of a purpose, or the name of a recipient."""
    recipient_kind: Mapped[str | None] = mapped_column(String(12))
    version_no: Mapped[int] = mapped_column(SmallInteger)
    necessity: Mapped[str] = mapped_column(Text)
    risks: Mapped[str] = mapped_column(Text)
    measures: Mapped[str] = mapped_column(Text)
    conclusion: Mapped[str] = mapped_column(Text)
    risk: Mapped[str] = mapped_column(String(8))
    """What is left after the measures: low, medium or high."""
    review_on: Mapped[date]
    """The last day on which it holds; the day after it runs out unless a new version took its place."""
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    """The signed report, kept on the shelf under the digest of its content."""
    file_name: Mapped[str | None] = mapped_column(String(200))
    media_type: Mapped[str | None] = mapped_column(String(100))
    submitted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("persons.id"))
    approved_on: Mapped[date | None]

    @property
    def title(self) -> str:
        """What it is about, in Chinese: the purpose's title or the recipient's name."""
        known = purposes().get(self.subject) if self.kind == PURPOSE else None
        return known.title.zh if known else self.subject

    @property
    def label(self) -> str:
        """影响评估：心理健康测评 第1版."""
        return f"影响评估：{self.title} 第{self.version_no}版"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Impact assessment: {self.title}, edition {self.version_no}")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/impact-assessments/{self.ref}"

    @property
    def is_written(self) -> bool:
        """Four texts, none of them empty."""
        return all(one.strip() for one in (self.necessity, self.risks, self.measures, self.conclusion))

    @property
    def has_signed_file(self) -> bool:
        """It is on the shelf."""
        return self.file_sha256 is not None

    @property
    def risk_is_bearable(self) -> bool:
        """Low or medium."""
        return self.risk != "high"

    @property
    def review_lies_ahead(self) -> bool:
        """Today or later."""
        return self.review_on >= clock.today()

    @property
    def review_is_over(self) -> bool:
        """Yesterday was the day, or earlier."""
        return self.review_on < clock.today()


def in_force(county: uuid.UUID | None, subject: str, kind: str = PURPOSE) -> ImpactAssessment | None:
    """The assessment of a purpose or recipient that holds in a county today; without one, nothing of it begins."""
    wanted = select(ImpactAssessment).where(
        ImpactAssessment.county_id == county, ImpactAssessment.kind == kind, ImpactAssessment.subject == subject,
        ImpactAssessment.state == "active", ImpactAssessment.review_on >= clock.today(),
    )  # fmt: skip
    found: ImpactAssessment | None = db.session.scalar(wanted)
    return found
