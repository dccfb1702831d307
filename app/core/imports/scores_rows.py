"""What rows of pupils' scores must agree with: a pseudonym that names nobody, a known round, both ends of the comparison."""

import re

from app.core.imports import identifiers
from app.core.imports.checks import identifier
from app.core.imports.reasons import Note, note
from app.core.imports.results_rows import known_cycle
from app.core.imports.schools_in_rows import number_of
from app.core.imports.work import Work

MOST_SCORES, MOST_COVARIATES = 5, 3
_FORM = re.compile(r"[A-Z0-9][A-Z0-9_-]{3,39}", re.ASCII)
_REAL = re.compile(r"[GJL]?\d{15,17}[\dX]{1,3}|1[3-9]\d{9}", re.ASCII)


def _judge(words: str) -> tuple[Note, ...]:
    if (
        _REAL.fullmatch(words)
        or identifiers.ID_FORM.search(words)
        or any("\u4e00" <= sign <= "\u9fff" for sign in words)
    ):
        return (note("pseudonym_real", typed=words[:2] + "…"),)
    return () if _FORM.fullmatch(words) else (note("pseudonym_form"),)


pseudonym = identifier(_judge, from_number=True)


def settle_classes(work: Work) -> None:
    """A class may be written with its grade; its number alone is kept."""
    classes = work.values["class_no"]
    for row, value in enumerate(classes):
        classes[row] = number_of(value)


def check_cycles(work: Work) -> None:
    """Every row is of a round that takes scores."""
    for row in range(len(work.table)):
        known_cycle(work, row)


def refuse_the_psyche(work: Work) -> None:
    """What is known of a pupil's psyche stays with those who care for it."""
    for row, subject in enumerate(work.values["subject"]):
        if subject == "psych":
            work.block(row, "subject", note("psyche_scores"))


def tell_unlinked(work: Work) -> None:
    """Without an earlier score a pupil is left out; said, and accepted."""
    label = work.kind.column("pre_1").label
    for row, value in enumerate(work.values["pre_1"]):
        if value is None and not any(each.level == "block" for each in work.remarks_on(row, "pre_1")):
            work.remark(row, "pre_1", note("unlinked", column=label))
