"""Parts of forms that every area shares: hidden version, fields that may wait, empty choices, dates, numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, FloatField, IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError
from wtforms.widgets import HiddenInput


class Later(Optional):
    """May be left empty for now: the page writes 提交前填 beside the label, not 选填."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"optional": True, "later": True}


class EitherOf(Optional):
    """One of two fields has to be filled: the page writes 两项选一项 beside both labels, the operation looks."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"optional": True, "either": True}


class Sent:
    """A file has to be there. The page does not write 选填; the route, which reads the file, refuses the form without it."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        """Nothing to do here: a file that was refused for its content is told of in the same place."""


class VersionedForm(FlaskForm):
    """Carries the version of the record that the page showed."""

    version = IntegerField(validators=[Optional()], widget=HiddenInput())


class Day(DateField):
    """A date; a wrong one is answered with how to write it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read YYYY-MM-DD; anything else is refused in words."""
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(str(_("日期请写成 2026-11-25"))) from wrong


class Number(FloatField):
    """A number; a wrong one is answered with how to write it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number with a point; anything else is refused in words."""
        try:
            super().process_formdata([text.replace("，", "").replace("．", ".") for text in valuelist])
        except ValueError as wrong:
            raise ValueError(str(_("请写成数字，例如 480 或 0.66"))) from wrong


class Choice(SelectField):
    """A choice whose empty answer is None; a value that is not offered is refused in words."""

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, coerce=lambda value: value or None, **given)

    def pre_validate(self, form: Any) -> None:
        """Only what is offered, or nothing."""
        if self.data is not None and self.data not in {choice.value for choice in self.choices or ()}:
            raise ValidationError(str(_("请从列表里选一个")))


def offered(pairs: Iterable[tuple[str, Any]], none: Any = None) -> list[SelectChoice]:
    """Choices of a field from values and labels; `none` is the label of the empty answer, where there is one."""
    first = [] if none is None else [SelectChoice("", str(none))]
    return [*first, *(SelectChoice(value, str(label)) for value, label in pairs)]


class Filled(InputRequired):
    """Something was given, and not only spaces."""

    def __call__(self, form: Any, field: Any) -> None:
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            raise StopValidation(str(self.message))


def wanted(sentence: Any) -> Filled:
    """The field has to be filled; the sentence says with what."""
    return Filled(sentence)


def at_most(number: int) -> Length:
    """No longer than `number` characters."""
    return Length(max=number, message=_("最多 %(max)d 个字，请写短一些"))
