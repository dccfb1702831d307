"""Evidence: adding it, its page, a new version, submitting, taking back, showing it again, judging it."""

from __future__ import annotations

import uuid
from typing import Any, BinaryIO, cast

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core.casework.choices import choices
from app.core.errors import Invalid, NotFound
from app.core.policy import decide
from app.core.web import drafts
from app.core.web.current import current_actor, needs
from app.core.web.pages import page, say
from app.improvement.plans.arrivals import forget_arrived, stored_of, take_whole
from app.improvement.plans.forms.evidence import EvidenceForm, UseForm, start_of
from app.improvement.plans.forms.steps import StepForm
from app.improvement.plans.models import ArrivedFile, Evidence, RemediationAction
from app.improvement.plans.operations import evidence as operations
from app.improvement.plans.operations.evidence import AT_WORK, EvidenceIn, UseIn
from app.improvement.plans.operations.plans import PlanStep
from app.improvement.plans.queries import actions, evidence, people
from app.improvement.plans.routes import action_page, drawing
from app.improvement.plans.routes.blueprint import actions as actions_bp
from app.improvement.plans.routes.blueprint import evidence as bp
from app.improvement.plans.routes.faults import mark, told_in
from app.improvement.plans.words import EVIDENCE_KINDS

KEPT = "files-kept"


def _working_on(ref: str) -> RemediationAction:
    """The measure, if the actor may add evidence to it now. Raises NotFound."""
    actor = current_actor()
    action = actions.action_for(actor, ref)
    if action.state not in AT_WORK or not decide.may(actor, "plans.submit_evidence", action):
        raise NotFound("evidence", ref)
    return action


def _rows(action: RemediationAction) -> list[action_page.CriterionRow]:
    return action_page.criterion_rows(action, actions.uses_of(current_actor(), action))


def _form_view(
    action: RemediationAction,
    form: EvidenceForm,
    piece: Evidence | None = None,
    status: int = 200,
    draft_at: str = "",
    kept: list[ArrivedFile] | None = None,
) -> Response:
    actor = current_actor()
    rows = _rows(action)
    form.offer(action_page.room_words(rows))
    name = f"evidence:{piece.ref if piece is not None else action.ref}"
    return page(
        "improvement/plans/evidence_form.html",
        status,
        action=action,
        piece=piece,
        form=form,
        rows=rows,
        kept=kept or (),
        returned=drawing.last_reason(actor, piece, "return_evidence") if piece is not None else ("", ""),
        draft_url=drafts.address(name),
        draft_at=draft_at,
    )


@actions_bp.get("/<ref>/evidence/new")
@needs("plans.submit_evidence")
def new_evidence(ref: str) -> Response:
    """An empty piece, with the place and person of the last one."""
    action = _working_on(ref)
    last = action.evidence[-1] if action.evidence else None
    start = {
        "criterion": request.args.get("criterion") or _first_short(action),
        "place": last.place if last is not None else "",
        "person": last.person if last is not None else current_actor().name,
    }
    form, draft_at = drafts.opened(EvidenceForm, f"evidence:{ref}", data=start)
    return _form_view(action, form, draft_at=draft_at)


def _first_short(action: RemediationAction) -> str:
    """The first criterion that still wants evidence; the only one where there is one."""
    rows = [row for row in _rows(action) if row.criterion is not None]
    short = [row for row in rows if row.short and row.room] or rows[:1]
    return str(short[0].criterion.id) if short and short[0].criterion is not None else ""


def _taken(action: RemediationAction) -> tuple[list[ArrivedFile], list[str]]:
    """The files of the form, those that came up in the background and those that it carries, and what was refused."""
    actor = current_actor()
    digests, refused = request.form.getlist(KEPT), []
    for sent in request.files.getlist("files"):
        if sent.filename:
            try:
                digests.append(take_whole(actor, action, cast(BinaryIO, sent.stream), sent.filename).sha256)
            except Invalid as invalid:
                refused += [say(sentence) for sentence in invalid.sentences.values()]
    return evidence.arrived(actor, digests), refused


def _has_content(form: EvidenceForm, there: bool, refused: list[str]) -> bool:
    """A file or a link is there and no file was refused; the sentences go to the field. Whether the form is good."""
    good = form.validate_on_submit()
    if not there and not form.link.data and not refused:
        refused = [_("请拍照、选文件，或填写链接")]
    form.files.errors = [*form.files.errors, *refused]
    return bool(good and not refused)


