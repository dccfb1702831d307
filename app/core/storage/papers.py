"""PDF files: cleaned of scripts, attachments and whatever opens or plays by itself, then looked through again."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, sanitize
from pypdf import PageObject, PdfReader

from app.core import clock
from app.core.errors import Sentence
from app.core.storage.refusals import refused

MOST_PAGES = 1000
SECONDS_TO_READ = 8
DEEPEST = 100
_ACTIVE = {
    Name.JavaScript,
    Name.Launch,
    Name.SubmitForm,
    Name.ImportData,
    Name.GoToE,
    Name.Rendition,
    Name.Movie,
    Name.Sound,
    Name.RichMediaExecute,
}


def cleaned(content: bytes, name: str) -> bytes:
    """The same pages with nothing that acts; raises Refused."""
    try:
        with pikepdf.open(io.BytesIO(content)) as paper:
            if not 0 < len(paper.pages) <= MOST_PAGES:
                if paper.pages:
                    raise refused("pages", name=name, pages=len(paper.pages), limit=MOST_PAGES)
                raise refused("damaged", name=name)
            _clean(paper)
            if _still_active(paper):
                raise refused("active", name=name)
            target = io.BytesIO()
            paper.save(target, deterministic_id=True, encryption=False)
            return target.getvalue()
    except pikepdf.PasswordError:
        raise refused("password", name=name) from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RecursionError):
        raise refused("damaged", name=name) from None


def _clean(paper: pikepdf.Pdf) -> None:
    sanitize.remove_javascript(paper)
    sanitize.remove_external_access(paper)
    sanitize.remove_attachments(paper)
    sanitize.remove_multimedia(paper)
    sanitize.remove_collection(paper)
    sanitize.remove_private_app_data(paper)
    sanitize.remove_web_capture(paper)
    for key in (Name.Metadata, Name.OpenAction, Name.AA):
        if key in paper.Root:
            del paper.Root[key]
    form = paper.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary) and Name.XFA in form:
        del form[Name.XFA]
    if Name.Info in paper.trailer:
        del paper.trailer[Name.Info]
    paper.remove_unreferenced_resources()


def _still_active(paper: pikepdf.Pdf) -> bool:
    """Whether an object that the saved file would carry still acts or holds a file."""
    target = io.BytesIO()
    paper.save(target, encryption=False)
    with pikepdf.open(target) as again:
        return any(_acts(thing) for thing in again.objects)


def _acts(thing: Any, depth: int = 0) -> bool:
    """Whether the object or one that lies directly in it acts or holds a file; what it refers to is looked at by itself."""
    if depth > DEEPEST:
        return True
    if isinstance(thing, pikepdf.Array):
        return any(_acts(inner, depth + 1) for inner in thing if not _elsewhere(inner))
    if not isinstance(thing, (Dictionary, pikepdf.Stream)):
        return False
    if (
        thing.get(Name.S) in _ACTIVE
        or Name.JS in thing
        or Name.EF in thing
        or thing.get(Name.Type) == Name.EmbeddedFile
    ):
        return True
    return any(_acts(inner, depth + 1) for _, inner in thing.items() if not _elsewhere(inner))


def _elsewhere(thing: Any) -> bool:
    return isinstance(thing, pikepdf.Object) and thing.is_indirect


def texts(content: bytes) -> Iterator[tuple[Sentence, str]]:
    """The text of each page with its place, for as many pages as the time allows."""
    began = clock.monotonic()
    with io.BytesIO(content) as file:
        for number, page in enumerate(PdfReader(file).pages, 1):
            if clock.monotonic() - began > SECONDS_TO_READ:
                return
            yield Sentence(f"第 {number} 页", f"page {number}"), _text_of(page)


def _text_of(page: PageObject) -> str:
    """Its text; none where the reader stumbles over what other programs show without complaint."""
    try:
        return page.extract_text()
    except Exception:
        return ""
