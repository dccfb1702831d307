"""What a log line may not hold: bodies and secrets are dropped, persons masked, control characters escaped."""

import re
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

DROPPED = frozenset(
    [
        "answers",
        "args",
        "authorization",
        "body",
        "content",
        "cookie",
        "data",
        "files",
        "form",
        "headers",
        "html",
        "json",
        "kwargs",
        "note",
        "params",
        "parameters",
        "password",
        "payload",
        "query",
        "query_string",
        "reason",
        "secret",
        "secrets",
        "session",
        "sql",
        "statement",
        "text",
        "token",
        "totp",
    ]
)
NAMES = frozenset(
    [
        "display_name",
        "filename",
        "full_name",
        "guardian",
        "name",
        "names",
        "original_name",
        "person",
        "pinyin",
        "student",
    ]
)
SPEAKING = (OSError, ImportError)
"""Errors of the machine: their messages tell an administrator what to do and hold nothing that users typed."""

_ID_NUMBER = re.compile(r"(?<!\d)(\d{6})(?:\d{11}[\dXx]|\d{9})(?![\dXx])")
_PHONE = re.compile(r"(?<!\d)((?:\+?86[- ]?)?1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@(?=[\w-]+\.)")
_QUERY = re.compile(r"(?<=[\w/])\?[^\s\"']+")
_PARAMETERS = re.compile(r"(\[parameters: |\bDETAIL:|\bCONTEXT:).*", re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
LONGEST = 2000


def masked_text(text: str) -> str:
    """The text in one line, with identity numbers, phones, mail boxes, query strings and SQL parameters taken out."""
    text = _PARAMETERS.sub(r"\1…", text[: 4 * LONGEST])
    text = _ID_NUMBER.sub(r"\1********", text)
    text = _PHONE.sub(r"\1****\2", text)
    text = _MAIL.sub("***@", text)
    text = _QUERY.sub("?…", text)
    text = _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def masked(key: str, value: Any) -> Any:
    """One value of a log line as it may be written; None where it is dropped altogether."""
    if key.lower() in DROPPED:
        return None
    if key.lower() in NAMES:
        return _initial(str(value))
    if isinstance(value, Mapping):
        return {str(inner): masked(str(inner), item) for inner, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [masked(key, item) for item in value]
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int) and -10_000_000 < value < 10_000_000:
        return value
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"{len(value)} bytes"
    return masked_text(str(value))


def failure(error: BaseException, trace: TracebackType | None) -> dict[str, Any]:
    """Kind and places of an error without its message, which may quote what somebody typed."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-12:]]
    told: dict[str, Any] = {"error": type(error).__name__, "frames": frames}
    if isinstance(error, SPEAKING):
        told["message"] = masked_text(str(error))
    if error.__cause__ is not None:
        told["cause"] = type(error.__cause__).__name__
    return told


def _initial(name: str) -> str:
    return masked_text(name[:1]) + "*" * min(len(name) - 1, 3)
