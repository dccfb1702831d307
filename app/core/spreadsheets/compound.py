"""A reader of the compound files that xls is kept in: just enough to list what is inside and take one stream out."""

import struct
from typing import NamedTuple

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFE
_LAST_REGULAR = 0xFFFFFFFA
_NOTHING = 0xFFFFFFFF
_ENTRY_BYTES = 128


class Broken(Exception):
    """The file contradicts itself."""


class Entry(NamedTuple):
    """One thing inside: kind 1 is a folder, 2 a stream, 5 the root."""

    name: str
    kind: int
    start: int
    size: int


class Compound:
    """An opened compound file; every chain is followed with a bound, so a loop ends in `Broken`."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(MAGIC):
            raise Broken
        self._data = data
        major, shift, mini_shift = struct.unpack_from("<HxxHH", data, 26)
        if (major, shift) not in ((3, 9), (4, 12)) or mini_shift != 6:
            raise Broken
        self._sector = 1 << shift
        (first_directory, self._mini_cutoff, first_mini, _, first_difat) = struct.unpack_from("<I4xIIII", data, 48)
        self._fat = self._read_fat(first_difat)
        self.entries = self._read_directory(first_directory)
        self._mini_fat = _integers(self._chain(first_mini)) if first_mini <= _LAST_REGULAR else ()
        self._mini: bytes | None = None

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        block = self._data[start : start + self._sector]
        if len(block) < self._sector and start + len(block) != len(self._data):
            raise Broken
        if not block:
            raise Broken
        return block.ljust(self._sector, b"\0")

    def _read_fat(self, next_difat: int) -> tuple[int, ...]:
        wanted = list(struct.unpack_from("<109I", self._data, 76))
        for _ in range(len(self._data) // self._sector + 1):
            if next_difat > _LAST_REGULAR:
                break
            *more, next_difat = _integers(self._at(next_difat))
            wanted += more
        else:
            raise Broken
        return tuple(number for sector in wanted if sector <= _LAST_REGULAR for number in _integers(self._at(sector)))

    def _chain(self, sector: int, size: int | None = None) -> bytes:
        blocks: list[bytes] = []
        for _ in range(len(self._fat) + 1):
            if sector == _END_OF_CHAIN or (sector == _NOTHING and not blocks):
                return b"".join(blocks)[:size]
            if sector >= len(self._fat):
                raise Broken
            blocks.append(self._at(sector))
            sector = self._fat[sector]
        raise Broken

    def _read_directory(self, sector: int) -> tuple[Entry, ...]:
        raw = self._chain(sector)
        found: list[Entry] = []
        for start in range(0, len(raw) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            length, kind = struct.unpack_from("<HB", raw, start + 64)
            if kind:
                name = raw[start : start + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
                first, size = struct.unpack_from("<II", raw, start + 116)
                found.append(Entry(name, kind, first, size))
        if not found or found[0].kind != 5:
            raise Broken
        return tuple(found)

    def stream(self, name: str) -> bytes | None:
        """The content of the stream called `name`, or None."""
        entry = next((each for each in self.entries if each.kind == 2 and each.name.lower() == name.lower()), None)
        if entry is None:
            return None
        content = self._mini_chain(entry) if entry.size < self._mini_cutoff else self._chain(entry.start, entry.size)
        if len(content) < entry.size:
            raise Broken
        return content

    def _mini_chain(self, entry: Entry) -> bytes:
        if self._mini is None:
            self._mini = self._chain(self.entries[0].start, self.entries[0].size)
        blocks: list[bytes] = []
        sector = entry.start
        for _ in range(len(self._mini_fat) + 1):
            if sector == _END_OF_CHAIN or not entry.size:
                return b"".join(blocks)[: entry.size]
            if sector >= len(self._mini_fat):
                raise Broken
            blocks.append(self._mini[sector * 64 : sector * 64 + 64])
            sector = self._mini_fat[sector]
        raise Broken


def _integers(block: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])
