"""Numbers as people type them: percentages, separators, text cells; “<5” is never turned into a number."""

import re

from app.core.imports.cleaning import strip_apostrophe, tidy_text
from app.core.imports.columns import Check, Column, MakeCheck, Outcome, Setting
from app.core.imports.reasons import Note, note, plain
from app.core.spreadsheets import Typed

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_SEPARATED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_PERCENT = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*%", re.ASCII)
_SUPPRESSED = re.compile(r"[<>≤≥〈〉《》].*|.*(?:以下|以上|左右|约).*")

NumberOutcome = tuple[float | None, tuple[Note, ...]]


def read_number(typed: Typed) -> NumberOutcome:
    """The number of a cell with notes; None with a blocking note for anything that is not exactly a number."""
    if isinstance(typed, bool) or not isinstance(typed, (str, int, float)):
        return None, (note("number_form"),)
    if not isinstance(typed, str):
        finite = typed == typed and abs(typed) < 1e300
        return (float(typed), ()) if finite else (None, (note("number_form"),))
    bare, notes = tidy_text(typed)
    bare, more = strip_apostrophe(bare)
    notes += more
    if not bare:
        return None, notes
    if _NUMBER.fullmatch(bare):
        return float(bare), (*notes, plain("text_as_number"))
    if _SEPARATED.fullmatch(bare):
        return float(bare.replace(",", "")), (*notes, plain("separators"))
    percent = _PERCENT.fullmatch(bare)
    if percent:
        value = float(f"{float(percent[1]) / 100:.12g}")
        return value, (*notes, note("percent", value=value))
    return None, (*notes, note("number_suppressed" if _SUPPRESSED.fullmatch(bare) else "number_form"))


def number(
    low: float | None = None, high: float | None = None, *, whole: bool = False, positive: bool = False
) -> MakeCheck:
    """A number within bounds, both included; `positive`: above 0; `whole`: an integer."""

    def make(column: Column, setting: Setting) -> Check:
        def check(typed: Typed) -> Outcome:
            value, notes = read_number(typed)
            if value is None:
                return None, notes
            if whole and value != int(value):
                return None, (*notes, note("number_whole"))
            if positive and value <= 0:
                return None, (*notes, note("number_positive"))
            if (low is not None and value < low) or (high is not None and value > high):
                return None, (*notes, _out_of_range(low, high))
            return (int(value) if whole else value), notes

        return check

    return make


def _out_of_range(low: float | None, high: float | None) -> Note:
    return note("number_range", low="…" if low is None else f"{low:g}", high="…" if high is None else f"{high:g}")
