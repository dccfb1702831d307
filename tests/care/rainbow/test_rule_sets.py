"""规则集: taken only when its own worked cases pass, tried without effect, agreed by two experts, pinned by every run (B13)."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from app.care.protection.models import ImpactAssessment
from app.care.rainbow.duty_plan import duty_plan
from app.care.rainbow.models import RainbowComputation, RainbowRun, RuleSetVersion, rules_for
from app.care.rainbow.operations import rule_sets
from app.care.rainbow.operations.rule_sets import RulesIn
from app.care.rainbow.rule_set import FOLDER, read_rule_set, shipped_rule_set
from app.care.rainbow.trying import COLUMNS, GROUPS, dry_run
from app.care.rainbow.vectors import failed_vectors
from app.care.versions.operations import VersionStep
from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student, Unit
from tests.care.assessed import assessed
from tests.care.rainbow.cases import CASES, pupil
from tests.care.rainbow.conftest import Class
from tests.care.rainbow.reference import Alert, Pupil, Rated
from tests.care.rainbow.test_deciding import Desk
from tests.cast import Cast, sign_in

SHIPPED = (FOLDER / "rule_set_v1.yaml").read_text(encoding="utf-8")
STEP = VersionStep()


def content(code: str = "county-2", **changes: object) -> str:
    """The shipped rule set under another version, with other numbers."""
    told = yaml.safe_load(SHIPPED) | {"version": code} | changes
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False)


@pytest.fixture
def desk(app: Flask, cast: Cast, school_class: Class) -> Desk:
    assessed(cast.county.id, cast["dpo"].person_id, "levels")
    return Desk(cast, school_class)


def drafted(desk: Desk, text: str = "", key: str = "psych_center_lead") -> RuleSetVersion:
    place = db.session.get_one(Unit, desk.cast.county.id)
    return rule_sets.draft(desk.act(key), place, RulesIn(text or content(), "试着改一处"))


def tried(version: RuleSetVersion) -> None:
    rule_sets.try_asked(OutboxRow(kind="rainbow_dry_run", entity="rule_sets", record_id=version.id, data={}))


def activated(desk: Desk, text: str = "") -> RuleSetVersion:
    version = drafted(desk, text)
    tried(version)
    rule_sets.submit(desk.act("psych_center_lead"), version, STEP)
    rule_sets.agree(desk.act("psych_expert"), version, STEP)
    rule_sets.approve(desk.act("psych_expert_2"), version, STEP)
    rule_sets.activate(desk.act("psych_center_lead"), version, STEP)
    return version


def approved(desk: Desk) -> RuleSetVersion:
    version = drafted(desk)
    tried(version)
    rule_sets.submit(desk.act("psych_center_lead"), version, STEP)
    rule_sets.agree(desk.act("psych_expert"), version, STEP)
    rule_sets.approve(desk.act("psych_expert_2"), version, STEP)
    return version


def test_security_87_a_rule_set_begins_only_while_an_assessment_of_levels_is_in_force(desk: Desk) -> None:
    version = approved(desk)
    use_context(SYSTEM.context())
    gone = update(ImpactAssessment).where(ImpactAssessment.subject == "levels").values(state="expired")
    with trail.act(SYSTEM, "system", "test.assessment"):
        db.session.execute(gone.execution_options(synchronize_session=False))
    with (
        pytest.raises(DBAPIError, match="No impact assessment"),
        trail.act(SYSTEM, "system", "test.by_hand"),
        db.session.begin_nested(),
    ):
        db.session.execute(text("update rule_sets set state = 'active' where id = :id"), {"id": version.id})
    with pytest.raises(StepRefused, match="这个目的的个人信息保护影响评估正在生效"):
        rule_sets.activate(desk.act("psych_center_lead"), version, STEP)
    assert rules_for(desk.cast.county.id).version == "rainbow-1"


def test_the_shipped_rule_set_carries_every_worked_case_of_the_specification_and_all_pass(desk: Desk) -> None:
    rules = shipped_rule_set()
    assert {vector.name for vector in rules.test_vectors} == {case.name for case in CASES}
    for vector in rules.test_vectors:
        case = next(case for case in CASES if case.name == vector.name)
        wanted = (case.kind, case.tier, sum(case.points), case.flags)
        told = vector.expect
        assert (told.kind, told.tier, told.total, frozenset(told.flags)) == wanted, vector.name
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.vectors"):
        assert failed_vectors(rules) == []


def test_a_rule_set_whose_worked_case_fails_is_refused_by_the_name_of_the_case(desk: Desk) -> None:
    scales = yaml.safe_load(SHIPPED)["scales"] | {"band_points": [0, 8, 18, 28, 30]}
    with pytest.raises(Invalid) as refused:
        drafted(desk, content(scales=scales))
    said = str(refused.value)
    assert "R22" in said and "64" in said and "R21" not in said
    assert db.session.scalar(select(func.count()).select_from(RuleSetVersion)) == 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("version: [", "读不懂"),
        (content(colour="red"), "colour"),
        (content(caps={"BG": 30, "EV": 15, "SC": 35, "TR": 15, "PA": 30}), "background alone"),
        (content(test_vectors=[]), "没有用例"),
        (content("rainbow-1"), "版本号"),
        ("x" * 300_000, "太大"),
    ],
)
def test_a_file_that_is_no_rule_set_is_refused_in_words(desk: Desk, wrong: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(desk, wrong)
    assert told in str(refused.value)


def test_worked_cases_leave_no_trace_and_touch_no_student(desk: Desk) -> None:
    desk.propose("yellow")
    use_context(SYSTEM.context())
    before = db.session.scalar(select(func.count()).select_from(RainbowComputation))
    version = drafted(desk)
    tried(version)
    use_context(SYSTEM.context())
    assert db.session.scalar(select(func.count()).select_from(RainbowComputation)) == before
    left = "select count(*) from pg_class where relpersistence = 't' and relkind = 'r'"
    assert db.session.execute(text(left)).scalar_one() == 0


def test_a_version_is_in_force_only_after_two_experts_and_the_former_one_retires(desk: Desk) -> None:
    version = drafted(desk)
    with pytest.raises(StepRefused) as early:
        rule_sets.submit(desk.act("psych_center_lead"), version, STEP)
    assert "试算" in str(early.value)
    tried(version)
    rule_sets.submit(desk.act("psych_center_lead"), version, STEP)
    with pytest.raises(StepRefused):
        rule_sets.approve(desk.act("psych_expert"), version, STEP)
    rule_sets.agree(desk.act("psych_expert"), version, STEP)
    with pytest.raises(StepRefused) as both:
        rule_sets.approve(desk.act("psych_expert"), version, STEP)
    assert "另一个人" in str(both.value)
    with pytest.raises(NotAllowed):
        rule_sets.activate(desk.act("psych_expert_2"), version, STEP)
    rule_sets.approve(desk.act("psych_expert_2"), version, STEP)
    assert rules_for(desk.cast.county.id).version == "rainbow-1"
    rule_sets.activate(desk.act("psych_center_lead"), version, STEP)
    assert rules_for(desk.cast.county.id).version == "county-2"
    newer = activated(desk, content("county-3"))
    db.session.expire_all()
    use_context(SYSTEM.context())
    assert (version.state, newer.state) == ("retired", "active")
    assert rules_for(desk.cast.county.id).version == "county-3"


def test_with_two_experts_nobody_from_outside_stands_in(desk: Desk) -> None:
    version = drafted(desk)
    tried(version)
    rule_sets.submit(desk.act("psych_center_lead"), version, STEP)
    with pytest.raises(StepRefused) as refused:
        rule_sets.note_outside(desk.act("psych_center_lead"), version, VersionStep(outside_expert="某某，意见书 1"))
    assert "两名专家" in str(refused.value)


def test_another_file_needs_another_dry_run_and_another_agreement(desk: Desk) -> None:
    version = drafted(desk)
    tried(version)
    rule_sets.replace(desk.act("psych_center_lead"), version, RulesIn(content("county-2b"), "改名"))
    assert not version.was_tried and version.code == "county-2b"
    with pytest.raises(StepRefused):
        rule_sets.submit(desk.act("psych_center_lead"), version, STEP)


def test_every_computation_and_run_is_pinned_to_the_version_it_used(desk: Desk) -> None:
    desk.propose("yellow")
    tiers = {"green": 0, "yellow": 19, "orange": 40, "red": 60}
    told = yaml.safe_load(SHIPPED)["test_vectors"]
    activated(desk, content(tiers=tiers, test_vectors=[one for one in told if one["name"] in ("R01", "R22")]))
    desk.compute()
    use_context(SYSTEM.context())
    versions = db.session.scalars(select(RainbowComputation.rule_set).order_by(RainbowComputation.number)).all()
    assert versions == ["rainbow-1", "county-2"]
    assert set(db.session.scalars(select(RainbowRun.rule_set))) == {"rainbow-1", "county-2"}


def test_what_is_exported_is_read_again_as_the_same(desk: Desk) -> None:
    version = drafted(desk)
    assert read_rule_set(version.content).model_dump() == read_rule_set(content()).model_dump()


ONE_CASE = [{"name": "R01", "scales": [0], "rating": 1, "expect": {"kind": "propose", "tier": "green", "total": 0}}]


def crowd(tier: str, n: int, band: int) -> list[Pupil]:
    today = clock.today()
    calm = pupil("", (band,), 1, tier=(tier, 40))
    one = replace(
        calm, results=tuple(replace(each, on=today) for each in calm.results), ratings=(Rated(today, (0,) * 8),)
    )
    return [one] * n


def test_a_dry_run_counts_what_would_change_and_holds_small_numbers_back(desk: Desk) -> None:
    ids = desk.group.enrol([*crowd("green", 40, 0), *crowd("green", 20, 2), *crowd("green", 3, 3)])
    desk.group.compute(clock.today())
    told = yaml.safe_load(SHIPPED)
    softer = read_rule_set(content(floors=told["floors"] | {"fresh_band": {3: "yellow", 4: "orange"}}, test_vectors=[]))
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.dry"):
        found = dry_run(softer, desk.cast.county.id, [desk.group.school])
    assert found["students"] == len(ids) == 63
    by_level = dict(zip(COLUMNS, found["line"]["cells"], strict=True))
    assert by_level["yellow"] == "few"  # band 2 is no floor any more: 18 points stay under 20, band 3 gives 28
    assert by_level["green"] == "kept"  # with the sum it would give the few away
    assert not any(isinstance(cell, int) and 0 <= cell < 5 for cell in found["line"]["cells"])
    assert found["counsellors"] >= 1


def test_security_31_no_two_dry_runs_subtracted_from_each_other_show_a_single_student(desk: Desk) -> None:
    """Whoever writes rule sets chooses the filter: one boundary moved over three students must not tell their level."""
    desk.group.enrol([*crowd("green", 40, 0), *crowd("green", 20, 2), *crowd("green", 15, 3), *crowd("green", 3, 4)])
    desk.group.compute(clock.today())
    floors = yaml.safe_load(SHIPPED)["floors"]
    bands = [
        {3: "orange", 4: "orange"},
        {3: "orange", 4: "yellow"},
        {3: "yellow", 4: "orange"},
        {3: "yellow", 4: "yellow"},
    ]
    told = []
    for number, band in enumerate(bands):
        version = drafted(
            desk, content(f"county-{number + 2}", floors=floors | {"fresh_band": band}, test_vectors=ONE_CASE)
        )
        tried(version)
        assert version.trial is not None
        told.append(version.trial)
    assert any(one["line"] for one in told)
    for one in told:
        for other in told:
            assert _apart(one, other)
    again = version.trial
    rule_sets.replace(
        desk.act("psych_center_lead"),
        version,
        RulesIn(content("county-9", floors=floors | {"fresh_band": bands[1]}, test_vectors=ONE_CASE), "换一个边界"),
    )
    tried(version)
    assert version.trial is not None and all(_apart(version.trial, one) for one in [again, *told])


def _apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Every number that both tell is the same or 5 apart."""
    lines = [(one[name], other[name]) for name in ("line", "looks") if one[name] and other[name]]
    for by in set(one["tables"]) & set(other["tables"]):
        mine, theirs = one["tables"][by]["rows"], other["tables"][by]["rows"]
        lines += [(mine[key], theirs[key]) for key in mine if key in theirs]
    cells = [pair for a, b in lines for pair in zip([a["total"], *a["cells"]], [b["total"], *b["cells"]], strict=True)]
    numbers = [(a, b) for a, b in cells if isinstance(a, int) and isinstance(b, int)]
    return all(a == b or abs(a - b) >= 5 for a, b in numbers)


