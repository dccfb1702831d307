"""What the rows of each kind of file are checked for, in the order the checks run."""

from collections.abc import Callable

from app.core.imports import (
    findings_rows,
    indicator_rows,
    paper_rows,
    results_rows,
    roster_rows,
    schools_in_rows,
    scores_rows,
)
from app.core.imports.work import Work

RowCheck = Callable[[Work], None]

ROW_CHECKS: dict[str, tuple[RowCheck, ...]] = {
    "students": (
        schools_in_rows.settle_schools,
        schools_in_rows.settle_grades,
        roster_rows.check_documents,
        roster_rows.compare_with_known_students,
        roster_rows.compare_with_known_classes,
    ),
    "classes": (
        schools_in_rows.settle_schools,
        schools_in_rows.settle_grades,
        roster_rows.find_homeroom_teachers,
    ),
    "staff": (schools_in_rows.settle_schools,),
    "results": (
        schools_in_rows.settle_schools,
        results_rows.settle_scopes,
        schools_in_rows.settle_grades,
        results_rows.complete_scopes,
        results_rows.check_measures,
        results_rows.check_indicators,
        results_rows.compare_with_enrolment,
    ),
    "scores": (
        schools_in_rows.settle_schools,
        scores_rows.settle_classes,
        scores_rows.check_cycles,
        scores_rows.refuse_the_psyche,
        scores_rows.tell_unlinked,
    ),
    "findings": (
        schools_in_rows.settle_schools,
        schools_in_rows.settle_grades,
        findings_rows.check_subjects,
    ),
    "indicators": (
        indicator_rows.check_ranges,
        indicator_rows.compare_with_the_list,
    ),
    "answers": (
        paper_rows.leave_out_unanswered,
        paper_rows.check_forms,
        paper_rows.check_takers,
        paper_rows.check_ranges,
    ),
    "consents": (paper_rows.leave_out_unsigned, paper_rows.check_signatures),
}
"""Kind → looks at each row and what is known."""
CROSS_CHECKS: dict[str, tuple[RowCheck, ...]] = {
    "students": (
        roster_rows.find_shared_documents,
        roster_rows.find_namesakes,
    ),
    "classes": (roster_rows.find_shared_teachers,),
    "indicators": (indicator_rows.keep_level_codes_apart,),
}
"""Kind → looks at rows against each other, once identical ones are gone."""
