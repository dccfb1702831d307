"""Forms of a showcase entry: from which item, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from app.core.web.chips import word
from app.core.web.forms import Choice, VersionedForm, at_most, wanted
from app.improvement.disclosure.operations.showcase import ShowcaseIn
from app.improvement.disclosure.words import SCENARIOS


class ShowcaseForm(VersionedForm):
    """What everybody is going to read of a problem that was put right."""

    item = Choice(_("哪一项"), validators=[wanted(_("请选择已销号的问题项"))])
    title = StringField(_("标题"), [wanted(_("请写标题")), at_most(80)])
    scenario = Choice(
        _("应用场景"),
        validators=[wanted(_("请选择应用场景"))],
        choices=lambda: [SelectChoice(code, word(one)) for code, one in SCENARIOS.items()],
    )
    problem = TextAreaField(_("问题"), [Optional(), at_most(2000)], description=_("当时的问题是什么，怎么发现的"))
    practice = TextAreaField(
        _("做法"), [Optional(), at_most(4000)], description=_("做了什么，别的学校能照着做的步骤；不写人名")
    )
    result = TextAreaField(
        _("成效"), [Optional(), at_most(2000)], description=_("有什么变化；整改前后的数据由系统从销号记录里带出")
    )

    def offer(self, items: Sequence[Any]) -> None:
        """Put the closed items into the list."""
        self.item.choices = [SelectChoice(row.ref, f"{row.number} {row.title}") for row in items]

    def given(self) -> ShowcaseIn:
        """What the operation takes."""
        parts = {name: self[name].data or "" for name in ("title", "scenario", "problem", "practice", "result")}
        return ShowcaseIn(**parts, version=self.version.data)
