"""The code by which a citizen finds a letter again: shown once, never kept, the same when the same form is sent twice."""

from __future__ import annotations

import hmac
import re
import unicodedata

from flask import current_app

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Capitals and digits without those that look alike."""
LENGTH = 16
"""Eighty bits: nobody finds a letter by trying."""
SENDING = re.compile(r"[0-9a-f]{32}")
"""The mark of chance that a form carries from the page on which it was opened."""


def code_for(sending: str) -> str:
    """The code of a letter from the mark of its form: a form that is sent again opens the same letter and no second one."""
    digest = hmac.digest(_key(), b"citizen-letter-code|" + sending.encode(), "sha256")
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])


def lookup_of(code: str) -> bytes:
    """Keyed hash under which a code is found: 32 bytes; the key is no part of the database."""
    return hmac.digest(_key(), b"citizen-letter|" + plain(code).encode(), "sha256")


def plain(typed: str) -> str:
    """A code as it was typed, without spaces, strokes and small letters."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed).upper() if c in ALPHABET)


def spelled(code: str) -> str:
    """In groups of four, as it is shown and printed."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def _key() -> bytes:
    secret = current_app.secret_key or b""
    return secret.encode() if isinstance(secret, str) else secret
