"""Who holds which right on which scope: one line a right, the roles beside it."""

from __future__ import annotations

from collections import defaultdict

from app.core.policy import access, care_figures, improvement, letters, rainbow, sampled, taking_part, versions
from app.core.policy.ladder import with_next_levels
from app.core.policy.scopes import CLASSES, COUNTY, EVERYWHERE, OWN, SCHOOL, UNIT, Scope

Holders = dict[str, Scope | tuple[Scope, ...]]

PEOPLE: dict[str, Holders] = {
    "people.view_units": {
        **dict.fromkeys(
            (
                "leading_group_head",
                "leading_group_member",
                "office_director",
                "evaluator",
                "sys_admin",
                "security_admin",
            ),
            COUNTY,
        ),
        **dict.fromkeys(("principal", "school_coordinator"), SCHOOL),
    },
    "people.declare_classrooms": dict.fromkeys(("principal", "school_coordinator"), SCHOOL),
    "people.manage_units": {"sys_admin": COUNTY, "office_director": COUNTY},
    "people.view_staff": {
        **dict.fromkeys(("office_director", "evaluator", "sys_admin", "security_admin"), COUNTY),
        **dict.fromkeys(("principal", "school_coordinator"), SCHOOL),
        **dict.fromkeys(("dept_head",), UNIT),
    },
    "people.manage_staff": {"sys_admin": COUNTY, "school_coordinator": SCHOOL},
    "people.request_role": {"principal": SCHOOL, "dept_head": UNIT, "office_director": COUNTY},
    "people.name_deputy": {
        "principal": SCHOOL,
        "dept_head": UNIT,
        "office_director": COUNTY,
        "leading_group_head": COUNTY,
    },
    "people.name_stand_in": {"leading_group_head": COUNTY},
    "people.hand_over": {"principal": SCHOOL, "dept_head": UNIT, "office_director": COUNTY},
    "people.assign_schools": {"office_director": COUNTY},
    "people.manage_classes": {"school_coordinator": SCHOOL},
    "people.manage_students": {"school_coordinator": SCHOOL},
    "people.view_classes": {
        **dict.fromkeys(("office_director", "evaluator", "assessment_member"), COUNTY),
        **dict.fromkeys(("principal", "school_coordinator"), SCHOOL),
    },
    "people.view_students": {"school_coordinator": SCHOOL, "homeroom_teacher": CLASSES},
    "imports.accept_roster": {"principal": SCHOOL, "evaluator": COUNTY, "assessment_member": COUNTY},
    "imports.accept_staff": {"evaluator": COUNTY, "principal": SCHOOL},
    "imports.upload_roster": {"school_coordinator": SCHOOL, "assessment_member": COUNTY, "evaluator": COUNTY},
    "imports.upload_staff": {"evaluator": COUNTY, "school_coordinator": SCHOOL},
}
IDENTITY: dict[str, Holders] = {
    "identity.view_accounts": {"sys_admin": COUNTY, "security_admin": COUNTY},
    "identity.open_account": {"sys_admin": COUNTY},
    "identity.release_code": {"sys_admin": COUNTY},
    "identity.disable_account": {"sys_admin": COUNTY, "security_admin": COUNTY},
    "identity.reset_factor": {"security_admin": COUNTY},
    "identity.grant_role": {"security_admin": COUNTY},
    "identity.end_role": {"security_admin": COUNTY},
    "identity.end_sessions": {"sys_admin": COUNTY, "security_admin": COUNTY},
    "identity.configure": {"sys_admin": EVERYWHERE},
    "audit.read": {"auditor": EVERYWHERE},
    "audit.verify": {"auditor": EVERYWHERE},
    "audit.view_readings": {"auditor": COUNTY, "security_admin": COUNTY},
    "audit.settle_reading": {"security_admin": COUNTY},
    "audit.measure_controls": dict.fromkeys(("auditor", "security_admin"), COUNTY),
    "audit.view_controls": dict.fromkeys(("auditor", "security_admin"), COUNTY),
    "casework.set_workdays": {"office_director": EVERYWHERE, "sys_admin": EVERYWHERE},
}
API: dict[str, Holders] = {
    "api.ask": dict.fromkeys(("office_director", "evaluator", "assessment_member", "leading_group_head"), OWN),
    "api.view": {
        **dict.fromkeys(("office_director", "evaluator", "assessment_member", "leading_group_head"), OWN),
        "security_admin": COUNTY,
    },
    "api.approve": {"security_admin": COUNTY},
    "api.end": {
        **dict.fromkeys(("office_director", "evaluator", "assessment_member", "leading_group_head"), OWN),
        "security_admin": COUNTY,
    },
}
"""Programs' tokens and webhooks: whoever holds the role asks, the security administrator approves, both may end them."""


def _by_role(*areas: dict[str, Holders]) -> dict[str, dict[str, tuple[Scope, ...]]]:
    found: dict[str, dict[str, tuple[Scope, ...]]] = defaultdict(dict)
    for area in areas:
        for right, holders in area.items():
            for role, scopes in holders.items():
                found[role][right] = scopes if isinstance(scopes, tuple) else (scopes,)
    return dict(found)


AREAS = (
    PEOPLE,
    IDENTITY,
    API,
    *improvement.AREAS,
    *sampled.AREAS,
    *letters.AREAS,
    *taking_part.AREAS,
    *rainbow.AREAS,
    *access.AREAS,
    *care_figures.AREAS,
    *versions.AREAS,
)
RIGHTS: tuple[str, ...] = tuple(sorted({right for area in AREAS for right in area}))
GRANTS = with_next_levels(_by_role(*AREAS))
