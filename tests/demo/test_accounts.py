"""Whoever looks at the demo gets an account for each role, and none is left out silently."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.core.policy.roles import HOLDERS, ROLES
from app.demo import tree
from app.demo.commands import LATER, accountless, where_data_lie
from config.settings import Settings

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guide"
OF_THE_DOMAIN = set(
    """province_viewer city_officer city_review_admin district_officer leading_group_head leading_group_member
    office_director evaluator subject_researcher guidance_member assessment_member dept_head dept_officer inspector
    reviewer principal school_coordinator grade_leader subject_teacher homeroom_teacher school_psych_lead
    school_counselor psych_center_lead psych_expert bureau_psych_officer referral_agent dept_data_officer grid_worker
    guardian student dpo auditor sys_admin""".split()
)
"""Domain §2.1; decisions 5 and §3 add three more."""
ADDED = {"security_admin", "external_evaluator", "school_data_adviser"}


def test_every_role_is_built_or_named_as_one_for_later() -> None:
    later = [code for codes in LATER.values() for code in codes]
    assert set(ROLES) | set(HOLDERS) | set(later) == OF_THE_DOMAIN | ADDED
    assert len(later) == len(set(later)) and not set(later) & set(ROLES), (
        "built now: give it an account, take it out of LATER"
    )


def test_the_tree_of_the_demo_has_somebody_in_every_role(app: object) -> None:
    builder = tree.Builder("330901", "清澜县教育局", 1)
    builder.groups()
    builder.schools([("21", "清澜县第一小学", "第一小学"), ("31", "清澜县第一初级中学", "第一初中")])
    builder.people()
    held = {role for role, _unit in builder.county.players}
    assert not accountless(held)
    assert accountless(held - {"external_evaluator"}) == ["external_evaluator"]


def test_outsiders_have_a_contract_with_a_last_day(app: object) -> None:
    builder = tree.Builder("330901", "清澜县教育局", 1)
    builder.groups()
    builder.schools([("21", "清澜县第一小学", "第一小学")])
    builder.people()
    ends = {row["role"]: row["to_on"] for row in builder.rows[tree.RoleAssignment]}
    assert {role for role, day in ends.items() if day} == {"external_evaluator", "school_data_adviser"}


def test_a_role_without_an_account_is_named_beside_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROLES, "new_role", ROLES["dpo"])
    assert accountless(set(ROLES) - {"new_role"}) == ["new_role"]


def test_every_role_stands_in_a_guide_that_names_its_demo_account() -> None:
    told = "".join(page.read_text("utf-8") for page in GUIDES.glob("*.md"))
    named = set(re.findall(r"`([a-z]+(?:\.[a-z]+)*)`", told))
    lacking = sorted(code for code in ROLES if code.replace("_", ".") not in named)
    assert not lacking, f"Say in docs/guide what these do, and their demo account: {lacking}"


def test_every_guide_is_in_the_index_and_every_picture_of_it_is_there() -> None:
    index = (GUIDES / "README.md").read_text("utf-8")
    for page in GUIDES.glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index, page.name
        for picture in re.findall(r"\]\(\.\./pictures/([\w-]+\.png)\)", page.read_text("utf-8")):
            assert (GUIDES.parent / "pictures" / picture).is_file(), f"{page.name}: {picture}"


def test_the_command_for_the_code_finds_the_data_where_they_lie(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = app.extensions["bihuan.settings"]
    monkeypatch.setitem(app.extensions, "bihuan.settings", replace(before, data=Path("/srv/my data")))
    assert where_data_lie() == "BIHUAN_DATA='/srv/my data' "
    monkeypatch.setitem(app.extensions, "bihuan.settings", replace(before, data=Settings.from_env({}).data))
    assert where_data_lie() == ""