def _has_room(action: RemediationAction, form: EvidenceForm, number: int) -> bool:
    """The criterion takes so many more; the sentence goes to the field."""
    row = next((one for one in _rows(action) if str(getattr(one.criterion, "id", "")) == form.criterion.data), None)
    if row is None or row.criterion is None or row.room is None or max(1, number) <= row.room:
        return True
    words = _(
        "这条标准最多 %(most)s 份，已有 %(there)s 份；请先撤下一份，或换一条标准",
        most=row.criterion.maximum,
        there=row.counted,
    )
    form.criterion.errors = [*form.criterion.errors, words]
    return False


@actions_bp.post("/<ref>/evidence/new")
@needs("plans.submit_evidence")
def add_evidence(ref: str) -> Any:
    """Keep the pieces, and hand them to the verifier unless they are to stay drafts."""
    actor, form, action = current_actor(), EvidenceForm(), _working_on(ref)
    form.offer(action_page.room_words(_rows(action)))
    (files, refused), submitting = _taken(action), "keep" not in request.form
    whole = _has_content(form, bool(files), refused)
    if (not submitting or _has_room(action, form, len(files))) and whole:
        with told_in(form):
            for given in form.pieces([stored_of(one) for one in files]):
                piece = operations.add_evidence(actor, action, given)
                if submitting and _is_ready(piece):
                    operations.submit_evidence(actor, piece, PlanStep())
            forget_arrived(actor, [one.sha256 for one in files])
            drafts.forget_draft(actor, f"evidence:{ref}")
            flash(_("已提交，5 个工作日内有答复") if submitting else _("已存为草稿，还没有提交"))
            return redirect(url_for("actions.show", ref=ref), 303)
    return _form_view(_working_on(ref), form, status=422, kept=files)


def _is_ready(piece: Evidence) -> bool:
    """Its files have passed the scanner; what waits there is submitted from its page later."""
    return piece.unchecked_file_count == 0


@bp.get("/<ref>")
@needs("plans.view_evidence")
def show(ref: str) -> Response:
    """One piece of evidence with all its versions."""
    actor = current_actor()
    piece = evidence.evidence_for(actor, ref)
    entries, earlier = drawing.story(actor, [piece], 60)
    return page(
        "improvement/plans/evidence.html",
        piece=piece,
        action=piece.action,
        action_seen=decide.may(actor, evidence.VIEW, piece.action),
        kind=EVIDENCE_KINDS.get(piece.kind),
        stops=drawing.strip(piece),
        clock=drawing.chip(drawing.clock_of(piece), long=True),
        names=people.names(actor, {piece.owner_id, *(one.added_by for one in piece.versions)}),
        offers=_offers(piece),
        elsewhere=evidence.uses_elsewhere(actor, piece),
        returned=drawing.last_reason(actor, piece, "return_evidence")
        if piece.state in ("returned", "rejected")
        else ("", ""),
        entries=entries,
        earlier=earlier,
    )


NOUNS = {
    "submit": ("submission", "send"),
    "resubmit": ("submission", "send"),
    "withdraw": ("withdrawal", "arrow-back-up"),
    "discard": ("disposal", "trash"),
}


def _offers(piece: Evidence) -> list[dict[str, Any]]:
    actor, found = current_actor(), []
    for choice in choices(actor, piece):
        name = choice.step.name
        if name in NOUNS:
            noun, icon = NOUNS[name]
            address = url_for("evidence.take", ref=piece.ref, deed=noun)
            offer = {"label": choice.step, "url": address, "icon": icon, "post": True, "primary": choice.main}
            found.append({**offer, "missing": list(choice.missing)})
        elif name == "reject" and piece.state == "accepted":
            address = url_for("evidence.ask", ref=piece.ref, deed="rejection")
            found.append({"label": choice.step, "url": address, "icon": "ban", "primary": False})
            found[-1]["missing"] = list(choice.missing)
    judging = [choice for choice in choices(actor, piece) if choice.step.name == "accept"]
    if judging:
        address = url_for("verification.show", measure=piece.action.ref)
        offer = {"label": _("审核佐证"), "url": address, "icon": "checks", "missing": list(judging[0].missing)}
        found.insert(0, {**offer, "why": judging[0].why})
    if piece.can_be_edited and decide.may(actor, "plans.submit_evidence", piece):
        words = _("补充新版本") if piece.state == "returned" else _("修改佐证")
        found.insert(0, {"label": words, "url": url_for("evidence.edit", ref=piece.ref), "icon": "pencil"})
    return found


def _own(ref: str) -> Evidence:
    """The piece, if the actor may change it now. Raises NotFound."""
    actor = current_actor()
    piece = evidence.evidence_for(actor, ref)
    if not piece.can_be_edited or not decide.may(actor, "plans.submit_evidence", piece):
        raise NotFound("evidence", ref)
    return piece


