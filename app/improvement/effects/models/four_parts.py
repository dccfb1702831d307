"""What an effect record must say before there is a verdict: whom and who, what, how, and what the result is used for."""

from __future__ import annotations

import json
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import declared_attr

from app.core.database import ForeignKey, Mapped, String, db, mapped_column
from app.improvement.monitoring.models import Indicator

USES = ("feed_back", "close", "replan", "appraise", "share")
HOW = ("design", "rule_version", "code_version", "inputs_sha256")
"""What stands in a computation: the model, the rules and code it was made by, the data it was made from."""
CHECKS = (
    CheckConstraint(
        "state <> 'decided' or (proposed_by is not null and decided_by is not null"
        " and (indicator_id is not null or jsonb_array_length(criteria_checked) > 0)"
        f" and computed ?& array{list(HOW)} and jsonb_array_length(uses) > 0)",
        name="four_parts",
    ),
    CheckConstraint(f"jsonb_typeof(uses) = 'array' and uses <@ '{json.dumps(USES)}'", name="uses"),
    CheckConstraint("evaluation_type in ('result', 'process', 'value_added', 'comprehensive')", name="evaluation_type"),
)
"""The same by plain SQL; whose effect it is, the unit, is never null. A trigger refuses verdicts on persons."""


class FourParts:
    """The columns and facts of an evaluation that the four parts need beside those it has."""

    proposed_by: Mapped[uuid.UUID | None]
    unit_id: Mapped[uuid.UUID]
    criteria_checked: Mapped[list[Any]]
    computed: Mapped[dict[str, Any]]

    @declared_attr
    def indicator_id(cls) -> Mapped[uuid.UUID | None]:
        """What is measured again; empty where criteria are checked on site."""
        return mapped_column(ForeignKey("indicators.id"))

    evaluation_type: Mapped[str] = mapped_column(String(13), default="process", server_default=text("'process'"))
    """Told by design and indicator, never chosen by a person."""
    uses: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """What the result is used for, as proposed and decided."""

    @property
    def object_code(self) -> str:
        """What its indicator evaluates; criteria are checked at the school."""
        return db.session.get_one(Indicator, self.indicator_id).object_code if self.indicator_id else "school"

    @property
    def whom_and_who_stored(self) -> bool:
        """The unit, and who proposes."""
        return self.unit_id is not None and self.proposed_by is not None

    @property
    def what_stored(self) -> bool:
        """The indicator or the criteria."""
        return self.indicator_id is not None or bool(self.criteria_checked)

    @property
    def how_stored(self) -> bool:
        """Design, rules, code and inputs of the computation."""
        return all(self.computed.get(name) for name in HOW)