def test_a_dry_run_comes_to_what_the_engine_comes_to_afterwards(desk: Desk) -> None:
    ids = desk.group.enrol([*crowd("green", 30, 0), *crowd("green", 25, 2), *crowd("green", 20, 3)])
    version = drafted(desk)
    tried(version)
    by_level = dict(zip(COLUMNS, version.trial["line"]["cells"], strict=True))  # type: ignore[index]
    desk.group.compute(clock.today(), read_rule_set(version.content))
    newest = [one.tier for one in desk.group.newest().values()]
    assert len(newest) == len(ids)
    for tier in ("green", "yellow", "orange"):
        assert by_level[tier] in (newest.count(tier), "kept"), tier


DAY = {"none": 10, "green": 40, "yellow": 20, "orange": 10, "red": 6}
BOARDING = {"none": 12, "green": 10, "yellow": 15, "orange": 30, "red": 8}
"""By what the rules will say of them: those who go home each day, and those who board; numbers that may all be told."""


def of_each(numbers: dict[str, int]) -> list[Pupil]:
    today = clock.today()
    unknown = replace(pupil("", None), facts=(), ratings=())
    in_need = replace(crowd("green", 1, 0)[0], alerts=(Alert("O1a", today),))
    calm = [*crowd("green", numbers["green"], 0), *crowd("green", numbers["yellow"], 2)]
    return [*[unknown] * numbers["none"], *calm, *crowd("green", numbers["orange"], 3), *[in_need] * numbers["red"]]


