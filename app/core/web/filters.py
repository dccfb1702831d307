"""Filters of lists that live in the address: what was chosen, the chips that take it away, the links of pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Literal
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.core import registers
from app.core.web.chips import long_date

Kind = Literal["one", "many", "text", "month"]
CURSORS = ("after", "before")
"""Keys of keyset pages: a changed filter begins at the first page."""
LONGEST, LONGEST_CURSOR = 80, 800
MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Option:
    """One choice of a filter."""

    value: str
    label: str
    chosen: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Filter:
    """One filter as the bar draws it; `chosen` are the values in force, all of them known ones."""

    name: str
    label: str
    kind: Kind
    options: tuple[Option, ...] = ()
    value: str = ""
    said: str = ""
    more: bool = False

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.name, self.label, self.kind, self.options, self.value, self.said, self.more))

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen values."""
        return tuple(option.value for option in self.options if option.chosen)

    @property
    def one(self) -> str:
        """The one chosen value, or the text; empty when nothing is chosen."""
        return self.value if self.kind in ("text", "month") else next(iter(self.chosen), "")


def text(name: str, label: str) -> Filter:
    """A word to search for."""
    return Filter(name, label, "text", value=request.args.get(name, "").strip()[:LONGEST])


def choice(name: str, label: str, options: Iterable[tuple[str, str]], many: bool = False, more: bool = False) -> Filter:
    """A choice of known values; anything else in the address is left out."""
    wanted = request.args.getlist(name) if many else request.args.getlist(name)[:1]
    return _choice(name, label, tuple(options), tuple(wanted), "many" if many else "one", more)


@lru_cache(maxsize=512)
def _choice(
    name: str, label: str, options: tuple[tuple[str, str], ...], wanted: tuple[str, ...], kind: Kind, more: bool
) -> Filter:
    """Kept: nearly every filter of nearly every page stands as it stood on the page before."""
    return Filter(name, label, kind, tuple(Option(v, said, v in wanted) for v, said in options), more=more)


def month(name: str, label: str, more: bool = False) -> Filter:
    """A month, YYYY-MM."""
    typed = request.args.get(name, "")
    valid = bool(MONTH.fullmatch(typed))
    return Filter(name, label, "month", value=typed if valid else "", said=typed if valid else "", more=more)


def day_asked(name: str) -> list[tuple[str, str]]:
    """The day that the address names, as an option of a choice while it is asked for; none where it is no day."""
    asked = request.args.get(name, "")
    try:
        return [(asked, long_date(date.fromisoformat(asked)))] if len(asked) == 10 else []
    except ValueError:
        return []


def no_day(name: str, given: Filter | None) -> str:
    """What the address names as a day though the filter knows nothing of it; the list is not narrowed by it."""
    return "" if given is not None and given.one else request.args.get(name, "").strip()[:LONGEST]


def counted(given: Filter, counts: dict[str, int]) -> Filter:
    """The same filter with a number beside each option."""
    return replace(given, options=tuple(replace(o, count=counts.get(o.value, 0)) for o in given.options))


def address(**changes: Any) -> str:
    """This page's address with some keys changed; None takes a key away. Pages begin anew unless a cursor is given."""
    args: MultiDict[str, str] = MultiDict(request.args)
    for cursor in (*CURSORS, "part"):
        args.poplist(cursor)
    for name, value in changes.items():
        args.poplist(name)
        if value is not None:
            args.setlist(name, [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)])
    query = urlencode([(name, value) for name, values in args.lists() for value in values if value])
    return f"{request.path}?{query}" if query else request.path


def cursor(name: str = "after") -> str:
    """The place behind which this page of a register begins (`registers.cursor_behind`); empty for the first."""
    return request.args.get(name, "")[:LONGEST_CURSOR]


def paged(rows: Sequence[Any], name: str = "after", size: int = 0) -> tuple[Sequence[Any], dict[str, Any]]:
    """Rows of a page out of one more than a page; addresses of the next and of the first; how many, where these are all.

    `after` is the cursor alone, for an address that says more than this one.
    A row is a record, has its `ref`, or has the record first. A second register on a page has a cursor with a `name` of its own.
    """
    size = size or registers.PAGE
    shown, more = rows[:size], len(rows) > size
    first = address(**{name: None}) if cursor(name) else ""
    after = registers.cursor_behind(_ref(shown[-1])) if more else ""
    following = address(**{name: after}) if more else ""
    whole = "" if following or first else len(shown)
    return shown, {"next_url": following, "first_url": first, "whole": whole, "after": after}


def _ref(row: Any) -> str:
    return str(row.ref if hasattr(row, "ref") else row[0].ref)


def order_asked(known: Collection[str], usual: str = "") -> str:
    """The order that the address names; the usual one where it names none of the known ones."""
    asked = request.args.get("sort", "")
    return asked if asked in known else usual


def order_address(name: str, now: str) -> str:
    """This page in another order; in its usual one where it stands in that order already."""
    return address(sort=None if name == now else name)


def same_query(path: str) -> str:
    """Another address with this page's filters: an export of what is shown."""
    query = request.query_string.decode("utf-8", "replace")
    return f"{path}?{query}" if query else path


def chips(filters: Sequence[Filter]) -> list[dict[str, str]]:
    """What is in force, each with the address that takes it away."""
    found = []
    for given in filters:
        if given.value:
            found.append({"label": f"{given.label}：{given.value}", "url": address(**{given.name: None})})
        for option in given.options:
            if option.chosen:
                rest = [value for value in given.chosen if value != option.value]
                found.append({"label": option.label, "url": address(**{given.name: rest or None})})
    return found


def conditions(in_force: Sequence[dict[str, str]]) -> str:
    """Chips in words, for an empty list: 当前条件：双桥中学・重."""
    return str(_("当前条件：%(words)s", words="・".join(chip["label"] for chip in in_force)))


def bar(filters: Sequence[Filter]) -> dict[str, Any]:
    """What the macro `filter_bar` and the empty states need; templates call it `listing`."""
    in_force = chips(filters)
    return {
        "filters": filters,
        "action": request.path,
        "chips": in_force,
        "clear_url": request.path,
        "conditions": conditions(in_force),
        "active": bool(in_force),
    }
