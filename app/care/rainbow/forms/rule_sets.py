"""Forms of rule sets."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from app.care.rainbow.operations.rule_sets import LONGEST, RulesIn, RuleStep
from app.core.web.forms import VersionedForm, at_most, wanted


class RulesForm(VersionedForm):
    """A YAML file, and what is new in it."""

    content = FileField(
        _("规则集文件（YAML）"), [FileRequired(_("请选择一个文件"))],
        description=_("先下载现在的规则集，改好后换一个版本号再传；文件里的用例要全部通过"),
    )  # fmt: skip
    note = TextAreaField(_("这一版改了什么"), [wanted(_("请写这一版改了什么")), at_most(500)])
    text = ""

    def validate_content(self, field: FileField) -> None:
        """Readable as UTF-8 text, and no longer than a rule set may be."""
        try:
            self.text = field.data.read(LONGEST * 4 + 1).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(str(_("文件要用 UTF-8 编码保存"))) from None

    def given(self) -> RulesIn:
        """What the operation takes."""
        return RulesIn(self.text, self.note.data or "", self.version.data)


class RuleStepForm(VersionedForm):
    """Nothing but the version that was looked at."""

    def given(self) -> RuleStep:
        """What the operation takes."""
        return RuleStep(self.version.data)


class RuleReasonForm(VersionedForm):
    """What has to change."""

    reason = TextAreaField(
        _("要改什么"), [wanted(_("请写要改什么")), Length(min=10, max=1000, message=_("请写 10 至 1000 个字"))]
    )

    def given(self) -> RuleStep:
        """What the operation takes."""
        return RuleStep(self.version.data, self.reason.data or "")


class OutsideForm(VersionedForm):
    """The expert from outside the county."""

    outside_expert = StringField(
        _("外请专家和意见书编号"),
        [Optional(), at_most(120)],
        description=_("本县专家不足两名时用，例如：某某，意见书 2026-3"),
    )

    def given(self) -> RuleStep:
        """What the operation takes."""
        return RuleStep(self.version.data, outside_expert=self.outside_expert.data or "")
