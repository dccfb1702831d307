"""Words and packets of handovers, sealed by the keys of the child's school; and the digest of a packet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import current_app

from app.core.vault import KeyRing, Place


def _place(handover: Any, column: str) -> Place:
    return Place(handover.school_id or handover.county_id, "handovers", handover.id, column)


def _plain(packet: Mapping[str, Any]) -> str:
    return json.dumps(packet, ensure_ascii=False, sort_keys=True)


def sealed(handover: Any, column: str, packet: Mapping[str, Any]) -> bytes:
    """`packet` as it is kept in a column."""
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring.seal(_place(handover, column), _plain(packet))


def opened(handover: Any, column: str) -> dict[str, Any]:
    """What a column holds; empty where it holds nothing."""
    kept = getattr(handover, column)
    if not kept:
        return {}
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    found: dict[str, Any] = json.loads(ring.open_text(_place(handover, column), kept))
    return found


def digest_of(packet: Mapping[str, Any]) -> str:
    """SHA-256 (hexadecimal) of a packet: what exactly was handed over."""
    return hashlib.sha256(_plain(packet).encode()).hexdigest()
