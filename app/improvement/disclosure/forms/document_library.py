"""Forms of the document library: what a paper is, its file, and what takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FileField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from app.core.policy.roles import ROLES
from app.core.web.chips import word
from app.core.web.forms import Choice, Day, Sent, VersionedForm, at_most, wanted
from app.improvement.disclosure.operations.document_library import DocumentIn
from app.improvement.disclosure.words import CATEGORIES
from app.improvement.effects.forms.evaluations import Ticks

FILES = ".pdf,.docx,.xlsx,.csv"


class DocumentForm(VersionedForm):
    """What is known of a paper; the file for a new one only."""

    title = StringField(_("标题"), [wanted(_("请写标题")), at_most(120)])
    number = StringField(_("文号"), [Optional(), at_most(60)], description=_("例如 清教督〔2026〕3号；没有就不填"))
    category = Choice(
        _("类别"),
        validators=[wanted(_("请选择类别"))],
        choices=lambda: [SelectChoice(code, word(one)) for code, one in CATEGORIES.items()],
    )
    issuer = StringField(_("发文单位"), [wanted(_("请写发文单位")), at_most(80)])
    summary = TextAreaField(_("摘要"), [Optional(), at_most(500)], description=_("一两句话，便于查找"))
    signed_on = Day(_("签发日期"), [Optional()])
    printed_on = Day(_("印发日期"), [Optional()])
    in_force_on = Day(_("生效日期"), [Optional()])
    until_on = Day(_("有效期至"), [Optional()], description=_("长期有效就不填"))
    roles = Ticks(
        _("给谁看"),
        [Optional()],
        description=_("不选就是全县有账号的人都能看"),
        choices=lambda: [SelectChoice(one.code, word(one)) for one in ROLES.values() if one.level != "system"],
    )
    file = FileField(_("文件"), [Sent()], description=_("PDF、Word、Excel 或 CSV，不超过 20 MB"))

    def given(self) -> DocumentIn:
        """What the operation takes."""
        return DocumentIn(
            title=self.title.data or "",
            category=self.category.data or "",
            issuer=self.issuer.data or "",
            number=self.number.data or "",
            summary=self.summary.data or "",
            roles=tuple(self.roles.data or ()),
            signed_on=self.signed_on.data,
            printed_on=self.printed_on.data,
            in_force_on=self.in_force_on.data,
            until_on=self.until_on.data,
            version=self.version.data,
        )


class VersionForm(VersionedForm):
    """A newer file."""

    file = FileField(_("文件"), [Sent()], description=_("PDF、Word、Excel 或 CSV，不超过 20 MB"))
    note = StringField(_("改了什么"), [wanted(_("请写改了什么")), at_most(200)])


class ReplacedForm(VersionedForm):
    """What takes its place."""

    by = Choice(_("由哪份文件代替"), validators=[wanted(_("请选择文件"))])

    def offer(self, rows: Sequence[Any]) -> None:
        """Put the other papers into the list."""
        self.by.choices = [
            SelectChoice(row.ref, f"{row.title}（{row.number}）" if row.number else row.title) for row in rows
        ]
