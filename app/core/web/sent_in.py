"""What people sent in leaves from an origin of its own, to which no browser sends a cookie of ours (security 52).

The page that may give a file out checks the right and writes it down as ever; then it sends the browser on to the other
origin with a pass: sealed, for this one file, good for a minute. That origin knows no page, no session and no cookie, so
even a file that a browser could be made to run would find nothing there. Without a second address in the settings, on
one's own machine, the file leaves directly.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from flask import Blueprint, Flask, Response, current_app, redirect, request

from app.core import clock
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.storage import InQuarantine, Shelf, headers_for
from app.core.web.current import PUBLIC, needs
from config.settings import Settings

bp = Blueprint("sent_in", __name__)
ENDPOINT = "sent_in.file"
GOOD_FOR = timedelta(seconds=60)


def give_out(sha256: str, name: str, media_type: str, *, inline: bool = False) -> Response:
    """The file, or the way to it on the other origin. Raises NotFound, InQuarantine or Damaged."""
    with _shelf().open(sha256) as file:
        origin = _settings().content_url.rstrip("/")
        if not origin:
            return Response(file.read(), headers=headers_for(name, media_type, inline=inline))
    told = json.dumps([sha256, name, media_type, inline]).encode()
    ticket = _sealer().encrypt_at_time(told, int(clock.machine_now().timestamp())).decode()
    return redirect(f"{origin}/sent-in/{ticket}", 303)  # type: ignore[return-value]


@bp.get("/sent-in/<ticket>")
@needs(PUBLIC)
@throttle.limit(COSTLY)
def file(ticket: str) -> Response:
    """One file to whoever holds its pass; it asks for no cookie and sets none."""
    try:
        now = int(clock.machine_now().timestamp())
        told = _sealer().decrypt_at_time(ticket, int(GOOD_FOR.total_seconds()), now)
    except InvalidToken:
        raise NotFound("sent_in", ticket[:16]) from None
    sha256, name, media_type, inline = json.loads(told)
    try:
        with _shelf().open(sha256) as held:
            return Response(held.read(), headers=headers_for(name, media_type, inline=inline))
    except InQuarantine:
        raise NotFound("sent_in", sha256[:16]) from None


def keep_apart() -> Response | None:
    """On the other origin there is nothing but the files; and they are nowhere else."""
    origin = _settings().content_url
    if origin and (request.host == urlsplit(origin).netloc) != (request.endpoint == ENDPOINT):
        return Response("", 404)
    return None


def register(app: Flask) -> None:
    """Put the pages in; before each request the two origins are kept apart."""
    app.before_request(keep_apart)
    app.register_blueprint(bp)


def _sealer() -> Fernet:
    key = hashlib.sha256(b"sent-in\0" + _settings().secret_key()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _settings() -> Settings:
    found: Settings = current_app.extensions["bihuan.settings"]
    return found


def _shelf() -> Shelf:
    found: Shelf = current_app.extensions["bihuan.shelf"]
    return found
