"""Forms of the school: a new round, codes for a class, an answer on paper."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FileField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.care.consent import words
from app.care.consent.notices import purposes
from app.care.consent.operations.answers import PaperIn
from app.care.consent.operations.codes import CodesIn
from app.care.consent.operations.rounds import RoundIn
from app.core.storage import Stored
from app.core.web.chips import word
from app.core.web.forms import Choice, Day, VersionedForm, at_most, offered, wanted


class RoundForm(VersionedForm):
    """Ask the guardians and students of whole grades."""

    title = StringField(
        _("征询名称"), [wanted(_("请写征询名称")), at_most(80)], description=_("家长看得到，例如：秋季心理健康测评")
    )
    purpose = Choice(
        _("用途"),
        validators=[wanted(_("请选择用途"))],
        choices=lambda: offered([(one, word(words.PURPOSES[one])) for one in purposes()]),
        description=_("每个用途单独征询；告知内容按用途统一，不能自己改"),
    )
    grades = SelectMultipleField(
        _("年级"), [wanted(_("请至少选一个年级"))], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    due_on = Day(
        _("请在哪天前答复"), [wanted(_("请写答复日期"))], description=_("测评开始前至少 10 个工作日；没有答复不算同意")
    )

    def offer(self, grades: Sequence[tuple[str, str]]) -> None:
        """The grades of the school."""
        self.grades.choices = [SelectChoice(code, name) for code, name in grades]

    def given(self) -> RoundIn:
        """What the operation takes."""
        return RoundIn(self.title.data, self.purpose.data, tuple(self.grades.data or ()), self.due_on.data)


class CodesForm(VersionedForm):
    """New personal codes for a class."""

    guardians = BooleanField(_("家长码"))
    students = BooleanField(_("学生码"))
    student = StringField(validators=[Optional(), Length(max=16)])

    def given(self) -> CodesIn:
        """What the operation takes."""
        return CodesIn(bool(self.guardians.data), bool(self.students.data), self.student.data or "")


class PaperForm(VersionedForm):
    """A signed paper, or a withdrawal told by telephone."""

    who = Choice(_("谁签的"), validators=[wanted(_("请选择是谁签的"))])
    answer = Choice(
        _("答复"),
        validators=[wanted(_("请选同意或不同意"))],
        choices=lambda: offered([(one, word(words.ANSWERS[one])) for one in ("agree", "refuse")]),
    )
    file = FileField(_("扫描件"), description=_("PDF 或照片，不超过 20 MB；没有扫描件就保管好纸质原件"))
    reason = TextAreaField(_("怎么撤回的"), [Optional(), at_most(200)])

    def given(self, stored: Stored | None, withdrawing: bool) -> PaperIn:
        """What the operation takes."""
        answer = "withdraw" if withdrawing else self.answer.data or ""
        return PaperIn(self.who.data or "", answer, stored, self.version.data, self.reason.data or None)
