"""Forms of suppliers: what one brings and what for, and a signed agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FileField, StringField, TextAreaField

from app.core.storage import Stored
from app.core.web.chips import word
from app.core.web.forms import Choice, Day, Sent, VersionedForm, at_most, offered, wanted
from app.improvement.suppliers.operations import AgreementIn, SupplierIn
from app.improvement.suppliers.words import KINDS

FILES = ".pdf,.jpg,.jpeg,.png"


class SupplierForm(VersionedForm):
    """What is known of a supplier."""

    name = StringField(
        _("供应商或平台全称"), [wanted(_("请写供应商或平台全称")), at_most(80)], description=_("和协议印章上的名字一样")
    )
    kind = Choice(
        _("哪一类"),
        validators=[wanted(_("请选是哪一类"))],
        choices=lambda: offered([(code, word(one)) for code, one in KINDS.items()], _("请选择")),
    )
    data_brought = TextAreaField(
        _("提供什么数据"),
        [wanted(_("请写提供什么数据")), at_most(300)],
        description=_("例如：八年级数学监测结果，学校一级"),
    )
    purpose = TextAreaField(_("用来做什么"), [wanted(_("请写数据用来做什么")), at_most(300)])

    def given(self) -> SupplierIn:
        """What the operation takes."""
        return SupplierIn(
            self.name.data or "", self.kind.data or "", self.data_brought.data or "", self.purpose.data or "",
            self.version.data,
        )  # fmt: skip


class AgreementForm(VersionedForm):
    """A signed agreement."""

    number = StringField(_("协议编号"), [wanted(_("请写协议编号")), at_most(60)])
    from_on = Day(_("生效日"), [wanted(_("请写生效日"))])
    until_on = Day(
        _("到期日"), [wanted(_("请写到期日"))], description=_("这一天仍然有效；到期前 30 天和 7 天提醒负责人")
    )
    responsible = Choice(_("负责人"), validators=[wanted(_("请选负责人"))], description=_("到期前收到提醒，负责续签"))
    file = FileField(_("签字盖章的协议"), [Sent()], description=_("PDF、JPG 或 PNG，不超过 20 MB"))

    def offer(self, people: Sequence[Any]) -> None:
        """Put those who may answer for it into the list."""
        self.responsible.choices = offered([(one.ref, one.name) for one in people], _("请选择"))

    def given(self, file: Stored, people: Sequence[Any]) -> AgreementIn:
        """What the operation takes."""
        known = {one.ref: one.id for one in people}
        return AgreementIn(
            self.number.data or "", self.from_on.data, self.until_on.data, known[self.responsible.data or ""], file,
            self.version.data,
        )  # fmt: skip
