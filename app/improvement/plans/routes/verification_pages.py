"""佐证审核: what waits, one measure with its pieces, three points to check, accepting, returning, judging false.

Looking changes nothing. The verifier presses 开始审核 once: from then on what is submitted cannot be withdrawn (G6), and
the buttons of judgement appear; so what is judged is what lies there.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.calendar import last_day
from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.spreadsheets import Head, write_workbook
from app.core.web import filters
from app.core.web.current import current_actor, must_hold, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page, say
from app.improvement.monitoring.words import SEVERITIES
from app.improvement.plans.forms.steps import ChecklistForm, ReasonForm, StepForm
from app.improvement.plans.models import Evidence, RemediationAction
from app.improvement.plans.operations import actions as action_operations
from app.improvement.plans.operations import evidence as operations
from app.improvement.plans.operations.actions import VerifyIn
from app.improvement.plans.operations.plans import PlanStep
from app.improvement.plans.queries import actions, evidence, people
from app.improvement.plans.queries.evidence import JUDGES, JUDGING, QUEUE_ORDERS, WATCH, QueueFilter
from app.improvement.plans.routes import action_page, drawing
from app.improvement.plans.routes.blueprint import evidence as evidence_bp
from app.improvement.plans.routes.blueprint import verification as bp
from app.improvement.plans.routes.faults import told_in
from app.improvement.plans.words import CHECKLIST, EVIDENCE_KINDS


@bp.get("")
@needs(*JUDGES, WATCH)
def index() -> Response:
    """Measures whose evidence waits, the longest waiting first."""
    actor = current_actor()
    chosen = _bar(actor)
    wanted = _wanted(chosen)
    found, pages = filters.paged(evidence.to_judge(actor, wanted))
    return page(
        "improvement/plans/queue.html",
        found=found,
        pages=pages,
        filtering=filters.bar(chosen),
        chips={one.id: drawing.chip(one.clock) for one in found},
        severities=SEVERITIES,
        pieces=sum(one.waiting for one in found) if pages["whole"] else 0,
        judges=evidence.judges(actor),
        sort=wanted.sort,
        sort_url=filters.address(sort=None if wanted.sort == "unit" else "unit"),
        export_url=filters.same_query(url_for("verification.export")),
    )


def _bar(actor: Actor) -> tuple[filters.Filter, ...]:
    return (
        filters.text("q", _("编号或措施")),
        filters.choice("unit", _("单位"), evidence.units_to_judge(actor)),
        filters.choice("severity", _("级别"), [(code, say(words)) for code, words in SEVERITIES.items()], many=True),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> QueueFilter:
    words, unit, severity = chosen
    sort = request.args.get("sort", "")
    known = sort if sort in QUEUE_ORDERS else "waiting"
    return QueueFilter(words.one, unit.one, severity.chosen, known, filters.cursor())


@bp.get("/export.xlsx")
@needs(*JUDGES, WATCH)
@throttle.limit(COSTLY)
def export() -> Response:
    """What the queue shows, all pages of it, as a workbook."""
    actor = current_actor()
    columns = [
        Head(_("措施"), 40), Head(_("编号"), 12), Head(_("问题"), 44), Head(_("单位"), 20), Head(_("级别"), 8),
        Head(_("待审佐证"), 10, "number"), Head(_("等到现在，从"), 14, "date"), Head(_("期限"), 12, "date"),
    ]  # fmt: skip
    rows = (
        (
            one.title, one.number, one.item, one.unit, say(SEVERITIES[one.severity]) if one.severity in SEVERITIES else "",
            one.waiting, clock.local(one.since).date() if one.since else None,
            last_day(one.clock.due_at) if one.clock else None,
        )
        for one in evidence.to_judge(actor, _wanted(_bar(actor)), whole=True)
    )  # fmt: skip
    return workbook_file(write_workbook(columns, rows, sheet=_("佐证审核")), "verification")


def judged(measure: str) -> RemediationAction:
    """A measure that the actor may judge, or whose evidence. Raises NotFound."""
    actor = current_actor()
    action = actions.action_for(actor, measure)
    rights = JUDGING["school" if action.is_school_level else "county"]
    if not any(decide.may(actor, right, action) for right in rights):
        raise NotFound("verification", measure)
    return action


@bp.get("/<measure>")
@needs(*JUDGES)
def show(measure: str) -> Response:
    """One measure to be judged."""
    return verification_view(judged(measure))


@dataclass(frozen=True)
class Judgement:
    """A piece with what the actor may do with it; `own_part`: the actor submitted it."""

    piece: Evidence
    may_judge: bool
    own_part: bool

    @property
    def waits(self) -> bool:
        """It waits for a judgement that this actor may give."""
        return self.may_judge and self.piece.state == "submitted"

    @property
    def may_be_false(self) -> bool:
        """It was accepted and may still be found false."""
        return self.may_judge and not self.own_part and self.piece.state == "accepted"


def _judgements(actor: Actor, action: RemediationAction) -> dict[uuid.UUID, Judgement]:
    mine = evidence.submitted_by(actor, action)
    may = decide.may(actor, JUDGING["school" if action.is_school_level else "county"][0], action)
    return {
        piece.id: Judgement(piece, may, piece.id in mine) for piece in action.evidence if piece.state != "withdrawn"
    }


def verification_view(action: RemediationAction, status: int = 200, form: ChecklistForm | None = None) -> Response:
    """The page on which a measure is judged."""
    actor = current_actor()
    rows = action_page.criterion_rows(action, actions.uses_of(actor, action))
    judgements = _judgements(actor, action)
    waiting = [one.piece for one in judgements.values() if one.waits]
    if form is None:
        form = ChecklistForm(data={"version": action.version, "checklist": []})
    form.offer()
    return page(
        "improvement/plans/verification.html",
        status,
        action=action,
        rows=rows,
        judgements=judgements,
        waiting=waiting,
        opened=bool(waiting) and all(piece.was_opened for piece in waiting),
        own=actor.person_id == action.owner_id,
        verify=choice(actor, action, "verify"),
        send_back=choice(actor, action, "return_action"),
        form=form,
        kinds=EVIDENCE_KINDS,
        points=CHECKLIST,
        names=people.names(actor, {action.owner_id, *(one.owner_id for one in action.evidence)}),
        clock=drawing.chip(evidence.judging_clocks(actor, [action.id]).get(action.id), long=True),
        item_seen=decide.may(actor, "problems.view_items", action.plan.item),
    )


@bp.post("/<measure>/opening")
@needs(*JUDGES)
def open_all(measure: str) -> Any:
    """开始审核: what is submitted cannot be withdrawn any more."""
    action = judged(measure)
    opening = operations.open_school_evidence if action.is_school_level else operations.open_evidence
    opening(current_actor(), action)
    return redirect(url_for("verification.show", measure=measure), 303)


@evidence_bp.post("/<ref>/acceptance")
@needs(*JUDGES)
def accept(ref: str) -> Any:
    """Accept one piece of evidence."""
    actor, form = current_actor(), StepForm()
    piece = evidence.evidence_for(actor, ref)
    operations.accept_evidence(actor, piece, PlanStep(form.version.data))
    flash(_("已采信“%(title)s”", title=piece.title))
    return redirect(url_for("verification.show", measure=piece.action.ref) + f"#piece-{ref}", 303)


DEEDS = {
    "return": ("return_evidence", operations.return_evidence),
    "rejection": ("reject", operations.reject_evidence),
}


@evidence_bp.get("/<ref>/<any('return','rejection'):deed>")
@needs(*JUDGES)
def ask(ref: str, deed: str) -> Response:
    """Returning a piece, or judging it false: why."""
    actor = current_actor()
    piece = evidence.evidence_for(actor, ref)
    if choice(actor, piece, DEEDS[deed][0]) is None:
        raise NotFound("evidence_step", ref)
    return _asked(piece, deed, ReasonForm(data={"version": piece.version}))


def _asked(piece: Evidence, deed: str, form: ReasonForm, status: int = 200) -> Response:
    found = choice(current_actor(), piece, DEEDS[deed][0])
    return page(
        "improvement/plans/judgement.html",
        status,
        piece=piece,
        action=piece.action,
        deed=deed,
        form=form,
        missing=found.missing if found is not None else (),
    )


@evidence_bp.post("/<ref>/<any('return','rejection'):deed>")
@needs(*JUDGES)
def judge(ref: str, deed: str) -> Any:
    """Return a piece with the reason, or judge it false."""
    actor, form = current_actor(), ReasonForm()
    piece = evidence.evidence_for(actor, ref)
    must_hold(piece, *JUDGES)
    if form.validate_on_submit():
        with told_in(form):
            DEEDS[deed][1](actor, piece, PlanStep(form.version.data, (form.reason.data or "").strip()))
            flash(_("已退回，负责人会看到理由") if deed == "return" else _("已判定失实，已告知校长和督学"))
            return redirect(url_for("verification.show", measure=piece.action.ref), 303)
    return _asked(evidence.evidence_for(actor, ref), deed, form, 422)


@bp.post("/<measure>/acceptance")
@needs("plans.verify_action", "plans.verify_school_action")
def verify(measure: str) -> Any:
    """Accept the measure, point by point."""
    actor, form, action = current_actor(), ChecklistForm(), judged(measure)
    form.offer()
    if form.validate_on_submit():
        given = VerifyIn(tuple(form.checklist.data or ()), form.version.data)
        action_operations.verify_action(actor, action, given)
        flash(_("核验通过，措施已完成"))
        return redirect(url_for("verification.index"), 303)
    return verification_view(judged(measure), 422, form)


@bp.get("/<measure>/return")
@needs("plans.verify_action", "plans.verify_school_action")
def ask_measure_return(measure: str) -> Response:
    """Returning the measure: what is missing."""
    action = judged(measure)
    if choice(current_actor(), action, "return_action") is None:
        raise NotFound("action_step", measure)
    return _measure_return(action, ReasonForm(data={"version": action.version}))


def _measure_return(action: RemediationAction, form: ReasonForm, status: int = 200) -> Response:
    return page("improvement/plans/measure_return.html", status, action=action, form=form)


@bp.post("/<measure>/return")
@needs("plans.verify_action", "plans.verify_school_action")
def return_measure(measure: str) -> Any:
    """Send the measure back with the reason."""
    actor, form, action = current_actor(), ReasonForm(), judged(measure)
    if form.validate_on_submit():
        with told_in(form):
            action_operations.return_action(
                actor, action, PlanStep(form.version.data, (form.reason.data or "").strip())
            )
            flash(_("已退回，负责人会看到理由"))
            return redirect(url_for("verification.index"), 303)
    return _measure_return(judged(measure), form, 422)
