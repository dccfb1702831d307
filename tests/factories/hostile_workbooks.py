"""Files that somebody made to hurt, or that broke on the way: each with the code of the refusal it must meet."""

import io
import struct
import zipfile
import zlib

from tests.factories.workbooks import as_xls, as_xlsx, roster, student

TYPES = "[Content_Types].xml"


def good() -> bytes:
    """A small faultless xlsx to spoil."""
    return as_xlsx(roster(student(1), student(2)))


def rebuilt(changes: dict[str, bytes] | None = None, extra: dict[str, bytes] | None = None) -> bytes:
    """The good file with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, (changes or {}).get(name, source.read(name)))
        for name, content in (extra or {}).items():
            target.writestr(name, content)
    return out.getvalue()


def declared_bomb() -> bytes:
    """300 MB of zeros in one part."""
    return rebuilt(extra={"xl/media/big.xml": b"0" * (300 << 20)})


def steep_bomb() -> bytes:
    """40 MB that pack a thousandfold."""
    return rebuilt(extra={"xl/media/big.xml": b" " * (40 << 20)})


def lying_bomb() -> bytes:
    """The sheet unpacks to far more than its directory entry says."""
    name = b"xl/worksheets/sheet1.xml"
    long = zlib.compress(b"<worksheet>" + b" " * (60 << 20) + b"</worksheet>", 9)[2:-4]
    out = io.BytesIO()
    parts = [(n.encode(), c) for n, c in _parts().items() if n != name.decode()]
    entries = []
    for part, content in parts:
        entries.append(_entry(out, part, zlib.compress(content, 6)[2:-4], content, len(content)))
    entries.append(_entry(out, name, long, b"x" * 1000, 1000))
    _finish(out, entries)
    return out.getvalue()


def overlapping() -> bytes:
    """Two directory entries that share the same packed bytes."""
    out = io.BytesIO()
    entries = []
    for part, content in _parts().items():
        entries.append(_entry(out, part.encode(), zlib.compress(content, 6)[2:-4], content, len(content)))
    entries.append((b"xl/media/again.xml", *entries[-1][1:]))
    _finish(out, entries)
    return out.getvalue()


def _parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(good())) as source:
        return {name: source.read(name) for name in source.namelist()}


Entry = tuple[bytes, int, int, int, int]


def _entry(out: io.BytesIO, name: bytes, packed: bytes, content: bytes, size: int) -> Entry:
    at, crc = out.tell(), zlib.crc32(content)
    out.write(struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0x21, crc, len(packed), size, len(name), 0))
    out.write(name + packed)
    return name, at, crc, len(packed), size


def _finish(out: io.BytesIO, entries: list[Entry]) -> None:
    start = out.tell()
    for name, at, crc, packed, size in entries:
        head = (0x02014B50, 20, 20, 0, 8, 0, 0x21, crc, packed, size, len(name), 0, 0, 0, 0, 0, at)
        out.write(struct.pack("<IHHHHHHIIIHHHHHII", *head) + name)
    length = out.tell() - start
    out.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(entries), len(entries), length, start, 0))


def many_members() -> bytes:
    """More parts than any workbook needs."""
    return rebuilt(extra={f"xl/media/{n}.xml": b"x" for n in range(600)})


def doubled_name() -> bytes:
    """Two parts whose names differ in case only."""
    return rebuilt(extra={"xl/Worksheets/SHEET1.xml": b"<worksheet/>"})


def symbolic_link() -> bytes:
    """A part that is a link to a file outside."""
    out = io.BytesIO(good())
    with zipfile.ZipFile(out, "a") as target:
        link = zipfile.ZipInfo("xl/media/link")
        link.external_attr = 0o120777 << 16
        target.writestr(link, "/etc/passwd")
    return out.getvalue()


def flagged_encrypted() -> bytes:
    """A part whose flag says that it is encrypted."""
    data = bytearray(good())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def sparse_sheet() -> bytes:
    """Two cells in opposite corners: a box of 17,000 million cells."""
    sheet = (
        b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
        b'main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    return rebuilt({"xl/worksheets/sheet1.xml": sheet})


def hidden_sparse_sheet() -> bytes:
    """The same with the far cell dressed up as an empty one."""
    return rebuilt(
        {
            "xl/worksheets/sheet1.xml": sheet_xml(
                b'<row r="1"><c r="A1"><v>1</v></c></row><row r=\'1048576\'><c r="XFD1048576" x="/>"><v>1</v></c></row>'
            )
        }
    )


def sheet_xml(rows: bytes) -> bytes:
    """A sheet part around these rows."""
    head = b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return head + b"<sheetData>" + rows + b"</sheetData></worksheet>"


def entity_bomb() -> bytes:
    """A document type with entities that grow when they are resolved."""
    body = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    return rebuilt({"xl/worksheets/sheet1.xml": body})


def foreign_document_type() -> bytes:
    """A document type that lies on another server."""
    body = b'<?xml version="1.0"?><!DOCTYPE worksheet SYSTEM "http://127.0.0.1:1/x.dtd"><worksheet/>'
    return rebuilt({"xl/worksheets/sheet1.xml": body})


def wrong_checksum() -> bytes:
    """A part whose content is not what its checksum says."""
    data = bytearray(good())
    at = data.rfind(b"PK\x01\x02")
    data[at + 16] ^= 0xFF
    return bytes(data)


def linked_to_another_workbook() -> bytes:
    """A good file that takes values from a workbook elsewhere, as Excel keeps such links."""
    parts = _parts()
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    relation = b'<Relationship Id="rId99" Type="%s" Target="externalLinks/externalLink1.xml"/></Relationships>' % kind
    relations = parts["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", relation)
    book = parts["xl/workbook.xml"].replace(
        b"</sheets>", b'</sheets><externalReferences><externalReference r:id="rId99"/></externalReferences>'
    )
    link_type = b"application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    override = b'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="%s"/></Types>' % link_type
    types = parts[TYPES].replace(b"</Types>", override)
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = b'<externalLink xmlns="%s"><externalBook xmlns:r="%s" r:id="rId1"/></externalLink>' % (main, office)
    path = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"
    target = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="%s" Target="http://127.0.0.1:1/other.xlsx" TargetMode="External"/>'
        b"</Relationships>" % path
    )
    return rebuilt(
        {TYPES: types, "xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": relations},
        {"xl/externalLinks/externalLink1.xml": link, "xl/externalLinks/_rels/externalLink1.xml.rels": target},
    )


def other_encoding() -> bytes:
    """A part in UTF-16, in which byte searches see nothing."""
    return rebuilt({"xl/worksheets/sheet1.xml": "<?xml version='1.0' encoding='UTF-16'?><worksheet/>".encode("utf-16")})


def macro_types() -> bytes:
    """An xlsm renamed to xlsx."""
    types = _parts()[TYPES].replace(b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")
    return rebuilt({TYPES: types})


def word_document() -> bytes:
    """Another office document renamed to xlsx."""
    types = _parts()[TYPES].replace(b"spreadsheetml.sheet.main+xml", b"wordprocessingml.document.main+xml")
    return rebuilt({TYPES: types})


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams, each at least 4096 bytes long, in sectors of 512 bytes."""
    names = list(streams)
    chains, body, sector = [], b"", 2
    fat: list[int] = [0xFFFFFFFD, 0xFFFFFFFE]
    for name in names:
        content = streams[name].ljust(max(4096, -(-len(streams[name]) // 512) * 512), b"\0")
        count = len(content) // 512
        chains.append((sector, len(content)))
        fat += [*range(sector + 1, sector + count), 0xFFFFFFFE]
        body += content
        sector += count
    directory = _directory_entry("Root Entry", 5, 0xFFFFFFFE, 0)
    for name, (start, size) in zip(names, chains, strict=True):
        directory += _directory_entry(name, 2, start, size)
    fat_block = struct.pack("<128I", *(fat + [0xFFFFFFFF] * (128 - len(fat))))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    )
    header += (
        struct.pack("<I", 1)
        + struct.pack("<I", 1)
        + b"\0" * 4
        + struct.pack("<IIIII", 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    )
    header += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    return header + fat_block + directory.ljust(512, b"\0") + body


def _directory_entry(name: str, kind: int, start: int, size: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    head = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1) + b"\xff" * 12 + b"\0" * 36
    return head + struct.pack("<II", start, size) + b"\0" * 4


def looping_xls() -> bytes:
    """A compound file whose chain of sectors bites its own tail."""
    data = bytearray(compound({"Workbook": b"\0" * 8192}))
    struct.pack_into("<I", data, 512 + 4 * 5, 3)
    return bytes(data)


def xls_with_password() -> bytes:
    """An xls whose records say that the rest is encrypted."""
    start = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 5, 0, 0, 0, 0)
    return compound({"Workbook": start + struct.pack("<HH", 0x2F, 6) + b"\0" * 6})


def xls_with_macro_sheet() -> bytes:
    """An xls with a sheet of Excel 4 macros."""
    start = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 5, 0, 0, 0, 0)
    sheet = struct.pack("<HHIBBBB", 0x85, 10, 100, 0, 1, 2, 0) + b"M1"
    return compound({"Workbook": start + sheet})


def corpus() -> dict[str, tuple[str, bytes, str]]:
    """Every hostile or broken file: name of the case → (file name, content, code of the refusal)."""
    xls = as_xls(roster(student(1)))
    return {
        "nothing": ("a.xlsx", b"", "empty"),
        "a picture called xlsx": ("a.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "disguised"),
        "a web page called xls": ("a.xls", "<html><table><tr><td>姓名</td></tr></table></html>".encode(), "disguised"),
        "text called xlsx": ("a.xlsx", "姓名,学号\n".encode(), "disguised"),
        "xlsx called csv": ("a.csv", good(), "disguised"),
        "xlsx called xls": ("a.xls", good(), "disguised"),
        "xls called xlsx": ("a.xlsx", xls, "disguised"),
        "a Word document": ("a.xlsx", word_document(), "disguised"),
        "an unknown extension": ("a.et", good(), "extension"),
        "no extension": ("名册", good(), "extension"),
        "xlsm": ("a.xlsm", good(), "macro"),
        "macro content type": ("a.xlsx", macro_types(), "macro"),
        "vba part": ("a.xlsx", rebuilt(extra={"xl/vbaProject.bin": b"x"}), "macro"),
        "Excel 4 macro sheet": ("a.xlsx", rebuilt(extra={"xl/macrosheets/sheet1.xml": b"<x/>"}), "macro"),
        "xls with vba": ("a.xls", compound({"Workbook": b"\0" * 20, "_VBA_PROJECT": b""}), "macro"),
        "xls with a macro sheet": ("a.xls", xls_with_macro_sheet(), "macro"),
        "embedded object": ("a.xlsx", rebuilt(extra={"xl/embeddings/oleObject1.bin": b"x"}), "embedded"),
        "archive inside": ("a.xlsx", rebuilt(extra={"xl/media/a.zip": b"x"}), "embedded"),
        "archive under another name": ("a.xlsx", rebuilt(extra={"xl/media/image1.png": good()}), "embedded"),
        "password xlsx": ("a.xlsx", compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "password"),
        "password xls": ("a.xls", xls_with_password(), "password"),
        "encrypted part": ("a.xlsx", flagged_encrypted(), "password"),
        "cut short": ("a.xlsx", good()[:-200], "damaged"),
        "only its beginning": ("a.xlsx", good()[:3000], "damaged"),
        "xls cut short": ("a.xls", xls[: len(xls) // 2], "damaged"),
        "xls that loops": ("a.xls", looping_xls(), "damaged"),
        "a changed byte": ("a.xlsx", _flipped(), "damaged"),
        "300 MB of zeros": ("a.xlsx", declared_bomb(), "bomb"),
        "packed a thousandfold": ("a.xlsx", steep_bomb(), "bomb"),
        "larger than it says": ("a.xlsx", lying_bomb(), "bomb"),
        "600 parts": ("a.xlsx", many_members(), "bomb"),
        "overlapping parts": ("a.xlsx", overlapping(), "structure"),
        "a name that climbs out": ("a.xlsx", rebuilt(extra={"../../etc/cron.d/x": b"x"}), "structure"),
        "an absolute name": ("a.xlsx", rebuilt(extra={"/etc/passwd": b"x"}), "structure"),
        "a Windows path": ("a.xlsx", rebuilt(extra={"C:/x.xml": b"x"}), "structure"),
        "a name twice": ("a.xlsx", doubled_name(), "structure"),
        "a link": ("a.xlsx", symbolic_link(), "structure"),
        "entities": ("a.xlsx", entity_bomb(), "structure"),
        "a document type from elsewhere": ("a.xlsx", foreign_document_type(), "structure"),
        "a wrong checksum": ("a.xlsx", wrong_checksum(), "damaged"),
        "UTF-16 part": ("a.xlsx", other_encoding(), "structure"),
        "two far corners": ("a.xlsx", sparse_sheet(), "rows"),
        "far corner in disguise": ("a.xlsx", hidden_sparse_sheet(), "rows"),
        "binary csv": ("a.csv", b"\xff\xfe\x00\x01" * 40, "encoding"),
        "broken csv": ("a.csv", "姓名,备注\n王兰,“\n".encode("gb18030") + b"\xff\xff\n", "encoding"),
        "unpaired quote": ("a.csv", '姓名,学号\n王兰,"330\n'.encode(), "csv"),
        "only blank lines": ("a.csv", b"\n\n,,\n", "no_sheet"),
    }


def _flipped() -> bytes:
    data = bytearray(good())
    at = data.find(b"xl/worksheets/sheet1.xml") + 60
    data[at] ^= 0xFF
    return bytes(data)
