"""规则集: brought in with its worked cases, tried on the county without effect, agreed by two, put in force (domain B13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.care.rainbow.models import RuleSetVersion
from app.care.rainbow.rule_set import RuleSet, read_rule_set, shipped_rule_set
from app.care.rainbow.trying import dry_run
from app.care.rainbow.vectors import failed_vectors
from app.care.versions.operations import VersionStep, agree_first, by_somebody_else, hand_back, name_outside
from app.core import clock
from app.core.casework.door import follow, operation
from app.core.copying import allow_long_statements
from app.core.database import db, use_context, uuid7
from app.core.errors import Invalid, Sentence
from app.core.outbox.models import OutboxRow
from app.core.outbox.post import post
from app.core.policy.actor import SYSTEM, Actor
from app.core.yaml_files import checked
from app.people.directory.models import Unit
from workflows.care.rule_set import RULE_SET

KNOWN = Sentence("本县已有这个版本号，请换一个版本号", "The county has this version already; give it another one")
NO_VECTORS = Sentence(
    "文件里没有用例（test_vectors），不能接收", "The file has no worked cases (test_vectors) and is not taken"
)
MOST_TOLD = 5


@dataclass(frozen=True)
class RulesIn:
    """The YAML of a rule set, and what is new in it."""

    content: str
    note: str = ""
    version: int | None = None


def read_checked(content: str) -> RuleSet:
    """A rule set whose worked cases all pass. Raises Invalid with sentences that name place or case."""
    rules = checked(read_rule_set, content)
    if not rules.test_vectors:
        raise Invalid("content", NO_VECTORS)
    failed = failed_vectors(rules)
    if failed:
        told = "；".join(failed[:MOST_TOLD])
        raise Invalid(
            "content", Sentence(f"用例没有通过，不能接收：{told}", f"Worked cases fail, so it is not taken: {told}")
        )
    return rules


@operation(RULE_SET, "draft")
def draft(actor: Actor, place: Unit, given: RulesIn) -> RuleSetVersion:
    """Bring in a rule set. Raises Invalid for a file that is none, whose cases fail, or whose version is known."""
    assert actor.person_id is not None
    rules = read_checked(given.content)
    made = RuleSetVersion(
        id=uuid7(), county_id=place.county_id or place.id, unit_id=place.id, owner_id=actor.person_id, code=rules.version,
        note=given.note.strip()[:500], failed=0, vectors=0, content="", sha256="",
    )  # fmt: skip
    _new_code(made)
    made.fill(given.content, len(rules.test_vectors))
    post("rainbow_dry_run", made, queue="heavy")
    return made


@operation(RULE_SET, "replace")
def replace(actor: Actor, version: RuleSetVersion, given: RulesIn) -> None:
    """Another file for the same draft; the dry run is made anew. Raises Invalid."""
    rules = read_checked(given.content)
    version.code, version.note = rules.version, given.note.strip()[:500]
    _new_code(version)
    version.fill(given.content, len(rules.test_vectors))
    post("rainbow_dry_run", version, queue="heavy")


def _new_code(version: RuleSetVersion) -> None:
    known = select(RuleSetVersion.id).where(
        RuleSetVersion.county_id == version.county_id,
        RuleSetVersion.code == version.code,
        RuleSetVersion.id != version.id,
    )
    with db.session.no_autoflush:
        if version.code == shipped_rule_set().version or db.session.scalar(known) is not None:
            raise Invalid("content", KNOWN)


@operation(RULE_SET, "submit")
def submit(actor: Actor, version: RuleSetVersion, given: VersionStep) -> None:
    """Hand it to the experts. Raises StepRefused without a dry run."""


@operation(RULE_SET, "agree")
def agree(actor: Actor, version: RuleSetVersion, given: VersionStep) -> None:
    """The first of two experts agrees. Raises StepRefused when one has already, or to the author."""
    agree_first(actor, version)


@operation(RULE_SET, "note_outside")
def note_outside(actor: Actor, version: RuleSetVersion, given: VersionStep) -> None:
    """A county with fewer than two experts names one from outside, with the paper."""
    name_outside(version, given)


@operation(RULE_SET, "approve")
def approve(actor: Actor, version: RuleSetVersion, given: VersionStep) -> None:
    """The second of two experts approves. Raises StepRefused to the first one and to the author."""
    by_somebody_else(actor, version)


@operation(RULE_SET, "return_rules")
def return_rules(actor: Actor, version: RuleSetVersion, given: VersionStep) -> None:
    """Back to the author, with what has to change."""
    hand_back(actor, version)


@operation(RULE_SET, "activate")
def activate(actor: Actor, version: RuleSetVersion, given: VersionStep) -> None:
    """In force from the next computation; the one before retires in the same act. Raises Invalid where cases fail now."""
    read_checked(version.content)
    former = select(RuleSetVersion).where(
        RuleSetVersion.county_id == version.county_id, RuleSetVersion.state == "active", RuleSetVersion.id != version.id
    )
    for one in db.session.scalars(former).all():
        follow(one, "retire")
    version.activated_on = clock.today()


@operation(RULE_SET, "withdraw")
def withdraw(actor: Actor, version: RuleSetVersion, given: VersionStep) -> None:
    """It will not be put in force."""


@operation(right="system", name="rule_set.try")
def try_out(actor: Actor, version: RuleSetVersion, given: None = None) -> None:
    """The dry run over the whole county: counts alone are kept."""
    allow_long_statements()
    schools = list(
        db.session.scalars(select(Unit.id).where(Unit.kind == "school", Unit.county_id == version.county_id))
    )
    own = _told_before([version])
    others = select(RuleSetVersion).where(
        RuleSetVersion.county_id == version.county_id, RuleSetVersion.tried_at.is_not(None)
    )
    earlier = _told_before(db.session.scalars(others.order_by(RuleSetVersion.tried_at)).all())
    found = dry_run(read_rule_set(version.content), version.county_id, schools, earlier)
    version.trial = found | {"before": own}
    version.tried_sha256, version.tried_at = version.sha256, clock.now()


def _told_before(versions: Sequence[RuleSetVersion]) -> list[dict[str, Any]]:
    """Everything that dry runs of these have told, also of files that were replaced since."""
    trials = [one.trial for one in versions if one.trial is not None]
    return [
        {key: part for key, part in told.items() if key != "before"}
        for trial in trials
        for told in (*trial.get("before", ()), trial)
    ]


def try_asked(row: OutboxRow) -> None:
    """The job behind `rainbow_dry_run`; a newer file has its own."""
    use_context(SYSTEM.context())
    version = db.session.scalar(select(RuleSetVersion).where(RuleSetVersion.id == row.record_id))
    if version is not None and not version.was_tried:
        try_out(SYSTEM, version, None)
