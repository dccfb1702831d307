"""销毁记录: the protocol of an erasure, drawn once in the worker; counts and digests, nobody's name."""

from __future__ import annotations

from flask import current_app
from flask_babel import force_locale

from app.care.retention import words
from app.care.retention.classes import classes
from app.care.retention.due import years_of
from app.care.retention.models import PurgeBatch
from app.care.retention.operations.purging import ProtocolIn, keep_protocol
from app.core import pdf
from app.core.database import db, use_context
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.web.chips import long_date, word
from app.core.web.papers import PDF
from app.people.directory.models import Unit


def purge_protocol(row: OutboxRow) -> None:
    """Draw it once; nothing where printing is off or it is there."""
    use_context(SYSTEM.context())
    batch = db.session.get(PurgeBatch, row.record_id)
    if batch is None or batch.protocol_sha256 is not None or not pdf.available():
        return
    content = pdf.render(html_of(batch)).content
    name = f"销毁记录-{batch.carried_on:%Y%m%d}-{batch.ref[:6]}.pdf"
    keep_protocol(SYSTEM, batch, ProtocolIn(current_app.extensions["bihuan.shelf"].keep(content, name, PDF)))


def html_of(batch: PurgeBatch) -> str:
    """The protocol as a page in the style of official documents."""
    about = classes()[batch.class_code]
    with force_locale("zh"):
        bureau = db.session.get(Unit, batch.county_id)
        doc = {
            "title": "个人信息销毁记录",
            "meta": [bureau.name if bureau else "", long_date(batch.carried_on), f"摘要 {batch.digest[:16]}"],
            "qr": "",
            "verify_at": f"逐批摘要与操作轨迹 purge_batch.erase 一致，总摘要 {batch.digest}",
            "record_number": batch.ref,
        }
        return current_app.jinja_env.get_template("documents/purge_protocol.html").render(
            doc=doc, language="zh", batch=batch, about=about, period=about.said(years_of(batch.county_id)[about.code]),
            approver=words.APPROVERS[about.approved_by], lines=lines_of(batch),
        )  # fmt: skip


def lines_of(batch: PurgeBatch) -> list[tuple[str, int]]:
    """(what, how many), as the protocol and the page list them."""
    return [(word(words.TABLES[name]) if name in words.TABLES else name, n) for name, n in sorted(batch.erased.items())]
