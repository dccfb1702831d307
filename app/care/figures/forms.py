"""Forms of a release: what is said in front of it, and a step with or without a reason."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField, TextAreaField

from app.care.figures.operations import ReleaseIn, ReleaseStep
from app.core.web.forms import VersionedForm, at_most, wanted


class ReleaseForm(VersionedForm):
    """Period and note."""

    period = StringField(
        _("说的是哪段时间"),
        [wanted(_("请写这期数据说的是哪段时间")), at_most(40)],
        description=_("例如：2026 年秋季学期"),
    )
    note = TextAreaField(_("说明"), [at_most(1000)], description=_("怎么读这些数，或更正了什么；不写任何人"))
    replaces = HiddenField()

    def given(self) -> ReleaseIn:
        """What the operation takes."""
        return ReleaseIn(self.period.data or "", self.note.data or "", self.replaces.data or "", self.version.data)


class StepForm(VersionedForm):
    """A step that needs no words."""

    def given(self) -> ReleaseStep:
        """What the operation takes."""
        return ReleaseStep("", self.version.data)


class ReasonForm(VersionedForm):
    """A step that needs a reason."""

    reason = TextAreaField(_("理由（至少 10 个字，对方会看到）"), [at_most(2000)])

    def given(self) -> ReleaseStep:
        """What the operation takes."""
        return ReleaseStep(self.reason.data or "", self.version.data)