@bp.get("/<ref>/edit")
@needs("plans.submit_evidence")
def edit(ref: str) -> Response:
    """Change a draft, or add a new version of what was returned."""
    piece = _own(ref)
    form, draft_at = drafts.opened(EvidenceForm, f"evidence:{ref}", data=start_of(piece))
    return _form_view(actions.action_for(current_actor(), piece.action.ref), form, piece, draft_at=draft_at)


@bp.post("/<ref>/edit")
@needs("plans.submit_evidence")
def save(ref: str) -> Any:
    """Keep the change, and hand it to the verifier unless it is to stay as it is."""
    actor, form, piece = current_actor(), EvidenceForm(), _own(ref)
    action = actions.action_for(actor, piece.action.ref)
    form.offer(action_page.room_words(_rows(action)))
    (files, refused), submitting = _taken(action), "keep" not in request.form
    if len(files) > 1:
        refused.append(_("这里补的是同一份佐证的新版本，一次一个文件"))
    whole = _has_content(form, bool(files) or piece.has_content, refused)
    if (not submitting or _has_room(action, form, 1)) and whole:
        with told_in(form):
            operations.edit_evidence(actor, piece, _one(form, piece, files))
            forget_arrived(actor, [one.sha256 for one in files])
            drafts.forget_draft(actor, f"evidence:{ref}")
            if submitting and _is_ready(piece):
                _hand_over(piece)
            flash(_("已提交，5 个工作日内有答复") if submitting else _("已保存，还没有提交"))
            return redirect(url_for("evidence.show", ref=ref), 303)
    piece = _own(ref)
    return _form_view(actions.action_for(actor, piece.action.ref), form, piece, 422, kept=files)


def _one(form: EvidenceForm, piece: Evidence, files: list[ArrivedFile]) -> EvidenceIn:
    """The change as the operation takes it; an unchanged link is no new version."""
    given = form.pieces([stored_of(one) for one in files])[0]
    latest = piece.latest
    values = {"title": given.title or piece.title, "kind": form.kind.data or piece.kind, "version": form.version.data}
    if latest is not None and given.link == latest.link:
        values["link"] = None
    return EvidenceIn(**{**given.__dict__, **values})


def _hand_over(piece: Evidence) -> None:
    actor = current_actor()
    if piece.state == "returned":
        operations.resubmit_evidence(actor, piece, PlanStep())
    else:
        operations.submit_evidence(actor, piece, PlanStep())


@bp.post("/<ref>/<any('submission','withdrawal','disposal'):deed>")
@needs("plans.submit_evidence")
def take(ref: str, deed: str) -> Any:
    """A step of the one who submits, at one press."""
    actor, form = current_actor(), StepForm()
    piece = evidence.evidence_for(actor, ref)
    step = PlanStep(form.version.data)
    if deed == "submission":
        submit = operations.resubmit_evidence if piece.state == "returned" else operations.submit_evidence
        submit(actor, piece, step)
        flash(_("已提交，5 个工作日内有答复"))
    elif deed == "withdrawal":
        operations.withdraw_evidence(actor, piece, step)
        flash(_("已撤回这份佐证"))
    else:
        operations.discard_evidence(actor, piece, step)
        flash(_("这份佐证不再提交，记录还在"))
    return redirect(url_for("actions.show", ref=piece.action.ref), 303)


@actions_bp.get("/<ref>/reuse")
@needs("plans.submit_evidence")
def reuse(ref: str) -> Response:
    """Accepted evidence of the own unit, to be shown for this measure too."""
    return _reuse_view(_working_on(ref), UseForm(formdata=None))


def _reuse_view(action: RemediationAction, form: UseForm, status: int = 200) -> Response:
    actor = current_actor()
    words = request.args.get("q", "").strip()[:40]
    found = evidence.reusable(actor, action, words)
    form.offer(found, action_page.room_words(_rows(action)))
    if form.criterion.data is None and form.criterion.choices:
        form.criterion.data = _first_short(action)
    return page(
        "improvement/plans/reuse.html",
        status,
        action=action,
        form=form,
        found=found,
        q=words,
        kinds=EVIDENCE_KINDS,
    )


@actions_bp.post("/<ref>/reuse")
@needs("plans.submit_evidence")
def use(ref: str) -> Any:
    """Show it for this measure as well: a link, no second file."""
    actor, form, action = current_actor(), UseForm(), _working_on(ref)
    form.offer(evidence.reusable(actor, action), action_page.room_words(_rows(action)))
    if form.validate_on_submit():
        try:
            chosen = uuid.UUID(form.criterion.data) if form.criterion.data else None
            operations.use_evidence(actor, action, UseIn(uuid.UUID(form.evidence.data), chosen))
            flash(_("已引用，没有另存文件"))
            return redirect(url_for("actions.show", ref=ref), 303)
        except Invalid as invalid:
            mark(form, invalid)
    return _reuse_view(_working_on(ref), form, 422)
