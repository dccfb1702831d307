"""Forms of audits: the year, the officer's words, the note of filing."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Optional

from app.care.yearly.operations import FiledIn, WordsIn, YearIn
from app.core.web.forms import Day, VersionedForm, at_most, wanted


class YearForm(VersionedForm):
    """Of which year."""

    year = IntegerField(_("年份"), [Optional()], description=_("四位数，例如 2026；已签署的年份会开一版更正"))

    def given(self) -> YearIn:
        """What the operation takes."""
        return YearIn(self.year.data)


class WordsForm(VersionedForm):
    """Conclusion and measures; the figures are counted, not typed."""

    conclusion = TextAreaField(
        _("结论"), [Optional(), at_most(4000)], description=_("这一年是否合规；送审前要写。不写任何学生的姓名和情况")
    )
    measures = TextAreaField(
        _("整改安排"), [Optional(), at_most(4000)], description=_("例外怎么处理、谁负责、什么时候完成；没有例外也写明")
    )

    def given(self) -> WordsIn:
        """What the operation takes."""
        return WordsIn(self.conclusion.data or "", self.measures.data or "", self.version.data)


class FiledForm(VersionedForm):
    """When, with whom, under which receipt."""

    filed_on = Day(_("报送日期"), [wanted(_("请写报送日期"))])
    filed_with = StringField(
        _("报送给哪个部门"),
        [wanted(_("请写报送给哪个部门")), at_most(80)],
        description=_("全称，例如某县互联网信息办公室"),
    )
    receipt_no = StringField(_("回执编号"), [wanted(_("请写回执编号")), at_most(60)])

    def given(self) -> FiledIn:
        """What the operation takes."""
        return FiledIn(self.filed_on.data, self.filed_with.data or "", self.receipt_no.data or "", self.version.data)
