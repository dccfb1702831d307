"""The chain of any record as a page: a ring for each item, and every node with its original."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from app.core.limits import COSTLY, throttle
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.improvement.chain import drawing
from app.improvement.chain.graph import Chain, ChainNode
from app.improvement.chain.kinds import BY_PATH, Kind
from app.improvement.chain.queries import record_for, trace

bp = Blueprint("chain", __name__, url_prefix="/trace")


def _of(kind: Kind) -> Callable[..., Any]:
    def show(ref: str) -> Response:
        actor = current_actor()
        record = record_for(actor, kind, ref)
        found = trace(actor, record)
        return page(
            "improvement/chain/chain.html",
            asked=next(node for node in found.nodes if node.key == found.asked),
            kind=kind,
            more=found.more_items,
            rings=[(node, drawing.ring_of(found, item)) for item in found.items for node in _item(found, str(item))],
            steps=[_line(found, node) for node in found.nodes],
            links=len(found.links),
        )

    show.__name__ = f"chain_of_{kind.code}"
    show.__doc__ = f"The evidence chain through one {kind.name.en.lower()}."
    return throttle.limit(COSTLY)(needs(kind.right)(show))


def _item(found: Chain, key: str) -> list[ChainNode]:
    return [node for node in found.nodes if node.key == key]


def _line(found: Chain, node: ChainNode) -> dict[str, Any]:
    """A node as the list shows it, with the numbers of those it comes from."""
    places = {one.key: number for number, one in enumerate(found.nodes, 1)}
    before = sorted(places[link.before] for link in found.links if link.after == node.key)
    return {
        "number": places[node.key],
        "kind": drawing.kind_word(node),
        "words": drawing.line_of(node),
        "url": node.url,
        "from_": _("、").join(str(number) for number in before),
        "asked": node.key == found.asked,
    }


for path, kind in BY_PATH.items():
    bp.add_url_rule(f"/{path}/<ref>", path, _of(kind))
