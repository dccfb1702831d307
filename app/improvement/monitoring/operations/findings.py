"""What people do with findings: register, support, comment, confirm, explain or reject, merge."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.casework.door import operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.improvement.monitoring.models import DataFinding, FindingSupport
from app.improvement.monitoring.operations.detection import next_numbers, point_out_closed_problem
from app.improvement.monitoring.scenarios import SCENARIOS, in_order
from app.improvement.monitoring.words import CATEGORIES, SEVERITIES, SOURCES
from workflows.improvement.data_finding import DATA_FINDING, MANUAL_SOURCES

SHORTEST_COMMENT = 10
AT_SCHOOL = MANUAL_SOURCES - {"visit"}
"""What a school registers itself: the seven lists of problems reach schools too, problems of a visit come over by themselves."""
OPEN = ("candidate", "watch", "confirmed")
NO_TITLE = Sentence("用一句话写清问题", "Say the problem in one line")
UNKNOWN_WORD = Sentence("请从列出的里面选", "Choose one of those listed")
FUTURE = Sentence("日期不能晚于今天", "The day cannot be later than today")
SHORT_COMMENT = Sentence("意见至少写 10 个字", "The comment needs at least 10 characters")
OVER = Sentence("这条发现已经办完，不能再补充", "This finding is settled; nothing can be added")
EMPTY_SUPPORT = Sentence("写清佐证来自哪里、说明了什么", "Say where the evidence comes from and what it shows")
BAD_LINK = Sentence("链接要以 http:// 或 https:// 开头", "A link begins with http:// or https://")
NO_TARGET = Sentence("请选择并入哪一条发现", "Choose the finding it is merged into")


@dataclass(frozen=True)
class FindingIn:
    """A finding that a person registers: what, where from, how grave."""

    title: str
    source_type: str
    source_reference: str
    category: str
    severity: str
    known_on: date
    indicator_id: uuid.UUID | None = None
    grade: str | None = None
    description: str = ""
    scenarios: tuple[str, ...] = ()


@dataclass(frozen=True)
class TagsIn:
    """The application scenarios a finding belongs to."""

    scenarios: tuple[str, ...]
    version: int | None = None


@dataclass(frozen=True)
class SupportIn:
    """Evidence from another source: where it comes from, what it shows, a link or a kept file."""

    source: str
    description: str
    link: str = ""
    file_sha256: str | None = None
    file_name: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class ConfirmIn:
    """The interpretation of a finding, supposed causes, and evidence that is added with it."""

    interpretation: str
    hypotheses: tuple[str, ...]
    support: SupportIn | None = None
    severity: str = ""
    version: int | None = None


@dataclass(frozen=True)
class CommentIn:
    """What the school or department says about a finding."""

    comment: str
    version: int | None = None


@dataclass(frozen=True)
class RejectIn:
    """Why a finding needs nothing done: explained (true, with a good reason) or dismissed."""

    kind: str
    reason: str
    version: int | None = None


@dataclass(frozen=True)
class MergeIn:
    """The finding that carries on what this one says."""

    target_id: uuid.UUID | None
    version: int | None = None


@operation(DATA_FINDING, "register")
def register_finding(actor: Actor, place: DataFinding, given: FindingIn) -> DataFinding:
    """Register what a person points out; `place` holds county, school, unit and subject, on which the right is checked."""
    _check(given, AT_SCHOOL if actor.school_id is not None else MANUAL_SOURCES)
    place.id, place.number = uuid7(), next_numbers(place.county_id, 1)[0]
    place.title, place.source_type = given.title.strip(), given.source_type
    place.source_reference, place.category = given.source_reference.strip(), given.category
    place.severity, place.known_on = given.severity, given.known_on
    place.indicator_id, place.grade = given.indicator_id, given.grade
    place.scenarios = in_order(given.scenarios)
    place.registered_by, place.provenance = actor.person_id, {"registered": given.description.strip()}
    place.interpretation, place.school_comment, place.cause_hypotheses = "", "", []
    place.supporting_evidence = []
    return place


def _check(given: FindingIn, sources: frozenset[str]) -> None:
    faults: dict[str, Sentence] = {}
    if not given.title.strip():
        faults["title"] = NO_TITLE
    if given.source_type not in sources & SOURCES.keys():
        faults["source_type"] = UNKNOWN_WORD
    if given.category not in CATEGORIES:
        faults["category"] = UNKNOWN_WORD
    if given.severity not in SEVERITIES:
        faults["severity"] = UNKNOWN_WORD
    if given.known_on > clock.today():
        faults["known_on"] = FUTURE
    if not set(given.scenarios) <= SCENARIOS.keys():
        faults["scenarios"] = UNKNOWN_WORD
    if faults:
        raise Invalid(faults)


@operation(right="monitoring.tag_finding", name="data_finding.tag")
def tag_finding(actor: Actor, finding: DataFinding, given: TagsIn) -> None:
    """Say which application scenarios it belongs to; settled findings are sorted too, as nothing else of them changes."""
    if not set(given.scenarios) <= SCENARIOS.keys():
        raise Invalid("scenarios", UNKNOWN_WORD)
    finding.scenarios = in_order(given.scenarios)


@operation(right="monitoring.support_finding", name="data_finding.support")
def support_finding(actor: Actor, finding: DataFinding, given: SupportIn) -> FindingSupport:
    """Add evidence from another source that points the same way."""
    if finding.state not in OPEN:
        raise StepRefused((OVER,))
    added = _support(actor, finding, given)
    db.session.add(added)
    return added


def _support(actor: Actor, finding: DataFinding, given: SupportIn) -> FindingSupport:
    if not given.source.strip() or not given.description.strip():
        raise Invalid("support_description", EMPTY_SUPPORT)
    link = given.link.strip()
    if link and not link.startswith(("http://", "https://")):
        raise Invalid("support_link", BAD_LINK)
    assert actor.person_id is not None
    return FindingSupport(
        id=uuid7(),
        county_id=finding.county_id,
        school_id=finding.school_id,
        finding_id=finding.id,
        source=given.source.strip(),
        description=given.description.strip(),
        link=link or None,
        file_sha256=given.file_sha256,
        file_name=given.file_name,
        added_by=actor.person_id,
    )


@operation(right="monitoring.comment_finding", name="data_finding.comment")
def comment_finding(actor: Actor, finding: DataFinding, given: CommentIn) -> None:
    """The unit says what it knows about the finding; a later comment takes the place of the earlier one."""
    if finding.state not in OPEN:
        raise StepRefused((OVER,))
    if len(given.comment.strip()) < SHORTEST_COMMENT:
        raise Invalid("comment", SHORT_COMMENT)
    finding.school_comment = given.comment.strip()
    finding.commented_by, finding.commented_at = actor.person_id, clock.now()


@operation(DATA_FINDING, "confirm")
def confirm_finding(actor: Actor, finding: DataFinding, given: ConfirmIn) -> Iterator[None]:
    """Interpret the finding and confirm it; a problem that was closed before is pointed out."""
    finding.interpretation = given.interpretation.strip()
    finding.cause_hypotheses = [words.strip() for words in given.hypotheses if words.strip()]
    finding.confirmed_by, finding.confirmed_on = actor.person_id, clock.today()
    if finding.verdict == "watch" and given.severity in SEVERITIES:
        finding.severity = given.severity
    if given.support is not None:
        finding.supporting_evidence.append(_support(actor, finding, given.support))
    yield None
    point_out_closed_problem(finding)


@operation(DATA_FINDING, "reject")
def reject_finding(actor: Actor, finding: DataFinding, given: RejectIn) -> None:
    """Explain or reject it, with the reason; an explanation rests on the school's comment."""
    finding.rejection_kind = given.kind


@operation(DATA_FINDING, "merge")
def merge_finding(actor: Actor, finding: DataFinding, given: MergeIn) -> None:
    """Let another open finding of the county carry on what this one says."""
    target = db.session.scalar(
        select(DataFinding.id).where(
            DataFinding.id == given.target_id,
            DataFinding.county_id == finding.county_id,
            DataFinding.state.in_(OPEN),
            DataFinding.id != finding.id,
        )
    )
    if target is None:
        raise Invalid("target", NO_TARGET)
    finding.merged_into_id = target
