"""Forms of requests: shape only."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import Length

from app.care.consent.models import AccessCode
from app.care.rights import words
from app.care.rights.operations.requests import AnswerIn, RequestIn
from app.core.web.chips import word
from app.core.web.forms import Choice, VersionedForm, offered, wanted


class RequestForm(VersionedForm):
    """What is asked for."""

    kind = Choice(_("你要办什么"), validators=[wanted(_("请选要办什么"))])
    words = TextAreaField(
        _("说明"),
        [Length(max=1000, message=_("最多写 1000 个字"))],
        description=_("更正或删除时，写明是哪一项、应当怎样；加密保存"),
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.kind.choices = offered([(code, word(said)) for code, said in words.KINDS.items()], none=_("请选择"))

    def given(self, code: AccessCode) -> RequestIn:
        """What the operation takes."""
        return RequestIn(self.kind.data or "", self.words.data or "", code)


class AnswerForm(VersionedForm):
    """What was done."""

    reason = TextAreaField(
        _("办理结果"),
        [wanted(_("请写办理结果")), Length(min=10, max=1000, message=_("请写 10 至 1000 个字"))],
        description=_("请求人会看到。更正、删除的，写明学校改了什么、删了什么、还要留什么"),
    )

    def given(self) -> AnswerIn:
        """What the operation takes."""
        return AnswerIn(self.reason.data or "", self.version.data)


class RefusalForm(VersionedForm):
    """Why not."""

    reason = TextAreaField(
        _("为什么不办"),
        [wanted(_("请写为什么不办")), Length(min=10, max=1000, message=_("请写 10 至 1000 个字"))],
        description=_("请求人会看到，并可以向县教育局或网信部门反映"),
    )

    def given(self) -> AnswerIn:
        """What the operation takes."""
        return AnswerIn(self.reason.data or "", self.version.data)
