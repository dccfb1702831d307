"""The form by which the list of training topics is brought in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import FileField

from app.core.web.forms import Sent, VersionedForm


class TopicsForm(VersionedForm):
    """A table of topics."""

    content = FileField(
        _("专题表（xlsx 或 csv）"),
        [Sent()],
        description=_("列：主题、编号、专题；先下载现在的专题表或空表，改好再传，整张表代替原来的"),
    )
