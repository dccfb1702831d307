"""Who holds which right on the figures of care (domain §2.3 column P0, decisions 53, 54, 71)."""

from __future__ import annotations

from app.core.policy.scopes import COUNTY, SCHOOL, SCHOOLS, Scope

Holders = dict[str, Scope | tuple[Scope, ...]]

STAFF: Holders = {"psych_center_lead": COUNTY, "bureau_psych_officer": COUNTY}
GROUP: Holders = {"leading_group_head": COUNTY, "leading_group_member": COUNTY}
FIGURES: dict[str, Holders] = {
    "figures.approve_release": STAFF,
    "figures.prepare_release": STAFF,
    "figures.see_panel": {**GROUP, "principal": SCHOOL},
    "figures.view_county": STAFF,
    "figures.view_process": {"inspector": SCHOOLS},
    "figures.view_region": {"city_officer": COUNTY, "province_viewer": COUNTY},
    "figures.view_releases": {**STAFF, **GROUP},
    "figures.view_school": {"principal": SCHOOL, "school_psych_lead": SCHOOL, "school_counselor": SCHOOL},
}
AREAS = (FIGURES,)
