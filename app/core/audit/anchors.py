"""The last line of an anchor file, read from its end: the file grows for years."""

from __future__ import annotations

import os
from pathlib import Path

from app.core.audit.verification import Anchor

TAIL = 4096


def last_anchor(place: Path) -> Anchor | None:
    """The last complete line of the file; None when there is none, or no file."""
    try:
        with place.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            lines = [line.split() for line in file.read().decode("utf-8", "replace").splitlines()]
    except OSError:
        return None
    whole = [line for line in lines if len(line) == 3 and line[1].isdigit() and len(line[2]) == 64]
    return Anchor(at=whole[-1][0], seq=int(whole[-1][1]), head=whole[-1][2]) if whole else None
