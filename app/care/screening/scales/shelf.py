"""The scales that come with the project, and the check that each must pass before a county may use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from app.care.screening.scales.definition import Expectation, Scale, Vector
from app.care.screening.scales.scoring import score
from app.care.screening.scales.validity import judge

SHELF = Path(__file__).resolve().parents[4] / "config" / "scales"


class _Loader(yaml.SafeLoader):
    """YAML as its version 1.2 reads it: on, off, yes and no are words, as the key `on` of a band needs."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read_scale(text: str) -> Scale:
    """A scale from YAML.

    Raises yaml.YAMLError for text that is no YAML, pydantic.ValidationError for content that is no scale.
    """
    loader = _Loader(text)
    try:
        return Scale.model_validate(loader.get_single_data())
    finally:
        loader.dispose()


def written(scale: Scale) -> str:
    """The YAML of a scale: `read_scale` of it gives the same scale again."""
    content = scale.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)


def shipped(folder: Path = SHELF) -> Iterator[Scale]:
    """Every scale of the folder, by the names of the files."""
    for path in sorted(folder.glob("*.yaml")):
        yield read_scale(path.read_text(encoding="utf-8"))


def failed_vectors(scale: Scale) -> list[str]:
    """What the embedded vectors expect and do not get, a sentence each; empty when the scale may be activated."""
    return [
        f"vector {number}: {sentence}"
        for number, vector in enumerate(scale.test_vectors, 1)
        for sentence in _differences(scale, vector)
    ]


def _differences(scale: Scale, vector: Vector) -> Iterator[str]:
    answers = dict(zip(scale.by_id, vector.answers, strict=True))
    result, wanted = score(scale, answers), vector.expect
    for name, value in wanted.scores.items():
        got = result.scores.get(name)
        if got is None or abs(got - value) > 5e-5:
            yield f"{name} is {got}, expected {value}"
    verdict = judge(scale, answers, result).verdict
    told = {
        "band": result.band,
        "critical": result.critical,
        "overrides": tuple(hit.override for hit in result.hits),
        "verdict": verdict,
    }
    yield from _told(told, wanted)


def _told(told: Mapping[str, object], wanted: Expectation) -> Iterator[str]:
    for name, got in told.items():
        expected = getattr(wanted, name)
        if expected is not None and expected != got:
            yield f"{name} is {got}, expected {expected}"
