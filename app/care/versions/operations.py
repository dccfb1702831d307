"""What the steps of every version do; the features hang them on their own records."""

from __future__ import annotations

from dataclasses import dataclass

from app.care.versions.models import AgreedVersion
from app.core.casework.door import FOUR_EYES
from app.core.errors import Sentence, StepRefused
from app.core.policy.actor import Actor

ALREADY = Sentence("已有一名专家同意，请另一名专家批准", "One expert has agreed; another one approves")


@dataclass(frozen=True)
class VersionStep:
    """A step with the version that the page showed, a reason, the outside expert."""

    version: int | None = None
    reason: str = ""
    outside_expert: str = ""


def by_somebody_else(actor: Actor, version: AgreedVersion) -> None:
    """Four eyes said in words: experts do not see the county's trail, and the database itself refuses without any."""
    if actor.person_id in (version.owner_id, version.agreed_by_id):
        raise StepRefused((FOUR_EYES,))


def agree_first(actor: Actor, version: AgreedVersion) -> None:
    """The first of two experts agrees. Raises StepRefused when one has already, or to the author."""
    by_somebody_else(actor, version)
    if version.agreed_by_id is not None:
        raise StepRefused((ALREADY,))
    version.agreed_by_id = actor.person_id


def name_outside(version: AgreedVersion, given: VersionStep) -> None:
    """A county with fewer than two experts names one from outside, with the paper."""
    version.outside_expert = given.outside_expert.strip()[:120] or None


def hand_back(actor: Actor, version: AgreedVersion) -> None:
    """Back to the author: nobody has agreed to what comes next."""
    by_somebody_else(actor, version)
    version.agreed_by_id = version.outside_expert = None
