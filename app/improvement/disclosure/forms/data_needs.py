"""Forms of a data need: what is asked, and what is delivered."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FileField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from app.core.web.forms import Choice, Day, EitherOf, VersionedForm, at_most, offered, wanted
from app.improvement.disclosure.operations.data_needs import DataNeedIn


class DataNeedForm(VersionedForm):
    """What is asked of whom."""

    owner = Choice(_("向谁要"), validators=[wanted(_("请选择数据所在的单位"))])
    title = StringField(_("要什么数据"), [wanted(_("请写要什么数据")), at_most(80)])
    purpose = TextAreaField(
        _("用途"), [wanted(_("请写用途")), at_most(1000)], description=_("用在哪个问题、哪项措施上")
    )
    fields = TextAreaField(
        _("要的字段"),
        [wanted(_("请写要的字段")), at_most(1000)],
        description=_("一行一个，只能要学校或年级的汇总，不能要学生个人的数据"),
    )
    due_on = Day(_("什么时候要"), [wanted(_("请写什么时候要"))])

    def offer(self, units: Sequence[Any]) -> None:
        """Put the units that own data into the list."""
        self.owner.choices = [SelectChoice(one.ref, one.name) for one in units]

    def given(self, owner_unit_id: uuid.UUID) -> DataNeedIn:
        """What the operation takes."""
        assert self.due_on.data is not None
        return DataNeedIn(
            self.title.data or "", owner_unit_id, self.purpose.data or "", self.fields.data or "", self.due_on.data
        )


class DeliveryForm(VersionedForm):
    """What is handed over."""

    cycle = Choice(_("已发布的监测"), validators=[EitherOf()], description=_("数据已经发布过的，选这一轮就行"))
    file = FileField(
        _("文件"), [EitherOf()], description=_("汇总表，PDF、Word、Excel 或 CSV，不超过 20 MB；有学生个人的列不收")
    )
    note = TextAreaField(_("说明"), [Optional(), at_most(1000)], description=_("口径、时间范围、缺什么"))

    def offer(self, rounds: Sequence[Any]) -> None:
        """Put the rounds that are out into the list."""
        self.cycle.choices = offered([(one.ref, one.name) for one in rounds], none=_("不选"))
