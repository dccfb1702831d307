"""Log lines: one JSON object each, without bodies, without persons, in one line whatever was typed (security 79)."""

from app.core.logs.lines import configure, get
from app.core.logs.masking import masked_text

__all__ = ["configure", "get", "masked_text"]
