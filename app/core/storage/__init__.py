"""Files that people send: checked in a sandbox, cleaned, kept under the digest of their content, served harmless.

Words: a *use* says what a file is for and so which kinds are taken; the *served copy* is what people download, cleaned
of scripts and places; the *original* is kept beside it, untouched, for an audit of evidence; *quarantine* holds what a
scanner has not yet passed.
"""

from app.core.storage.kinds import AGREEMENT, EVIDENCE, KINDS, WORKBOOK, Kind, Use
from app.core.storage.names import cleaned_name
from app.core.storage.scanner import Clamd, ScannerAway
from app.core.storage.serving import headers_for
from app.core.storage.shelf import Damaged, InQuarantine, Shelf, Stored, close, warm

__all__ = [
    "AGREEMENT",
    "EVIDENCE",
    "KINDS",
    "WORKBOOK",
    "Clamd",
    "Damaged",
    "InQuarantine",
    "Kind",
    "ScannerAway",
    "Shelf",
    "Stored",
    "Use",
    "cleaned_name",
    "close",
    "headers_for",
    "warm",
]
