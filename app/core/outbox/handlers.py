"""Which function carries out which kind of intention; a table filled by the factory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.core.outbox.models import OutboxRow

HANDLERS: dict[str, Callable[[OutboxRow], None]] = {}
LISTENERS: dict[str, list[Callable[[OutboxRow], None]]] = {}


def listens(kind: str, function: Callable[[OutboxRow], None]) -> None:
    """Register somebody who hears of `kind` before its handler; a listener only posts further rows."""
    if function not in LISTENERS.setdefault(kind, []):
        LISTENERS[kind].append(function)


def handles(kind: str, function: Callable[[OutboxRow], None]) -> None:
    """Register the handler of `kind`; two for one kind are a fault."""
    if HANDLERS.get(kind, function) is not function:
        raise RuntimeError(f"Two handlers for {kind}.")
    HANDLERS[kind] = function
