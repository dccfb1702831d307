"""Forms of opening: shape only; what they hold goes on as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import Length

from app.care.access import words
from app.care.access.operations.emergencies import OpenIn, ReviewIn
from app.care.access.operations.identities import AskIn, DenyIn, ExpertIn
from app.core.web.chips import word
from app.core.web.forms import Choice, VersionedForm, offered, wanted


class PurposeForm(VersionedForm):
    """What the answers are read for."""

    purpose = Choice(
        _("为什么看"), validators=[wanted(_("请选择为什么看"))], description=_("会和你的姓名、时间一起记入查阅记录")
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.purpose.choices = offered([(code, word(said)) for code, said in words.PURPOSES.items()])


class OpenForm(VersionedForm):
    """Why it must be read now."""

    reason = TextAreaField(
        _("为什么现在就要看"),
        [wanted(_("请写为什么现在就要看")), Length(min=20, max=1000, message=_("请写 20 至 1000 个字"))],
        description=_("例如谁说了什么、为什么等不到明天；加密保存，核对的人会看到"),
    )

    def given(self) -> OpenIn:
        """What the operation takes."""
        return OpenIn(self.reason.data or "")


class AskForm(VersionedForm):
    """Why the name is needed."""

    reason = TextAreaField(
        _("为什么要知道是谁"),
        [wanted(_("请写为什么要知道是谁")), Length(min=10, max=1000, message=_("请写 10 至 1000 个字"))],
        description=_("加密保存，决定和核对的人会看到"),
    )

    def given(self) -> AskIn:
        """What the operation takes."""
        return AskIn(self.reason.data or "")


class DenyForm(VersionedForm):
    """Why not."""

    reason = TextAreaField(
        _("为什么不同意"), [wanted(_("请写为什么不同意")), Length(min=10, max=1000, message=_("请写 10 至 1000 个字"))]
    )

    def given(self) -> DenyIn:
        """What the operation takes."""
        return DenyIn(self.reason.data or "", self.version.data)


class ReviewForm(VersionedForm):
    """What the review came to."""

    reason = TextAreaField(
        _("核对结论"),
        [wanted(_("请写核对结论")), Length(min=10, max=1000, message=_("请写 10 至 1000 个字"))],
        description=_("有没有必要、有没有别的办法；加密保存"),
    )

    def given(self) -> ReviewIn:
        """What the operation takes."""
        return ReviewIn(self.reason.data or "", self.version.data)


class ExpertForm(VersionedForm):
    """Which expert takes the case."""

    expert = Choice(_("县心理专家"), validators=[wanted(_("请选一位县心理专家"))])

    def offer(self, experts: Sequence[Any]) -> None:
        """Put the county's experts into the list."""
        self.expert.choices = offered([(one.ref, one.name) for one in experts])

    def given(self) -> ExpertIn:
        """What the operation takes."""
        return ExpertIn(self.expert.data or "")
