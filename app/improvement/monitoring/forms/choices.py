"""Fields and checks that forms of monitoring share: choices by their words, lines as a list, a version that goes along."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from app.core import clock
from app.core.errors import Sentence
from app.core.web.pages import say

LONGEST_TEXT = 2000
REASON = 10


def options(words: Mapping[str, Sentence], *, empty: Any = None) -> Callable[[], list[tuple[str, str]]]:
    """Choices of a table of words in the language of the page; `empty` names the choice of none."""

    def listed() -> list[tuple[str, str]]:
        first = [("", str(empty))] if empty is not None else []
        return [*first, *((code, say(word)) for code, word in words.items())]

    return listed


def lines_of(text: str | None) -> tuple[str, ...]:
    """The lines of a text that hold something, each once."""
    return tuple(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def at_least(number: int, message: Any) -> Callable[[Any, Field], None]:
    """At least so many characters beside spaces."""

    def check(form: Any, field: Field) -> None:
        if len((field.data or "").strip()) < number:
            raise ValidationError(message)

    return check


def not_in_future(message: Any) -> Callable[[Any, Field], None]:
    """Today or earlier."""

    def check(form: Any, field: Field) -> None:
        if field.data and field.data > clock.today():
            raise ValidationError(message)

    return check


def known(values: Iterable[str]) -> tuple[str, ...]:
    """What was ticked, without doubles and empty values."""
    return tuple(dict.fromkeys(value for value in values if value))


class Ticks(SelectMultipleField):
    """Several choices as ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class MoveForm(FlaskForm):
    """A step that carries only the version of the page."""

    version = IntegerField(widget=HiddenInput())


class ReasonForm(MoveForm):
    """A step with a reason that the other side will read."""

    reason = TextAreaField(
        _("理由"),
        [
            InputRequired(_("请写明理由，至少 10 个字，对方会看到")),
            at_least(REASON, _("请写明理由，至少 10 个字，对方会看到")),
            Length(max=LONGEST_TEXT, message=_("最多 2000 个字")),
        ],
    )
