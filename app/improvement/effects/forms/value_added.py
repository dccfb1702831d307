"""Forms of value added and of interpretation reports."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from app.core.web.chips import word
from app.core.web.forms import Choice, VersionedForm, at_most, offered, wanted
from app.improvement.effects.operations.interpretations import InterpretationIn, InterpretationStep
from app.improvement.effects.operations.value_added import RunIn
from app.improvement.effects.words import MODELS

PARTS = re.compile(r"[、,，;；]")
OFFERED = ("multilevel", "growth", "growth_z", "trend")


class RunForm(VersionedForm):
    """Which subject is reckoned by which model."""

    subject = Choice(_("学科"), validators=[wanted(_("请选择学科"))])
    model = RadioField(
        _("模型"),
        [wanted(_("请选择模型"))],
        default="multilevel",
        choices=lambda: [SelectChoice(code, word(MODELS[code])) for code in OFFERED],
    )
    covariates = StringField(
        _("协变量"),
        [Optional(), at_most(120)],
        description=_(
            "按文件里协变量列的顺序写出各是什么，用顿号隔开；不写就不进模型。心灵彩虹码、心理和家庭情况不能用"
        ),
    )

    def offer(self, subjects: Iterable[tuple[str, Any]]) -> None:
        """Put the subjects that have scores into the list."""
        self.subject.choices = offered(subjects)

    def given(self) -> RunIn:
        """What the operation takes."""
        names = tuple(name.strip() for name in PARTS.split(self.covariates.data or "") if name.strip())
        return RunIn(self.subject.data or "", self.model.data or "", names)


class InterpretationForm(VersionedForm):
    """What a report says."""

    title = StringField(_("标题"), [wanted(_("请写标题")), at_most(80)])
    across = TextAreaField(
        _("横向比较"),
        [Optional(), at_most(4000)],
        description=_("和县均值、同类学校比，差距多大，区间说明什么；按单位编码写，不排名"),
    )
    over_time = TextAreaField(_("纵向发展"), [Optional(), at_most(4000)], description=_("和前几轮比，变化是否超出区间"))
    limits = TextAreaField(
        _("数据的局限"), [Optional(), at_most(2000)], description=_("覆盖率、样本、工具变化等，哪些话数据说不了")
    )
    advice = TextAreaField(_("建议"), [Optional(), at_most(4000)])
    basic = TextAreaField(_("基础数据版的说明"), [Optional(), at_most(1000)])
    analysis = TextAreaField(_("综合分析版的说明"), [Optional(), at_most(1000)])
    topic = TextAreaField(_("专题版的说明"), [Optional(), at_most(1000)])
    public = TextAreaField(
        _("社会版的说明"),
        [Optional(), at_most(1000)],
        description=_("向社会公开，不写学校名称，不写人数少于 10 的情况"),
    )

    def given(self) -> InterpretationIn:
        """What the operation takes."""
        said = {name: self[name].data or "" for name in ("basic", "analysis", "topic", "public")}
        parts = {name: self[name].data or "" for name in ("title", "across", "over_time", "limits", "advice")}
        return InterpretationIn(**parts, said=said, version=self.version.data)


def step_of(version: int | None, reason: str | None = None) -> InterpretationStep:
    """What a step takes."""
    return InterpretationStep(version, reason)
