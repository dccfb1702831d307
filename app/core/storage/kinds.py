"""What kinds of files there are, how they begin, and which of them each use takes (decision 26, security 49)."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """A kind of file: its extensions, the bytes it begins with (none for text), and the type it is served as."""

    code: str
    extensions: tuple[str, ...]
    begins: bytes
    media_type: str
    zh: str
    en: str


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

JPG = Kind("jpg", ("jpg", "jpeg"), b"\xff\xd8\xff", "image/jpeg", "JPG 图片", "a JPG picture")
PNG = Kind("png", ("png",), b"\x89PNG\r\n\x1a\n", "image/png", "PNG 图片", "a PNG picture")
PDF = Kind("pdf", ("pdf",), b"%PDF-", "application/pdf", "PDF", "a PDF")
DOCX = Kind("docx", ("docx",), b"PK\x03\x04", _OFFICE + "wordprocessingml.document", "Word 文档", "a Word document")
XLSX = Kind("xlsx", ("xlsx",), b"PK\x03\x04", _OFFICE + "spreadsheetml.sheet", "Excel 工作簿", "an Excel workbook")
XLS = Kind("xls", ("xls",), _OLE, "application/vnd.ms-excel", "旧版 Excel 工作簿", "an old Excel workbook")
CSV = Kind("csv", ("csv",), b"", "text/csv", "CSV 表格", "a CSV table")
KINDS = (JPG, PNG, PDF, DOCX, XLSX, XLS, CSV)


@dataclass(frozen=True)
class Use:
    """What a file is sent for. id_numbers: whether files that hold identity numbers are taken."""

    code: str
    kinds: tuple[Kind, ...]
    megabytes: int
    id_numbers: bool

    def kind_of(self, name: str) -> Kind | None:
        """The kind that the extension of `name` stands for, if this use takes it."""
        extension = name.rpartition(".")[2].lower() if "." in name else ""
        return next((kind for kind in self.kinds if extension in kind.extensions), None)

    @property
    def extensions(self) -> str:
        """The extensions taken, as people write them: "jpg、png、pdf"."""
        return "、".join(kind.extensions[0] for kind in self.kinds)


EVIDENCE = Use("evidence", (JPG, PNG, PDF, DOCX, XLSX, CSV), 20, id_numbers=False)
WORKBOOK = Use("workbook", (XLSX, XLS, CSV), 50, id_numbers=True)
AGREEMENT = Use("agreement", (PDF, JPG, PNG), 20, id_numbers=False)
