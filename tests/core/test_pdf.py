"""Printing: Chinese documents come out right, hostile ones reach nothing and end in time."""

import base64
import io
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.core import pdf
from app.core.pdf import NotPrinted, Printed
from app.core.sandbox import Limits, Sandbox

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PAGE = (
    """<html lang="zh"><style>@page { size: A4 } body { font: 16pt FangSong, "Noto Serif CJK SC" }</style>%s</html>"""
)


@pytest.fixture(scope="module", autouse=True)
def printer() -> Iterator[None]:
    pdf.warm()
    yield
    pdf.close()


@pytest.fixture(scope="module")
def short_of_time() -> Iterator[Sandbox]:
    box = Sandbox("app.core.pdf:draw", Limits(seconds=2, megabytes=256), pdf._font_settings)
    box.warm()
    yield box
    box.close()


@pytest.fixture
def impatient(short_of_time: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_sandbox", short_of_time)


def read(printed: Printed) -> PdfReader:
    return PdfReader(io.BytesIO(printed.content))


def test_chinese_text_is_printed_with_embedded_fonts_and_can_be_read_back() -> None:
    printed = pdf.render(PAGE % "<h1>问题整改方案</h1><p>实验小学应于2026年11月25日前完成整改。</p>")
    page = read(printed).pages[0]

    assert "问题整改方案" in page.extract_text() and "2026年11月25日" in page.extract_text()
    assert printed.pages == 1 and printed.refused == ()
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    described = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert all("/FontFile3" in font or "/FontFile2" in font for font in described)


def test_the_same_document_gives_the_same_bytes() -> None:
    assert pdf.render(PAGE % "甲").sha256 == pdf.render(PAGE % "甲").sha256 != pdf.render(PAGE % "乙").sha256


def test_pages_are_counted() -> None:
    assert pdf.render(PAGE % ("<p style='break-after: page'>页</p>" * 12)).pages == 12


def test_pictures_come_from_data_addresses_and_from_the_assets_given() -> None:
    inline = base64.b64encode(PIXEL).decode()
    html = PAGE % f'<img src="data:image/png;base64,{inline}"><img src="asset:code.png">'

    assert len(read(pdf.render(html, {"code.png": PIXEL})).pages[0].images) >= 1
    with pytest.raises(ValueError, match=r"code\.png"):
        pdf.render(html)


def test_styles_and_pictures_of_the_bureau_lie_in_fixed_folders(tmp_path: Path) -> None:
    (tmp_path / "seal.png").write_bytes(PIXEL)
    (tmp_path / "secret").mkdir()
    pdf.configure(documents=tmp_path)
    try:
        assert pdf.render(PAGE % '<img src="asset:seal.png">').pages == 1
        for path in ("secret", "../seal.png", "./seal.png", "secret/../seal.png", "%2e%2e/seal.png"):
            with pytest.raises(ValueError, match="no such asset"):
                pdf.render(PAGE % f'<img src="asset:{path}">')
    finally:
        pdf.configure(documents=pdf.ROOT / "config" / "documents")


@pytest.mark.parametrize(
    "element",
    [
        '<img src="%s">',
        '<link rel="stylesheet" href="%s">',
        '<link rel="attachment" href="%s">',
        '<a rel="attachment" href="%s">x</a>',
        '<object data="%s"></object>',
        '<embed src="%s">',
        '<style>@import "%s"; p { background: url(%s) }</style><p>x</p>',
        "<style>@font-face { font-family: F; src: url(%s) } p { font-family: F }</style><p>x</p>",
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="%s" width="9" height="9"/><use href="%s#a"/></svg>',
        '<base href="%s/"><img src="a.png">',
        '<p style="content: url(%s)">x</p><ul style="list-style-image: url(%s)"><li>x</ul>',
    ],
)
def test_no_element_of_a_document_reaches_the_network_or_a_file(element: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        for address in (
            f"http://127.0.0.1:{port}/x",
            f"ftp://127.0.0.1:{port}/x",
            "file:///etc/passwd",
            "HTTP://[::1]/",
        ):
            printed = pdf.render(PAGE % element.replace("%s", address))
            assert b"root:" not in printed.content and not read(printed).attachments
        with pytest.raises(TimeoutError):
            listener.accept()


def test_refused_addresses_are_told_by_kind_only() -> None:
    printed = pdf.render(PAGE % '<img src="http://127.0.0.1:9/?name=secret"><img src="file:///etc/passwd">')

    assert sorted(printed.refused) == ["file", "http"]


def test_script_in_a_document_is_not_carried_over() -> None:
    printed = pdf.render(PAGE % "<script>app.alert(1)</script><a href='javascript:alert(1)'>x</a>")

    assert b"/JavaScript" not in printed.content and b"/JS" not in printed.content


def test_a_document_over_three_hundred_pages_is_refused_with_a_sentence() -> None:
    with pytest.raises(NotPrinted) as refusal:
        pdf.render(PAGE % ("<p style='break-after: page'>页</p>" * 301))
    assert "300 页" in refusal.value.sentence.zh and "300 pages" in refusal.value.sentence.en


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "heavy",
    ["<p>没完没了</p>" * 60_000, "<table><tr>" + "<td>格" * 30_000 + "</table>", "<div>" * 20_000],
    ids=["long", "wide", "deep"],
)
def test_a_document_without_end_is_ended_and_the_next_one_is_printed(heavy: str) -> None:
    began = time.monotonic()

    with pytest.raises(NotPrinted):
        pdf.render(PAGE % heavy)
    assert time.monotonic() - began < 5
    assert pdf.render(PAGE % "甲").pages == 1


def test_many_threads_print_at_once() -> None:
    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(pdf.render(PAGE % "甲").pages)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [1] * 4


def test_a_worker_forked_after_warming_prints_with_the_same_process() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0 if pdf.render(PAGE % "甲").pages == 1 else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_without_the_system_libraries_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIBRARIES", ("libnothing-of-that-name.so.9",))
    pdf._libraries_present.cache_clear()

    assert not pdf.available()
    with pytest.raises(NotPrinted) as refusal:
        pdf.render(PAGE % "甲")
    assert "libpango-1.0-0" in refusal.value.sentence.zh and "Word" in refusal.value.sentence.en
    pdf._libraries_present.cache_clear()


def test_printing_can_be_switched_off() -> None:
    pdf.configure(documents=pdf.ROOT / "config" / "documents", on=False)
    try:
        assert pdf.why_not() == pdf.OFF and not pdf.available()
    finally:
        pdf.configure(documents=pdf.ROOT / "config" / "documents", on=True)
