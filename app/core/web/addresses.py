"""Addresses that a browser hands in, to go to afterwards: of ours, or not taken."""

from __future__ import annotations

from urllib.parse import urlsplit

CONTROL = frozenset(map(chr, range(32)))


def local(address: str | None) -> str:
    """An address to go to afterwards: a path of ours, or nothing."""
    wanted = address or ""
    parts = urlsplit(wanted)
    foreign = not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted or CONTROL & set(wanted)
    return "" if foreign or parts.scheme or parts.netloc else wanted
