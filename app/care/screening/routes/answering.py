"""The answering page behind a personal code: one question a screen, each answer kept at once, the same end for everybody."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _

from app.care.consent.entrance import Holder
from app.care.consent.routes.door import device, inside
from app.care.screening.models import ScreeningTask
from app.care.screening.operations import answering as operations
from app.care.screening.operations.answering import Answer, TaskStep, scales_of, sheets_of
from app.care.screening.queries import own as queries
from app.care.screening.routes.blueprint import questions_bp as bp
from app.care.screening.sheets import RATHER_NOT, opened
from app.core.errors import Invalid, StepRefused
from app.core.web.current import PUBLIC, needs
from app.core.web.pages import page, say

OVER = ("submitted", "scored", "valid", "invalid", "needs_retest")


def links(holder: Holder) -> list[dict[str, Any]]:
    """What the page behind the door offers this student: the survey, where there is one to answer."""
    if not holder.is_student:
        return []
    return [
        {"title": task.campaign.name, "url": task.address, "done": task.state in OVER}
        for task in queries.own_tasks(holder.actor)
    ]


def _out() -> Any:
    return redirect(url_for("code.door"), 303)


@bp.get("/code/questions/<ref>")
@needs(PUBLIC)
def show(ref: str) -> Any:
    """The first page, the questions, or the end; whatever the browser remembers, the server knows where the student is."""
    holder = inside()
    if holder is None:
        return _out()
    task = queries.own_task(holder.actor, ref)
    if task.state == "in_progress" and not task.time_is_over:
        return _questions(task)
    if task.state == "ready":
        return page("care/screening/start.html", task=task, open=task.campaign_is_open and task.consent_is_granted)
    if task.state in OVER:
        return page("care/screening/end.html", task=task)
    return _over(task)


def _over(task: ScreeningTask) -> Any:
    """The time is over: the same calm words, and what still waits on this phone goes out."""
    sheets = sheets_of(task)
    if sheets:
        return page("care/screening/over.html", task=task, sequence=max(one.sequence for one in sheets) + 1)
    flash(_("这次作答的时间已经过了，没答也没关系"))
    return redirect(url_for("code.home"), 303)


def _questions(task: ScreeningTask, status: int = 200, refused: str = "") -> Response:
    sheets = {one.scale_code: one for one in sheets_of(task)}
    asked: list[dict[str, Any]] = []
    for scale in scales_of(task):
        if scale.code not in sheets:
            continue
        sheet = opened(sheets[scale.code], scale)
        asked += [
            {"scale": scale, "item": item, "options": item.options or scale.options, "value": value}
            for item, value in zip(scale.items, sheet.values, strict=True)
        ]
    last = max((n for n, one in enumerate(asked) if one["value"] is not None), default=-1)
    waiting = (n for n, one in enumerate(asked) if one["value"] is None and (one["item"].required or n > last))
    first_open = next(waiting, len(asked))
    at = min(max(request.args.get("at", first_open, type=int), 0), len(asked))
    return page(
        "care/screening/questions.html",
        status,
        task=task,
        asked=asked,
        at=at,
        answered=sum(one["value"] is not None for one in asked),
        sequence=max((one.sequence for one in sheets.values()), default=0) + 1,
        rather_not=RATHER_NOT,
        refused=refused,
    )


@bp.post("/code/questions/<ref>/begin")
@needs(PUBLIC)
def begin(ref: str) -> Any:
    """The student agrees and begins."""
    holder = inside()
    if holder is None:
        return _out()
    task = queries.own_task(holder.actor, ref)
    operations.begin_answering(holder.actor, task, TaskStep(request.form.get("version", type=int), device()))
    return redirect(task.address, 303)


@bp.post("/code/questions/<ref>")
@needs(PUBLIC)
def save(ref: str) -> Any:
    """Keep one answer: for the script an answer in JSON, without a script the next question."""
    holder = inside()
    quick = request.accept_mimetypes.best == "application/json"
    if holder is None:
        return (jsonify(out=True), 403) if quick else _out()
    task = queries.own_task(holder.actor, ref)
    try:
        saved = operations.save_answer(holder.actor, task, _given(quick))
    except (Invalid, StepRefused) as refused:
        sentences = refused.sentences.values() if isinstance(refused, Invalid) else refused.sentences
        said = say(next(iter(sentences)))
        return (jsonify(refused=said), 422) if quick else _refused(task, said)
    if quick:
        return jsonify(answered=saved.answered, asked=saved.asked, stale=saved.stale, sequence=saved.sequence)
    return redirect(url_for("questions.show", ref=ref, at=request.form.get("next", 0, type=int)), 303)


def _refused(task: ScreeningTask, said: str) -> Any:
    if task.state == "in_progress":
        return _questions(task, 422, said)
    flash(said)
    return redirect(url_for("code.home"), 303)


def _given(counted: bool) -> Answer:
    def number(name: str) -> int:
        found = request.form.get(name, type=int)
        return -2 if found is None or abs(found) > 2_000_000_000 else found

    return Answer(
        request.form.get("scale", "")[:40], number("item"), number("value"),
        number("sequence") if counted else None, number("milliseconds"), request.form.get("version"),
    )  # fmt: skip


@bp.post("/code/questions/<ref>/submit")
@needs(PUBLIC)
def submit(ref: str) -> Any:
    """Hand in."""
    holder = inside()
    if holder is None:
        return _out()
    task = queries.own_task(holder.actor, ref)
    if task.state in OVER:  # handed in from another window already
        return redirect(task.address, 303)
    operations.submit_answers(holder.actor, task, TaskStep())
    return redirect(task.address, 303)


@bp.post("/code/questions/<ref>/decline")
@needs(PUBLIC)
def decline(ref: str) -> Any:
    """Not take part; nobody asks why."""
    holder = inside()
    if holder is None:
        return _out()
    task = queries.own_task(holder.actor, ref)
    operations.decline(holder.actor, task, TaskStep())
    flash(_("好的，这次不参加。想找人聊聊，随时可以找心理老师"))
    return redirect(url_for("code.home"), 303)


@bp.post("/code/questions/<ref>/help")
@needs(PUBLIC)
def call(ref: str) -> Any:
    """The help button."""
    holder = inside()
    if holder is None:
        return _out()
    task = queries.own_task(holder.actor, ref)
    operations.call_for_help(holder.actor, task, None)
    flash(_("已经告诉心理老师，会尽快来找你。现在就想说，请打 12356"))
    return redirect(task.address, 303)
