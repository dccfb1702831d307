"""The page behind a QR code: whether a paper is ours, for anybody who holds it; nothing of a person or a school (security 59)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from flask import Response, request
from flask_babel import gettext as _

from app.core.web.chips import long_date
from app.core.web.pages import page

SHORTEST_FINGERPRINT = 16
"""Characters of a digest that a paper shows where it has no room for all 64."""


def verify_page(kind: str, facts: Mapping[str, str] | None, digests: Mapping[str, str]) -> Response:
    """A whole page; 404 where `facts` is None, for a code that was never given out.

    kind: what the paper is, in the reader's language; facts: label → what stands on the paper; digests: label → the
    SHA-256, whole or its first 16 characters, against which somebody may hold what they have (`?sha256=`).
    """
    typed = "".join(request.args.get("sha256", "").split()).lower()[:64]
    return page(
        "verify.html",
        404 if facts is None else 200,
        kind=kind,
        facts=facts,
        digests=digests,
        typed=typed,
        same=any(_alike(typed, one) for one in digests.values()) if typed and facts is not None else None,
    )


class Printed(Protocol):
    """What features keep of a printed document for this page."""

    number: Any
    edition: Any
    made_at: Any
    content_sha256: Any
    file_sha256: Any


def printed_facts(printed: Printed | None) -> dict[str, str] | None:
    """Number, edition and day of a printed document; None where there is none."""
    if printed is None:
        return None
    return {
        _("编号"): printed.number,
        _("版次"): _("第 %(n)s 版", n=printed.edition),
        _("生成日期"): long_date(printed.made_at),
    }


def digests_of(printed: Any) -> dict[str, str]:
    """The digests of a document's content and, where one was drawn, of its file."""
    if printed is None:
        return {}
    told = {_("内容指纹"): printed.content_sha256, _("文件指纹"): printed.file_sha256}
    return {label: digest for label, digest in told.items() if digest}


def _alike(typed: str, digest: str) -> bool:
    """Equal as far as the shorter goes, when that is far enough."""
    shorter = min(len(typed), len(digest))
    return shorter >= SHORTEST_FINGERPRINT and typed[:shorter] == digest[:shorter]
