"""Libraries that few requests need: named at the top of a file, imported by whichever process first uses one.

What the web server imports before it parts into processes stays in memory for good, whether anybody prints a document
that day or not (performance figure 14). A worker, which forks a child for each job, imports them all at its start.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMED: dict[str, OnDemand] = {}


class OnDemand:
    """Stands for a module and imports it when something of it is asked for; safe between threads, as importing is."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(import_module(self._name), attribute)
        setattr(self, attribute, found)
        return found


def on_demand(name: str) -> OnDemand:
    """The module of that name, not yet imported; for type checkers the file imports it under TYPE_CHECKING beside this."""
    return _NAMED.setdefault(name, OnDemand(name))


def import_all() -> None:
    """Import whatever the files imported so far have named: for processes whose children shall share it."""
    for name in _NAMED:
        import_module(name)
