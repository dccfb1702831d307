"""What a line begins with when it is made from findings: title, unit, severity and numbers are theirs, a person decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.core.errors import Sentence
from app.core.web.chips import word
from app.improvement.monitoring.models import DataFinding
from app.improvement.problems.operations.drafting import ItemIn
from app.improvement.problems.queries.people import Named
from app.people.directory.words import grade_name

ORDER = ("minor", "moderate", "severe")


def from_findings(findings: list[DataFinding], heads: list[Named]) -> ItemIn:
    """The line that the findings suggest: the strongest names the problem, the heaviest severity counts, the head answers."""
    strongest = min(findings, key=lambda one: one.effect if one.effect is not None else 0.0)
    units = {one.unit_id for one in findings}
    unit_id = strongest.unit_id if len(units) == 1 else None
    head = next((one.id for one in heads if one.unit_id == unit_id), None)
    severities = [one.severity for one in findings if one.severity in ORDER]
    return ItemIn(
        title=_title(strongest)[:120],
        category=strongest.category,
        source_type=strongest.source_type if strongest.source_type != "school" else "self_check",
        severity=max(severities, key=ORDER.index) if severities else None,
        unit_id=unit_id,
        responsible_person_id=head,
        subject=strongest.subject,
        grade=strongest.grade,
        indicator_id=strongest.indicator_id,
        scope_level=strongest.scope_level,
        baseline=strongest.provenance.get("value") if strongest.provenance else None,
        description=strongest.interpretation[:2000],
    )


def _title(finding: DataFinding) -> str:
    grade = grade_name(finding.grade) if finding.grade else Sentence("", "")
    words = word(grade)
    return finding.title if not words or words in finding.title else f"{words}{finding.title}"


def titled(given: ItemIn, **changes: Any) -> ItemIn:
    """The same line with some values changed."""
    return replace(given, **changes)
