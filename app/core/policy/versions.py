"""Who reads which version of a round and of its interpretation: each for those whose duty it serves (mission row 83).

The head of the leading group lets all four out and the office prepares and publishes them, so both read all four. A school
gets its own package, and everybody the public version once it is made public: no right of theirs opens the county's rows.
"""

from __future__ import annotations

from app.core.policy.improvement import GROUP, OFFICE
from app.core.policy.scopes import COUNTY, Scope

Holders = dict[str, Scope | tuple[Scope, ...]]

ANSWERABLE: Holders = {"leading_group_head": COUNTY, **OFFICE}
DEPARTMENTS: Holders = {"dept_head": COUNTY, "dept_officer": COUNTY}
RESEARCH: Holders = {"subject_researcher": COUNTY}
GUIDANCE: Holders = {"guidance_member": COUNTY}
ASSESSMENT: Holders = {"assessment_member": COUNTY}
EVERYBODY: Holders = {**GROUP, **OFFICE, **DEPARTMENTS, **RESEARCH, **GUIDANCE, **ASSESSMENT}
VERSIONS: dict[str, Holders] = {
    "effects.view_interpretations": EVERYBODY,
    "monitoring.read_analysis": {**GROUP, **OFFICE, **DEPARTMENTS},
    "monitoring.read_basic": {**ANSWERABLE, **RESEARCH, **ASSESSMENT},
    "monitoring.read_public": EVERYBODY,
    "monitoring.read_topic": {**ANSWERABLE, **RESEARCH, **GUIDANCE},
}
AREAS = (VERSIONS,)
