"""The form at the door: a personal code, the birth date, the end of a telephone number."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import Length, ValidationError

from app.care.consent.entrance import Typed
from app.core.web.forms import VersionedForm, wanted

EIGHT = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?")


class EntranceForm(VersionedForm):
    """Three things: what is on the slip, and two that are not."""

    code = StringField(
        _("个人码"),
        [wanted(_("请填纸条上的个人码")), Length(max=40)],
        description=_("纸条上的 12 位字母和数字，大小写都可以"),
    )
    birth_date = StringField(
        _("孩子的出生日期"), [wanted(_("请填出生日期")), Length(max=20)], description=_("8 位数字，例如 20120307")
    )
    tail = StringField(
        _("家长手机号后四位"),
        [wanted(_("请填家长手机号后四位")), Length(max=4)],
        description=_("学校登记的任意一位家长的号码"),
    )

    def validate_birth_date(self, field: Any) -> None:
        """A date that exists."""
        self._born()

    def _born(self) -> date:
        found = EIGHT.fullmatch((self.birth_date.data or "").strip())
        try:
            return date(*map(int, found.groups())) if found else date(0, 1, 1)
        except ValueError as wrong:
            raise ValidationError(str(_("出生日期请写成 20120307"))) from wrong

    def given(self, address: str) -> Typed:
        """What the entrance takes."""
        return Typed(self.code.data or "", self._born(), self.tail.data or "", address)
