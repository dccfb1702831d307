"""An outside evaluator gives an opinion on the outcome of an item that is assigned, and revises it until it is decided."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.audit import trail
from app.core.casework.door import SHORTEST_REASON, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.outbox.post import post
from app.core.policy.actor import Actor
from app.improvement.effects.models import EffectEvaluation, OutsideOpinion
from app.improvement.effects.models.opinions import LONGEST, VIEWS
from app.improvement.effects.operations.computing import doers_of
from app.improvement.visits.models.facts import with_an_interest

NOT_YET = Sentence(
    "算出成效以后、定论以前才能写评估意见", "An opinion is written once the effect is computed and before it is decided"
)
DECIDED = Sentence("已经定论，评估意见不能再改", "It is decided; the opinion stays as it is")
VIEW = Sentence("请选同意、不同意或无法判断", "Choose agree, disagree or cannot judge")
REASONS = Sentence("请写明理由，10 到 2000 个字", "Give reasons, 10 to 2000 characters")
SAME = Sentence(
    "和你交过的上一版一样，改了再交", "It is the same as your last edition; change it before you hand it in"
)
AWAY = Sentence(
    "你在这所学校任职或近年任过职，或参与了这个问题的整改，需要回避，请办公室换人",
    "You work or lately worked at the school, or took part in the work; the office has to name somebody else",
)


@dataclass(frozen=True)
class OpinionIn:
    """Whether he or she agrees with the outcome, and why."""

    view: str
    reasons: str
    version: int | None = None


@operation(right="effects.give_opinion", name="effect_evaluation.give_opinion")
def give_opinion(actor: Actor, evaluation: EffectEvaluation, given: OpinionIn) -> None:
    """Keep one more edition; the ones before stay. Raises StepRefused outside its time or where there is an interest."""
    if evaluation.state != "computed" or evaluation.outcome_to_judge is None:
        raise StepRefused((DECIDED if evaluation.state == "decided" else NOT_YET,))
    if stays_away(actor, evaluation):
        raise StepRefused((AWAY,))
    if given.view not in VIEWS:
        raise Invalid("view", VIEW)
    if not SHORTEST_REASON <= len(given.reasons.strip()) <= LONGEST:
        raise Invalid("reasons", REASONS)
    last = db.session.scalar(
        select(OutsideOpinion)
        .where(OutsideOpinion.evaluation_id == evaluation.id, OutsideOpinion.owner_id == actor.person_id)
        .order_by(OutsideOpinion.edition.desc())
        .limit(1)
    )
    said = (given.view, given.reasons.strip(), evaluation.outcome_to_judge, evaluation.inputs_sha256)
    if last is not None and said == (last.view, last.reasons, last.about, last.inputs_sha256):
        raise Invalid("reasons", SAME)
    edition = 1 + (last.edition if last is not None else 0)
    db.session.add(
        OutsideOpinion(
            id=uuid7(), county_id=evaluation.county_id, school_id=evaluation.school_id, evaluation_id=evaluation.id,
            unit_id=evaluation.unit_id, owner_id=actor.person_id, edition=edition, view=given.view,
            reasons=given.reasons.strip(), about=evaluation.outcome_to_judge, inputs_sha256=evaluation.inputs_sha256,
            written_at=clock.now(),
        )
    )  # fmt: skip
    deed = trail.current()
    if deed is not None:
        deed.main.extra.update(view=given.view, about=evaluation.outcome_to_judge, edition=edition)
    post("opinion_given", evaluation)


def stays_away(actor: Actor, evaluation: EffectEvaluation) -> bool:
    """Whether the evaluator belongs to the school, lately did, or had a part in the work (回避)."""
    if actor.person_id is None:
        return False
    if evaluation.school_id is not None and with_an_interest([actor.person_id], evaluation.school_id):
        return True
    return str(actor.person_id) in doers_of(actor, evaluation)
