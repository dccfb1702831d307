"""Forms of scales: a definition as YAML, texts for a key, a licence."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import FileField as PlainFile
from wtforms import StringField, TextAreaField
from wtforms.validators import Optional, Regexp

from app.care.screening.operations.scales import LicenceIn, ScaleIn, TextsIn
from app.care.screening.scales.definition import Scale
from app.care.versions.forms import FileForm
from app.core.storage import Stored
from app.core.web.forms import Day, VersionedForm, at_most, wanted

ALL_OR_NONE = _("授权方、编号和截止日期要一起填")


class ScaleForm(FileForm):
    """A scale as YAML, what is new in it, and the licence where it needs one."""

    content = FileField(
        _("量表文件（YAML）"), [FileRequired(_("请选择一个文件"))],
        description=_("可以先下载一份现有的量表照着改；版本号要换新的，文件里的用例要全部通过"),
    )  # fmt: skip
    holder = StringField(_("授权方"), [Optional(), at_most(120)], description=_("免费量表不用填；其他量表提交前要填"))
    number = StringField(_("授权编号"), [Optional(), at_most(80)])
    until = Day(_("授权截止日期"), [Optional()])
    file = PlainFile(_("授权文件"), description=_("PDF 或照片，不超过 20 MB"))

    def validate(self, extra_validators: Any = None) -> bool:
        """The parts of a licence come together or not at all."""
        good = super().validate(extra_validators)
        parts = (self.holder, self.number, self.until)
        given = [bool(one.data) for one in parts]
        if any(given) and not all(given):
            missing = next(one for one in parts if not one.data)
            missing.errors = [*missing.errors, str(ALL_OR_NONE)]
            return False
        return bool(good)

    def given(self, stored: Stored | None) -> ScaleIn:
        """What the operation takes."""
        licence = None
        if self.holder.data and self.until.data:
            licence = LicenceIn(self.holder.data, self.number.data or "", self.until.data, stored)
        return ScaleIn(self.text, self.note.data or "", licence, self.version.data)


class LicenceForm(VersionedForm):
    """A licence, or a longer one."""

    holder = StringField(
        _("授权方"), [wanted(_("请写授权方")), at_most(120)], description=_("谁允许本县使用这份量表的文字")
    )
    number = StringField(_("授权编号"), [wanted(_("请写授权编号")), at_most(80)])
    until = Day(_("授权截止日期"), [wanted(_("请写授权截止日期"))], description=_("到期以后不能再用它开展新的筛查"))
    file = PlainFile(
        _("授权文件"), [Optional()], description=_("PDF 或照片，不超过 20 MB；首次登记必须附上，只改日期可以不再传")
    )

    def given(self, stored: Stored | None) -> LicenceIn:
        """What the operation takes."""
        return LicenceIn(self.holder.data or "", self.number.data or "", self.until.data, stored, self.version.data)


class TextsForm(LicenceForm):
    """Texts for a key, pasted from a spreadsheet or typed, with the licence."""

    items = TextAreaField(
        _("题目文字"), [wanted(_("请填题目文字"))],
        description=_("每行一题：题号、中文，有英文再加一列。可以从表格里复制三列直接粘贴"),
    )  # fmt: skip
    options = TextAreaField(
        _("选项文字"), [wanted(_("请填选项文字"))], description=_("每行一个：数值、中文，有英文再加一列")
    )
    scale_number = StringField(
        _("版本号"), [wanted(_("请写版本号")), at_most(20), Regexp(r"^\d+\.\d+\.\d+$", message=_("请写成 1.0.1"))]
    )
    note = StringField(_("这一版的说明"), [Optional(), at_most(500)])

    def texts(self, key: Scale, stored: Stored | None) -> TextsIn:
        """What the operation takes."""
        return TextsIn(
            key, self.scale_number.data or "", self.items.data or "", self.options.data or "", self.given(stored),
            self.note.data or "",
        )  # fmt: skip
