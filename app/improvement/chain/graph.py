"""An evidence chain as plain values: nodes, the links between them, and the same for other programs."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows.vocabulary import State

SOURCES = ("file", "cell", "finding", "supervision")
"""Where numbers and what was seen come from: the way back goes through these alone, never into another item's work."""


@dataclass(frozen=True)
class ChainNode:
    """One record of the chain. What the actor may not see is there without words, number, file or address."""

    kind: str
    key: str
    """Unique in the chain; never shown."""
    shown: bool = True
    ref: str = ""
    number: str = ""
    title: str = ""
    state: State | None = None
    on: date | None = None
    url: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    """Of a file: sha256, name, supplier (None for the bureau's own systems, and to schools). Of a cell: sha256, sheet, row,
    column, cell, value, value_type, n, superseded, standing (stands, disputed, set_aside). Of others: a few words."""

    def as_json(self) -> dict[str, Any]:
        """The node for another program; a hidden one says its kind and nothing else."""
        if not self.shown:
            return {"kind": self.kind, "shown": False}
        state = {"code": self.state.code, "zh": self.state.zh, "en": self.state.en} if self.state else None
        return {
            "kind": self.kind, "shown": True, "ref": self.ref, "number": self.number, "title": self.title,
            "state": state, "on": self.on.isoformat() if self.on else None, "address": self.url, **self.facts,
        }  # fmt: skip


@dataclass(frozen=True)
class ChainLink:
    """`before` leads to `after`: keys of two nodes."""

    before: str
    after: str


@dataclass(frozen=True)
class Chain:
    """What `trace` found: nodes in the order of the work, links, the record asked about, and the items in it."""

    asked: str
    nodes: tuple[ChainNode, ...]
    links: tuple[ChainLink, ...]
    items: tuple[uuid.UUID, ...] = ()
    more_items: bool = False
    """More items rest on the record than are drawn."""

    def of(self, kind: str) -> tuple[ChainNode, ...]:
        """The nodes of one kind."""
        return tuple(node for node in self.nodes if node.kind == kind)

    def after(self, key: str) -> tuple[ChainNode, ...]:
        """The nodes that a node leads to."""
        found = {link.after for link in self.links if link.before == key}
        return tuple(node for node in self.nodes if node.key in found)

    def before(self, key: str) -> tuple[ChainNode, ...]:
        """The nodes that lead to a node."""
        found = {link.before for link in self.links if link.after == key}
        return tuple(node for node in self.nodes if node.key in found)

    def leads_to(self, start: str) -> set[str]:
        """Keys of everything after a node, itself included."""
        return _walk(start, ((link.before, link.after) for link in self.links))

    def rests_on(self, start: str) -> set[str]:
        """Keys of everything before a node, itself included."""
        return _walk(start, ((link.after, link.before) for link in self.links))

    def part_of(self, item: uuid.UUID) -> frozenset[str]:
        """Keys of everything one item rests on and leads to, its visits and the files of cells measured again included."""
        forth = self.leads_to(str(item))
        origins = {node.key for node in self.nodes if node.kind in SOURCES}
        sources = ((link.after, link.before) for link in self.links if link.before in origins)
        back = _walk_all(forth | self.rests_on(str(item)), sources)
        return frozenset(forth | back)

    def as_json(self) -> dict[str, Any]:
        """Nodes with their number in the list, links as pairs of those numbers: no internal id leaves the house."""
        place = {node.key: number for number, node in enumerate(self.nodes)}
        return {
            "asked": place[self.asked],
            "nodes": [node.as_json() for node in self.nodes],
            "links": [{"from": place[link.before], "to": place[link.after]} for link in self.links],
            "more_items": self.more_items,
        }


def _walk(start: str, steps: Iterable[tuple[str, str]]) -> set[str]:
    return _walk_all({start}, steps)


def _walk_all(start: set[str], steps: Iterable[tuple[str, str]]) -> set[str]:
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in steps:
        after[source].append(target)
    seen, open_ = set(start), list(start)
    while open_:
        for key in after[open_.pop()]:
            if key not in seen:
                seen.add(key)
                open_.append(key)
    return seen
