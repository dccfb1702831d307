"""Forms of rule sets."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired

from app.care.rainbow.operations.rule_sets import RulesIn
from app.care.versions.forms import FileForm


class RulesForm(FileForm):
    """A rule set as YAML, and what is new in it."""

    content = FileField(
        _("规则集文件（YAML）"), [FileRequired(_("请选择一个文件"))],
        description=_("先下载现在的规则集，改好后换一个版本号再传；文件里的用例要全部通过"),
    )  # fmt: skip

    def given(self) -> RulesIn:
        """What the operation takes."""
        return RulesIn(self.text, self.note.data or "", self.version.data)
