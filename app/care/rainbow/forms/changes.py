"""Forms of a change of level."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.care.rainbow import words
from app.care.rainbow.operations.changing import ChangeStep, DraftIn, EvidenceIn, UpIn
from app.core.web.chips import word
from app.core.web.forms import Choice, Day, VersionedForm, offered, wanted


class UpForm(VersionedForm):
    """Which level, and what was seen."""

    tier = Choice(_("需要的层级"), validators=[wanted(_("请选择层级"))])
    reason = TextAreaField(
        _("看到了什么"), [wanted(_("请写看到了什么")), Length(min=10, max=2000, message=_("请写 10 至 2000 个字"))],
        description=_("写事实：什么时候、做了什么、说了什么；加密保存，只有专业人员看得到"),
    )  # fmt: skip

    def offer(self, table: dict[str, Any]) -> None:
        """The levels above everyday support, in the words of who asks."""
        self.tier.choices = offered([(code, word(said)) for code, said in table.items() if code != "green"])

    def given(self) -> UpIn:
        """What the operation takes."""
        return UpIn(self.tier.data, self.reason.data or "")


class DraftForm(VersionedForm):
    """Why a step down is asked for."""

    note = TextAreaField(
        _("为什么可以下调"), [wanted(_("请写为什么可以下调")), Length(min=4, max=2000, message=_("请写 4 至 2000 个字"))],
        description=_("加密保存"),
    )  # fmt: skip

    def given(self) -> DraftIn:
        """What the operation takes."""
        return DraftIn(self.note.data or "")


class PlainForm(VersionedForm):
    """Nothing but the version that was looked at."""

    def given(self) -> ChangeStep:
        """What the operation takes."""
        return ChangeStep(self.version.data)


class ReasonForm(VersionedForm):
    """A reason."""

    reason = TextAreaField(
        _("理由"), [wanted(_("请写理由")), Length(min=10, max=2000, message=_("理由 10 至 2000 个字"))],
        description=_("加密保存，只有专业人员看得到"),
    )  # fmt: skip

    def given(self) -> ChangeStep:
        """What the operation takes."""
        return ChangeStep(self.version.data, self.reason.data or "")


class EvidenceForm(VersionedForm):
    """What was done oneself."""

    kind = Choice(_("做了什么"), validators=[wanted(_("请选择记录的类型"))])
    happened_on = Day(_("日期"), [wanted(_("请写日期"))])
    finding = Choice(_("访谈结论"), validators=[Optional()], description=_("只有风险访谈要填"))
    percent = IntegerField(
        _("目标达成百分比"), [Optional(), NumberRange(0, 100, message=_("请写 0 到 100"))],
        description=_("只有计划回顾要填"),
    )  # fmt: skip
    note = TextAreaField(
        _("经过"), [wanted(_("请写经过")), Length(min=4, max=2000, message=_("请写 4 至 2000 个字"))],
        description=_("加密保存"),
    )  # fmt: skip

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.kind.choices = offered([(code, word(said)) for code, said in words.EVIDENCE.items()])
        self.finding.choices = offered([(code, word(said)) for code, said in words.FINDINGS.items()], _("不是访谈"))

    def given(self) -> EvidenceIn:
        """What the operation takes."""
        assert self.happened_on.data is not None
        return EvidenceIn(
            self.kind.data or "", self.happened_on.data, self.note.data or "", self.finding.data or None,
            self.percent.data,
        )  # fmt: skip
