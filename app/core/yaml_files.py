"""Definitions that people send in as YAML: read without anything that could swell, and refused with the place and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from app.core.errors import Invalid, Sentence

Model = TypeVar("Model", bound=BaseModel)
LONGEST = 200_000
"""Characters: a scale of 200 items with both languages has a tenth of it."""
DEEPEST = 20
MOST_TOLD = 5
TOO_LONG = Sentence("文件太大，不超过 200 KB", "The file is too large; it may have at most 200 KB")
NO_ALIASES = "aliases (& and *) are not taken: write the value out"
TOO_DEEP = "nested too deeply"
TOLD: dict[str, Sentence] = {
    "extra_forbidden": Sentence(
        "没有这个键，请删去或改正写法", "there is no such key; delete it or correct its spelling"
    ),
    "missing": Sentence("缺这一项，请补上", "this is missing; add it"),
    "string_pattern_mismatch": Sentence("写法不对，要像 {pattern}", "it has to look like {pattern}"),
    "string_too_short": Sentence("不能空着", "it may not be empty"),
    "string_too_long": Sentence("太长，最多 {max_length} 个字", "it is too long; the limit is {max_length}"),
    "literal_error": Sentence("只能写 {expected}", "it may be {expected}"),
    "too_short": Sentence("至少要有 {min_length} 项", "too few entries; the least is {min_length}"),
    "too_long": Sentence("最多 {max_length} 项", "too many entries; the most is {max_length}"),
    "greater_than_equal": Sentence("不能小于 {ge}", "it may not be less than {ge}"),
    "less_than_equal": Sentence("不能大于 {le}", "it may not be more than {le}"),
    "greater_than": Sentence("要大于 {gt}", "it has to be more than {gt}"),
    "int_type": Sentence("要写整数", "a whole number is wanted"),
    "int_parsing": Sentence("要写整数", "a whole number is wanted"),
    "float_parsing": Sentence("要写数字", "a number is wanted"),
    "string_type": Sentence("要写文字；数字请加引号", "text is wanted; put a number into quotes"),
    "bool_parsing": Sentence("要写 true 或 false", "true or false is wanted"),
    "tuple_type": Sentence("要写成列表", "a list is wanted"),
    "model_type": Sentence("要写成“键: 值”", "keys with values are wanted"),
    "dict_type": Sentence("要写成“键: 值”", "keys with values are wanted"),
}
"""What a reader of definitions finds wrong → what to do, in both languages; the limits stand in the braces."""


class Wrong(ValueError):
    """A definition whose parts do not fit, in both languages; raised by its own checks."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


class _Loader(yaml.SafeLoader):
    """YAML as its version 1.2 reads it: on, off, yes and no are words; no aliases, no key twice, no deep nesting."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A node, unless it repeats another or lies too deep."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, NO_ALIASES, self._here())
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.composer.ComposerError(None, None, TOO_DEEP, self._here())
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _here(self) -> Any:
        return self.peek_event().start_mark  # type: ignore[no-untyped-call]

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping, unless a key stands in it twice."""
        seen = set()
        for key, _value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value} stands twice", key.start_mark)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else None)
        return super().construct_mapping(node, deep)


def loaded(text: str) -> Any:
    """The content of one YAML document. Raises yaml.YAMLError for text that is none, or that swells, repeats or nests."""
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    except (RecursionError, ValueError) as broken:  # numbers and dates that YAML knows and Python does not
        raise yaml.YAMLError(str(broken)) from None
    finally:
        loader.dispose()


def checked(read: Callable[[str], Model], text: str, field: str = "content") -> Model:
    """What `read` makes of the text. Raises Invalid at `field` with the places that are wrong and what to do there."""
    if len(text) > LONGEST:
        raise Invalid(field, TOO_LONG)
    try:
        return read(text)
    except yaml.YAMLError as error:
        told = " ".join(str(error).replace('in "<unicode string>",', "").split())[:300]
        raise Invalid(field, Sentence(f"文件读不懂：{told}", f"The file cannot be read: {told}")) from None
    except ValidationError as error:
        raise Invalid(field, told_of(error)) from None


def told_of(error: ValidationError) -> Sentence:
    """Up to five places that are wrong, each with its path (lists count from 1) and what to do."""
    found = error.errors()
    lines = [_one(one) for one in found[:MOST_TOLD]]
    more = len(found) - len(lines)
    return Sentence(
        "文件读不懂，请改好再传。" + "；".join(line.zh for line in lines) + (f"；还有 {more} 处" if more else ""),
        "The file cannot be read; mend it and send it again. "
        + "; ".join(line.en for line in lines)
        + (f"; and {more} more" if more else ""),
    )


def _one(error: Any) -> Sentence:
    place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in error["loc"])
    given = error.get("ctx", {})
    wrong, known = given.get("error"), TOLD.get(error["type"])
    if isinstance(wrong, Wrong):
        said = Sentence(wrong.zh, str(wrong))
    elif wrong is not None:
        said = Sentence(str(wrong), str(wrong))
    elif known is not None:
        said = Sentence(known.zh.format(**given), known.en.format(**given))
    else:
        said = Sentence(error["msg"], error["msg"])
    return Sentence(f"{place or '整个文件'}：{said.zh}", f"{place or 'the whole file'}: {said.en}")
