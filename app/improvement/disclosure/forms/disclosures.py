"""Forms of a disclosure: what it says, from which day to which, and its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.fields import SelectChoice

from app.core.web.chips import long_date, word
from app.core.web.forms import Choice, Day, Later, VersionedForm, at_most, wanted
from app.improvement.disclosure.operations.disclosures import DisclosureIn, Source
from app.improvement.disclosure.words import SOURCES


class DisclosureForm(VersionedForm):
    """What the public is going to read."""

    source = Choice(_("公开什么"), validators=[wanted(_("请选择公开什么"))])
    title = StringField(_("标题"), [wanted(_("请写标题")), at_most(80)])
    statement = TextAreaField(
        _("正文"),
        [Later(), at_most(6000)],
        description=_("写给家长和社会看：说了什么、怎么看、接下来做什么。不写人名，不比学校名次"),
    )
    publish_on = Day(_("公开日期"), [Later()], description=_("批准后到这一天自动公开"))
    until_on = Day(_("公开到"), [Later()], description=_("这一天过后内容自动撤下"))

    def offer(self, found: Mapping[str, Sequence[Any]]) -> None:
        """Put into the list what may be made public."""
        choices = [SelectChoice("statement", word(SOURCES["statement"]))]
        for kind, rows in found.items():
            choices += [SelectChoice(f"{kind}:{row.ref}", f"{word(SOURCES[kind])}：{_named(row)}") for row in rows]
        self.source.choices = choices

    def given(self, source: Source) -> DisclosureIn:
        """What the operation takes."""
        return DisclosureIn(
            title=self.title.data or "",
            statement=self.statement.data or "",
            publish_on=self.publish_on.data,
            until_on=self.until_on.data,
            source=source,
            version=self.version.data,
        )


def _named(row: Any) -> str:
    day = getattr(row, "visit_on", None)
    name = getattr(row, "name", None) or row.label
    return f"{name}（{long_date(day)}）" if day else str(name)
