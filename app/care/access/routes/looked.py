"""谁看过: for the guardian and the student behind their code, and for the school's psychology lead who answers them; as PDF too."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, url_for
from flask_babel import gettext as _

from app.care.access.queries.looked import who_looked
from app.care.access.routes.blueprint import bp
from app.care.consent.entrance import Holder
from app.care.consent.routes.door import inside
from app.care.rainbow.queries.observed import student_for
from app.core import clock, pdf
from app.core.audit import trail
from app.core.errors import StepRefused
from app.core.limits import COSTLY, throttle
from app.core.storage import headers_for
from app.core.web.current import PUBLIC, current_actor, needs
from app.core.web.pages import language, page
from app.core.web.papers import PDF
from app.people.directory.models import Student

TELL = "access.tell_who_looked"


@bp.get("/support/students/<ref>/looked")
@needs(TELL)
def looked(ref: str) -> Response:
    """Who looked at this child's data within a year, to be told to the family on request."""
    actor = current_actor()
    student = student_for(actor, ref, TELL)
    trail.saw(actor, student, "looked.page")
    return page(
        "care/access/looked.html", student=student, rows=who_looked(actor, student),
        paper_url=url_for("access.looked_paper", ref=ref), back_url=url_for("access.factors", ref=ref),
    )  # fmt: skip


@bp.get("/support/students/<ref>/looked.pdf")
@needs(TELL)
@throttle.limit(COSTLY)
def looked_paper(ref: str) -> Response:
    """The same on paper."""
    actor = current_actor()
    student = student_for(actor, ref, TELL)
    trail.saw(actor, student, "looked.paper")
    return _paper(student, who_looked(actor, student))


def links(holder: Holder) -> list[dict[str, Any]]:
    """What the page behind the door offers everybody: who looked."""
    return [{"title": _("谁看过我的资料") if holder.is_student else _("谁看过孩子的资料"), "url": url_for("access.own_looked"),
             "said": _("看一看")}]  # fmt: skip


@bp.get("/code/looked")
@needs(PUBLIC)
def own_looked() -> Any:
    """Who looked, in plain words, for who came in by a code."""
    holder = inside()
    if holder is None:
        return redirect(url_for("code.door"), 303)
    trail.saw(holder.actor, holder.student, "looked.own")
    return page("care/access/own_looked.html", holder=holder, rows=who_looked(holder.actor, holder.student))


@bp.get("/code/looked.pdf")
@needs(PUBLIC)
@throttle.limit(COSTLY)
def own_paper() -> Any:
    """The same on paper."""
    holder = inside()
    if holder is None:
        return redirect(url_for("code.door"), 303)
    trail.saw(holder.actor, holder.student, "looked.own_paper")
    return _paper(holder.student, who_looked(holder.actor, holder.student))


def _paper(student: Student, rows: Any) -> Response:
    doc = {"title": _("查阅记录"), "meta": (student.name, _("%(d)s 打印", d=f"{clock.today():%Y-%m-%d}"))}
    html = render_template("documents/looked.html", doc=doc, rows=rows, language=language())
    try:
        content = pdf.render(html).content
    except pdf.NotPrinted as refused:
        raise StepRefused((refused.sentence,)) from None
    return Response(content, headers=headers_for(_("查阅记录.pdf"), PDF))
