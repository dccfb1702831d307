"""The form of an opinion from outside."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice

from app.core.web.chips import word
from app.core.web.forms import VersionedForm, at_most, wanted
from app.improvement.effects.models.opinions import LONGEST
from app.improvement.effects.operations.opinions import OpinionIn
from app.improvement.effects.words import OPINIONS


class OpinionForm(VersionedForm):
    """Whether he or she agrees, and why."""

    view = RadioField(
        _("对结论的意见"),
        [wanted(_("请选同意、不同意或无法判断"))],
        choices=lambda: [SelectChoice(code, word(said)) for code, said in OPINIONS.items()],
    )
    reasons = TextAreaField(
        _("理由"),
        [wanted(_("请写理由")), at_most(LONGEST)],
        description=_("凭哪些数据、佐证这样判断；责任单位、办公室和定论的人都看得到，10 到 2000 个字"),
    )

    def given(self) -> OpinionIn:
        """What the operation takes."""
        return OpinionIn(self.view.data or "", self.reasons.data or "", self.version.data)
