"""Forms of trees: the file with what it is called and meant for, and the steps."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.web.chips import word
from app.core.web.forms import Sent, VersionedForm, at_most, offered, wanted
from app.improvement.inspection.operations import TreeIn, TreeStep
from app.improvement.inspection.rows import Rows
from app.improvement.inspection.words import STAGE_WORDS


class TreeForm(VersionedForm):
    """A tree as a workbook or YAML, its version, name, ground, what is new, and the stages it is meant for."""

    code = StringField(_("版本号"), [wanted(_("请写版本号")), at_most(20)], description=_("例如 2026-1"))
    title = StringField(_("名称"), [wanted(_("请写名称")), at_most(80)], description=_("例如：中小学督导指标体系"))
    basis = StringField(_("依据文件"), [Optional(), at_most(200)])
    stages = SelectMultipleField(
        _("适用学段"),
        [wanted(_("请选适用的学段"))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    note = TextAreaField(_("这一版改了什么"), [wanted(_("请写这一版改了什么")), at_most(500)])
    content = FileField(
        _("指标表（xlsx 或 YAML）"), [Sent()],
        description=_("每行一个指标或观测点；先下载空表或现在的指标，改好再传"),
    )  # fmt: skip

    def offer(self) -> None:
        """Put the choices in."""
        self.stages.choices = offered([(code, word(said)) for code, said in STAGE_WORDS.items()])

    def given(self, rows: Rows) -> TreeIn:
        """What the operation takes."""
        return TreeIn(
            self.code.data or "", self.title.data or "", self.basis.data or "", self.note.data or "",
            tuple(self.stages.data or ()), rows, self.version.data,
        )  # fmt: skip


class StepForm(VersionedForm):
    """Nothing but the version that was looked at."""

    def given(self) -> TreeStep:
        """What the operation takes."""
        return TreeStep(self.version.data)


class ReasonForm(VersionedForm):
    """What has to change."""

    reason = TextAreaField(
        _("要改什么"), [wanted(_("请写要改什么")), Length(min=10, max=1000, message=_("请写 10 至 1000 个字"))]
    )

    def given(self) -> Any:
        """What the operation takes."""
        return TreeStep(self.version.data, self.reason.data or "")
