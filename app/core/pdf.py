"""Documents as PDF: HTML in, pages out, drawn in a child that reaches nothing it was not given (security 58)."""

import base64
import ctypes
import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from app.core.errors import Sentence
from app.core.sandbox import Limits, Sandbox, TaskOverdue

ROOT = Path(__file__).parents[2]
STYLES = ROOT / "templates" / "documents"
MOST_PAGES = 300
LIMITS = Limits(seconds=20, megabytes=512)
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
)


class NotPrinted(Exception):
    """A document could not be made; `sentence` says why and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True)
class Printed:
    """A finished document; `refused` lists kinds of addresses that it asked for and did not get."""

    content: bytes
    pages: int
    sha256: str
    refused: tuple[str, ...] = ()


OFF = Sentence(
    "这台服务器没有打开 PDF 打印。可以先下载 Word 版；打开它请联系系统管理员。",
    "PDF is switched off on this server. Use the Word version, or ask the administrator.",
)
NO_LIBRARIES = Sentence(
    "这台服务器缺少打印 PDF 的系统组件（Pango）。可以先下载 Word 版；"
    "请系统管理员安装 libpango-1.0-0、libpangoft2-1.0-0 和 libharfbuzz-subset0。",
    "The system libraries for PDF (Pango) are missing. Use the Word version; the administrator can install "
    "libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0.",
)
TOO_LONG = Sentence(
    f"这份文件太长，没有打印。最多 {MOST_PAGES} 页、{LIMITS.seconds} 秒，请缩小范围后再打印。",
    f"The document is too long. The limit is {MOST_PAGES} pages and {LIMITS.seconds} s; print a smaller part.",
)


# Before the door: in the web process and the worker ------------------------------------------------------------------

_settings: dict[str, Any] = {"documents": ROOT / "config" / "documents", "on": True}


def configure(*, documents: Path, on: bool = True) -> None:
    """Name the folder of the bureau's fonts and pictures, and whether documents are printed at all."""
    _settings.update(documents=documents, on=on)


def why_not() -> Sentence | None:
    """The sentence to show while nothing can be printed; None when all is well."""
    if not _settings["on"]:
        return OFF
    return None if _libraries_present() else NO_LIBRARIES


def available() -> bool:
    """Whether documents can be printed on this machine."""
    return why_not() is None


def warm() -> None:
    """Load everything now, so that the first document is as fast as the others; call it before a worker forks."""
    if available():
        _sandbox.warm()


def close() -> None:
    """End the printing process."""
    _sandbox.close()


def render(html: str, assets: Mapping[str, bytes] | None = None, variant: str | None = None) -> Printed:
    """The pages of an HTML document.

    html: whole document; it may name `asset:NAME` (a key of `assets`, a file of templates/documents or of the bureau's
    documents folder) and `data:` addresses, nothing else. assets: pictures made for this document, by name. variant: a
    PDF profile such as "pdf/ua-1". Raises NotPrinted when PDF is off, or the document too long; ValueError when it
    names an asset that is not there.
    """
    if (reason := why_not()) is not None:
        raise NotPrinted(reason)
    packed = {name: base64.b64encode(content).decode() for name, content in (assets or {}).items()}
    order = {"html": html, "assets": packed, "variant": variant, "documents": str(_settings["documents"])}
    try:
        answer = _sandbox.run(json.dumps(order).encode())
    except TaskOverdue:
        raise NotPrinted(TOO_LONG) from None
    header, _, content = answer.partition(b"\n")
    told = json.loads(header)
    if told["missing"]:
        raise ValueError(f"no such asset: {', '.join(told['missing'])}")
    if told["pages"] > MOST_PAGES:
        raise NotPrinted(TOO_LONG)
    return Printed(content, told["pages"], hashlib.sha256(content).hexdigest(), tuple(told["refused"]))


@cache
def _libraries_present() -> bool:
    try:
        for name in LIBRARIES:
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _font_settings(folder: Path) -> dict[str, str]:
    """A font configuration of our own: the system's, and the fonts that the bureau dropped into its folder."""
    place = folder / "fonts.conf"
    documents = escape(str(_settings["documents"]))
    place.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{documents}</dir>'
        f"<cachedir>{escape(str(folder))}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    return {"FONTCONFIG_FILE": str(place)}


_sandbox = Sandbox(f"{__name__}:draw", LIMITS, _font_settings)


# Behind the door: in the printing process ----------------------------------------------------------------------------


SAMPLE = """<html lang="zh"><style>@page { size: A4; @bottom-center { content: "— " counter(page) " —" } }
body { font-family: FangSong, "Noto Serif CJK SC" } th { font-family: SimHei, "Noto Sans CJK SC" }</style>
<h1>问题整改方案</h1><p>一、基本情况。全县学校按照要求落实整改任务，完善教学管理制度，2026年11月25日前完成。Plan 1.</p>
<table><thead><tr><th>序号</th><th>责任单位</th></tr></thead><tr><td>1</td><td>实验小学</td></tr></table></html>"""


def prepare() -> None:
    """Import the renderer and draw one page, so that children inherit its caches and the list of fonts."""
    from weasyprint import HTML

    HTML(string=SAMPLE).write_pdf()


def draw(payload: bytes) -> bytes:
    """One document: a line of JSON (pages, refused, missing), then the PDF itself."""
    order = json.loads(payload)
    fetcher = _fetcher(
        {name: base64.b64decode(text) for name, text in order["assets"].items()}, Path(order["documents"])
    )
    from weasyprint import HTML

    document = HTML(string=order["html"], base_url="asset:", url_fetcher=fetcher).render()
    told = {"pages": len(document.pages), "refused": fetcher.refused, "missing": fetcher.missing}
    drawn = not fetcher.missing and told["pages"] <= MOST_PAGES
    content = document.write_pdf(pdf_variant=order["variant"]) if drawn else b""
    return json.dumps(told).encode() + b"\n" + content


def _fetcher(assets: dict[str, bytes], documents: Path) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OnlyAssets(URLFetcher):  # type: ignore[misc]
        """Answers `asset:` from a fixed map and `data:` from itself; everything else is refused unread."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",), allow_redirects=False)
            self.refused: list[str] = []
            self.missing: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> Any:
            scheme, _, name = url.partition(":")
            if scheme == "data":
                return super().fetch(url, headers)
            if scheme != "asset":
                self.refused.append(scheme[:20])
                raise ValueError("only asset: and data: addresses are read")
            content = assets.get(name) or _lying_in((STYLES, documents), name)
            if content is None:
                self.missing.append(name[:80])
                raise ValueError("no such asset")
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, content, {"Content-Type": kind})

    return OnlyAssets()


def _lying_in(folders: tuple[Path, ...], name: str) -> bytes | None:
    """The file of exactly that name in one of the folders; names with a path in them are nobody's."""
    for folder in folders:
        if name in {entry.name for entry in folder.iterdir() if entry.is_file()} if folder.is_dir() else ():
            return (folder / name).read_bytes()
    return None
