"""Addresses of static files that may be cached for ever, and the icons of the sprite."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path

from markupsafe import Markup

STATIC = Path(__file__).resolve().parents[2] / "static"

HTMX = json.dumps(
    {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "allowScriptTags": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "409|413|422", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
)
"""No inline style and no eval (the content policy), no page kept in the browser's storage, refusals are shown."""


@cache
def asset(filename: str) -> str:
    """The address of a static file with the fingerprint of its content: a new content is a new address."""
    digest = sha256((STATIC / filename).read_bytes()).hexdigest()[:10]
    return f"/static/{filename}?v={digest}"


@cache
def icon(name: str, size: str = "", label: str = "") -> Markup:
    """One icon of the sprite, hidden from readers unless it has a label of its own."""
    classes = f"icon icon-{size}" if size else "icon"
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="{}" {} focusable="false"><use href="{}#{}"></use></svg>').format(
        classes, said, asset("icons.svg"), name
    )
