"""The team of a visit: who goes, who leads, who has to stay away."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from app.core.policy import decide
from app.core.policy.roles import ROLES
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.visits.forms.planning import InterestForm, MemberForm, PressForm
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.operations import teams as operations
from app.improvement.visits.queries import choosing, visits
from app.improvement.visits.routes.blueprint import bp
from app.improvement.visits.words import rotation_words

PLAN, LEAD, JOINED = "visits.plan_visit", "visits.notify_visit", "visits.observe_visit"


@bp.get("/visits/<ref>/team")
@needs(PLAN)
def team(ref: str) -> Response:
    """Who goes, with a form for one more."""
    return _team_page(visits.visit_for(current_actor(), ref), MemberForm(formdata=None))


@bp.post("/visits/<ref>/team")
@needs(PLAN)
def add_member(ref: str) -> Any:
    """One more member."""
    actor, form = current_actor(), MemberForm()
    found = visits.visit_for(actor, ref)
    people = _offer(form, found)
    if carried_out(form, lambda: operations.add_member(actor, found, form.given(people))):
        return onward(f"{found.address}/team", _("已加入视导组"))
    return _team_page(visits.visit_for(actor, ref), form, 422)


def _offer(form: MemberForm, found: SupervisionVisit) -> dict[str, Any]:
    there = {one.person_id for one in found.team}
    people = [one for one in choosing.candidates(current_actor(), found.unit_id) if one.id not in there]
    away = _("（要回避）")
    named = {f"{one.ref}.{one.role}": one for one in people}
    form.offer(
        [(key, f"{one.name} · {word(ROLES[one.role])}{away if one.has_interest else ''}") for key, one in named.items()]
    )
    return {key: (one.id, one.role) for key, one in named.items()}


@bp.post("/visits/<ref>/team/removals")
@needs(PLAN)
def remove_member(ref: str) -> Any:
    """One member less."""
    actor, form = current_actor(), PressForm()
    found = visits.visit_for(actor, ref)
    given = operations.LeavingIn(request.form.get("member", "")[:16], form.version.data)
    operations.remove_member(actor, found, given)
    return onward(f"{found.address}/team", _("已移出视导组"))


@bp.post("/visits/<ref>/team/lead")
@needs(LEAD)
def name_lead(ref: str) -> Any:
    """Another member takes the lead."""
    actor, form = current_actor(), PressForm()
    found = visits.visit_for(actor, ref)
    member = next((one for one in found.team if one.ref == request.form.get("member", "")), None)
    person, role = (member.person_id, member.role) if member else (None, "")
    operations.name_lead(actor, found, operations.MemberIn(person, role, True, form.version.data))
    return onward(f"{found.address}/team", _("组长已换"))


@bp.get("/visits/<ref>/interest")
@needs(JOINED)
def interest(ref: str) -> Response:
    """A member says what keeps him or her from going."""
    found = visits.visit_for(current_actor(), ref)
    return page("improvement/visits/interest.html", visit=found, form=InterestForm(formdata=None))


@bp.post("/visits/<ref>/interest")
@needs(JOINED)
def declare_interest(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), InterestForm()
    found = visits.visit_for(actor, ref)
    if carried_out(form, lambda: operations.declare_interest(actor, found, form.given())):
        return onward(found.address, _("已记下，换人以后视导才能进行"))
    return page("improvement/visits/interest.html", 422, visit=visits.visit_for(actor, ref), form=form)


def _team_page(found: SupervisionVisit, form: MemberForm, status: int = 200) -> Response:
    _offer(form, found)
    actor, is_open = current_actor(), found.state in operations.OPEN
    return page(
        "improvement/visits/team.html",
        status,
        visit=found,
        form=form,
        rotation=rotation_words(),
        conflicted=found.conflicted,
        may_change=is_open and decide.may(actor, PLAN, found),
        may_name=is_open and decide.may(actor, LEAD, found),
    )
