"""The code on a weekly report: day and digest under a seal of ours, so that a paper is checked without its content."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date

from flask import current_app

from app.improvement.boards.models import BoardSnapshot
from config.settings import Settings

CODE = re.compile(r"(\d{8})-([0-9a-f]{16})-([0-9a-f]{24})")


@dataclass(frozen=True)
class Told:
    """What a right code says: the frozen day and the first 16 figures of the digest of its ledger."""

    taken_on: date
    digest: str


def code_of(snapshot: BoardSnapshot) -> str:
    """20261123-0123456789abcdef-…: day, digest, and 96 bits of HMAC-SHA256 over both under the key of the settings."""
    told = f"{snapshot.taken_on:%Y%m%d}-{snapshot.ledger_sha256[:16]}"
    return f"{told}-{_seal(told)}"


def told_by(code: str) -> Told | None:
    """What the code says where the seal is ours; None for any other."""
    found = CODE.fullmatch(code)
    if found is None or not hmac.compare_digest(found[3], _seal(f"{found[1]}-{found[2]}")):
        return None
    return Told(date(int(found[1][:4]), int(found[1][4:6]), int(found[1][6:])), found[2])


def verify_address(snapshot: BoardSnapshot) -> str:
    """Where anybody who holds the paper may check it."""
    settings = _settings()
    return f"{settings.public_url.format(port=settings.port).rstrip('/')}/boards/verify/reports/{code_of(snapshot)}"


def _seal(told: str) -> str:
    return hmac.new(_settings().secret_key(), b"weekly-report\0" + told.encode(), hashlib.sha256).hexdigest()[:24]


def _settings() -> Settings:
    found: Settings = current_app.extensions["bihuan.settings"]
    return found
