"""The side menu, the bottom tabs and the to-do count; features hand in their entries through the factory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.core.policy import decide
from app.core.policy.actor import NOBODY, Actor
from app.core.web.plurals import language
from app.core.web.projecting import is_projecting

GROUPS: dict[str, Any] = {
    "now": "",
    "loop": _l("诊—改—评"),
    "care": _l("心灵彩虹码"),
    "people": _l("人员与机构"),
    "care_of_system": _l("系统"),
}
OFF_THE_WALL = "care"
"""The group that leaves the menu while the screen is on a wall."""


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


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the menu as the layout draws it, in the language of the page."""

    label: str
    url: str
    icon: str
    current: bool
    tab: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of the menu under one title; empty titles have no heading."""

    title: str
    entries: tuple[Line, ...]


def add(*entries: Entry) -> None:
    """Hand in menu entries; handing the same in again changes nothing."""
    ENTRIES.extend(entry for entry in entries if entry not in ENTRIES)
    for kept in (_entries_of, _addresses, _groups):
        kept.cache_clear()


def entries_for(actor: Actor) -> list[Entry]:
    """The entries this actor sees, in order."""
    return [] if actor is NOBODY else list(_entries_of(actor.role, actor.system))


@lru_cache(maxsize=256)
def _entries_of(role: str, system: bool) -> tuple[Entry, ...]:
    """What a role sees: rights hang on the role alone, whatever the unit."""
    actor = Actor(role=role, system=system)
    seen = [
        e
        for e in ENTRIES
        if (not e.roles or role in e.roles) and (not e.rights or any(decide.holds_as_own(actor, r) for r in e.rights))
    ]
    return tuple(sorted(seen, key=lambda e: (list(GROUPS).index(e.group), e.order)))


def menu(actor: Actor) -> tuple[Group, ...]:
    """Groups of menu lines as the layout draws them; one and the same for everybody in a role on pages of an entry."""
    if actor is NOBODY:
        return ()
    hidden = OFF_THE_WALL if is_projecting() else ""
    return _groups(actor.role, actor.system, _current(actor), language(), request.script_root, hidden)


@lru_cache(maxsize=2048)
def _groups(role: str, system: bool, current: str, spoken: str, root: str, hidden: str) -> tuple[Group, ...]:
    """Drawn from what the key says and nothing else, so that it may be kept."""
    entries = _entries_of(role, system)
    groups = []
    for name, title in GROUPS.items():
        lines = tuple(
            Line(gettext(e.title), e.address(), e.icon, e.endpoint == current, e.tab)
            for e in entries
            if e.group == name
        )
        if lines and name != hidden:
            groups.append(Group(str(title), lines))
    return tuple(groups)


@lru_cache(maxsize=256)
def _addresses(role: str, system: bool, root: str) -> dict[str, str]:
    """Endpoint → address of each entry of a role, without the filters that a list opens with."""
    return {e.endpoint: url_for(e.endpoint) for e in _entries_of(role, system)}


def _current(actor: Actor) -> str:
    """The entry this page belongs to: itself, the one whose address it continues, or its feature's only one."""
    places = _addresses(actor.role, actor.system, request.script_root)
    if request.endpoint in places:
        return request.endpoint or ""
    here = request.script_root + request.path
    above = [e for e, place in places.items() if place != "/" and here.startswith(place.rstrip("/") + "/")]
    feature = request.blueprint
    own = [e for e in places if e.split(".")[0] == feature]
    return max(above, key=lambda e: len(places[e]), default=own[0] if len(own) == 1 and not above else "")


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
