"""Roles: what each is called, and which right it holds on which scope. With permissions.py, the whole policy.

Source: domain §2.1–§2.3 with decisions 5, 39, 48, 49 and §3. A role without a line for a right does not hold it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.core.policy.grants import GRANTS
from app.core.policy.scopes import Scope


@dataclass(frozen=True)
class Role:
    """A role with its names, the level of unit it belongs to, and its grants."""

    code: str
    zh: str
    en: str
    level: str
    """"county", "department", "school", "region", "system" or "outside": where an assignment of the role may be."""
    powerful: bool = False
    """Shorter idle time of sessions (decision 3): county, principal, administrators."""
    grants: dict[str, tuple[Scope, ...]] = field(default_factory=dict)
    data_classes: tuple[str, ...] = ()
    county_wide: bool = False
    """Row-level security shows the rows of the whole county; the scopes narrow further."""


def _role(
    code: str, zh: str, en: str, level: str, *, powerful: bool = False, data: tuple[str, ...] = (), wide: bool = False
) -> Role:
    return Role(code, zh, en, level, powerful, GRANTS.get(code, {}), data, wide)


ALL = (
    _role(
        "leading_group_head",
        "领导小组组长",
        "Leading group head",
        "county",
        powerful=True,
        data=("letters", "protection", "releases"),
        wide=True,
    ),
    _role(
        "leading_group_member",
        "领导小组成员",
        "Leading group member",
        "county",
        powerful=True,
        data=("letters", "releases"),
        wide=True,
    ),
    _role("office_director", "办公室主任", "Office director", "county", powerful=True, data=("letters",), wide=True),
    _role("evaluator", "评价员", "Evaluator", "county", powerful=True, data=("letters",), wide=True),
    _role("subject_researcher", "教研员", "Subject researcher", "county", powerful=True, wide=True),
    _role("guidance_member", "指导组成员", "Guidance group member", "county", powerful=True, wide=True),
    _role(
        "assessment_member",
        "测评大组成员",
        "Assessment group member",
        "county",
        powerful=True,
        data=("scores",),
        wide=True,
    ),
    _role("dept_head", "责任科室负责人", "Department head", "department", powerful=True, data=("letters",), wide=True),
    _role(
        "dept_officer",
        "责任科室经办人",
        "Department officer",
        "department",
        powerful=True,
        data=("letters",),
        wide=True,
    ),
    _role("inspector", "督学", "Inspector", "county", powerful=True, data=("letters", "process", "feedback")),
    _role("external_evaluator", "第三方评估员", "Outside evaluator", "outside"),
    _role("principal", "校长", "Principal", "school", powerful=True, data=("care_aid", "care_red", "figures")),
    _role("school_coordinator", "学校项目联络员", "School coordinator", "school", data=("people",)),
    _role("school_data_adviser", "学校数据顾问", "School data adviser", "outside"),
    _role("grade_leader", "年级组长", "Grade leader", "school"),
    _role("subject_teacher", "任课教师", "Subject teacher", "school"),
    _role(
        "homeroom_teacher",
        "班主任",
        "Homeroom teacher",
        "school",
        data=("people", "consent", "care_class", "care_class_levels"),
    ),
    _role(
        "school_psych_lead",
        "学校心理工作负责人",
        "School psychology lead",
        "school",
        data=("people", "consent", "care_levels", "figures"),
    ),
    _role(
        "school_counselor", "学校心理教师", "School counsellor", "school", data=("people", "consent", "care", "figures")
    ),
    _role("psych_expert", "县心理专家", "County psychology expert", "county", data=("consent", "care_case")),
    _role(
        "psych_center_lead",
        "县心理辅导中心负责人",
        "County psychology centre lead",
        "county",
        powerful=True,
        data=("care_red", "care_named", "protection", "register", "figures"),
        wide=True,
    ),
    _role(
        "bureau_psych_officer",
        "局心理工作管理员",
        "Bureau psychology officer",
        "county",
        powerful=True,
        data=("figures",),
        wide=True,
    ),
    _role("province_viewer", "省级查看员", "Province viewer", "region", data=("region_figures",)),
    _role("city_officer", "市教育局管理员", "City officer", "region", data=("region_figures",)),
    _role(
        "dpo",
        "个人信息保护负责人",
        "Data protection officer",
        "county",
        powerful=True,
        data=("protection", "register", "requests"),
    ),
    _role("auditor", "审计员", "Auditor", "system", powerful=True, data=("logs",)),
    _role(
        "security_admin",
        "安全管理员",
        "Security administrator",
        "system",
        powerful=True,
        data=("register", "requests", "readings", "staff"),
    ),
    _role("sys_admin", "系统管理员", "System administrator", "system", powerful=True, data=("staff",)),
)
ROLES: dict[str, Role] = {role.code: role for role in ALL}
HOLDERS: dict[str, Role] = {
    role.code: role
    for role in (
        _role("guardian", "监护人", "Guardian", "holder", data=("own_child",)),
        _role("student", "学生", "Student", "holder", data=("own_child", "own_answers")),
    )
}
"""Who comes in by a personal code, without an account or an assignment, to one child's own pages (decision 76)."""
VISITORS: dict[str, Role] = {
    role.code: role for role in (_role("citizen", "写信人", "Writer of a letter", "visitor", data=("own_letter",)),)
}
"""Who comes without an account and reaches one row: the letter that he or she wrote."""
ADMINISTRATORS = frozenset({"sys_admin", "security_admin", "auditor"})
"""Three persons: no account holds two of these, none of them reads business data (decision 5, security 30)."""
