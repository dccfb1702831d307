"""Forms of adoptions: what is taken up of an example, and why it is given up."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField

from app.core.web.forms import VersionedForm, at_most, wanted
from app.improvement.disclosure.models import PublicPage
from app.improvement.disclosure.operations.adoptions import AdoptionEnd, AdoptionIn


class AdoptionForm(VersionedForm):
    """What one's own school is going to do."""

    note = TextAreaField(
        _("准备怎么用"),
        [wanted(_("请写准备怎么用")), at_most(300)],
        description=_("用在哪个年级、哪件事上。案例单位和办公室能看到"),
    )

    def given(self, page: PublicPage) -> AdoptionIn:
        """What the operation takes."""
        return AdoptionIn(page, self.note.data or "")


class AdoptionEndForm(VersionedForm):
    """Why it is given up."""

    reason = TextAreaField(
        _("为什么不再借鉴"),
        [wanted(_("请写为什么不再借鉴")), at_most(300)],
        description=_("案例单位和办公室能看到"),
    )

    def given(self) -> AdoptionEnd:
        """What the operation takes."""
        return AdoptionEnd(self.reason.data or "", self.version.data)
