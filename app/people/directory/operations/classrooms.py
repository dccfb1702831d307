"""The network of a school's classrooms: screens there are on a wall unless they say otherwise (ui §10)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from app.core.casework.door import operation
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from app.people.directory.models import Unit

RIGHT = "people.declare_classrooms"
WIDEST = {4: 16, 6: 48}
"""The shortest prefix by version: a wider network would take in more than a school."""
LONGEST = 60
TOO_LONG = Sentence("网段太多，写不下，最多 60 个字符", "Too many networks; at most 60 characters fit")


@dataclass(frozen=True)
class ClassroomsIn:
    """Networks, parted by spaces; none where a school takes its declaration back."""

    networks: str
    version: int | None = None


@operation(right=RIGHT, name="unit.declare_classrooms")
def declare_classrooms(actor: Actor, unit: Unit, given: ClassroomsIn) -> None:
    """Keep the networks. Raises Invalid, naming the one that is none or too wide."""
    networks = " ".join(dict.fromkeys(_network(word) for word in given.networks.split()))
    if len(networks) > LONGEST:
        raise Invalid("networks", TOO_LONG)
    unit.declared_network = networks or None


def _network(word: str) -> str:
    try:
        found = ipaddress.ip_network(word)
    except ValueError:
        raise Invalid(
            "networks",
            Sentence(
                f"“{word}”不是网段，请写成 10.20.30.0/24 这样", f"“{word}” is no network; write it like 10.20.30.0/24"
            ),
        ) from None
    if found.prefixlen < WIDEST[found.version]:
        raise Invalid(
            "networks",
            Sentence(
                f"“{word}”太大，一所学校的网段写到 /{WIDEST[found.version]} 或更小",
                f"“{word}” is too wide; the network of a school is /{WIDEST[found.version]} or smaller",
            ),
        )
    return str(found)
