"""What people do with an evaluation: name the data, check criteria, propose, decide, send back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_babel import gettext as _

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.policy.actor import Actor
from app.core.web import drafts
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, must_hold, needs
from app.core.web.pages import page
from app.improvement.effects.forms.closures import PressForm, ReasonForm
from app.improvement.effects.forms.evaluations import DataForm, OutcomeForm, criterion_form
from app.improvement.effects.models import EffectEvaluation
from app.improvement.effects.operations import evaluations as operations
from app.improvement.effects.operations.evaluations import EvaluationStep, PrepareIn
from app.improvement.effects.queries import opinions, records
from app.improvement.effects.routes.blueprint import bp
from app.improvement.effects.routes.evaluation_page import adjusted_words, decider, drawing, value_type_of
from app.improvement.effects.words import OUTCOMES, evidence_label, open_outcomes, value_words
from app.improvement.monitoring.words import GRADES, word_of
from app.improvement.plans.words import ORIGINS
from workflows.improvement.effect_evaluation import EFFECT_EVALUATION
from workflows.improvement.effect_evaluation_facts import no_kinder_than_the_data

PREPARE = ("effects.prepare_data", "effects.prepare_school_data")
PROPOSE = ("effects.propose_outcome", "effects.propose_school_outcome")
ANSWER_WANTED = next(
    one for one in EFFECT_EVALUATION.step("decide").guards if one.code == "opinion_is_answered"
).sentence
DECIDE = ("effects.decide_evaluation", "effects.decide_severe_evaluation", "effects.decide_school_evaluation")


def _label(cell: Any, cycle: Any) -> str:
    """One cell in the words of a choice: round, grade, value with its n, and where it stands in the file."""
    return str(
        _(
            "%(cycle)s・%(grade)s：%(value)s（%(n)s 人），%(sheet)s!%(cell)s",
            cycle=cycle.name,
            grade=word(word_of(GRADES, cell.grade)),
            value=value_words(cell.value, cell.value_type),
            n=cell.n,
            sheet=cell.sheet,
            cell=cell.cell,
        )
    )


def _page(template: str, found: EffectEvaluation, form: Any, status: int, **context: Any) -> Response:
    return page(
        f"improvement/effects/{template}.html",
        status,
        evaluation=found,
        item=found.item,
        form=form,
        back_url=found.address,
        **context,
    )


@bp.get("/evaluations/<ref>/data")
@needs(*PREPARE)
def data(ref: str) -> Response:
    """Choose the follow-up data."""
    found = records.evaluation_for(current_actor(), ref)
    must_hold(found, *PREPARE)
    return _data_page(found, DataForm(formdata=None, version=found.version))[0]


@bp.post("/evaluations/<ref>/data")
@needs(*PREPARE)
def prepare(ref: str) -> Any:
    """Name them; the comparison is computed at once."""
    actor, form = current_actor(), DataForm()
    found = records.evaluation_for(actor, ref)
    must_hold(found, *PREPARE)
    _offer_cells(actor, found, form)
    ids = {cell.ref: str(cell.id) for cell, _cycle in [*_later(actor, found), *_earlier(actor, found)]}
    if carried_out(form, lambda: operations.prepare_evaluation(actor, found, form.given(ids))):
        return onward(found.address, _("复测数据已备齐，计算结果是建议，等评价员提出结论"))
    return _data_page(records.evaluation_for(actor, ref), form, 422)[0]


def _later(actor: Actor, found: EffectEvaluation) -> list[Any]:
    return records.candidates(actor, found)


def _earlier(actor: Actor, found: EffectEvaluation) -> list[Any]:
    return records.poolable(actor, found)


def _offer_cells(actor: Actor, found: EffectEvaluation, form: DataForm) -> tuple[list[Any], list[Any]]:
    later, before = _later(actor, found), _earlier(actor, found)
    form.offer([(c.ref, _label(c, r)) for c, r in later], [(c.ref, _label(c, r)) for c, r in before])
    return later, before


def _data_page(found: EffectEvaluation, form: DataForm, status: int = 200) -> tuple[Response]:
    actor = current_actor()
    later, _before = _offer_cells(actor, found, form)
    if found.design == "criterion":
        raise NotFound("follow_up", found.ref)
    if form.follow_up.data is None and later:
        wanted = 2 if found.design == "small_n" else 1
        form.follow_up.data = [cell.ref for cell, _cycle in later[:wanted]]
    baseline = records.cells(actor, [found.baseline_result_id] if found.baseline_result_id else [])
    return (
        _page(
            "data",
            found,
            form,
            status,
            later=later,
            baseline=baseline,
            origin=ORIGINS.get(found.plan.baseline_origin or ""),
            early=records.too_early(actor, found),
        ),
    )


@bp.post("/evaluations/<ref>/computation")
@needs(*PREPARE)
def compute(ref: str) -> Any:
    """Criteria were checked on site: let the rules say what follows from them."""
    actor, form = current_actor(), PressForm()
    found = records.evaluation_for(actor, ref)
    operations.prepare_evaluation(actor, found, PrepareIn(version=form.version.data))
    return onward(found.address, _("已按规则得出建议，等评价员提出结论"))


@bp.get("/evaluations/<ref>/criteria")
@needs("effects.check_criteria")
def criteria(ref: str) -> Response:
    """Check the criteria on site."""
    found = _by_criteria(current_actor(), ref)
    form = criterion_form(found.plan.criteria, formdata=None, version=found.version)
    return _page("criteria", found, form, 200)


@bp.post("/evaluations/<ref>/criteria")
@needs("effects.check_criteria")
def check_criteria(ref: str) -> Any:
    """Keep what was found."""
    actor = current_actor()
    found = _by_criteria(actor, ref)
    lines: Sequence[str] = list(found.plan.criteria)
    form = criterion_form(lines)
    if carried_out(form, lambda: operations.check_criteria(actor, found, form.given(lines))):
        return onward(found.address, _("核查结果已记下"))
    return _page("criteria", _by_criteria(actor, ref), form, 422)


def _by_criteria(actor: Actor, ref: str) -> EffectEvaluation:
    found = records.evaluation_for(actor, ref)
    if found.design != "criterion":
        raise NotFound("criteria", ref)
    return found


@bp.get("/evaluations/<ref>/proposal")
@needs(*PROPOSE)
def proposal(ref: str) -> Response:
    """Propose an outcome; the computed one is there as a suggestion."""
    found = records.evaluation_for(current_actor(), ref)
    must_hold(found, *PROPOSE)
    return _outcome_page(found, "propose")


@bp.post("/evaluations/<ref>/proposal")
@needs(*PROPOSE)
def propose(ref: str) -> Any:
    """Keep the proposal."""
    return _taken(ref, "propose", operations.propose_outcome, _("结论已提出，等%(who)s定论"))


@bp.get("/evaluations/<ref>/decision")
@needs(*DECIDE)
def decision(ref: str) -> Response:
    """Decide the outcome."""
    found = records.evaluation_for(current_actor(), ref)
    must_hold(found, *DECIDE)
    return _outcome_page(found, "decide")


@bp.post("/evaluations/<ref>/decision")
@needs(*DECIDE)
def decide_outcome(ref: str) -> Any:
    """Keep the decision."""
    return _taken(ref, "decide", operations.decide_evaluation, _("已作出定论，责任单位会收到通知"))


def _taken(ref: str, name: str, operation: Any, said: str) -> Any:
    actor, form = current_actor(), OutcomeForm()
    found = records.evaluation_for(actor, ref)
    must_hold(found, *(PROPOSE if name == "propose" else DECIDE))
    ids = _offer_evidence(actor, found, form)
    who = decider(found)[0]
    if name == "decide" and _leaves_an_opinion_unanswered(found, form):
        form.opinion_answer.errors = [word(ANSWER_WANTED)]
        return _outcome_page(found, name, form, 422)
    if carried_out(form, lambda: operation(actor, found, form.given(ids))):
        drafts.forget_draft(actor, f"{name}:{ref}")
        return onward(found.address, said % {"who": who})
    return _outcome_page(records.evaluation_for(actor, ref), name, form, 422)


def _leaves_an_opinion_unanswered(found: EffectEvaluation, form: OutcomeForm) -> bool:
    """Decided against somebody from outside without a word about it."""
    valid, answered = form.validate(), bool((form.opinion_answer.data or "").strip())
    return valid and not answered and found.is_opposed(form.outcome.data)


def _offer_evidence(actor: Actor, found: EffectEvaluation, form: OutcomeForm) -> dict[str, str]:
    rows = records.accepted_evidence(actor, found.item)
    labels = [(row.ref, evidence_label(row)) for row in rows]
    form.offer(labels)
    return {row.ref: str(row.id) for row in rows}


def _outcome_page(found: EffectEvaluation, name: str, form: OutcomeForm | None = None, status: int = 200) -> Response:
    actor, draft_at = current_actor(), None
    if form is None:
        form, draft_at = drafts.opened(OutcomeForm, f"{name}:{found.ref}")
        if not draft_at:
            _suggest(found, form, name)
        form.version.data = found.version
    ids = _offer_evidence(actor, found, form)
    if form.qualitative.data is None:
        form.qualitative.data = [ref for ref, identity in ids.items() if identity in found.qualitative]
    outcomes = open_outcomes(found.computed_outcome)
    form.offer_outcomes(outcomes)
    offered = choice(actor, found, name)
    return _page(
        "outcome",
        found,
        form,
        status,
        step=EFFECT_EVALUATION.step(name),
        action=f"{found.address}/{'proposal' if name == 'propose' else 'decision'}",
        missing=offered.missing if offered else (),
        withheld=word(no_kinder_than_the_data.sentence) if len(outcomes) < len(OUTCOMES) else "",
        offered=outcomes,
        drawing=drawing(found),
        kind=value_type_of(found),
        adjusted=adjusted_words(found),
        decider=decider(found),
        names=records.names(actor, [found.proposed_by]),
        voices=opinions.voices(actor, found),
        draft_url=drafts.address(f"{name}:{found.ref}"),
        draft_at=draft_at,
    )


def _suggest(found: EffectEvaluation, form: OutcomeForm, name: str) -> None:
    """The computed outcome stands chosen for the evaluator, the proposed one for whoever decides; the words are their own."""
    form.outcome.data = (
        (found.proposed_outcome if name == "decide" else None) or found.outcome or found.computed_outcome
    )
    form.uses.data = list(found.uses)
    form.rationale_accepted.data = found.rationale_accepted
    form.difference_reason.data = found.difference_reason


@bp.get("/evaluations/<ref>/return")
@needs(*DECIDE)
def evaluation_return(ref: str) -> Response:
    """What sending it back leads to."""
    found = records.evaluation_for(current_actor(), ref)
    must_hold(found, *DECIDE)
    return _return_page(found, ReasonForm(formdata=None, version=found.version))


@bp.post("/evaluations/<ref>/return")
@needs(*DECIDE)
def return_evaluation(ref: str) -> Any:
    """Send it back."""
    actor, form = current_actor(), ReasonForm()
    found = records.evaluation_for(actor, ref)
    must_hold(found, *DECIDE)
    given: Any = EvaluationStep(form.version.data, form.reason.data)
    if carried_out(form, lambda: operations.return_evaluation(actor, found, given)):
        return onward(found.address, _("已退回，测评组会看到理由"))
    return _return_page(records.evaluation_for(actor, ref), form, 422)


def _return_page(found: EffectEvaluation, form: ReasonForm, status: int = 200) -> Response:
    step = EFFECT_EVALUATION.step("return_evaluation")
    return page(
        "improvement/effects/step.html",
        status,
        crumbs=[(_("成效评价"), "/evaluations"), (found.item.number, found.address), (word(step), "")],
        record=found,
        title=_("退回这份评价？"),
        consequence=_("计算结果和已提出的结论作废，测评组重新备齐数据。测评组会收到你的理由。"),
        verb=_("退回评价"),
        keep=_("先不退回"),
        danger=False,
        form=form,
        action=f"{found.address}/return",
        missing=(),
        back_url=found.address,
    )
