"""`{% kept a, b %}…{% endkept %}` in a template: a part that depends on these values and the language alone is drawn once.

Whatever else the part reads, it would show to the next reader too: the values named must hold all of it, above all who
is acting. They are compared whole, so that equal values of two requests share what was drawn.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from itertools import count
from threading import Lock

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from app.core.web.plurals import language

MOST = 512
"""Parts that a process keeps; the one that was not asked for longest goes first."""

Key = tuple[Hashable, ...]


class Parts:
    """What was drawn, by number of the tag, language and values; safe between threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._drawn: OrderedDict[Key, str] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._drawn)

    def get(self, key: Key, draw: Callable[[], str]) -> str:
        """What stands under `key`, drawn now when nothing does."""
        with self._lock:
            found = self._drawn.get(key)
            if found is not None:
                self._drawn.move_to_end(key)
                return found
        found = draw()
        with self._lock:
            self._drawn[key] = found
            while len(self._drawn) > self._most:
                self._drawn.popitem(last=False)
        return found


class Kept(Extension):
    """The tag; its parts belong to the environment, and so to one application."""

    tags = {"kept"}

    def __init__(self, environment: object) -> None:
        super().__init__(environment)  # type: ignore[arg-type]
        self.parts, self.numbers = Parts(), count()

    def parse(self, parser: Parser) -> nodes.Node:
        """`kept`, the values, the part, `endkept`."""
        line = next(parser.stream).lineno
        place = nodes.Const(next(self.numbers))
        values = parser.parse_tuple(with_condexpr=True)
        if not isinstance(values, nodes.Tuple):
            values = nodes.Tuple([values], "load")
        part = parser.parse_statements(("name:endkept",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_part", [place, values]), [], [], part).set_lineno(line)

    def _part(self, place: int, values: Key, caller: Callable[[], str]) -> str:
        return self.parts.get((place, language(), *values), caller)
