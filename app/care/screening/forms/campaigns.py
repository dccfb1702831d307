"""Forms of a campaign: what is asked of whom and when; a step with or without a reason; an exemption."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.care.screening.operations.campaigns import CampaignIn, CampaignStep
from app.care.screening.operations.tasks import ExemptIn
from app.care.screening.queries.campaigns import ids_of
from app.care.screening.scales.choosing import Known
from app.care.screening.words import REASONS
from app.core.web.chips import word
from app.core.web.forms import Choice, Day, VersionedForm, at_most, offered, wanted
from app.people.directory.models import Person


class Ticks(SelectMultipleField):
    """Several of a list, as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CampaignForm(VersionedForm):
    """A screening."""

    name = StringField(
        _("名称"), [wanted(_("请写名称")), at_most(80)], description=_("学生看得到，例如：秋季学期心理健康测评")
    )
    purpose = TextAreaField(
        _("目的"), [wanted(_("请写目的")), at_most(500)], description=_("为什么测、结果用来提供哪些帮助")
    )
    grades = Ticks(_("年级"), [wanted(_("请至少选一个年级"))])
    scales = Ticks(
        _("量表"),
        [wanted(_("请至少选一个量表"))],
        description=_("每个学生只答适合自己年级和年龄的；没有文字授权的量表不在这里"),
    )
    opens_on = Day(
        _("开放日期"),
        [wanted(_("请写开放日期"))],
        description=_("只在上学日 7:30–21:00 开放；监护人至少提前 10 个工作日征询"),
    )
    closes_on = Day(_("结束日期"), [wanted(_("请写结束日期"))])
    groups = IntegerField(
        _("分几批"),
        [Optional(), NumberRange(1, 5, _("请填 1 到 5"))],
        default=1,
        description=_("班级轮流开始，每批隔一个上学日，人手不够时用"),
    )
    on_duty = Ticks(_("值守人"), [Optional()], description=_("按开放日轮流；每天都要有人，警报先找当天值守的人"))

    def offer(self, grades: Sequence[tuple[str, str]], persons: Sequence[Person], scales: Known) -> None:
        """Grades of the school or county, scales that may be used, people who can be on duty."""
        self.grades.choices = [SelectChoice(code, name) for code, name in grades]
        self.scales.choices = [
            SelectChoice(f"{code} {version}", f"{word(scale.title)} {version}")
            for (code, version), scale in sorted(scales.items())
        ]
        self.on_duty.choices = [SelectChoice(one.ref, one.name) for one in persons]

    def given(self, persons: Sequence[Person]) -> CampaignIn:
        """What the operation takes."""
        return CampaignIn(
            name=self.name.data or "",
            purpose=self.purpose.data or "",
            grades=tuple(self.grades.data or ()),
            scales=tuple(self.scales.data or ()),
            opens_on=self.opens_on.data,
            closes_on=self.closes_on.data,
            groups=self.groups.data or 1,
            on_duty=ids_of(self.on_duty.data or (), persons),
            version=self.version.data,
        )


class StepForm(VersionedForm):
    """A step that needs no words."""

    def given(self) -> CampaignStep:
        """What the operation takes."""
        return CampaignStep(self.version.data)


class ReasonedForm(StepForm):
    """A step with its reason."""

    reason = TextAreaField(_("理由"), [wanted(_("请写理由"))], description=_("至少 10 个字，对方会看到"))

    def given(self) -> CampaignStep:
        """What the operation takes."""
        return CampaignStep(self.version.data, self.reason.data)


class ExemptForm(VersionedForm):
    """Why a student need not take part."""

    code = Choice(
        _("原因"),
        validators=[wanted(_("请选原因"))],
        choices=lambda: offered([(code, word(words)) for code, words in REASONS.items()], _("请选择")),
    )
    reason = TextAreaField(_("说明"), [wanted(_("请写说明"))], description=_("至少 10 个字，只有心理教师看得到"))

    def given(self) -> ExemptIn:
        """What the operation takes."""
        return ExemptIn(self.code.data or "", self.reason.data or "", self.version.data)


def steps_form(reason: bool) -> Any:
    """The form of a step."""
    return ReasonedForm if reason else StepForm
