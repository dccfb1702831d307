"""A report on paper and as a workbook: every line with its number, what was found, and the digest of all of it."""

from __future__ import annotations

from typing import Any

import segno
from flask import Response, current_app
from flask_babel import gettext as _

from app.core import clock, pdf
from app.core.errors import StepRefused
from app.core.policy.actor import Actor
from app.core.spreadsheets import Head, write_workbook
from app.core.storage import headers_for
from app.core.web.downloads import workbook_file
from app.core.web.pages import language
from app.core.web.papers import PDF, readers_line
from app.people.controls.models import ControlReport
from app.people.controls.register import BAD, OK, UNKNOWN
from config.settings import Settings


def states() -> dict[str, str]:
    """What a measure found, in the language of the page."""
    return {OK: _("符合"), BAD: _("不符合"), UNKNOWN: _("此处量不到")}


def said(thing: dict[str, Any], key: str = "") -> str:
    """The words of a line in the language of the page."""
    return str(thing[f"{key}_{language()}" if key else language()])


def verify_address(ref: str) -> str:
    """Where anybody who holds the paper may check it."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    return f"{settings.public_url.format(port=settings.port).rstrip('/')}/verify/compliance/{ref}"


def qr_of(ref: str) -> str:
    """The picture of that address."""
    return segno.make(verify_address(ref), error="m", micro=False).svg_data_uri(scale=4, border=2, light="#fff")


def drawn(template: str, name: str, **given: Any) -> Response:
    """A template of documents as PDF. Raises StepRefused while printing is off."""
    html = current_app.jinja_env.get_template(template).render(language=language(), **given)
    try:
        content = pdf.render(html).content
    except pdf.NotPrinted as refused:
        raise StepRefused((refused.sentence,)) from None
    return Response(content, headers=headers_for(name, PDF))


def as_pdf(actor: Actor, report: ControlReport, issuer: str) -> Response:
    """The report on A4 lying, with the code to check it by."""
    content, digest = report.content or {}, report.content_sha256 or ""
    assert report.taken_at is not None
    taken = f"{clock.local(report.taken_at):%Y-%m-%d %H:%M}"
    doc = {
        "title": _("网络安全等级保护控制点证据"),
        "meta": [issuer, _("等级：第 %(n)s 级", n=report.level), _("测量时间 %(time)s", time=taken), report.ref[:6].upper()],
        "qr": qr_of(report.ref),
        "verify_at": _("扫码核验真伪，摘要 %(digest)s", digest=digest[:16]),
    }  # fmt: skip
    return drawn(
        "documents/controls.html", f"controls-{report.ref[:6]}.pdf", doc=doc, content=content, states=states(),
        digest=digest, said=said, line=readers_line(actor, digest),
    )  # fmt: skip


def as_workbook(report: ControlReport) -> Response:
    """The same lines as a workbook."""
    heads = [Head(_("编号"), 10), Head(_("类别"), 16), Head(_("控制点"), 30), Head(_("结果"), 12), Head(_("证据"), 90)]
    names = states()
    content = report.content or {"families": []}
    rows = [
        (family["clause"], said(family), said(one), names[one["state"]], said(one, "said"))
        for family in content["families"]
        for one in family["controls"]
    ]
    rows.append(("", "", _("内容指纹"), "", report.content_sha256 or ""))
    return workbook_file(write_workbook(heads, rows, sheet=_("等保证据")), f"controls-{report.ref[:6]}")
