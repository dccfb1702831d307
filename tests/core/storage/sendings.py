"""Files as people and attackers send them, made on the spot."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import docx
import pikepdf
import xlsxwriter
import xlwt  # type: ignore[import-untyped]
from PIL import Image, PngImagePlugin

ID_NUMBER = "11010519491231002X"


def jpg(width: int = 60, height: int = 40, *, exif: bool = True, mode: str = "RGB") -> bytes:
    """A photo lying on its side, with a place and a comment in its metadata."""
    picture = Image.new(mode, (width, height), 200 if mode == "L" else None)
    data = Image.Exif()
    data[0x0112] = 6
    data[0x010E] = "金丝雀 secret comment"
    data.get_ifd(0x8825)[1] = "N"
    data.get_ifd(0x8825)[2] = (28.0, 51.0, 20.0)
    target = io.BytesIO()
    picture.save(target, "JPEG", **({"exif": data, "comment": b"canary comment"} if exif else {}))
    return target.getvalue()


def png(width: int = 30, height: int = 20, mode: str = "RGBA") -> bytes:
    """A picture with a text chunk."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "canary author")
    target = io.BytesIO()
    Image.new(mode, (width, height)).save(target, "PNG", pnginfo=info)
    return target.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """A few bytes whose header promises a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def pdf(*texts: str, change: Callable[[pikepdf.Pdf], None] | None = None, **save: object) -> bytes:
    """Pages with one line of text each."""
    paper = pikepdf.new()
    for text in texts or ("Hello",):
        page = paper.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = paper.make_stream(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode())
    paper.docinfo["/Author"] = "canary author"
    if change:
        change(paper)
    target = io.BytesIO()
    paper.save(target, **save)  # type: ignore[arg-type]
    return target.getvalue()


def with_script(paper: pikepdf.Pdf) -> None:
    """JavaScript on opening, by name, and on a page."""
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('canary')"))
    paper.Root.OpenAction = paper.make_indirect(action)
    paper.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[pikepdf.String("a"), action]))
    paper.pages[0].AA = pikepdf.Dictionary(O=action)


def with_launch(paper: pikepdf.Pdf) -> None:
    """A link that starts a program, and a form that sends itself somewhere."""
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    submit = pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F=pikepdf.String("http://canary.example"), Next=launch)
    links = [
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
        for action in (launch, submit)
    ]
    paper.pages[0].Annots = pikepdf.Array(links)


def with_attachment(paper: pikepdf.Pdf) -> None:
    """A file inside the file."""
    paper.attachments["canary.exe"] = b"MZ canary"


def with_form_program(paper: pikepdf.Pdf) -> None:
    """An XFA form."""
    paper.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=paper.make_stream(b"<xdp>canary</xdp>"))


def with_description(paper: pikepdf.Pdf) -> None:
    """XMP metadata of the author."""
    with paper.open_metadata() as about:
        about["dc:creator"] = ["canary author"]


def word(*paragraphs: str, table: tuple[str, ...] = (), header: str = "") -> bytes:
    """A Word document."""
    paper = docx.Document()
    for text in paragraphs or ("整改情况说明",):
        paper.add_paragraph(text)
    if table:
        row = paper.add_table(1, len(table)).rows[0]
        for cell, text in zip(row.cells, table, strict=True):
            cell.text = text
    if header:
        paper.sections[0].header.paragraphs[0].text = header
    target = io.BytesIO()
    paper.save(target)
    return target.getvalue()


def excel(rows: tuple[tuple[object, ...], ...] = (("学校", "人数"), ("实验小学", 120))) -> bytes:
    """An xlsx workbook."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def old_excel() -> bytes:
    """An xls workbook."""
    book = xlwt.Workbook()
    book.add_sheet("名单").write(0, 0, "学校")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(
    content: bytes,
    *,
    add: Mapping[str, bytes] | None = None,
    change: Mapping[str, tuple[bytes, bytes]] | None = None,
    mode: int = 0,
) -> bytes:
    """An archive with members added, replaced text in others, and every added member marked with a file mode."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            body = old.read(info)
            for name, (before, after) in (change or {}).items():
                if name == info.filename:
                    assert before in body, f"{name} holds no {before!r}"
                    body = body.replace(before, after)
            new.writestr(info.filename, body)
        for name, body in (add or {}).items():
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, body)
    return target.getvalue()
