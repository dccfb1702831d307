"""Files on their way: taken piece by piece, checked and cleaned on the shelf, held for their sender until a form names them."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from flask import current_app
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.database import db, keep, uuid7
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.core.storage import EVIDENCE, Shelf, Stored
from app.core.uploads import count_stream
from app.improvement.plans.models import ArrivedFile, Evidence, EvidenceVersion, RemediationAction
from app.improvement.plans.numbers import plan_numbers
from config.settings import Settings

MB = 1024 * 1024
KEY = re.compile(r"[0-9a-f]{32}")
NOT_IN_ORDER = Sentence("文件没有接上，请重新选择后再传", "The pieces do not fit together; choose the file again")
FULL_PERSON = Sentence(
    "你上传后还没有提交的文件太多，请先提交或过几天再传", "Too many of your files wait for a form; submit them first"
)
FULL_UNIT = Sentence(
    "本单位的佐证空间已满，请联系系统管理员", "The storage of your unit is full; tell the system administrator"
)


@dataclass(frozen=True)
class Piece:
    """One piece of a file: where it begins, how large the whole is, and the key that the first piece was given."""

    content: bytes
    name: str
    at: int
    size: int
    key: str = ""


@dataclass(frozen=True)
class Arrival:
    """How far a file is: its key, and the stored file once it is whole."""

    key: str
    file: Stored | None = None


def take_piece(actor: Actor, action: RemediationAction, piece: Piece) -> Arrival:
    """Keep one piece; the last one makes the file whole. Raises Invalid("file", …) with what to do.

    The same piece may come twice: after a broken line the browser sends again what it has no answer for.
    """
    _must_fit(actor, action, piece.name, piece.size)
    key = piece.key if KEY.fullmatch(piece.key) else ""
    if not key and piece.at:
        raise Invalid("file", NOT_IN_ORDER)
    if not key:
        _forget_stale()
        key = secrets.token_hex(16)
    place = _place(actor, key)
    here = place.stat().st_size if place.exists() else 0
    if piece.at > here or piece.at + len(piece.content) > piece.size:
        raise Invalid("file", NOT_IN_ORDER)
    if piece.at + len(piece.content) > here:
        with place.open("r+b" if here else "wb") as file:
            file.seek(piece.at)
            file.write(piece.content)
    if place.stat().st_size < piece.size:
        return Arrival(key)
    with place.open("rb") as whole:
        stored = take_whole(actor, action, whole, piece.name)
    place.unlink(missing_ok=True)
    return Arrival(key, stored)


def take_whole(actor: Actor, action: RemediationAction, stream: BinaryIO, name: str) -> Stored:
    """Check, clean and keep a whole file, and remember whose it is. Raises Invalid("file", …)."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    count_stream(actor, stream)
    stored = shelf().put(stream, name, EVIDENCE, settings.evidence_mb)
    values = {
        "person_id": actor.person_id,
        "unit_id": action.unit_id,
        "sha256": stored.sha256,
        "original_sha256": stored.original_sha256,
        "original_size": stored.original_size,
        "name": stored.name,
        "media_type": stored.media_type,
        "size": stored.size,
        "state": stored.state,
        "arrived_at": clock.now(),
    }
    row = insert(ArrivedFile).values(id=uuid7(), **values)
    keep(row.on_conflict_do_update(index_elements=["person_id", "sha256"], set_=values))
    return stored


def shelf() -> Shelf:
    """Where files lie."""
    found: Shelf = current_app.extensions["bihuan.shelf"]
    return found


def stored_of(row: ArrivedFile) -> Stored:
    """A file that has arrived, as operations take it."""
    ready = row.state == "ready"
    return Stored(
        row.sha256,
        row.size,
        row.media_type,
        row.name,
        row.original_sha256,
        row.original_size,
        "ready" if ready else "quarantined",
    )


def forget_arrived(actor: Actor, digests: list[str]) -> None:
    """These files belong to evidence now."""
    keep(delete(ArrivedFile).where(ArrivedFile.person_id == actor.person_id, ArrivedFile.sha256.in_(digests)))


def _must_fit(actor: Actor, action: RemediationAction, name: str, size: int) -> None:
    settings: Settings = current_app.extensions["bihuan.settings"]
    if size > settings.evidence_mb * MB:
        zh = f"“{name}”有 {-(-size // MB)} MB，最多 {settings.evidence_mb} MB"
        raise Invalid("file", Sentence(zh, f"“{name}” is {-(-size // MB)} MB; the limit is {settings.evidence_mb} MB"))
    waiting = select(func.coalesce(func.sum(ArrivedFile.size), 0)).where(ArrivedFile.person_id == actor.person_id)
    if int(db.session.scalar(waiting) or 0) + size > plan_numbers().person_waiting_mb * MB:
        raise Invalid("file", FULL_PERSON)
    if stored_bytes(action) + size > plan_numbers().unit_mb * MB:
        raise Invalid("file", FULL_UNIT)


def stored_bytes(action: RemediationAction) -> int:
    """How many bytes of evidence the measure's unit keeps; a file shown twice counts once."""
    once = (
        select(EvidenceVersion.file_sha256, func.max(EvidenceVersion.size).label("size"))
        .join(Evidence, Evidence.id == EvidenceVersion.evidence_id)
        .where(Evidence.unit_id == action.unit_id, EvidenceVersion.file_sha256.is_not(None))
        .group_by(EvidenceVersion.file_sha256)
        .subquery()
    )
    return int(db.session.scalar(select(func.coalesce(func.sum(once.c.size), 0))) or 0)


def _place(actor: Actor, key: str) -> Path:
    folder = shelf().root / "pieces"
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    return folder / f"{actor.person_id}-{key}"


def _forget_stale() -> None:
    """Pieces that were never finished and files that no form named go after some days."""
    old = timedelta(days=plan_numbers().waiting_days)
    keep(delete(ArrivedFile).where(ArrivedFile.arrived_at < clock.now() - old))
    for place in (shelf().root / "pieces").glob("*"):
        with suppress(FileNotFoundError):
            if clock.machine_now().timestamp() - place.stat().st_mtime > old.total_seconds():
                os.unlink(place)
