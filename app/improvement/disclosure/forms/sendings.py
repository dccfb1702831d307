"""The form by which a paper is sent to all units of some types."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from app.core.web.chips import word
from app.core.web.forms import VersionedForm, at_most, wanted
from app.improvement.disclosure.operations.sendings import SendingIn, SignIn
from app.improvement.effects.forms.evaluations import Ticks
from app.people.directory.words import ADDRESSEES


class SendingForm(VersionedForm):
    """To which types, with what word, until when."""

    addressees = Ticks(
        _("发给哪些类型的单位"),
        [wanted(_("请至少选一类"))],
        choices=lambda: [SelectChoice(code, word(said)) for code, said in ADDRESSEES.items()],
    )
    note = StringField(_("附言"), [Optional(), at_most(200)])
    days = IntegerField(
        _("几个工作日内签收"), [wanted(_("请写几个工作日")), NumberRange(1, 30, message=_("请写 1 至 30"))]
    )

    def given(self) -> SendingIn:
        """What the operation takes."""
        return SendingIn(tuple(self.addressees.data or ()), self.note.data or "", self.days.data, self.version.data)


class SignForm(VersionedForm):
    """Nothing but the version that was looked at."""

    def given(self) -> SignIn:
        """What the operation takes."""
        return SignIn(self.version.data)
