"""The forms of tokens and webhooks: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from app.api.operations import EndIn, TokenIn, WebhookIn
from app.api.scopes import EVENTS, SCOPES
from app.core.web.pages import say
from workflows.vocabulary import Sentence


class Several(SelectMultipleField):
    """Boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _choices(table: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, say(Sentence(*words))) for code, words in table.items()]


class TokenForm(FlaskForm):
    """A token for a program."""

    name = StringField(
        _("给哪个程序用"), [InputRequired(_("请写给哪个程序用")), Length(max=60, message=_("最多 60 个字"))]
    )
    scopes = Several(_("用途"), [DataRequired(_("请至少选一项用途"))], choices=lambda: _choices(SCOPES))
    last_day = DateField(_("最后一天"), [InputRequired(_("请选最后一天"))])

    def given(self) -> TokenIn:
        """What the operation takes."""
        return TokenIn(self.name.data or "", tuple(self.scopes.data or ()), self.last_day.data)


class WebhookForm(FlaskForm):
    """An address that hears of changes."""

    name = StringField(
        _("给哪个程序用"), [InputRequired(_("请写给哪个程序用")), Length(max=60, message=_("最多 60 个字"))]
    )
    url = StringField(_("地址"), [InputRequired(_("请写地址")), Length(max=300, message=_("地址太长"))])
    machines = Several(_("哪些变动"), [DataRequired(_("请至少选一类变动"))], choices=lambda: _choices(EVENTS))

    def given(self) -> WebhookIn:
        """What the operation takes."""
        return WebhookIn(self.name.data or "", (self.url.data or "").strip(), tuple(self.machines.data or ()))


class EndForm(FlaskForm):
    """Why it ends."""

    reason = TextAreaField(_("理由"), [Length(max=500, message=_("最多 500 个字"))])
    version = IntegerField(validators=[Optional()], widget=HiddenInput())

    def given(self) -> EndIn:
        """What the operation takes."""
        return EndIn(self.reason.data or "", self.version.data)
