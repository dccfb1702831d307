"""What a line begins with when it is made from findings: title, unit, severity and numbers are theirs, a person decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.core.errors import Sentence
from app.core.web.chips import word
from app.improvement.monitoring.models import DataFinding
from app.improvement.problems.operations.drafting import ItemIn
from app.improvement.problems.queries.lists import strongest
from app.improvement.problems.queries.people import Named
from app.people.directory.words import grade_name

ORDER = ("minor", "moderate", "severe")


def from_findings(findings: list[DataFinding], heads: list[Named]) -> ItemIn:
    """The line that the findings suggest: the strongest names the problem, the heaviest severity counts, the head answers."""
    first = strongest(findings)
    units = {one.unit_id for one in findings}
    unit_id = first.unit_id if len(units) == 1 else None
    head = next((one.id for one in heads if one.unit_id == unit_id), None)
    severities = [one.severity for one in findings if one.severity in ORDER]
    return ItemIn(
        title=_title(first)[:120],
        category=first.category,
        source_type=first.source_type if first.source_type != "school" else "self_check",
        severity=max(severities, key=ORDER.index) if severities else None,
        unit_id=unit_id,
        responsible_person_id=head,
        subject=first.subject,
        grade=first.grade,
        indicator_id=first.indicator_id,
        scope_level=first.scope_level,
        baseline=first.provenance.get("value") if first.provenance else None,
        description=first.interpretation[:2000],
    )


def _title(finding: DataFinding) -> str:
    grade = grade_name(finding.grade) if finding.grade else Sentence("", "")
    words = word(grade)
    return finding.title if not words or words in finding.title else f"{words}{finding.title}"


def titled(given: ItemIn, **changes: Any) -> ItemIn:
    """The same line with some values changed."""
    return replace(given, **changes)
