"""A light scan of one sheet's XML for what the fast reader leaves out: hidden parts, error cells, formulas."""

import re

from app.core.spreadsheets.archive import attributes
from app.core.spreadsheets.book import Surroundings, column_number

_ROOT = re.compile(rb"<(\w+:)?worksheet\b")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'][A-Za-z]*(\d+)[\"']")
_ADDRESS = re.compile(r"([A-Za-z]+)(\d+)")


def scan(xml: bytes) -> Surroundings:
    """Read the surroundings of the cells of one worksheet part."""
    prefix = tag_prefix(xml)
    hidden_rows, hidden_columns = _hidden(xml, prefix)
    formulas, uncomputed = _formulas(xml, prefix)
    return Surroundings(
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=frozenset(hidden_columns),
        errors=_errors(xml, prefix),
        uncomputed=frozenset(uncomputed),
        formulas=formulas,
    )


def tag_prefix(xml: bytes) -> bytes:
    """The namespace prefix of the part's tags, colon included; mostly empty."""
    root = _ROOT.search(xml, 0, 4000)
    return (root[1] or b"") if root else b""


def position(address: str) -> tuple[int, int] | None:
    """Row and column from 0 of an address such as D12."""
    found = _ADDRESS.fullmatch(address)
    return (int(found[2]) - 1, column_number(found[1]) - 1) if found else None


def _hidden(xml: bytes, prefix: bytes) -> tuple[set[int], set[int]]:
    rows: set[int] = set()
    columns: set[int] = set()
    if b"hidden" not in xml:
        return rows, columns
    number = 0
    for tag in re.findall(rb"<%srow(\s[^<>]*)>" % prefix, xml):
        stated = _ROW_NUMBER.search(tag)
        number = int(stated[1]) if stated else number + 1
        if b"hidden" in tag and attributes(tag).get("hidden") in ("1", "true"):
            rows.add(number - 1)
    for tag in re.findall(rb"<%scol(\s[^<>]*)>" % prefix, xml):
        found = attributes(tag)
        if found.get("hidden") in ("1", "true"):
            first, last = (int(found.get(end, "")) if found.get(end, "").isdigit() else 1 for end in ("min", "max"))
            columns.update(range(first - 1, min(last, 16384)))
    return rows, columns


def _errors(xml: bytes, prefix: bytes) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    if b't="e"' not in xml and b"t='e'" not in xml:
        return found
    cell = re.compile(rb"<%sc(\s[^<>]*\bt=[\"']e[\"'][^<>]*)>(.{0,2000}?)</%sc>" % (prefix, prefix), re.DOTALL)
    value = re.compile(rb"<%sv[^<>]*>([^<]*)<" % prefix)
    for tag, content in cell.findall(xml):
        where = position(attributes(tag).get("r", ""))
        shown = value.search(content)
        if where:
            found[where] = shown[1].decode("utf-8", "replace") if shown else "#ERROR"
    return found


def _formulas(xml: bytes, prefix: bytes) -> tuple[int, set[tuple[int, int]]]:
    uncomputed: set[tuple[int, int]] = set()
    if b"<" + prefix + b"f" not in xml:
        return 0, uncomputed
    p = prefix
    cell = re.compile(
        rb"<%sc(\s[^<>]*)>\s*<%sf(?:\s[^<>]*)?(?:/>|>[^<]*</%sf>)\s*(<%sv(?:\s[^<>]*)?>[^<])?" % (p, p, p, p)
    )
    count = 0
    for tag, computed in cell.findall(xml):
        count += 1
        if not computed:
            found = attributes(tag)
            where = position(found.get("r", ""))
            if where and found.get("t") != "str":
                uncomputed.add(where)
    return count, uncomputed