def test_a_dry_run_tells_from_and_to_the_hours_it_costs_and_how_it_falls_on_each_group(desk: Desk, app: Flask) -> None:
    everybody = desk.group.enrol([*of_each(DAY), *of_each(BOARDING)])
    second = list(everybody)[sum(DAY.values()) :]
    boards = {"gender": "2", "grade": "G8", "boarding": True, "left_behind": "both"}
    with trail.act(SYSTEM, "system", "test.groups"):
        db.session.execute(update(Student).where(Student.id.in_(everybody)).values(boarding=False, left_behind="none"))
        db.session.execute(update(Student).where(Student.id.in_(second)).values(**boards))
    version = drafted(desk)
    tried(version)
    found, plan = version.trial or {}, duty_plan()
    both = [DAY[one] + BOARDING[one] for one in COLUMNS]
    assert found["students"] == sum(both) and found["line"]["cells"] == both
    told = {by: {row: line["cells"] for row, line in found["tables"][by]["rows"].items()} for by in GROUPS}
    day, boarding = [DAY[one] for one in COLUMNS], [BOARDING[one] for one in COLUMNS]
    assert told["gender"] == {"1": day, "2": boarding} and told["grade"] == {"G7": day, "G8": boarding}
    assert told["boarding"] == {"false": day, "true": boarding}
    assert told["left_behind"] == {"none": day, "both": boarding}
    asked = {one: DAY[one] + BOARDING[one] for one in ("yellow", "orange", "red")}
    minutes = sum(n * plan.minutes[one] for one, n in asked.items())  # type: ignore[index]
    assert found["hours"] == round(minutes / 60, -1) == 60 and found["hours_a_week"] == plan.hours_a_week
    page = sign_in(app.test_client(), desk.cast["psych_center_lead"]).get(version.address, base_url="https://localhost")
    weeks = round(found["hours"] / (found["counsellors"] * plan.hours_a_week), 1)
    for words in (
        f"要人看的合计约 {found['hours']:.0f} 小时",
        f"约 {weeks} 周看得完",
        "按性别",
        "按年级",
        "按住校",
        "按留守",
    ):
        assert words in page.text, words


