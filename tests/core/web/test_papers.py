"""A paper leaves with its reader's name at the foot of every page; the kept file stays as it was drawn."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from app.core import pdf
from app.core.errors import StepRefused
from app.core.web import papers
from app.core.word import Paper
from tests.cast import Cast, sign_in
from tests.conftest import Clock

TWO_SHEETS = """<html lang="zh"><style>@page { size: A4 } @page wide { size: A4 landscape } .wide { page: wide }</style>
<p>整改方案第一页</p><p class="wide">一览表在横的一页</p></html>"""


@pytest.fixture(scope="module", autouse=True)
def printing() -> Iterator[None]:
    yield
    pdf.close()


def texts(content: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def test_security_59_every_page_names_its_reader_the_moment_and_the_digest(app: Flask, cast: Cast) -> None:
    kept = app.extensions["bihuan.shelf"].keep(pdf.render(TWO_SHEETS).content, "方案.pdf", papers.PDF)
    actor = cast.actor("principal")
    with app.test_request_context():
        answer = papers.hand_out(actor, kept.sha256, kept.name, papers.PDF)
    pages = texts(answer.data)
    assert len(pages) == 2
    for page, own in zip(pages, ("整改方案第一页", "一览表在横的一页"), strict=True):
        assert own in page
        assert f"{actor.name}（{actor.unit_name}" in page and "取阅" in page and kept.sha256[:16] in page
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with app.extensions["bihuan.shelf"].open(kept.sha256) as file:
        assert "取阅" not in "".join(texts(file.read()))


def test_security_59_two_readers_get_two_papers_of_one_kept_file(app: Flask, cast: Cast) -> None:
    kept = app.extensions["bihuan.shelf"].keep(pdf.render(TWO_SHEETS).content, "方案.pdf", papers.PDF)
    said = []
    for player in ("principal", "office_director"):
        with app.test_request_context():
            said.append(texts(papers.hand_out(cast.actor(player), kept.sha256, kept.name, papers.PDF).data)[0])
    assert cast.actor("principal").name in said[0] and cast.actor("principal").name not in said[1]


def test_security_59_a_word_file_names_its_reader_in_the_foot(app: Flask, cast: Cast) -> None:
    made = Paper("整改方案")
    made.paragraph("第一段")
    kept = app.extensions["bihuan.shelf"].keep(made.content(), "方案.docx", papers.WORD)
    with app.test_request_context():
        answer = papers.hand_out(cast.actor("principal"), kept.sha256, kept.name, papers.WORD)
    paper = Document(io.BytesIO(answer.data))
    feet = [line.text for section in paper.sections for line in section.footer.paragraphs]
    assert any(cast.actor("principal").name in line and kept.sha256[:16] in line for line in feet)


def test_a_name_cannot_bring_markup_onto_the_paper() -> None:
    assert "<b>王</b>" in texts(papers.on_pdf(pdf.render(TWO_SHEETS).content, "<b>王</b>取阅"))[0]


def test_without_printing_no_paper_leaves_unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = pdf.render(TWO_SHEETS).content
    monkeypatch.setattr(pdf, "why_not", lambda: pdf.OFF)
    with pytest.raises(StepRefused):
        papers.on_pdf(drawn, "王取阅")


def test_security_59_a_page_sent_to_the_printer_says_by_whom_and_when(
    client: FlaskClient, cast: Cast, clock: Clock
) -> None:
    actor = cast.actor("principal")
    page = sign_in(client, cast["principal"]).get("/todo").text
    line = page.partition('<p class="print-line">')[2].partition("</p>")[0]
    assert actor.name in line and actor.unit_name in line and "由本人打印" in line and ":" in line
    assert "print-line" not in client.get("/nothing-here").text
