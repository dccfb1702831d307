"""Structural checks of an xlsx before anything parses it: sizes, names, overlaps, macros, embedded files."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import PurePosixPath

from app.core.errors import ImportRefused
from app.core.spreadsheets.book import Limits
from app.core.spreadsheets.refusals import refusal

_CENTRAL_HEADER = b"PK\x01\x02"
_LOCAL_HEADER = b"PK\x03\x04"
_BIG_PART = 1 << 20
_MACRO = re.compile(r"vbaproject|/macrosheets/|/intlmacrosheets/|vbadata")
_EMBEDDED = re.compile(r"/embeddings/|/activex/|oleobject|\.(zip|rar|7z|gz|docx?|xlsx?|pptx?|jar|exe|js)$")
_SHEET_TAG = re.compile(rb"<(?:\w+:)?sheet\s([^<>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^<>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DECLARED_ENCODING = re.compile(rb"^<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)[\"']")


class Archive:
    """An OOXML archive whose directory has passed every check; parts are inflated under the declared size only."""

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self._data = data
        self._name = name
        self._limits = limits
        self._members = self._directory()

    def _directory(self) -> dict[str, zipfile.ZipInfo]:
        if self._data.count(_CENTRAL_HEADER) > self._limits.members + 20:
            raise self._bomb(f"> {self._limits.members} parts", f"超过 {self._limits.members} 个部件")
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as opened:
                infos = opened.infolist()
        except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError, UnicodeError):
            raise refusal("damaged", name=self._name) from None
        if len(infos) > self._limits.members:
            raise self._bomb(f"{len(infos)} parts", f"{len(infos)} 个部件")
        members: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            self._check_name(info, members)
            members[info.filename.lower()] = info
        self._check_sizes(infos)
        self._check_overlap(infos)
        return members

    def _check_name(self, info: zipfile.ZipInfo, seen: dict[str, zipfile.ZipInfo]) -> None:
        name = info.orig_filename
        lower = name.lower()
        if "\\" in name or ":" in name or "\0" in name or name.startswith("/") or ".." in PurePosixPath(name).parts:
            raise self._structure(f"part name {name[:60]!r}", f"部件名 {name[:60]!r}")
        if info.filename.lower() in seen:
            raise self._structure(f"two parts named {name[:60]!r}", f"部件重名 {name[:60]!r}")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise self._structure(f"link {name[:60]!r}", f"链接 {name[:60]!r}")
        if info.flag_bits & 0x1:
            raise refusal("password", name=self._name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._structure(f"compression {info.compress_type}", f"压缩方式 {info.compress_type}")
        if _MACRO.search(lower):
            raise refusal("macro", name=self._name)
        if _EMBEDDED.search(lower):
            raise refusal("embedded", name=self._name, member=name[:60])

    def _check_sizes(self, infos: list[zipfile.ZipInfo]) -> None:
        total = sum(info.file_size for info in infos)
        if total > self._limits.unpacked_bytes:
            raise self._bomb(f"{total >> 20} MB")
        if total > self._limits.ratio * len(self._data):
            raise self._bomb(f"{total // max(1, len(self._data))} : 1")
        for info in infos:
            if info.file_size > _BIG_PART and info.file_size > self._limits.ratio * max(1, info.compress_size):
                raise self._bomb(f"{info.filename[:40]} {info.file_size // max(1, info.compress_size)} : 1")

    def _check_overlap(self, infos: list[zipfile.ZipInfo]) -> None:
        end = 0
        for info in sorted(infos, key=lambda each: each.header_offset):
            if info.header_offset < end:
                raise self._structure("overlapping parts", "部件互相重叠")
            end = self._body(info) + info.compress_size
            if end > len(self._data):
                raise refusal("damaged", name=self._name)

    def _body(self, info: zipfile.ZipInfo) -> int:
        header = self._data[info.header_offset : info.header_offset + 30]
        if len(header) < 30 or header[:4] != _LOCAL_HEADER:
            raise refusal("damaged", name=self._name)
        name_length, extra_length = struct.unpack_from("<HH", header, 26)
        return info.header_offset + 30 + int(name_length) + int(extra_length)

    def names(self) -> Iterator[str]:
        """Names of all parts as stored."""
        return (info.filename for info in self._members.values())

    def part(self, name: str) -> bytes | None:
        """The unpacked part, None where there is none; refused when damaged or other than it says."""
        info = self._members.get(name.lower())
        if info is None:
            return None
        start = self._body(info)
        packed = self._data[start : start + info.compress_size]
        content = packed if info.compress_type == zipfile.ZIP_STORED else self._inflate(packed, info)
        if len(content) != info.file_size or zlib.crc32(content) != info.CRC:
            raise refusal("damaged", name=self._name)
        if content[:4] in (_LOCAL_HEADER, b"Rar!", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0"):
            raise refusal("embedded", name=self._name, member=info.filename[:60])
        if info.filename.lower().endswith((".xml", ".rels", ".vml")):
            self._check_xml(content, info.filename)
        return content

    def _inflate(self, packed: bytes, info: zipfile.ZipInfo) -> bytes:
        machine = zlib.decompressobj(-15)
        try:
            content = machine.decompress(packed, info.file_size + 1)
        except zlib.error:
            raise refusal("damaged", name=self._name) from None
        if len(content) > info.file_size:
            raise self._bomb(f"{info.filename[:40]} is larger than it says", f"{info.filename[:40]} 的大小与声明不符")
        return content

    def _check_xml(self, content: bytes, name: str) -> None:
        declared = _DECLARED_ENCODING.match(content[:200].removeprefix(b"\xef\xbb\xbf"))
        other = declared is not None and declared[1].lower() not in (b"utf-8", b"us-ascii")
        if other or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise self._structure(f"{name[:40]} is not UTF-8", f"{name[:40]} 不是 UTF-8")
        if b"<!" in content and (b"<!DOCTYPE" in content or b"<!ENTITY" in content):
            raise self._structure(f"{name[:40]} has a document type", f"{name[:40]} 含文档类型声明")

    def check_rest(self, already: set[str]) -> None:
        """Inflate every part that nobody asked for yet, so that no lie about sizes or content survives."""
        for name in self._members:
            if name not in already and not name.endswith("/"):
                self.part(name)

    def _bomb(self, detail: str, zh: str = "") -> ImportRefused:
        return refusal("bomb", name=self._name, detail=(zh or detail, detail))

    def _structure(self, detail: str, zh: str) -> ImportRefused:
        return refusal("structure", name=self._name, detail=(zh, detail))


def attributes(tag: bytes) -> dict[str, str]:
    """The attributes of one XML tag, entities resolved, names without prefix."""
    found: dict[str, str] = {}
    for name, double, single in _ATTRIBUTE.findall(tag):
        found[name.decode().rpartition(":")[2]] = unescape((double or single).decode("utf-8", "replace"))
    return found


def sheet_parts(archive: Archive, workbook: bytes, workbook_name: str) -> dict[str, str]:
    """Which part holds which sheet, by sheet name."""
    folder, _, file = workbook_name.rpartition("/")
    relations = archive.part(f"{folder}/_rels/{file}.rels") or b""
    targets: dict[str, str] = {}
    for tag in _RELATION.findall(relations):
        found = attributes(tag)
        target = found.get("Target", "")
        targets[found.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
    sheets: dict[str, str] = {}
    for tag in _SHEET_TAG.findall(workbook):
        found = attributes(tag)
        if found.get("id") in targets:
            sheets[found.get("name", "")] = targets[found["id"]]
    return sheets
