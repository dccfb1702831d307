"""Printouts of plans: asked for, waited for, fetched, and checked by anybody who holds the paper."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from app.core import pdf
from app.core.errors import Invalid, Sentence
from app.core.limits import COSTLY, throttle
from app.core.web.current import PUBLIC, current_actor, needs
from app.core.web.pages import page, say
from app.core.web.papers import hand_out
from app.core.web.verifying import digests_of, printed_facts, verify_page
from app.improvement.plans.models import PlanDocument
from app.improvement.plans.operations import documents as operations
from app.improvement.plans.operations.documents import PrintIn
from app.improvement.plans.queries import documents, plans
from app.improvement.plans.routes.blueprint import documents as bp
from app.improvement.plans.routes.blueprint import papers as papers_bp
from app.improvement.plans.routes.blueprint import plans as plans_bp

MEDIA = {
    "pdf": "application/pdf",
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
NO_PLANS = Sentence("这份清单还没有可以打印的方案", "This list has no plans to be printed yet")


@plans_bp.post("/<ref>/documents")
@needs("plans.view_plans")
@throttle.limit(COSTLY)
def print_plan(ref: str) -> Any:
    """Ask for one plan."""
    actor = current_actor()
    made = operations.print_plan(actor, plans.plan_for(actor, ref), PrintIn(request.form.get("form", "")))
    return redirect(url_for("plan_documents.show", ref=made.ref), 303)


@bp.post("/bundles/<list_ref>")
@needs("plans.print_bundle")
@throttle.limit(COSTLY)
def print_bundle(list_ref: str) -> Any:
    """Ask for all plans of a list under one cover."""
    actor = current_actor()
    held = documents.list_for(actor, list_ref)
    count = len(documents.plans_to_bind(actor, held))
    if not count:
        raise Invalid("", NO_PLANS)
    made = operations.print_plans(actor, held, PrintIn(request.form.get("form", ""), count))
    return redirect(url_for("plan_documents.show", ref=made.ref), 303)


@bp.get("/<ref>")
@needs("plans.view_plans")
def show(ref: str) -> Response:
    """How far it is; the file once it is made."""
    document = documents.document_for(current_actor(), ref)
    why_not = pdf.why_not() if document.form == "pdf" and not document.is_over else None
    return page("improvement/plans/document.html", document=document, job=job(document), why_not=why_not)


@bp.get("/<ref>/progress")
@needs("plans.view_plans")
def progress(ref: str) -> Response:
    """The row alone, asked for every two seconds."""
    document = documents.document_for(current_actor(), ref)
    return page("improvement/plans/_job.html", document=document, job=job(document))


def job(document: PlanDocument) -> dict[str, Any]:
    """The printout as the macro draws a long job."""
    trouble = say(Sentence(document.trouble_zh, document.trouble_en)) if document.trouble_zh else ""
    address = url_for("plan_documents.file", ref=document.ref)
    return {
        "title": document.title,
        "done": document.parts_done,
        "total": document.part_count,
        "over": document.is_over,
        "failed": trouble,
        "result": (_("下载 %(name)s", name=document.file_name), address) if document.made_at else None,
    }


@bp.get("/<ref>/file")
@needs("plans.view_plans")
def file(ref: str) -> Response:
    """The finished file."""
    document = documents.made_document_for(current_actor(), ref)
    assert document.file_sha256 is not None
    return hand_out(current_actor(), document.file_sha256, document.file_name, MEDIA[document.form])


@papers_bp.get("/<ref>")
@needs(PUBLIC)
def check(ref: str) -> Response:
    """Is this paper ours: number, edition, day and fingerprints, nothing of a person or a school (security 59)."""
    fact = documents.printed_fact(current_actor(), ref)
    return verify_page(pgettext("one", "整改方案"), printed_facts(fact), digests_of(fact))
