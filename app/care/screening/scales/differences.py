"""What is different between two versions of a scale: place by place, what stood there and what stands there now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.care.screening.scales.definition import Scale

NAMED = {"items": "id", "options": "value", "scores": "id"}
"""Lists whose entries are known by one of their keys, so that one entry more does not shift all that follow."""


@dataclass(frozen=True)
class Change:
    """One place, as its path in the file ("items.9.zh"); `before` or `after` is None where it is not there."""

    place: str
    before: str | None
    after: str | None


def differences(before: Scale, after: Scale) -> list[Change]:
    """Every place at which the two are unlike, in the order of the file; its version is no difference."""
    old, new = (dict(_places("", _content(one))) for one in (before, after))
    order = list(dict.fromkeys([*new, *old]))
    return [Change(place, old.get(place), new.get(place)) for place in order if old.get(place) != new.get(place)]


def _content(scale: Scale) -> dict[str, Any]:
    content: dict[str, Any] = scale.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content.pop("version")
    return content


def _places(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _places(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        name = NAMED.get(path.rpartition(".")[2])
        for number, inner in enumerate(value, 1):
            yield from _places(f"{path}.{inner.get(name, number) if name else number}", inner)
    elif isinstance(value, list):
        yield path, ", ".join("—" if one is None else str(one) for one in value)
    else:
        yield path, str(value)
