"""Pages of one erasure: counts, how far it is, its steps, its protocol."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.care.retention import queries
from app.care.retention.classes import classes
from app.care.retention.models import PurgeBatch
from app.care.retention.operations import purging
from app.care.retention.routes.blueprint import bp, class_of
from app.care.versions.forms import ReasonForm, StepForm
from app.core.errors import NotFound
from app.core.web.asking import Ask, Asking
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of, notes_of, offers_of, story_of
from app.core.web.pages import page
from app.core.web.papers import PDF, hand_out
from app.people.identity.routes import browser

ASKING = Asking(
    {
        "propose": Ask(
            _l("名单就此固定，由另一个人批准后才清理；以后到期的进下一批。"), StepForm, purging.propose_purge,
            _l("已提出，等批准"), "send",
        ),
        "approve": Ask(
            _l("批准后马上开始清理，清理掉的找不回来。保留的和有事项没办结的不会清理。提出的人不能自己批准。"), StepForm,
            purging.approve_purge, _l("已批准，正在清理"), "trash",
        ),
        "return-purge": Ask(
            _l("退回给提出的人，名单重新列。"), ReasonForm, purging.return_purge, _l("已退回"), "arrow-back-up"
        ),
        "take-back": Ask(_l("收回后可以重新提出。"), StepForm, purging.take_back_purge, _l("已收回"), "arrow-back-up"),
    },
    "care/retention/purge_step.html", "retention.ask_purge", "retention.take_purge",
)  # fmt: skip


@bp.get("/purges/<ref>")
@needs(queries.DUE)
def batch(ref: str) -> Response:
    """One batch."""
    actor = current_actor()
    found = queries.purge_for(actor, ref)
    proposed, approved = queries.names_of(actor, found.proposed_by, found.approved_by)
    return page(
        "care/retention/purge.html", one=found, about=classes()[found.class_code], proposed=proposed,
        approved=approved, notes=notes_of(found), clocks=chips_of([found]), job=_job(found),
        schools=queries.due_schools(actor, found.class_code) if not found.standing.final else [],
        offers=offers_of(actor, found, ASKING.ways(found)), story=story_of(actor, [found]),
    )  # fmt: skip


def _job(found: PurgeBatch) -> Any:
    """How far the worker is, for the row that asks again every two seconds."""
    over = found.state == "done"
    return SimpleNamespace(
        title=_("清理%(what)s", what=class_of(found.class_code)), done=found.done, total=found.total, left="", over=over,
        failed=None, result=(_("看销毁记录"), found.address) if over else None, trouble=None,
    )  # fmt: skip


@bp.get("/purges/<ref>/progress")
@needs(queries.DUE)
def progress(ref: str) -> Response:
    """The row of its progress alone."""
    found = queries.purge_for(current_actor(), ref)
    return page("care/retention/_job.html", one=found, job=_job(found))


@bp.get("/purges/<ref>/protocol")
@needs(queries.DUE)
def protocol(ref: str) -> Response:
    """The protocol as PDF. Raises NotFound until it is drawn."""
    actor = current_actor()
    found = queries.purge_for(actor, ref)
    if found.protocol_sha256 is None:
        raise NotFound("protocol", ref)
    return hand_out(actor, found.protocol_sha256, found.protocol_name or "protocol.pdf", PDF)


@bp.get("/purges/<ref>/steps/<name>")
@needs(*queries.PURGE_STEPS)
@browser.fresh
def ask_purge(ref: str, name: str) -> Response:
    """Ask before it is done."""
    return ASKING.ask(queries.purge_for(current_actor(), ref), name)


@bp.post("/purges/<ref>/steps/<name>")
@needs(*queries.PURGE_STEPS)
@browser.fresh
def take_purge(ref: str, name: str) -> Any:
    """Take the step, or ask again with what was wrong."""
    return ASKING.take(queries.purge_for(current_actor(), ref), name)
