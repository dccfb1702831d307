"""The side menu, the bottom tabs and the to-do count; features hand in their entries through the factory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.core.policy import decide
from app.core.policy.actor import NOBODY, Actor

GROUPS: dict[str, Any] = {
    "now": "",
    "loop": _l("诊—改—评"),
    "care": _l("心灵彩虹码"),
    "people": _l("人员与机构"),
    "care_of_system": _l("系统"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the menu: where it leads, who sees it (one of `rights`), and on which group it stands.

    `narrowed`: the filters, name and value, that a list opens with from the menu.
    """

    group: str
    title: str
    endpoint: str
    icon: str
    rights: tuple[str, ...]
    order: int = 50
    tab: bool = False
    roles: tuple[str, ...] = ()
    narrowed: tuple[tuple[str, str], ...] = ()

    def address(self) -> str:
        """Where the line leads; only within a request."""
        values: dict[str, Any] = dict(self.narrowed)
        return url_for(self.endpoint, **values)


ENTRIES: list[Entry] = []
COUNTERS: list[Callable[[Actor], int]] = []
NOTICES: list[Callable[[Actor], list[str]]] = []


def add(*entries: Entry) -> None:
    """Hand in menu entries; handing the same in again changes nothing."""
    ENTRIES.extend(entry for entry in entries if entry not in ENTRIES)


def entries_for(actor: Actor) -> list[Entry]:
    """The entries this actor sees, in order."""
    if actor is NOBODY:
        return []
    seen = [
        e
        for e in ENTRIES
        if (not e.roles or actor.role in e.roles) and (not e.rights or any(decide.holds(actor, r) for r in e.rights))
    ]
    return sorted(seen, key=lambda e: (list(GROUPS).index(e.group), e.order))


def menu(actor: Actor) -> list[dict[str, Any]]:
    """Groups of menu lines as the layout draws them."""
    groups: list[dict[str, Any]] = []
    entries = entries_for(actor)
    current = _current(entries)
    for name, title in GROUPS.items():
        lines = [_line(e, current) for e in entries if e.group == name]
        if lines:
            groups.append({"title": str(title), "entries": lines})
    return groups


def _current(entries: list[Entry]) -> str:
    """The entry this page belongs to: itself, the one whose address it continues, or its feature's only one."""
    if any(e.endpoint == request.endpoint for e in entries):
        return request.endpoint or ""
    above = [e.endpoint for e in entries if request.path.startswith(url_for(e.endpoint).rstrip("/") + "/")]
    above = [e for e in above if url_for(e) != "/"]
    own = [e.endpoint for e in entries if e.endpoint.split(".")[0] == request.blueprint]
    return max(above, key=lambda e: len(url_for(e)), default=own[0] if len(own) == 1 and not above else "")


def _line(entry: Entry, current: str) -> dict[str, Any]:
    return {
        "label": gettext(entry.title),
        "url": entry.address(),
        "icon": entry.icon,
        "current": entry.endpoint == current,
        "tab": entry.tab,
        "count": None,
    }


def waiting_count(actor: Actor) -> int:
    """How many things wait for this actor; computed once a request."""
    if actor is NOBODY:
        return 0
    if "waiting_count" not in g:
        g.waiting_count = sum(count(actor) for count in COUNTERS)
    return int(g.waiting_count)


def notices(actor: Actor) -> list[str]:
    """Standing warnings for this actor: no scanner, calendar without published holidays."""
    return [] if actor is NOBODY else [line for source in NOTICES for line in source(actor)]
