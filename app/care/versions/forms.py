"""Forms of versions: the file with what is new in it, and the steps."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from app.care.versions.operations import VersionStep
from app.core.web.forms import VersionedForm, at_most, wanted
from app.core.yaml_files import LONGEST


class FileForm(VersionedForm):
    """A YAML file, and what is new in it; the field `content` is declared by each, with its own words."""

    note = TextAreaField(_("这一版改了什么"), [wanted(_("请写这一版改了什么")), at_most(500)])
    text = ""

    def validate_content(self, field: FileField) -> None:
        """Readable as UTF-8 text, and no longer than a definition may be."""
        try:
            self.text = field.data.read(LONGEST * 4 + 1).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(str(_("文件要用 UTF-8 编码保存"))) from None


class StepForm(VersionedForm):
    """Nothing but the version that was looked at."""

    def given(self) -> VersionStep:
        """What the operation takes."""
        return VersionStep(self.version.data)


class ReasonForm(VersionedForm):
    """What has to change, or why it ends."""

    reason = TextAreaField(
        _("原因"), [wanted(_("请写原因")), Length(min=10, max=1000, message=_("请写 10 至 1000 个字"))]
    )

    def given(self) -> VersionStep:
        """What the operation takes."""
        return VersionStep(self.version.data, self.reason.data or "")


class OutsideForm(VersionedForm):
    """The expert from outside the county."""

    outside_expert = StringField(
        _("外请专家和意见书编号"),
        [Optional(), at_most(120)],
        description=_("本县专家不足两名时用，例如：某某，意见书 2026-3"),
    )

    def given(self) -> VersionStep:
        """What the operation takes."""
        return VersionStep(self.version.data, outside_expert=self.outside_expert.data or "")
