"""Headers with which a stored file leaves: as a download that no browser runs, guesses at or keeps (security 52)."""

import re
from urllib.parse import quote

from app.core.storage.kinds import JPG, PNG
from app.core.storage.names import cleaned_name

_SHOWN = (JPG.media_type, PNG.media_type)


def headers_for(name: str, media_type: str, *, inline: bool = False) -> dict[str, str]:
    """Response headers of a download. inline: shown on a page instead, which only redrawn pictures may be."""
    safe = cleaned_name(name)
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", safe)
    how = "inline" if inline and media_type in _SHOWN else "attachment"
    return {
        "Content-Type": "text/csv; charset=utf-8" if media_type == "text/csv" else media_type,
        "Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
