"""Forms of the rainbow code: shape only; what they hold goes on as frozen values."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.care.rainbow import words
from app.care.rainbow.operations.deciding import AdjustIn, ConfirmIn, RejectIn, SignIn
from app.care.rainbow.operations.observing import DoneIn, LookIn, RatingIn
from app.core.web.chips import word
from app.core.web.forms import Choice, Day, VersionedForm, at_most, offered, wanted

ANSWERED = _("请选一项")


def _talked() -> Day:
    return Day(_("与学生面谈的日期"), [Optional()], description=_("没有面谈就空着"))


class ConfirmForm(VersionedForm):
    """The version that was looked at, and whether somebody talked with the student."""

    interviewed_on = _talked()

    def given(self) -> ConfirmIn:
        """What the operation takes."""
        return ConfirmIn(self.version.data, interviewed_on=self.interviewed_on.data)


class SignForm(VersionedForm):
    """The day of the interview."""

    interviewed_on = Day(_("与学生面谈的日期"), [wanted(_("请写面谈日期"))])

    def given(self) -> SignIn:
        """What the operation takes."""
        return SignIn(self.interviewed_on.data, self.version.data)


class AdjustForm(VersionedForm):
    """Another level and why."""

    tier = Choice(_("调整为"), validators=[wanted(_("请选择层级"))])
    reason = TextAreaField(
        _("理由和依据"), [wanted(_("请写理由和依据")), Length(min=10, max=2000, message=_("理由 10 至 2000 个字"))],
        description=_("例如面谈看到了什么；加密保存，只有能看依据的人看得到"),
    )  # fmt: skip
    interviewed_on = _talked()

    def offer(self, proposed: str) -> None:
        """Put the other levels into the list."""
        self.tier.choices = offered([(code, word(said)) for code, said in words.LEVELS.items() if code != proposed])

    def given(self) -> AdjustIn:
        """What the operation takes."""
        return AdjustIn(self.tier.data, self.reason.data or "", self.version.data, self.interviewed_on.data)


class RejectForm(VersionedForm):
    """What is wrong with the data."""

    reason = TextAreaField(
        _("哪些数据有误"), [wanted(_("请写哪些数据有误")), Length(min=10, max=2000, message=_("请写 10 至 2000 个字"))],
        description=_("改正数据以后会重新计算"),
    )  # fmt: skip
    interviewed_on = _talked()

    def given(self) -> RejectIn:
        """What the operation takes."""
        return RejectIn(self.reason.data or "", self.version.data, self.interviewed_on.data)


def _item(number: int) -> RadioField:
    return RadioField(
        words.ITEMS[number],
        [InputRequired(ANSWERED)],
        coerce=int,
        choices=[SelectChoice(value, "") for value in range(4)],
    )


class RatingForm(VersionedForm):
    """Eight items, each never to always, and a remark."""

    item_1, item_2, item_3, item_4 = (_item(number) for number in range(4))
    item_5, item_6, item_7, item_8 = (_item(number) for number in range(4, 8))
    comment = TextAreaField(_("补充说明"), [Optional(), at_most(500)], description=_("只写看到的事，加密保存"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for number, field in enumerate(self.items):
            field.label.text = word(words.ITEMS[number])
            field.choices = [SelectChoice(value, word(answer)) for value, answer in enumerate(words.ANSWERS)]

    @property
    def items(self) -> list[Any]:
        """The eight fields in their order."""
        return [self[f"item_{number}"] for number in range(1, 9)]

    def given(self) -> RatingIn:
        """What the operation takes."""
        return RatingIn(tuple(int(field.data) for field in self.items), self.comment.data or "")


class LookForm(VersionedForm):
    """The result of a structured interview."""

    level = Choice(_("评估结论"), validators=[wanted(_("请选择评估结论"))], description=_("风险程度，不是诊断"))
    assessed_on = Day(_("评估日期"), [wanted(_("请写评估日期"))])

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.level.choices = offered([(code, word(said)) for code, said in words.LOOKS.items()])

    def given(self) -> LookIn:
        """What the operation takes."""
        assert self.assessed_on.data is not None
        return LookIn(self.level.data or "", self.assessed_on.data)


class DoneForm(VersionedForm):
    """What was done."""

    account = TextAreaField(
        _("做了什么"), [wanted(_("请写做了什么")), Length(min=4, max=2000, message=_("请写 4 至 2000 个字"))],
        description=_("加密保存"),
    )  # fmt: skip

    def given(self) -> DoneIn:
        """What the operation takes."""
        return DoneIn(self.account.data or "", self.version.data)
