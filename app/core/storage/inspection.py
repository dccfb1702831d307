"""The look into a file, done inside the sandbox: extension, first bytes and full parse must agree."""

import json
from collections.abc import Iterable
from itertools import islice

from app.core.errors import Sentence
from app.core.storage import office, papers, pictures
from app.core.storage.id_numbers import MOST_TOLD, places_of
from app.core.storage.kinds import AGREEMENT, CSV, DOCX, EVIDENCE, JPG, KINDS, PDF, PNG, WORKBOOK, XLS, XLSX, Kind
from app.core.storage.refusals import Refused, refused

USES = {use.code: use for use in (AGREEMENT, EVIDENCE, WORKBOOK)}


def inspect(payload: bytes) -> bytes:
    """Task of the sandbox. Takes a line of JSON (name, kind, use, megabytes) and the file; gives a line of JSON
    (changed, id_places, or refused) and, where it changed, the copy to be served."""
    header, _, content = payload.partition(b"\n")
    order = json.loads(header)
    kind = next(kind for kind in KINDS if kind.code == order["kind"])
    try:
        copy, texts = _looked_through(content, order["name"], kind, order["megabytes"])
        found = [] if USES[order["use"]].id_numbers else list(islice(places_of(texts), 10_000))
    except Refused as refusal:
        return json.dumps({"refused": [refusal.sentence.zh, refusal.sentence.en]}).encode() + b"\n"
    told = {
        "changed": copy is not None,
        "id_count": len(found),
        "id_places": [[place.zh, place.en] for place in dict.fromkeys(found)][:MOST_TOLD],
    }
    return json.dumps(told).encode() + b"\n" + (copy or b"")


def _looked_through(
    content: bytes, name: str, kind: Kind, megabytes: int
) -> tuple[bytes | None, Iterable[tuple[Sentence, str]]]:
    """The copy to be served where it differs, and the texts in the file with their places; raises Refused."""
    if kind in (XLSX, XLS, CSV):
        return None, office.table_texts(content, name, megabytes)
    if not content.startswith(kind.begins):
        code = (
            "password" if kind is DOCX and b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in content else "disguised"
        )
        raise refused(code, name=name, zh=kind.zh, en=kind.en)
    if kind in (JPG, PNG):
        return pictures.redrawn(content, name, kind), ()
    if kind is PDF:
        copy = papers.cleaned(content, name)
        return copy, papers.texts(copy)
    return None, office.document_texts(content, name, megabytes)
