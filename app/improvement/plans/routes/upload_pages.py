"""Files of evidence: taken in pieces, given out as downloads after the rights were checked again."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.core.errors import Invalid, NotFound, Sentence
from app.core.policy import decide
from app.core.web.current import current_actor, needs
from app.core.web.pages import say
from app.core.web.sent_in import give_out
from app.improvement.plans.arrivals import MB, Piece, take_piece
from app.improvement.plans.models import EvidenceVersion
from app.improvement.plans.queries import actions, evidence
from app.improvement.plans.routes.blueprint import actions as actions_bp
from app.improvement.plans.routes.blueprint import evidence as bp

LARGEST_PIECE = 4 * MB
NO_FILE = Sentence("没有收到文件，请再选一次", "No file arrived; choose it again")


@actions_bp.post("/<ref>/files")
@needs("plans.submit_evidence")
def take_file(ref: str) -> Any:
    """One piece of a file; the answer to the last one is the fingerprint of the cleaned file."""
    actor = current_actor()
    action = actions.action_for(actor, ref)
    decide.require(actor, "plans.submit_evidence", action)
    sent = request.files.get("file")
    if sent is None:
        return {"sentence": say(NO_FILE)}, 422
    piece = Piece(
        sent.stream.read(LARGEST_PIECE),
        sent.filename or "file",
        request.form.get("at", 0, int),
        request.form.get("size", 0, int),
        request.form.get("key", ""),
    )
    try:
        arrived = take_piece(actor, action, piece)
    except Invalid as refused:
        return {"sentence": "；".join(say(sentence) for sentence in refused.sentences.values())}, 422
    if arrived.file is None:
        return {"key": arrived.key}
    return {"key": arrived.key, "sha256": arrived.file.sha256, "name": arrived.file.name}


def _sent(version: EvidenceVersion, inline: bool) -> Response:
    assert version.file_sha256 is not None
    name, kind = version.file_name or "file", version.media_type or "application/octet-stream"
    return give_out(version.file_sha256, name, kind, inline=inline)


@bp.get("/<ref>/versions/<number>/file")
@needs("plans.view_evidence")
def download(ref: str, number: str) -> Response:
    """The cleaned file of one version; nothing that waits for the scanner."""
    return _sent(evidence.version_for(current_actor(), ref, number), inline=False)


@bp.get("/<ref>/versions/<number>/picture")
@needs("plans.view_evidence")
def picture(ref: str, number: str) -> Response:
    """A redrawn photo, shown on the page."""
    version = evidence.version_for(current_actor(), ref, number)
    if not version.is_picture:
        raise NotFound("picture", ref)
    return _sent(version, inline=True)
