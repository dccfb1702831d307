"""The form that settles a sheet which two persons typed unlike each other: one choice per place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from app.care.screening.operations.paper import Place, SettleIn
from app.core.web.forms import Choice, offered, wanted

BLANK = "blank"


def _written(value: int | date | None) -> str:
    return BLANK if value is None else value.isoformat() if isinstance(value, date) else str(value)


def shown(value: int | date | None) -> str:
    """A typed answer as the page shows it."""
    return _("空着") if value is None else _written(value)


def _choices(place: Place) -> list[Any]:
    if place.number == 0:
        values = [_written(place.first), _written(place.second)]
        return offered([(value, value) for value in values], _("请对照答卷选"))
    pairs = [(str(value), str(value)) for value in place.options]
    return offered([*pairs, (BLANK, _("空着"))], _("请对照答卷选"))


def settle_form(places: Sequence[Place], **given: Any) -> Any:
    """A form with a field per place, named place_<question>; 0 is the day."""
    fields = {
        f"place_{place.number}": Choice(
            _("作答日期") if place.number == 0 else _("第 %(n)s 题", n=place.number),
            validators=[wanted(_l("请对照纸质答卷选定"))],
            choices=_choices(place),
        )
        for place in places
    }
    return type("SettleForm", (FlaskForm,), fields)(**given)


def settled(form: Any, places: Sequence[Place]) -> SettleIn:
    """What the operation takes."""
    chosen = {place.number: form[f"place_{place.number}"].data for place in places}
    day = chosen.pop(0, None)
    answers = {number: None if value == BLANK else int(value) for number, value in chosen.items()}
    return SettleIn(answers, date.fromisoformat(day) if day else None)
