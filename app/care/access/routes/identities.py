"""身份查看: the county asks for a name, the school's custodian decides, the register is reviewed."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.care.access import forms
from app.care.access.operations import identities
from app.care.access.operations.emergencies import OpeningStep
from app.care.access.operations.sealing import unsealed
from app.care.access.queries import openings as queries
from app.care.access.queries import urgent
from app.care.access.routes.blueprint import bp
from app.core.audit import trail
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way, chips_of, offers_of
from app.core.web.pages import page
from workflows.care.identity_grant import IDENTITY_GRANT

GRANT, REVIEW, END = "access.grant_identity", "access.review_identity", "access.end_identity"


@bp.get("/support/urgent/<ref>/identity")
@needs(urgent.ASK)
def wish(ref: str) -> Response:
    """Ask before it is asked."""
    case = urgent.case_for(current_actor(), ref, right=urgent.ASK)
    return _wish(case, forms.AskForm(formdata=None))


@bp.post("/support/urgent/<ref>/identity")
@needs(urgent.ASK)
def ask(ref: str) -> Any:
    """Ask the school for the name."""
    actor, form = current_actor(), forms.AskForm()
    case = urgent.case_for(actor, ref, right=urgent.ASK)
    if carried_out(form, lambda: identities.ask_identity(actor, case, form.given())):
        return onward(url_for("access.urgent"), _("已申请，等学校心理工作负责人决定"))
    return _wish(case, form, 422)


def _wish(case: Any, form: Any, status: int = 200) -> Response:
    return page(
        "care/access/asking.html", status, form=form, title=_("申请查看身份"), number=case.ref[:6].upper(),
        consequence=_("学校心理工作负责人决定；同意后只有你能看到姓名，7 天后自动收回。个人信息保护负责人会核对。"),
        submit=_("申请"), action=url_for("access.ask", ref=case.ref), back_url=url_for("access.urgent"),
        back_name=_("马上要安排的帮助"),
    )  # fmt: skip


@bp.get("/identity-requests")
@needs(queries.IDENTITIES)
def identity_requests() -> Response:
    """The register of requests, by code number."""
    actor = current_actor()
    state = filters.choice("state", _("状态"), [(one.code, word(one)) for one in IDENTITY_GRANT.states], many=True)
    rows, pages = filters.paged(queries.identities(actor, state.chosen, filters.cursor()))
    trail.saw(actor, None, "identities.list", [row[0].ref for row in rows])
    return page(
        "care/access/identities.html",
        rows=rows,
        listing=filters.bar([state]),
        clocks=chips_of([row[0] for row in rows]),
        **pages,
    )


@bp.get("/identity-requests/<ref>")
@needs(queries.IDENTITIES)
def identity(ref: str) -> Response:
    """One request: who asks, why, what was decided."""
    return _identity(queries.identity_for(current_actor(), ref))


def _identity(found: Any, status: int = 200, **given: Any) -> Response:
    actor = current_actor()
    student = queries.student_of(found)
    trail.saw(actor, found, "identity.page", [found.ref, *([student.ref] if student else [])])
    who, school = queries.names_of(found)
    told = actor.role != "security_admin"
    ways = {
        "grant": Way(url_for("access.grant", ref=found.ref), "check", post=True),
        "end": Way(url_for("access.end_identity", ref=found.ref), "lock", post=True),
    }
    return page(
        "care/access/identity.html", status, one=found, who=who, school=school, student=student, told=told,
        reason=unsealed(found, "reason_sealed") if told else "",
        finding=unsealed(found, "finding_sealed") if told else "",
        offers=offers_of(actor, found, ways),
        form=given.get("review") or forms.ReviewForm(formdata=None, version=found.version),
        no_form=given.get("deny") or forms.DenyForm(formdata=None, version=found.version),
        may_deny=found.state == "requested" and decide.may(actor, GRANT, found),
        may_review=found.state == "ended" and decide.may(actor, REVIEW, found),
    )  # fmt: skip


@bp.post("/identity-requests/<ref>/grant")
@needs(GRANT)
def grant(ref: str) -> Any:
    """Open the name for seven days."""
    found = queries.identity_for(current_actor(), ref)
    identities.grant_identity(current_actor(), found, OpeningStep())
    return onward(found.address, _("已同意，7 天后自动收回"))


@bp.post("/identity-requests/<ref>/deny")
@needs(GRANT)
def deny(ref: str) -> Any:
    """Do not open it, and say why."""
    actor, form = current_actor(), forms.DenyForm()
    found = queries.identity_for(actor, ref)
    if carried_out(form, lambda: identities.deny_identity(actor, found, form.given())):
        return onward(found.address, _("已答复不同意"))
    return _identity(found, 422, deny=form)


@bp.post("/identity-requests/<ref>/end")
@needs(END)
def end_identity(ref: str) -> Any:
    """Close the name again."""
    found = queries.identity_for(current_actor(), ref)
    identities.end_identity(current_actor(), found, OpeningStep())
    return onward(found.address, _("已结束"))


@bp.post("/identity-requests/<ref>/review")
@needs(REVIEW)
def review_identity(ref: str) -> Any:
    """Say whether it was needed."""
    actor, form = current_actor(), forms.ReviewForm()
    found = queries.identity_for(actor, ref)
    if carried_out(form, lambda: identities.review_identity(actor, found, form.given())):
        return onward(found.address, _("已核对"))
    return _identity(found, 422, review=form)
