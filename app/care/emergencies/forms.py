"""The form of a notice: whom somebody told, and how."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import Length

from app.care.emergencies.operations import ToldIn
from app.core.web.forms import VersionedForm, wanted


class ToldForm(VersionedForm):
    """Who, when, how."""

    reason = TextAreaField(
        _("怎样告知的"),
        [wanted(_("请写怎样告知的")), Length(min=10, max=1000, message=_("请写 10 至 1000 个字"))],
        description=_("告诉了哪位监护人、什么时候、当面还是电话；用平常的话，不写分数和层级。加密保存"),
    )

    def given(self) -> ToldIn:
        """What the operation takes."""
        return ToldIn(self.reason.data or "", self.version.data)
