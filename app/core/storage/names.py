"""The name that a file had at its sender's, made safe to show and to download under."""

import re
import unicodedata

LONGEST = 120
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>:"|?*]')


def cleaned_name(name: str) -> str:
    """The last part of a path without control and direction marks, at most 120 characters, extension kept.

    Never empty and never a device name; letters of every script stay.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(mark for mark in last if unicodedata.category(mark)[0] != "C")
    visible = _UNSAFE.sub("_", " ".join(visible.split())).strip(". ")
    stem, dot, extension = visible.rpartition(".")
    if not dot:
        stem, extension = visible, ""
    stem, extension = stem.strip(". ") or "file", extension[:12]
    if _RESERVED.match(stem.partition(".")[0]):
        stem = f"_{stem}"
    return f"{stem[: LONGEST - len(dot + extension)]}{dot}{extension}"
