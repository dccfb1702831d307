"""Forms: another period for a class, a hold."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.care.retention import words
from app.care.retention.classes import classes
from app.care.retention.operations.listing import HoldIn, LiftIn
from app.care.retention.operations.periods import PeriodIn
from app.core.web.chips import word
from app.core.web.forms import Choice, Day, VersionedForm, at_most, offered, wanted


def _classes(none: Any) -> list[Any]:
    return offered([(code, word(one.title)) for code, one in classes().items()], none)


class PeriodForm(VersionedForm):
    """The years, and why."""

    class_code = Choice(_("哪一类数据"), validators=[wanted(_("请选一类数据"))], choices=lambda: _classes(_("请选择")))
    years = IntegerField(_("存几年"), [wanted(_("请写整数，例如 3"))])
    reason = TextAreaField(
        _("理由和依据"), [wanted(_("请写理由和依据")), Length(min=10, max=1000, message=_("请写 10 至 1000 个字"))],
        description=_("写明依据的规定或会议纪要；批准的人和以后查看的人都会看到"),
    )  # fmt: skip

    def given(self) -> PeriodIn:
        """What the operation takes."""
        return PeriodIn(self.class_code.data or "", self.years.data or 0, self.reason.data or "")


class HoldForm(VersionedForm):
    """What is kept longer, why, until when."""

    ground = Choice(
        _("为什么保留"), validators=[wanted(_("请选为什么保留"))],
        choices=lambda: offered([(code, word(said)) for code, said in words.GROUNDS.items()], _("请选择")),
    )  # fmt: skip
    class_code = Choice(_("哪一类数据"), validators=[Optional()], choices=lambda: _classes(_("全部")))
    school_id = Choice(_("学校"), validators=[Optional()], description=_("不选就是全县"))
    student_no = StringField(
        _("学籍号"), [Optional(), at_most(19)], description=_("只保留一名学生时写；系统不显示姓名")
    )
    reason = TextAreaField(
        _("原因"), [wanted(_("请写原因")), Length(min=10, max=500, message=_("请写 10 至 500 个字"))],
        description=_("写文号或案号，不写学生姓名"),
    )  # fmt: skip
    until_on = Day(_("保留到"), [wanted(_("请写保留到哪一天"))], description=_("过了这天自动解除；最多五年"))

    def with_schools(self, schools: Sequence[Any]) -> HoldForm:
        """Offer the county's schools."""
        self.school_id.choices = offered([(str(one.id), one.name) for one in schools], _("全县"))
        return self

    def given(self) -> HoldIn:
        """What the operation takes."""
        school = uuid.UUID(self.school_id.data) if self.school_id.data else None
        return HoldIn(
            self.ground.data or "", self.reason.data or "", self.until_on.data, self.class_code.data, school,
            self.student_no.data or "",
        )  # fmt: skip


class LiftForm(VersionedForm):
    """Nothing but the version that was looked at."""

    def given(self) -> LiftIn:
        """What the operation takes."""
        return LiftIn(self.version.data)
