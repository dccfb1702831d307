"""The organisation tree of both counties with everybody who holds a role: the one part that is written directly (decision 72)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from app.core import clock
from app.core.audit import trail
from app.core.database import db, new_ref, uuid7
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.roles import ROLES
from app.demo import names
from app.people.directory.models import Person, RoleAssignment, SchoolResponsibility, Unit
from app.people.directory.pinyin import pinyin_of
from app.people.identity import factors, passwords
from app.people.identity.models import Account

PASSWORD = "清澜河边有三棵老樟树-2026"  # noqa: S105 (printed by `make demo`; the county is invented)
SINCE = date(2018, 9, 1)
DEPARTMENTS = (("01", "基础教育科"), ("02", "教师发展中心教研室"), ("03", "体卫艺与安全管理科"), ("04", "人事师资科"))
DISTRICTS = (("XQ-01", "城关学区"), ("XQ-02", "清溪学区"))
"""Between the bureau and the township schools; each has a head and an officer."""
SUBJECTS = ("chinese", "math", "english", "science", "quality")
COUNTY_ROLES = (
    ("leading_group_head", "韩其琛", "LD", ()),
    ("leading_group_member", "宋知远", "LD", ()),
    ("office_director", "周闻远", "BG", ()),
    ("evaluator", "陈若澜", "BG", ()),
    ("evaluator", "苏子谦", "BG", ()),
    ("guidance_member", "顾明川", "ZD", ()),
    ("assessment_member", "许知夏", "CP", ()),
    ("assessment_member", "罗以宁", "CP", ()),
    ("external_evaluator", "黎望舒", "", ()),
    ("province_viewer", "马清越", "", ()),
    ("city_officer", "吕松年", "", ()),
    ("dpo", "贺知非", "", ()),
    ("psych_center_lead", "端木晴", "", ()),
    ("bureau_psych_officer", "公孙敏", "", ()),
    ("auditor", "申屠静", "", ()),
    ("security_admin", "司徒衡", "", ()),
    ("security_admin", "欧阳澈", "", ()),
    ("sys_admin", "夏之遥", "", ()),
    ("subject_researcher", "林语禾", "02", ("math",)),
    ("subject_researcher", "邵南乔", "02", ("chinese",)),
    ("subject_researcher", "温书白", "02", ("english",)),
    ("subject_researcher", "乔安澜", "02", ("science",)),
    ("subject_researcher", "柯以恒", "02", ("quality",)),
)
SCHOOL_ROLES = (
    "principal", "school_coordinator", "grade_leader", "subject_teacher", "homeroom_teacher", "school_psych_lead",
    "school_counselor",
)  # fmt: skip
INSPECTORS = 8
EXPERTS = 4
QUALIFIED = ("school_counselor", "psych_expert")
"""Roles whose holders confirm proposals: they have a qualification."""
ADVISER = "尹嘉树"
"""Advises the first school on its data, under a contract."""
CONTRACT = timedelta(days=240)
"""How long an outsider's contract runs from the day of the demo."""


@dataclass
class Player:
    """Somebody with a role, as an actor and as an account."""

    actor: Actor
    account: str
    name: str


@dataclass
class County:
    """A county with its units and players, found by code and role."""

    id: uuid.UUID
    ref: str
    code: str
    name: str
    units: dict[str, uuid.UUID] = field(default_factory=dict)
    schools: dict[str, tuple[uuid.UUID, str, str]] = field(default_factory=dict)
    """School code → (id, school type, short name)."""
    players: dict[tuple[str, str], list[Player]] = field(default_factory=dict)
    """(role, unit code) → who."""

    def any(self, role: str, number: int = 0) -> Actor:
        """One holder of a county role."""
        found = [p for (held, _unit), people in self.players.items() if held == role for p in people]
        return found[number % len(found)].actor

    def at(self, role: str, code: str) -> Actor:
        """The holder of a role at a unit."""
        return self.players[role, code][0].actor

    def researcher(self, subject: str) -> Actor:
        """The researcher of a subject."""
        people = [p.actor for (role, _u), found in self.players.items() if role == "subject_researcher" for p in found]
        return next((a for a in people if subject in a.subjects), people[0])


