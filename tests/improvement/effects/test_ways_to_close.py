"""One gate for page, list and command line: the same closure is refused with the same sentences by each, and taken by each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.database import db, use_context
from app.core.errors import StepRefused
from app.core.policy.actor import SYSTEM
from app.improvement.effects.commands import closures as command
from app.improvement.effects.models import ClosureRequest
from app.improvement.effects.operations import closures
from app.improvement.effects.operations.evaluations import EvaluationStep
from tests.cast import PASSWORD, Cast, code, sign_in
from tests.improvement.effects.scenes import EffectScene
from tests.improvement.effects.test_gate import MISSING
from workflows.improvement.closure_request import CLOSURE_REQUEST
from workflows.improvement.problem_item import PROBLEM_ITEM

Way = Callable[[Flask, Cast, ClosureRequest, str], tuple[bool, str]]
"""Takes the request to its approval as a person; whether it went through, and what was said."""
GATE = {guard.sentence.zh for guard in CLOSURE_REQUEST.step("approve").guards}


def _page(app: Flask, cast: Cast, request: ClosureRequest, who: str) -> tuple[bool, str]:
    address, version = f"{request.address}/steps/approve", request.version
    answer = sign_in(app.test_client(), cast[who]).post(address, data={"version": version})
    return answer.status_code == 303, answer.get_data(as_text=True)


def _list(app: Flask, cast: Cast, request: ClosureRequest, who: str) -> tuple[bool, str]:
    answer = sign_in(app.test_client(), cast[who]).post("/closures/approvals", data={"ref": [request.ref]})
    said = answer.get_data(as_text=True)
    return "已销号 1 项" in said, said


def _command(app: Flask, cast: Cast, request: ClosureRequest, who: str, **typed: str) -> tuple[bool, str]:
    player = cast[who]
    asked = ["approve", request.number, "--as", typed.get("name", player.account_name)]
    if "role" in typed:
        asked += ["--role", typed["role"]]
    secrets = f"{typed.get('password', PASSWORD)}\n{typed.get('code', code(player))}\n"
    answer = app.test_cli_runner().invoke(command, asked, input=secrets)
    assert secrets.splitlines()[0] not in answer.output, "what is typed is not shown"
    return answer.exit_code == 0, answer.output


WAYS: dict[str, Way] = {"page": _page, "list": _list, "command": _command}


def _fresh(request: ClosureRequest) -> ClosureRequest:
    use_context(SYSTEM.context())
    db.session.expire_all()
    return db.session.get_one(ClosureRequest, request.id)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("sentence", MISSING)
def test_an_unfit_closure_is_refused_with_the_sentences_of_the_operation_and_nothing_is_changed(
    scene: EffectScene, app: Flask, cast: Cast, sentence: str, way: str
) -> None:
    request = scene.closure_verified()
    MISSING[sentence](scene, request)
    state = request.item.state
    with pytest.raises(StepRefused) as refused:
        closures.approve_closure(scene.actor("office_director"), request, EvaluationStep())
    db.session.rollback()
    wanted = {one.zh for one in refused.value.sentences}
    assert sentence in wanted
    went, said = WAYS[way](app, cast, _fresh(request), "office_director")
    assert not went and {one for one in GATE if one in said} == wanted
    assert (_fresh(request).state, _fresh(request).item.state) == ("verified", state)


@pytest.mark.parametrize("way", WAYS)
def test_a_fit_closure_goes_through_and_the_person_stands_behind_it(
    scene: EffectScene, app: Flask, cast: Cast, way: str
) -> None:
    request = scene.closure_verified()
    went, said = WAYS[way](app, cast, request, "office_director")
    assert went, said
    found = _fresh(request)
    assert (found.state, found.item.state) == ("closed", "closed")
    sign = _approval(found)
    assert (sign.person_id, sign.role) == (cast["office_director"].person_id, "office_director")


def _approval(request: ClosureRequest) -> Any:
    return db.session.execute(
        text("select person_id, role from audit.transition_log where record_id = :i and step = :s"),
        {"i": request.id, "s": "closure_request.approve"},
    ).one()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", ["evaluator", "principal", "inspector"])
def test_who_does_not_hold_the_right_closes_nothing(
    scene: EffectScene, app: Flask, cast: Cast, who: str, way: str
) -> None:
    request = scene.closure_verified()
    went, _said = WAYS[way](app, cast, request, who)
    assert not went
    assert (_fresh(request).state, _fresh(request).item.state) == ("verified", "pending_closure")


@pytest.mark.parametrize("way", WAYS)
def test_who_verified_does_not_approve(scene: EffectScene, app: Flask, cast: Cast, way: str) -> None:
    request = scene.closure_verified()
    scene.did(request, "office_director", "closure_request.verify")
    went, said = WAYS[way](app, cast, request, "office_director")
    assert not went and "要由另一个人来办" in said
    assert _fresh(request).state == "verified"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "不是这个密码2026"}, "账号、密码或验证码不对"),
        ({"code": "000000"}, "账号、密码或验证码不对"),
        ({"name": "nobody.here"}, "账号、密码或验证码不对"),
        ({"role": "leading_group_head"}, "这个人今天没有这个角色"),
    ],
)
def test_the_command_acts_for_nobody_but_whom_both_factors_prove(
    scene: EffectScene, app: Flask, cast: Cast, typed: dict[str, str], said: str
) -> None:
    request = scene.closure_verified()
    went, told = _command(app, cast, request, "office_director", **typed)
    assert not went and said in told
    assert _fresh(request).state == "verified"


def test_one_refused_keeps_none_back_and_the_exit_code_says_it(scene: EffectScene, app: Flask, cast: Cast) -> None:
    good, lacking = scene.closure_verified(), scene.closure_verified()
    MISSING["还有措施没有完成或取消"](scene, lacking)
    asked = ["approve", lacking.number, good.ref, "XH-9999", "--as", cast["office_director"].account_name]
    secrets = f"{PASSWORD}\n{code(cast['office_director'])}\n"
    answer = app.test_cli_runner().invoke(command, asked, input=secrets)
    assert answer.exit_code == 1 and "没有办成 2 项" in answer.output
    assert "找不到这份申请" in answer.output and "还有措施没有完成或取消" in answer.output
    assert (_fresh(good).state, _fresh(lacking).state) == ("closed", "verified")


def test_nothing_else_leads_to_a_closed_item(app: Flask) -> None:
    assert [step.name for step in PROBLEM_ITEM.steps if getattr(step.target, "code", "") == "closed"] == ["close"]
    assert PROBLEM_ITEM.step("close").system, "taken inside the approval alone"
    writing = {
        str(rule) for rule in app.url_map.iter_rules()
        if str(rule).startswith("/api") and "closure" in str(rule) and (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }  # fmt: skip
    assert not writing, "programs read closures; they take no step"
