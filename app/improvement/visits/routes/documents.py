"""Printed feedback sheets: the file for those who may have it, true or false for anybody who holds the paper."""

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
from app.improvement.visits.operations.documents import print_sheet
from app.improvement.visits.queries import visits
from app.improvement.visits.routes.blueprint import bp
from app.improvement.visits.sheet import KINDS


@bp.get("/visits/<ref>/documents/<form>/<number>")
@needs("visits.print_sheet")
@throttle.limit(COSTLY)
def sheet(ref: str, form: str, number: str) -> Response:
    """视导反馈单 as PDF or Word, one edition as it was drawn."""
    actor = current_actor()
    found = visits.visit_for(actor, ref)
    rows = visits.documents_of(actor, found)
    kept = next((one for one in rows if one.form == form and str(one.edition) == number), None)
    if kept is None:
        raise NotFound("visit_document", ref)
    trail.saw(actor, found, "visit_document")
    return hand_out(actor, kept.file_sha256, kept.file_name, KINDS[kept.form])


@bp.post("/visits/<ref>/documents")
@needs("visits.print_sheet")
@throttle.limit(COSTLY)
def print_again(ref: str) -> Any:
    """Make the forms that are missing."""
    found = visits.visit_for(current_actor(), ref)
    print_sheet(current_actor(), found, None)
    return onward(found.address, _("正在生成，完成后出现在本页"))


@bp.get("/verify/visits/<ref>")
@needs(PUBLIC)
@throttle.limit(COSTLY)
def verify_sheet(ref: str) -> Response:
    """Whether a printed sheet is ours: number, edition, day, digest; nothing of a person or a school."""
    found = visits.printed(current_actor(), ref)
    return verify_page(_("视导反馈单"), printed_facts(found), digests_of(found))
