"""The one form: what came of an alarm."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import Length

from app.core.reading.operations import Finding
from app.core.web.forms import VersionedForm, wanted

HOW_MUCH = _("写明核实了什么、怎么处理，10 到 500 个字")


class FindingForm(VersionedForm):
    """What was found and done."""

    finding = TextAreaField(
        _("核实结果"),
        [wanted(HOW_MUCH), Length(10, 500, HOW_MUCH)],
        description=_("问过谁、是否因工作需要、采取了什么措施；不要写学生姓名"),
    )

    def given(self) -> Finding:
        """What the operation takes."""
        return Finding(self.finding.data or "", self.version.data)
