"""Forms that go wrong: pressed twice, by two, too late, on what is no longer so, or by the last who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import text, update

from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.plans.models import RemediationPlan
from app.improvement.plans.operations import plans
from app.improvement.plans.operations.plans import PlanStep
from app.improvement.problems.models import ProblemItem
from app.people.directory.models import RoleAssignment
from app.people.identity.models import SignInSession
from app.people.identity.operations import EndOfRole, end_role
from tests.bad_input.desk import Desk, Met
from tests.by_hand import by_hand
from tests.improvement.plans import world

LONG = "这段归因写了半个小时：" + "错题没有归类，" * 40
REASON = "工作调整，不再担任这一职务"


def _in_review(desk: Desk) -> RemediationPlan:
    plan = world.draft(desk.cast)
    plans.submit_plan(desk.cast.actor("principal"), plan, PlanStep())
    plans.open_review(desk.cast.actor("evaluator"), plan, PlanStep())
    return plan


def _steps(record: Any, step: str) -> int:
    use_context(SYSTEM.context())
    asked = text("select count(*) from audit.transition_log where record_id = :id and step = :step")
    return int(db.session.execute(asked, {"id": record, "step": step}).scalar_one())


def a_double_click_on_approve(desk: Desk) -> Met:
    """The second click finds the plan approved."""
    plan = _in_review(desk)
    identity, address, form = plan.id, f"{plan.address}/approval", {"version": str(plan.version)}
    first = desk["office_director"].post(address, data=form)
    desk.before = desk.counts()
    second = desk["office_director"].post(address, data=form)
    assert first.status_code == 303 and _steps(identity, "remediation_plan.approve") == 1
    return Met(second.text, (first.status_code, second.status_code))


def two_approvers_at_once(desk: Desk) -> Met:
    """One approves while the other, on the same page, returns with a reason."""
    plan = _in_review(desk)
    identity, version = plan.id, str(plan.version)
    approved = desk["office_director"].post(f"{plan.address}/approval", data={"version": version})
    desk.before = desk.counts()
    other = desk.signed_in("office_director")
    returned = other.post(f"{plan.address}/return", data={"version": version, "reason": LONG})
    assert approved.status_code == 303 and _steps(identity, "remediation_plan.return_plan") == 0
    return Met(returned.text, (approved.status_code, returned.status_code), (LONG,))


def a_stale_page(desk: Desk) -> Met:
    """A section of the plan is written on a page that somebody else's writing has overtaken."""
    plan = world.draft(desk.cast)
    desk.before = desk.counts()
    answer = desk["school_coordinator"].post(f"{plan.address}/sections/risks", data={"version": "1", "risks": LONG})
    return Met(answer.text, (answer.status_code,), (LONG,))


def a_foreign_schools_reference(desk: Desk) -> Met:
    """The same page as for a reference that does not exist, with what was typed."""
    address = f"/items/{desk.foreign.refs['problem_items']}/remarks"
    answer = desk["school_coordinator"].post(address, data={"text": LONG})
    assert "云溪记号" not in answer.text
    return Met(answer.text, (answer.status_code,), (LONG,))


def a_step_that_the_state_does_not_allow(desk: Desk) -> Met:
    """An item that is being evaluated is objected to."""
    use_context(SYSTEM.context())
    with by_hand("test.state"):
        db.session.get_one(ProblemItem, desk.own.ids["problem_items"]).state = "evaluating"
    desk.before = desk.counts()
    address = f"/items/{desk.own.refs['problem_items']}/objection"
    answer = desk["principal"].post(address, data={"grounds": LONG})
    return Met(answer.text, (answer.status_code,), (LONG,))


def an_expired_session(desk: Desk) -> Met:
    """After two hours the form is sent; it waits behind the sign-in."""
    browser = desk["school_coordinator"]
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == desk.cast["school_coordinator"].account_id)
        .values(last_seen_at=clock.now() - timedelta(hours=2))
    )
    db.session.commit()
    sent = browser.post(f"/items/{desk.own.refs['problem_items']}/remarks", data={"text": LONG})
    assert "/sign-in" in sent.headers["Location"]
    found = desk.signed_in("school_coordinator").get("/me/unsent")
    return Met(found.text, (sent.status_code, found.status_code), (LONG,))


def the_last_administrator(desk: Desk) -> Met:
    """The other one is gone; the last wants to go as well."""
    other = db.session.get_one(RoleAssignment, desk.cast["security_admin_2"].assignment_id)
    end_role(desk.cast.actor("security_admin"), other, EndOfRole(REASON))
    held = db.session.get_one(RoleAssignment, desk.cast["security_admin"].assignment_id)
    desk.before = desk.counts()
    answer = desk["security_admin"].post(
        f"/roles/{held.ref}/end", data={"reason": REASON, "version": str(held.version)}
    )
    return Met(answer.text, (answer.status_code,), (REASON,))
