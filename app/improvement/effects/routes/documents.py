"""Printed closure forms: the file for those who may have it, true or false for anybody who holds the paper."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _

from app.core.audit import trail
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.web.answers import onward
from app.core.web.current import PUBLIC, current_actor, needs
from app.core.web.papers import hand_out
from app.core.web.verifying import digests_of, printed_facts, verify_page
from app.improvement.effects.letters import KINDS
from app.improvement.effects.operations import closures as operations
from app.improvement.effects.queries import records
from app.improvement.effects.routes.blueprint import bp


@bp.get("/closures/<ref>/documents/<form>")
@needs("effects.print_document")
@throttle.limit(COSTLY)
def closure_document(ref: str, form: str) -> Response:
    """销号审批表 as PDF or Word, as it was drawn at approval."""
    actor = current_actor()
    found = records.closure_for(actor, ref)
    kept = records.documents_of(actor, found).get(form)
    if kept is None:
        raise NotFound("closure_document", ref)
    trail.saw(actor, found, "closure_document")
    return hand_out(actor, kept.file_sha256, kept.file_name, KINDS[kept.form])


@bp.post("/closures/<ref>/documents")
@needs("effects.print_document")
@throttle.limit(COSTLY)
def print_closure(ref: str) -> Any:
    """Make the forms that are missing."""
    found = records.closure_for(current_actor(), ref)
    operations.print_closure(current_actor(), found, None)
    return onward(found.address, _("正在生成，完成后出现在本页"))


@bp.get("/verify/closures/<ref>")
@needs(PUBLIC)
@throttle.limit(COSTLY)
def verify_document(ref: str) -> Response:
    """Whether a printed form is ours: number, edition, day, digest; nothing of a person or a school."""
    found = records.printed(current_actor(), ref)
    return verify_page(_("销号审批表"), printed_facts(found), digests_of(found))
