"""规则集 as versioned records of a county: one is active, every run is pinned to the one that it used."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, select, text

from app.care.protection.models import in_force
from app.care.rainbow.rule_set import RuleSet, read_rule_set, shipped_rule_set
from app.care.versions.models import AgreedVersion
from app.core.casework.records import Movable
from app.core.database import Base, Mapped, String, db, mapped_column
from workflows.care.rule_set import RULE_SET
from workflows.vocabulary import Sentence


class RuleSetVersion(Base, AgreedVersion, Movable):
    """规则集: one version with its YAML, the vectors that failed when it was read, and what the dry run showed.

    `tried_sha256` is that of the content which the dry run was made with.
    """

    __tablename__ = "rule_sets"
    __protection__ = "county_care"
    __table_args__ = (
        UniqueConstraint("county_id", "code"),
        CheckConstraint("school_id is null", name="of_the_county"),
        Index("uq_rule_sets_active", "county_id", unique=True, postgresql_where=text("state = 'active'")),
    )
    workflow = RULE_SET

    code: Mapped[str] = mapped_column(String(40))
    """The version as the file names it; every computation and run carries it."""
    tried_sha256: Mapped[str | None] = mapped_column(String(64))
    tried_at: Mapped[datetime | None]
    trial: Mapped[dict[str, Any] | None]

    @property
    def label(self) -> str:
        """Its version."""
        return f"规则集 {self.code}"

    @property
    def named(self) -> Sentence:
        """The same in both languages."""
        return Sentence(self.label, f"Rule set {self.code}")

    @property
    def address(self) -> str:
        """Its page."""
        return f"/support/rules/{self.ref}"

    @property
    def was_tried(self) -> bool:
        """The dry run is of this content."""
        return self.tried_sha256 == self.sha256

    @property
    def has_impact_assessment(self) -> bool:
        """An assessment of levels is in force, today."""
        return in_force(self.county_id, "levels") is not None


@lru_cache(maxsize=32)
def _read(sha256: str, content: str) -> RuleSet:
    return read_rule_set(content)


def rules_for(county: uuid.UUID) -> RuleSet:
    """The rule set in force in a county; the shipped one where the county has activated none."""
    active = select(RuleSetVersion.sha256, RuleSetVersion.content).where(
        RuleSetVersion.county_id == county, RuleSetVersion.state == "active"
    )
    row = db.session.execute(active).one_or_none()
    return _read(row.sha256, row.content) if row else shipped_rule_set()


def rules_of(county: uuid.UUID, code: str) -> RuleSet:
    """The rule set that a computation was made with; assessments keep their version forever."""
    shipped = shipped_rule_set()
    if code == shipped.version:
        return shipped
    kept = select(RuleSetVersion.sha256, RuleSetVersion.content).where(
        RuleSetVersion.county_id == county, RuleSetVersion.code == code
    )
    row = db.session.execute(kept).one_or_none()
    return _read(row.sha256, row.content) if row else shipped
