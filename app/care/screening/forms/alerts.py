"""The form of an interview after an alert."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.care.screening.operations.alerts import InterviewIn
from app.care.screening.words import OUTCOMES
from app.core.web.chips import word
from app.core.web.forms import Choice, Day, VersionedForm, offered, wanted


class InterviewForm(VersionedForm):
    """When the counsellor spoke with the student, and what came of it."""

    interviewed_on = Day(_("访谈日期"), [wanted(_("请写访谈日期"))])
    outcome = Choice(
        _("结论"),
        validators=[wanted(_("请选访谈结论"))],
        choices=lambda: offered([(code, word(words)) for code, words in OUTCOMES.items()], _("请选择")),
    )

    def given(self) -> InterviewIn:
        """What the operation takes."""
        return InterviewIn(self.interviewed_on.data, self.outcome.data or "", self.version.data)
