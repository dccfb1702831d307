"""Pages of what people do with a finding: confirm, reject, merge, comment, add evidence."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.web import drafts
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way
from app.core.web.pages import page
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.forms.findings import (
    CommentForm,
    ConfirmForm,
    MergeForm,
    RejectForm,
    SupportForm,
    TagsForm,
)
from app.improvement.monitoring.models import DataFinding
from app.improvement.monitoring.operations import MergeIn
from app.improvement.monitoring.routes.blueprint import bp

CONFIRM = ("monitoring.confirm_finding", "monitoring.confirm_management_finding")


def ways_of(found: DataFinding) -> dict[str, Way]:
    """Where the buttons of a finding lead."""
    return {
        "confirm": Way(url_for("monitoring.interpretation", ref=found.ref), "check"),
        "reject": Way(url_for("monitoring.rejection", ref=found.ref), "ban"),
        "merge": Way(url_for("monitoring.merging", ref=found.ref), "git-merge"),
    }


def _page(template: str, found: DataFinding, form: Any, status: int = 200, **context: Any) -> Response:
    return page(
        f"improvement/monitoring/{template}.html",
        status,
        finding=found,
        form=form,
        back_url=found.address,
        **context,
    )


def _draft(found: DataFinding) -> str:
    return f"finding:{found.ref}"


@bp.get("/findings/<ref>/interpretation")
@needs(*CONFIRM)
def interpretation(ref: str) -> Response:
    """Interpret a finding."""
    found = queries.finding_for(current_actor(), ref)
    form, draft_at = drafts.opened(ConfirmForm, _draft(found))
    form.version.data = found.version
    return _page("confirm_finding", found, form, draft_url=drafts.address(_draft(found)), draft_at=draft_at)


@bp.post("/findings/<ref>/interpretation")
@needs(*CONFIRM)
def confirm_finding(ref: str) -> Any:
    """Confirm it."""
    actor, form = current_actor(), ConfirmForm()
    found = queries.finding_for(actor, ref)
    whole, supported = form.validate(), form.demand_support(len(found.supporting_evidence))
    if not (whole and supported):
        return _page("confirm_finding", found, form, 422, draft_url=drafts.address(_draft(found)), draft_at=None)
    operations.confirm_finding(actor, found, form.given())
    drafts.forget_draft(actor, _draft(found))
    return onward(found.address, _("已确认，评价员可以把它转为问题项"))


@bp.get("/findings/<ref>/rejection")
@needs(*CONFIRM)
def rejection(ref: str) -> Response:
    """Explain or reject a finding."""
    found = queries.finding_for(current_actor(), ref)
    return _page("reject_finding", found, RejectForm(formdata=None, version=found.version))


@bp.post("/findings/<ref>/rejection")
@needs(*CONFIRM)
def reject_finding(ref: str) -> Any:
    """Do it."""
    actor, form = current_actor(), RejectForm()
    found = queries.finding_for(actor, ref)
    if carried_out(form, lambda: operations.reject_finding(actor, found, form.given())):
        return onward(found.address, _("已排除，理由留在经过里"))
    return _page("reject_finding", found, form, 422)


@bp.get("/findings/<ref>/merging")
@needs(*CONFIRM)
def merging(ref: str) -> Response:
    """Choose the finding that carries on."""
    found = queries.finding_for(current_actor(), ref)
    return _merge_page(found, MergeForm(formdata=None, version=found.version))


@bp.post("/findings/<ref>/merging")
@needs(*CONFIRM)
def merge_finding(ref: str) -> Any:
    """Merge it."""
    actor, form = current_actor(), MergeForm()
    found = queries.finding_for(actor, ref)
    if not form.validate():
        return _merge_page(found, form, 422)
    target = queries.finding_for(actor, form.target.data)
    operations.merge_finding(actor, found, MergeIn(target.id, form.version.data))
    return onward(target.address, _("已并入 %(number)s", number=target.number))


def _merge_page(found: DataFinding, form: MergeForm, status: int = 200) -> Response:
    targets = queries.merge_targets(current_actor(), found)
    form.target.choices = [(row.ref, f"{row.number} {row.title}") for row in targets]
    return _page("merge_finding", found, form, status, targets=targets)


@bp.get("/findings/<ref>/comment")
@needs("monitoring.comment_finding")
def comment(ref: str) -> Response:
    """What the unit says about it."""
    found = queries.finding_for(current_actor(), ref)
    return _page(
        "comment_finding", found, CommentForm(formdata=None, comment=found.school_comment, version=found.version)
    )


@bp.post("/findings/<ref>/comment")
@needs("monitoring.comment_finding")
def comment_finding(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), CommentForm()
    found = queries.finding_for(actor, ref)
    if carried_out(form, lambda: operations.comment_finding(actor, found, form.given())):
        return onward(found.address, _("意见已提交，教研员和办公室会看到"))
    return _page("comment_finding", found, form, 422)


@bp.get("/findings/<ref>/evidence")
@needs("monitoring.support_finding")
def support(ref: str) -> Response:
    """Evidence from another source."""
    found = queries.finding_for(current_actor(), ref)
    return _page("support_finding", found, SupportForm(formdata=None, version=found.version))


@bp.post("/findings/<ref>/evidence")
@needs("monitoring.support_finding")
def support_finding(ref: str) -> Any:
    """Add it."""
    actor, form = current_actor(), SupportForm()
    found = queries.finding_for(actor, ref)
    if carried_out(form, lambda: operations.support_finding(actor, found, form.support())):
        return onward(found.address, _("佐证已加入"))
    return _page("support_finding", found, form, 422)


@bp.get("/findings/<ref>/scenarios")
@needs("monitoring.tag_finding")
def scenarios(ref: str) -> Response:
    """The application scenarios it belongs to."""
    found = queries.finding_for(current_actor(), ref)
    return _page("tag_finding", found, TagsForm(formdata=None, scenarios=list(found.scenarios), version=found.version))


@bp.post("/findings/<ref>/scenarios")
@needs("monitoring.tag_finding")
def tag_finding(ref: str) -> Any:
    """Keep them."""
    actor, form = current_actor(), TagsForm()
    found = queries.finding_for(actor, ref)
    if carried_out(form, lambda: operations.tag_finding(actor, found, form.given())):
        return onward(found.address, _("应用场景已保存"))
    return _page("tag_finding", found, form, 422)
