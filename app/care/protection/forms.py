"""Forms of assessments: what was weighed of a purpose or a recipient."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import Optional

from app.care.protection import words
from app.care.protection.models import PURPOSE, RECIPIENT
from app.care.protection.operations import AssessmentIn
from app.care.protection.purposes import purposes
from app.core.storage import Stored
from app.core.web.chips import word
from app.core.web.forms import Choice, Day, VersionedForm, at_most, offered, wanted


class AssessmentForm(VersionedForm):
    """The four parts of an assessment, what is left of the risk, until when it holds, the signed report."""

    necessity = TextAreaField(
        _("必要性"), [wanted(_("请写必要性")), at_most(4000)], description=_("为什么要处理，少收、不收行不行")
    )
    risks = TextAreaField(_("对个人的风险"), [wanted(_("请写对个人的风险")), at_most(4000)])
    measures = TextAreaField(
        _("保护措施"), [wanted(_("请写保护措施")), at_most(4000)], description=_("谁能看、怎么加密、存多久、出事怎么办")
    )
    conclusion = TextAreaField(_("结论"), [wanted(_("请写结论")), at_most(4000)])
    risk = Choice(
        _("采取措施后剩下的风险"),
        validators=[wanted(_("请选采取措施后剩下的风险"))],
        choices=lambda: offered([(code, word(said)) for code, said in words.RISKS.items()], _("请选择")),
        description=_("高的不能批准"),
    )
    review_on = Day(
        _("复评日期"), [wanted(_("请写复评日期"))], description=_("过了这天就失效，提前 30 天开始提醒；最多三年")
    )
    file = FileField(_("签字的评估报告"), [Optional()], description=_("PDF 或照片，不超过 20 MB；提交前要附上"))

    def given(self, stored: Stored | None, about: tuple[str, str, str | None]) -> AssessmentIn:
        """What the operation takes."""
        kind, subject, recipient_kind = about
        return AssessmentIn(
            kind, subject, self.necessity.data or "", self.risks.data or "", self.measures.data or "",
            self.conclusion.data or "", self.risk.data or "", self.review_on.data, recipient_kind, stored,
            self.version.data,
        )  # fmt: skip


class PurposeForm(AssessmentForm):
    """Of a purpose of the register."""

    subject = Choice(
        _("处理目的"),
        validators=[wanted(_("请选一个已登记的目的"))],
        choices=lambda: offered([(code, word(one.title)) for code, one in purposes().items()], _("请选择")),
    )

    def about(self) -> tuple[str, str, str | None]:
        """The purpose that was chosen."""
        return PURPOSE, self.subject.data or "", None


class RecipientForm(AssessmentForm):
    """Of somebody to whom data go."""

    subject = StringField(
        _("接收方全称"), [wanted(_("请写接收方全称")), at_most(80)], description=_("和印章上的名字一样")
    )
    recipient_kind = Choice(
        _("哪一类"),
        validators=[wanted(_("请选接收方是哪一类"))],
        choices=lambda: offered([(code, word(said)) for code, said in words.RECIPIENTS.items()], _("请选择")),
    )

    def about(self) -> tuple[str, str, str | None]:
        """The recipient that was named."""
        return RECIPIENT, self.subject.data or "", self.recipient_kind.data


FORMS: dict[str, Any] = {PURPOSE: PurposeForm, RECIPIENT: RecipientForm}
