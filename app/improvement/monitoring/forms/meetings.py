"""Forms of the meetings that follow a release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.core.web.forms import Day
from app.improvement.monitoring.forms.choices import Ticks, known, not_in_future, options
from app.improvement.monitoring.operations import BriefingIn, FollowUpIn, MeetingIn
from app.improvement.monitoring.words import MEETING_LEVELS, SUBJECTS

FEWEST_ROWS, MOST_ROWS = 2, 20
HELD_ON = [InputRequired(_("请写在哪一天")), not_in_future(_("日期不能晚于今天"))]
ATTENDEES = [InputRequired(_("请写参加人")), Length(max=500, message=_("参加人最多 500 个字"))]


class FollowUpForm(Form):
    """One thing that the leaders asked for."""

    what = StringField(_("做什么"), [Optional(), Length(max=300, message=_("“做什么”最多 300 个字"))])
    who = StringField(_("谁负责"), [Optional(), Length(max=60, message=_("“谁负责”最多 60 个字"))])
    due_on = Day(_("哪天前办完"), [Optional()])

    @property
    def is_filled(self) -> bool:
        """Something was written."""
        return bool((self.what.data or "").strip() or (self.who.data or "").strip() or self.due_on.data)


class BriefingForm(FlaskForm):
    """专题听取汇报."""

    held_on = Day(_("哪一天"), HELD_ON)
    chair = StringField(
        _("主持人（主要领导）"), [InputRequired(_("请写主持人")), Length(max=60, message=_("主持人最多 60 个字"))]
    )
    attendees = StringField(_("参加人"), ATTENDEES)
    minutes = TextAreaField(_("纪要"), [InputRequired(_("请写纪要"))])
    follow_ups = FieldList(FormField(FollowUpForm), _("后续事项"), min_entries=FEWEST_ROWS, max_entries=MOST_ROWS)

    def validate_follow_ups(self, field: Any) -> None:
        """Each line that was begun says what, who and by when, and is not due before the day of the hearing."""
        for number, entry in enumerate(field, 1):
            row = entry.form
            if not row.is_filled or row.due_on.errors:
                continue
            if not (row.what.data or "").strip() or not (row.who.data or "").strip() or row.due_on.data is None:
                raise ValidationError(gettext("第 %(n)s 项后续事项要写清做什么、谁负责、哪天前办完", n=number))
            if self.held_on.data is not None and row.due_on.data < self.held_on.data:
                raise ValidationError(gettext("第 %(n)s 项后续事项的期限不能早于会议那天", n=number))

    def given(self) -> BriefingIn:
        """The frozen input."""
        rows = [entry.form for entry in self.follow_ups if entry.form.is_filled]
        asked = tuple(FollowUpIn(row.what.data, row.who.data, row.due_on.data) for row in rows)
        return BriefingIn(self.held_on.data, self.chair.data, self.attendees.data, self.minutes.data, asked)


class MeetingForm(FlaskForm):
    """反馈会议."""

    held_on = Day(_("哪一天"), HELD_ON)
    level = RadioField(_("哪一级"), [InputRequired(_("请选哪一级"))], choices=options(MEETING_LEVELS))
    subject = SelectField(_("学科"), [Optional()], choices=options(SUBJECTS, empty=_("不分学科")))
    attendees = StringField(_("参加人"), ATTENDEES)
    minutes = TextAreaField(_("纪要"), [InputRequired(_("请写纪要"))])
    findings = Ticks(
        _("讨论了哪些数据发现"), description=_("勾选后，这条发现的页面会写明在哪次会上反馈过"), validate_choice=False
    )

    def offer(self, findings: Sequence[Any]) -> None:
        """The findings of the round, by unit."""
        self.findings.choices = [
            (row.ref, gettext("%(unit)s：%(number)s %(title)s", unit=row.unit, number=row.number, title=row.title))
            for row in findings
        ]

    def given(self) -> MeetingIn:
        """The frozen input."""
        subject, findings = self.subject.data or None, known(self.findings.data or ())
        return MeetingIn(self.held_on.data, self.level.data, subject, self.attendees.data, self.minutes.data, findings)
