"""What rows of findings must agree with beside their words: a finding of a subject names it."""

from app.core.imports.reasons import note
from app.core.imports.work import Work


def check_subjects(work: Work) -> None:
    """The category 学科 needs the subject, as on the form."""
    for row, category in enumerate(work.values["category"]):
        if category == "subject" and work.is_empty(row, "subject"):
            work.block(row, "subject", note("subject_needed"))
