"""等保证据: the reports, one report by family, as PDF and workbook, and the page that checks a paper."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from app.core.audit import trail
from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import onward
from app.core.web.current import PUBLIC, current_actor, needs
from app.core.web.pages import page
from app.core.web.verifying import digests_of, printed_facts, verify_page
from app.people.controls import operations, papers, queries
from app.people.controls.models import ControlReport
from app.people.controls.operations import ControlsPlace

bp = Blueprint("controls", __name__)
FAMILIES = {"ok": "done", "bad": "late", "unknown": "idle"}
"""What was found → family of the badge."""


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page its words."""
    return {"states": papers.states(), "families_of": FAMILIES, "said_in": papers.said}


@bp.get("/audit/controls")
@needs(queries.VIEW)
def index() -> Response:
    """All reports, the newest first."""
    actor = current_actor()
    rows, pages = filters.paged(queries.reports(actor, filters.cursor()))
    return page(
        "people/controls/reports.html", rows=rows, pages=pages, may_measure=decide.holds(actor, queries.MEASURE),
        waiting=queries.is_waiting(actor),
    )  # fmt: skip


@bp.post("/audit/controls")
@needs(queries.MEASURE)
@throttle.limit(COSTLY)
def measure() -> Any:
    """Let the worker measure now."""
    actor = current_actor()
    assert actor.county_id is not None
    operations.ask_for_report(actor, ControlsPlace(actor.county_id), None)
    return onward(url_for("controls.index"), _("正在测量，一两分钟后出现在列表里"))


@bp.get("/audit/controls/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One report: what does not hold first in the summary, every line under its family."""
    actor = current_actor()
    found = queries.report_for(actor, ref)
    return page("people/controls/report.html", one=found, asker=queries.asker(actor, found))


@bp.get("/audit/controls/<ref>/report.pdf")
@needs(queries.VIEW)
@throttle.limit(COSTLY)
def paper(ref: str) -> Response:
    """On paper, with a code to check it by. Raises NotFound before it is measured."""
    actor, found = current_actor(), _measured(ref)
    return papers.as_pdf(actor, found, queries.bureau(actor, found))


@bp.get("/audit/controls/<ref>/report.xlsx")
@needs(queries.VIEW)
@throttle.limit(COSTLY)
def workbook(ref: str) -> Response:
    """As a workbook. Raises NotFound before it is measured."""
    return papers.as_workbook(_measured(ref))


def _measured(ref: str) -> ControlReport:
    actor = current_actor()
    found = queries.report_for(actor, ref)
    if not found.is_unchanged:
        raise NotFound("control_report", ref)
    trail.saw(actor, found, "controls.paper")
    return found


@bp.get("/verify/compliance/<ref>")
@needs(PUBLIC)
@throttle.limit(COSTLY)
def verify_paper(ref: str) -> Response:
    """Whether a paper is ours: number, edition, day, digest."""
    found = queries.printed(current_actor(), ref)
    kinds = {"controls": _("等保控制点证据"), "yearly": _("未成年人个人信息保护审计")}
    return verify_page(kinds[found.kind] if found else _("合规文件"), printed_facts(found), digests_of(found))
