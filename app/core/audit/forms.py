"""The form of a drill, as it is written down after it was held."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app.core.audit.incidents import LONGEST_MINUTES, SHORTEST

HOW_LONG = _("填查清用了几分钟，1 到 1440")
SAY_MORE = _("写明演练了什么、发现什么，10 到 500 个字")


class DrillForm(FlaskForm):
    """When, how long, and what came out."""

    held_on = DateField(_("演练日期"), [InputRequired(_("请选演练日期"))])
    minutes = IntegerField(_("用时（分钟）"), [InputRequired(HOW_LONG), NumberRange(1, LONGEST_MINUTES, HOW_LONG)])
    found = TextAreaField(_("经过和发现"), [InputRequired(SAY_MORE), Length(SHORTEST, 500, SAY_MORE)])
