"""The scales that come with the project, and the check that each must pass before a county may use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from app.care.screening.scales.definition import Scale, Vector
from app.care.screening.scales.scoring import score
from app.care.screening.scales.validity import judge
from app.core.errors import Sentence
from app.core.yaml_files import loaded

SHELF = Path(__file__).resolve().parents[4] / "config" / "scales"


def read_scale(text: str) -> Scale:
    """A scale from YAML.

    Raises yaml.YAMLError for text that is no YAML, pydantic.ValidationError for content that is no scale.
    """
    return Scale.model_validate(loaded(text))


def written(scale: Scale) -> str:
    """The YAML of a scale: `read_scale` of it gives the same scale again."""
    content = scale.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)


def shipped(folder: Path = SHELF) -> Iterator[Scale]:
    """Every scale of the folder, by the names of the files."""
    for path in sorted(folder.glob("*.yaml")):
        yield read_scale(path.read_text(encoding="utf-8"))


def failed_vectors(scale: Scale) -> list[str]:
    """What the embedded vectors expect and do not get, an English sentence each; empty when the scale may be activated."""
    return [told.en for told in failures(scale)]


def failures(scale: Scale) -> list[Sentence]:
    """The same in both languages: which vector, which value, what was expected and what came."""
    return [
        Sentence(
            f"第 {number} 组用例：{name} 应为 {_plain(expected)}，算出 {_plain(got)}",
            f"vector {number}: {name} is {got}, expected {expected}",
        )
        for number, vector in enumerate(scale.test_vectors, 1)
        for name, got, expected in _differences(scale, vector)
    ]


def _plain(value: object) -> object:
    """Nothing, and several codes, as a reader writes them."""
    if isinstance(value, tuple):
        return "、".join(map(str, value)) or "无"
    return "无" if value is None else value


def _differences(scale: Scale, vector: Vector) -> Iterator[tuple[str, object, object]]:
    answers = dict(zip(scale.by_id, vector.answers, strict=True))
    result, wanted = score(scale, answers), vector.expect
    for name, value in wanted.scores.items():
        got = result.scores.get(name)
        if got is None or abs(got - value) > 5e-5:
            yield name, got, value
    told: Mapping[str, object] = {
        "band": result.band,
        "critical": result.critical,
        "overrides": tuple(hit.override for hit in result.hits),
        "verdict": judge(scale, answers, result).verdict,
    }
    for name, came in told.items():
        expected = getattr(wanted, name)
        if expected is not None and expected != came:
            yield name, came, expected