def _sent_as(name: str) -> str:
    """Schools of a town answer to it; the others are run by the bureau itself."""
    return "township" if "镇" in name else "direct"


class Builder:
    """Gathers rows of one county and writes them in one act."""

    def __init__(self, code: str, name: str, seed: int) -> None:
        self.random = Random(seed)
        self.county = County(uuid7(), new_ref(), code, name)
        self.rows: dict[Any, list[dict[str, Any]]] = {
            m: [] for m in (Unit, Person, RoleAssignment, Account, SchoolResponsibility)
        }
        self.hash = passwords.hash_password(PASSWORD)
        self._unit(
            code, "county_bureau", code, name, name.removesuffix("教育局"), None, self.county.id, self.county.ref
        )

    def _unit(
        self, key: str, kind: str, code: str, name: str, short: str, parent: uuid.UUID | None,
        identity: uuid.UUID | None = None, ref: str | None = None, school_type: str | None = None,
    ) -> uuid.UUID:  # fmt: skip
        identity = identity or uuid7()
        self.rows[Unit].append(
            {
                "id": identity, "ref": ref or new_ref(), "county_id": self.county.id, "parent_id": parent, "kind": kind,
                "code": code, "name": name, "short_name": short, "pinyin": pinyin_of(name), "school_type": school_type,
                "addressee": _sent_as(name) if kind == "school" else None,
                "from_on": SINCE,
            }
        )  # fmt: skip
        self.county.units[key] = identity
        return identity

    def groups(self) -> None:
        """Leading group, its office, the two expert groups and the departments."""
        bureau, short = self.county.id, self.county.name.removesuffix("教育局")
        leading = self._unit("LD", "leading_group", "LD", f"{short}“数据驱动教育教学改进”领导小组", "领导小组", bureau)
        self._unit("BG", "leading_group_office", "BG", "领导小组办公室（教师发展中心）", "领导小组办公室", leading)
        self._unit("ZD", "guidance_group", "ZD", f"{short}项目指导组", "项目指导组", leading)
        self._unit("CP", "assessment_group", "CP", "“基于数据的项目测评”大组", "测评大组", leading)
        for code, name in DEPARTMENTS:
            self._unit(code, "department", code, f"{self.county.name}{name}", name, bureau)
        for code, name in DISTRICTS if self.county.code[-1] == "1" else ():
            self._unit(code, "school_district", code, f"{short}{name}", name, bureau)

    def schools(self, listed: list[tuple[str, str, str]]) -> None:
        """Schools with their leading group."""
        for number, (school_type, name, short) in enumerate(listed, 1):
            code = f"{school_type}33{int(self.county.code[-2:]):02d}{number:04d}"
            identity = self._unit(code, "school", code, name, short, self.county.id, school_type=school_type)
            self.county.schools[code] = (identity, school_type, short)

    def player(
        self, role: str, name: str, unit: str, subjects: tuple[str, ...] = (), schools: tuple[str, ...] = ()
    ) -> None:
        """A person with a role at a unit and an account."""
        person, account, assignment = uuid7(), uuid7(), uuid7()
        school = self.county.schools.get(unit, (None, "", ""))[0]
        number = len(self.rows[Person]) + 1
        login = self._login(role, number)
        unit_id = self.county.units[unit or self.county.code]
        base = {"county_id": self.county.id}
        self.rows[Person].append(
            base | {
                "id": person, "ref": new_ref(), "unit_id": unit_id, "school_id": school, "staff_no": f"D{number:05d}",
                "name": name, "pinyin": pinyin_of(name), "email": f"{login}@example.invalid",
                "qualification_type": "心理健康教育教师资格" if role in QUALIFIED else None,
            }
        )  # fmt: skip
        self._account(person, account, login)
        self.rows[RoleAssignment].append(
            base | {
                "id": assignment, "person_id": person, "unit_id": unit_id, "school_id": school, "role": role,
                "subjects": list(subjects), "from_on": SINCE,
                "to_on": clock.today() + CONTRACT if ROLES[role].level == "outside" else None,
            }
        )  # fmt: skip
        for code in schools:
            self.rows[SchoolResponsibility].append(
                base | {"assignment_id": assignment, "school_id": self.county.schools[code][0], "from_on": SINCE}
            )
        held = ROLES[role]
        actor = Actor(
            person_id=person, account_id=account, assignment_id=assignment, name=name, role=role, unit_id=unit_id,
            county_id=self.county.id, school_id=school, schools=tuple(self.county.schools[c][0] for c in schools),
            subjects=subjects, data_classes=held.data_classes, county_wide=held.county_wide,
        )  # fmt: skip
        self.county.players.setdefault((role, unit), []).append(Player(actor, login, name))

    def _login(self, role: str, number: int) -> str:
        login = f"{role.replace('_', '.')}{'' if not self._has(role) else number}"
        return login if self.county.code[-1] == "1" else f"yx.{login}"

    def _account(self, person: uuid.UUID, account: uuid.UUID, login: str) -> None:
        self.rows[Account].append(
            {
                "county_id": self.county.id, "id": account, "ref": new_ref(), "person_id": person, "name": login,
                "password_hash": self.hash, "totp_sealed": factors.seal(account, self.county.id, factors.new_secret()),
                "totp_confirmed_at": clock.now(),
            }
        )  # fmt: skip

    def _has(self, role: str) -> bool:
        return any(held == role for held, _unit in self.county.players)

    def people(self) -> None:
        """Everybody with a role: county, departments, inspectors, experts, seven people a school."""
        for role, name, unit, subjects in COUNTY_ROLES:
            self.player(role, name if self.county.code[-1] == "1" else names.person(self.random), unit, subjects)
        for code, _name in DEPARTMENTS:
            self.player("dept_head", names.person(self.random), code)
            self.player("dept_officer", names.person(self.random), code)
        codes = list(self.county.schools)
        for number in range(min(INSPECTORS, len(codes))):
            self.player("inspector", names.person(self.random), "", schools=tuple(codes[number::INSPECTORS]))
        for number in range(min(EXPERTS, len(codes))):
            self.player("psych_expert", names.person(self.random), "", schools=tuple(codes[number::EXPERTS]))
        for number, code in enumerate(codes):
            for role in SCHOOL_ROLES:
                subject = (SUBJECTS[number % len(SUBJECTS)],) if role == "subject_teacher" else ()
                self.player(role, names.person(self.random), code, subject)
        self.player(
            "school_data_adviser", ADVISER if self.county.code[-1] == "1" else names.person(self.random), codes[0]
        )
        for code, _name in DISTRICTS if self.county.code[-1] == "1" else ():
            self.player("dept_head", names.person(self.random), code)
            self.player("dept_officer", names.person(self.random), code)

    def write(self) -> County:
        """Everything in one act of the system."""
        with trail.act(SYSTEM, "system", "county.open") as deed:
            for model, values in self.rows.items():
                db.session.execute(insert(model), values)
            deed.main.extra["rows"] = {model.__tablename__: len(values) for model, values in self.rows.items()}
        return self.county


def build_main() -> County:
    """清澜县: 56 schools, a role for everybody."""
    builder = Builder("330901", "清澜县教育局", 2026)
    builder.groups()
    builder.schools(names.schools())
    builder.people()
    return builder.write()


def build_small() -> County:
    """云溪县: a small county for everything that must stay apart."""
    builder = Builder("330902", "云溪县教育局", 7)
    builder.groups()
    builder.schools(list(names.SMALL_COUNTY))
    builder.people()
    return builder.write()
