"""Printed notices and decisions: the file for those who may have it, true or false for anybody who holds the paper."""

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
from app.improvement.accountability.operations.documents import print_papers
from app.improvement.accountability.papers import KINDS
from app.improvement.accountability.queries import records as queries
from app.improvement.accountability.routes.blueprint import accountability_bp as bp

PRINT = "accountability.print_paper"


@bp.get("/accountability/<ref>/documents/<paper>/<form>/<number>")
@needs(PRINT)
@throttle.limit(COSTLY)
def document(ref: str, paper: str, form: str, number: str) -> Response:
    """告知书 or 决定书 as PDF or Word, one edition as it was drawn. Raises NotFound."""
    actor = current_actor()
    found = queries.record_for(actor, ref)
    rows = queries.documents_of(actor, found)
    wanted = (paper, form, number)
    kept = next((one for one in rows if (one.paper, one.form, str(one.edition)) == wanted), None)
    if kept is None:
        raise NotFound("accountability_document", ref)
    trail.saw(actor, found, "accountability_document")
    return hand_out(actor, kept.file_sha256, kept.file_name, KINDS[kept.form])


@bp.post("/accountability/<ref>/documents")
@needs(PRINT)
@throttle.limit(COSTLY)
def print_again(ref: str) -> Any:
    """Make the papers that are missing."""
    found = queries.record_for(current_actor(), ref)
    print_papers(current_actor(), found, None)
    return onward(found.address, _("正在生成，完成后出现在本页"))


@bp.get("/verify/accountability/<ref>")
@needs(PUBLIC)
@throttle.limit(COSTLY)
def verify_paper(ref: str) -> Response:
    """Whether a printed paper is ours: number, edition, day, digest; nothing of a person or a school."""
    found = queries.printed(current_actor(), ref)
    return verify_page(_("问责与表彰文书"), printed_facts(found), digests_of(found))
