"""The form of a handover: recipient, fields, what is written for them, the basis."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FileField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.care.protection.models import ImpactAssessment
from app.care.sharing import words
from app.care.sharing.models import WRITTEN
from app.care.sharing.operations import HandoverIn
from app.core.storage import Stored
from app.core.web.chips import word
from app.core.web.forms import Choice, Day, VersionedForm, at_most, offered, wanted


class HandoverForm(VersionedForm):
    """To whom, what, on which basis."""

    recipient = Choice(
        _("接收方"), validators=[wanted(_("请选接收方"))], description=_("这里只有影响评估正在生效的接收方")
    )
    fields = SelectMultipleField(
        _("提供哪些项目"), [wanted(_("请至少勾选一项"))], widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(), description=_("只提供勾选的；层级、分数、问卷回答和谈话内容不在可选之列"),
        choices=lambda: offered([(code, word(said)) for code, said in words.FIELDS.items()]),
    )  # fmt: skip
    behaviour = TextAreaField(
        _("为什么转介（看到的行为）"), [Optional(), at_most(2000)], description=_("写看到的行为，不写诊断、层级和分数")
    )
    measures = TextAreaField(_("学校已做的事"), [Optional(), at_most(2000)])
    urgency = StringField(_("缓急"), [Optional(), at_most(60)])
    contact = StringField(_("学校联系人和电话"), [Optional(), at_most(60)])
    basis = Choice(
        _("依据"),
        validators=[wanted(_("请选依据"))],
        choices=lambda: offered([(code, word(said)) for code, said in words.BASES.items()], _("请选择")),
    )
    why = TextAreaField(
        _("例外的理由"), [Optional(), at_most(1000)], description=_("选例外时必填，至少 20 个字；由另一个人批准")
    )
    signed_on = Day(_("同意书签字日期"), [Optional()])
    student_agreed = BooleanField(_("学生本人也签了字（14 岁起必须）"))
    file = FileField(
        _("签字的同意书"), [Optional()],
        description=_("先打印本页的同意书请监护人签字；换了接收方或项目要重新签"),
    )  # fmt: skip

    def offer(self, recipients: Sequence[ImpactAssessment]) -> None:
        """The recipients that may be named."""
        self.recipient.choices = offered([(one.ref, one.subject) for one in recipients], _("请选择"))

    def given(self, stored: Stored | None) -> HandoverIn:
        """What the operation takes."""
        written = {name: getattr(self, name).data or "" for name in WRITTEN}
        return HandoverIn(
            self.recipient.data or "", tuple(self.fields.data or ()), self.basis.data or "", written,
            self.why.data or "", self.signed_on.data, bool(self.student_agreed.data), stored, self.version.data,
        )  # fmt: skip
