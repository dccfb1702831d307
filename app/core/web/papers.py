"""A kept paper leaves with the name of whoever fetches it on every page, so that a copy left lying says whose it was.

The kept file stays as it was drawn, one for all; what leaves is a copy with one more line at the foot: reader, role, unit,
moment, and the digest of the kept file (security 59). The code that anybody may check names the kept paper.
"""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING

from flask import Response, current_app

from app.core import clock, pdf
from app.core.errors import StepRefused
from app.core.on_demand import on_demand
from app.core.policy.actor import Actor
from app.core.policy.roles import ROLES
from app.core.storage import Shelf, headers_for

if TYPE_CHECKING:
    import docx
    import pikepdf
else:
    docx, pikepdf = on_demand("docx"), on_demand("pikepdf")

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Size = tuple[float, float]


def hand_out(actor: Actor, sha256: str, name: str, media_type: str) -> Response:
    """A paper that we made, as PDF or Word, with its reader's line. Raises NotFound, and StepRefused while PDF is off."""
    shelf: Shelf = current_app.extensions["bihuan.shelf"]
    with shelf.open(sha256) as file:
        content = file.read()
    line = readers_line(actor, sha256)
    marked = {PDF: on_pdf, WORD: on_word}[media_type](content, line)
    return Response(marked, headers=headers_for(name, media_type))


def readers_line(actor: Actor, sha256: str) -> str:
    """张三（县教育局，办公室主任）2026-11-29 11:02 取阅，文件摘要 0123456789abcdef."""
    role = ROLES[actor.role].zh if actor.role in ROLES else ""
    where = "，".join(part for part in (actor.unit_name, role) if part)
    return f"{actor.name}（{where}）{clock.local(clock.now()):%Y-%m-%d %H:%M} 取阅，文件摘要 {sha256[:16]}"


def on_pdf(content: bytes, line: str) -> bytes:
    """The pages with the line at the foot of each."""
    with pikepdf.open(io.BytesIO(content)) as paper:
        drawn: dict[Size, pikepdf.Pdf] = {}
        for page in paper.pages:
            size = _size(page)
            if size not in drawn:
                drawn[size] = pikepdf.open(io.BytesIO(_foot(size, line)))
            page.add_overlay(drawn[size].pages[0], pikepdf.Rectangle(page.mediabox))
        kept = io.BytesIO()
        paper.save(kept)
    return kept.getvalue()


def on_word(content: bytes, line: str) -> bytes:
    """The document with the line in the foot of each section."""
    paper = docx.Document(io.BytesIO(content))
    for section in paper.sections:
        section.footer.add_paragraph(line)
    kept = io.BytesIO()
    paper.save(kept)
    return kept.getvalue()


def _size(page: pikepdf.Page) -> Size:
    left, bottom, right, top = (float(edge) for edge in page.mediabox)
    return round(right - left, 1), round(top - bottom, 1)


def _foot(size: Size, line: str) -> bytes:
    width, height = size
    html = (
        f"<html lang='zh'><style>@page {{ size: {width}pt {height}pt; margin: 0 }}"
        " p { position: absolute; left: 0; right: 0; bottom: 14pt; margin: 0; text-align: center; font-size: 7pt;"
        " color: #5f6b7c; font-family: SimHei, 'Noto Sans CJK SC', sans-serif }</style>"
        f"<p>{escape(line)}</p></html>"
    )
    try:
        return pdf.render(html).content
    except pdf.NotPrinted as refused:
        raise StepRefused((refused.sentence,)) from None