def test_the_pages_lead_from_a_file_to_the_dry_run(desk: Desk, app: Flask, tmp_path: Path) -> None:
    client = sign_in(app.test_client(), desk.cast["psych_center_lead"])
    https = {"base_url": "https://localhost"}
    form = client.get("/support/rules/new", **https)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.text)
    sent = {
        "csrf_token": token[1] if token else "",
        "note": "只换了版本号",
        "content": (io.BytesIO(b"\xff\xfe"), "a.yaml"),
    }
    assert client.post("/support/rules", data=sent, **https).status_code == 422
    sent = {**sent, "content": (io.BytesIO(content().encode()), "a.yaml")}
    answer = client.post("/support/rules", data=sent, **https)
    assert answer.status_code == 303
    use_context(SYSTEM.context())
    version = db.session.scalars(select(RuleSetVersion)).one()
    assert "正在试算" in client.get(version.address, **https).text
    tried(version)
    page = client.get(version.address, **https)
    assert page.status_code == 200 and "试算：学生和工作量" in page.text
    chart = client.get(f"{version.address}/chart.json", **https)
    assert chart.status_code == 200 and chart.json["xAxis"]["type"] == "value"
    file = client.get(f"{version.address}/file.yaml", **https)
    assert read_rule_set(file.text).version == "county-2"
    assert read_rule_set(client.get("/support/rules/in-force.yaml", **https).text).version == "rainbow-1"
