"""Figures on paper: the tables of a frozen week or of a release, with their digest and the name of whoever fetched them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, current_app

from app.care.figures import drawing
from app.care.figures.rates import figures_of
from app.core import pdf
from app.core.errors import StepRefused
from app.core.policy.actor import Actor
from app.core.storage import headers_for
from app.core.web.pages import language
from app.core.web.papers import PDF, readers_line


def paper(
    actor: Actor, title: str, meta: Sequence[str], measures: Mapping[str, Any], names: Mapping[str, str], digest: str
) -> Response:
    """The figures as PDF. Raises StepRefused while printing is off."""
    template = current_app.jinja_env.get_template("documents/care_figures.html")
    html = template.render(
        doc={"title": title, "meta": [*meta, digest[:16]], "qr": "", "verify_at": readers_line(actor, digest)},
        language=language(),
        figures=figures_of(measures),
        parts=drawing.parts(measures, names),
        cell_said=drawing.said,
        figure_said=drawing.figure_said,
    )
    try:
        content = pdf.render(html).content
    except pdf.NotPrinted as refused:
        raise StepRefused((refused.sentence,)) from None
    return Response(content, headers=headers_for("figures.pdf", PDF))
