"""What rows of a county's list of indicators must agree with: each other, and what is measured by the list already."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.core.imports.checks import as_text, text
from app.core.imports.columns import Check, Column, Json, Outcome, Setting
from app.core.imports.directory import Listed
from app.core.imports.reasons import note
from app.core.imports.vocabulary import label, plain_word
from app.core.imports.work import Work
from app.core.spreadsheets import Typed

LONGEST_CODE = 40
FIXED = ("value_type", "direction", "family", "object_code")
"""What results rest on: of an indicator that has some it stays."""
LEVEL_CODES = ("national_code", "province_code", "city_code")
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)


def own_code(column: Column, setting: Setting) -> Check:
    """The code of an indicator as its page takes it: letters, digits, dots and hyphens."""
    short_enough = text(LONGEST_CODE)(column, setting)

    def check(typed: Typed) -> Outcome:
        code, notes = short_enough(typed)
        if code is None or _FORM.fullmatch(str(code)):
            return code, notes
        return None, (*notes, note("indicator_code_form", typed=as_text(typed)[0] or ""))

    return check


def check_ranges(work: Work) -> None:
    """The highest value lies above the lowest, also where the file gives one of them; only an index has a margin."""
    for row in _rows(work):
        low, high = _told(work, row, "lowest"), _told(work, row, "highest")
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and high <= low:
            work.block(row, "highest", note("range_order", low=f"{low:g}", high=f"{high:g}"))
        if work.values["index_margin"][row] is not None and work.values["value_type"][row] not in (None, "index"):
            work.block(row, "index_margin", note("margin_of_index"))


def compare_with_the_list(work: Work) -> None:
    """What results rest on stays; every other change of an indicator that is listed is said before it is made."""
    for row in _rows(work):
        known = _known(work, row)
        if known is None:
            continue
        differs = [code for code in work.kind.kept if _differs(work, row, code)]
        for code in [code for code in differs if known.used and code in FIXED]:
            right = str(known.values[code])
            said = label(code, right) if work.kind.column(code).group else right
            column = work.kind.column(code).label
            work.block(row, code, note("indicator_fixed", indicator=known.code, column=column, right=said))
        left = [work.kind.column(code).label for code in differs if not (known.used and code in FIXED)]
        if left:
            columns = ("、".join(zh for zh, _en in left), ", ".join(en for _zh, en in left))
            work.remark(row, "", note("indicator_changes_used" if known.used else "indicator_changes", columns=columns))


def keep_level_codes_apart(work: Work) -> None:
    """At one level a code stands for one indicator of the county."""
    for column in LEVEL_CODES:
        owners = {known.values[column]: known.code for known in (work.lookups.listed or {}).values()}
        for row in _rows(work):
            code, own = work.values[column][row], work.values["code"][row]
            if code is None or own is None:
                continue
            other = owners.setdefault(code, str(own))
            if other != own:
                work.block(row, column, note("level_code_taken", indicator=other))


def is_same(value: Json, listed: Json) -> bool:
    """Whether a cell says what the list says; the width of signs and the spaces between them do not count."""
    if isinstance(value, str) and isinstance(listed, str):
        return plain_word(value) == plain_word(listed)
    return value == listed


def _rows(work: Work) -> Iterator[int]:
    return (row for row in range(len(work.table)) if work.stands(row))


def _known(work: Work, row: int) -> Listed | None:
    return (work.lookups.listed or {}).get(str(work.values["code"][row]))


def _told(work: Work, row: int, code: str) -> Json:
    """What the row says; where the cell is empty, what the list says already."""
    value, known = work.values[code][row], _known(work, row)
    return known.values[code] if value is None and known is not None else value


def _differs(work: Work, row: int, code: str) -> bool:
    value, known = work.values[code][row], _known(work, row)
    return value is not None and known is not None and not is_same(value, known.values[code])
