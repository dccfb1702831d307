"""Short forms of steps: a reason, a remark, a monthly report, progress, completion, the verifier's three points."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DecimalField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from app.core.casework.door import SHORTEST_REASON
from app.improvement.plans.forms import options
from app.improvement.plans.words import CANCELLATION_GROUNDS, CHECKLIST


class StepForm(FlaskForm):
    """A step without words: only the version of the page."""

    version = IntegerField(widget=HiddenInput())


class ReasonForm(StepForm):
    """A reason that the other side will read."""

    reason = TextAreaField(_("理由"), [Length(max=2000, message=_("理由最多 2000 个字"))])

    def validate_reason(self, field: Any) -> None:
        """Long enough to be understood (domain §3 G5)."""
        if len((field.data or "").strip()) < SHORTEST_REASON:
            raise ValidationError(gettext("请写明理由，至少 %(n)s 个字，对方会看到", n=SHORTEST_REASON))


class RemarkForm(FlaskForm):
    """What a guidance member or researcher says."""

    text = TextAreaField(_("意见"), [InputRequired(_("请写意见")), Length(max=1000, message=_("最多 1000 个字"))])


class Ticks(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ReportForm(StepForm):
    """月报: how far, what was done, what is in the way."""

    percent = IntegerField(
        _("总体进度"),
        [InputRequired(_("请写进度，0 到 100")), NumberRange(min=0, max=100, message=_("进度写 0 到 100"))],
    )
    text = TextAreaField(
        _("本月做了什么、有什么变化"),
        [InputRequired(_("请写本月做了什么、有什么变化")), Length(max=4000, message=_("最多 4000 个字"))],
        description=_("写变化，不写活动。例：两次小测，进位加法错误率由 31% 降到 24%"),
    )
    blockers = TextAreaField(
        _("遇到的困难"),
        [Optional(), Length(max=2000, message=_("最多 2000 个字"))],
        description=_("需要谁帮忙，一并写明"),
    )
    budget_used = DecimalField(
        _("已用经费"), [Optional(), NumberRange(min=0, message=_("请写 0 或更大的数"))], description=_("到本月底累计")
    )
    milestones = Ticks(_("本月完成的节点"), [Optional()])


class StartForm(StepForm):
    """Beginning a measure; before its day with a reason."""

    early_start_reason = StringField(_("提前开始的原因"), [Optional(), Length(max=200, message=_("最多 200 个字"))])


class ProgressForm(StepForm):
    """How far a measure is."""

    progress = IntegerField(
        _("进度"), [InputRequired(_("请写进度，0 到 100")), NumberRange(min=0, max=100, message=_("进度写 0 到 100"))]
    )


class CompletionForm(StepForm):
    """The measure is done: what came of it."""

    result = TextAreaField(
        _("这项措施的结果"),
        [InputRequired(_("请写明这项措施的结果")), Length(max=2000, message=_("最多 2000 个字"))],
        description=_("写变化，不写活动。例：分层练习坚持 10 周，错题订正率由 62% 升到 88%"),
    )


class CancellationForm(ReasonForm):
    """Ending a measure: another takes its place, or it is not needed."""

    ground = RadioField(_("取消的情形"), [InputRequired(_("请选择取消的情形"))])
    replaced_by = SelectField(_("由哪项措施替代"), [Optional()])

    def offer(self, others: list[tuple[uuid.UUID, str]]) -> None:
        """The grounds, and the other measures of the plan."""
        self.ground.choices = options(CANCELLATION_GROUNDS)
        rows = [SelectChoice(str(identity), title) for identity, title in others]
        self.replaced_by.choices = [SelectChoice("", gettext("请选择")), *rows]

    def validate_replaced_by(self, field: Any) -> None:
        """A measure that takes its place is named."""
        if self.ground.data == "replaced" and not field.data:
            raise ValidationError(gettext("请写明由哪项措施替代"))


class ChecklistForm(StepForm):
    """The three points of the verifier."""

    checklist = Ticks(_("逐项核对"))

    def offer(self) -> None:
        """The three points."""
        self.checklist.choices = options(CHECKLIST)

    def validate_checklist(self, field: Any) -> None:
        """All three, or the measure goes back."""
        if set(field.data or ()) < set(CHECKLIST):
            raise ValidationError(gettext("三点都核对无误才能通过；有一点不符请退回"))
