"""Forms of findings and of sources that disagree."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from app.improvement.monitoring.forms.choices import (
    LONGEST_TEXT,
    REASON,
    MoveForm,
    ReasonForm,
    Ticks,
    at_least,
    known,
    lines_of,
    not_in_future,
    options,
)
from app.improvement.monitoring.operations import (
    AnswerIn,
    CommentIn,
    ConfirmIn,
    FindingIn,
    QuestionIn,
    RejectIn,
    SettlementIn,
    SupportIn,
    TagsIn,
)
from app.improvement.monitoring.operations.findings import AT_SCHOOL
from app.improvement.monitoring.scenarios import SCENARIOS
from app.improvement.monitoring.words import CATEGORIES, GRADES, REJECTIONS, SEVERITIES, SOURCES, SUBJECTS
from workflows.improvement.data_finding import MANUAL_SOURCES, MIN_INTERPRETATION

MANUAL = {code: word for code, word in SOURCES.items() if code in MANUAL_SOURCES}
SEVERAL = _("可以选几个；列表、导出和问题项上都按它归类")
LINK = Regexp(r"^https?://\S+$", message=_("链接要以 http:// 或 https:// 开头"))


class FindingForm(MoveForm):
    """A finding that a person registers."""

    title = StringField(
        _("问题是什么"),
        [InputRequired(_("用一句话写清问题")), Length(max=120, message=_("最多 120 个字"))],
        description=_("写现象，不写人名。例如：晚托期间两个楼层无人巡查"),
    )
    unit = SelectField(_("涉及哪个单位"), [InputRequired(_("请选单位"))], validate_choice=False)
    source_type = RadioField(_("从哪里知道的"), [InputRequired(_("请选问题来源"))], choices=options(MANUAL))
    source_reference = StringField(
        _("依据的文件或记录"),
        [InputRequired(_("请写依据的文件或记录")), Length(max=200)],
        description=_("文号、记录编号或报告名称，能查得到"),
    )
    known_on = DateField(_("哪一天知道的"), [InputRequired(_("请写日期")), not_in_future(_("日期不能晚于今天"))])
    category = RadioField(_("类别"), [InputRequired(_("请选类别"))], choices=options(CATEGORIES))
    severity = RadioField(_("轻重"), [InputRequired(_("请选轻重"))], choices=options(SEVERITIES))
    subject = SelectField(_("学科"), [Optional()], choices=options(SUBJECTS, empty=_("不涉及学科")))
    grade = SelectField(_("年级"), [Optional()], choices=options(GRADES, empty=_("不分年级")))
    description = TextAreaField(_("具体情况"), [Optional(), Length(max=LONGEST_TEXT)])
    scenarios = Ticks(_("应用场景"), [Optional()], choices=options(SCENARIOS), description=SEVERAL)

    def offer_at_school(self) -> None:
        """Leave out what a school does not register itself."""
        self.source_type.choices = options({code: word for code, word in MANUAL.items() if code in AT_SCHOOL})

    def validate_subject(self, field: SelectField) -> None:
        """A finding of a subject names it."""
        if self.category.data == "subject" and not field.data:
            raise ValidationError(_("学科类的发现要选学科"))

    def given(self) -> FindingIn:
        """The frozen input."""
        return FindingIn(
            title=self.title.data,
            source_type=self.source_type.data,
            source_reference=self.source_reference.data,
            category=self.category.data,
            severity=self.severity.data,
            known_on=self.known_on.data,
            grade=self.grade.data or None,
            description=self.description.data or "",
            scenarios=known(self.scenarios.data or ()),
        )


class TagsForm(MoveForm):
    """The application scenarios of a finding."""

    scenarios = Ticks(_("应用场景"), [Optional()], choices=options(SCENARIOS), description=SEVERAL)

    def given(self) -> TagsIn:
        """The frozen input."""
        return TagsIn(known(self.scenarios.data or ()), self.version.data)


class SupportForm(MoveForm):
    """Evidence from another source."""

    support_source = StringField(
        _("佐证来自哪里"),
        [InputRequired(_("请写佐证来自哪里")), Length(max=60)],
        description=_("例如：9月单元检测、教研员听课记录"),
    )
    support_description = TextAreaField(
        _("说明了什么"), [InputRequired(_("请写说明了什么")), Length(max=500, message=_("最多 500 个字"))]
    )
    support_link = StringField(_("链接"), [Optional(), Length(max=300), LINK])

    def support(self) -> SupportIn:
        """The frozen input."""
        return SupportIn(
            self.support_source.data,
            self.support_description.data,
            self.support_link.data or "",
            version=self.version.data,
        )


class ConfirmForm(MoveForm):
    """Interpretation, supposed causes, and evidence from another source."""

    interpretation = TextAreaField(
        _("解读"),
        [
            InputRequired(_("解读至少写 50 个字")),
            at_least(MIN_INTERPRETATION, _("解读至少写 50 个字")),
            Length(max=LONGEST_TEXT, message=_("最多 2000 个字")),
        ],
        description=_("这个差距说明什么、在哪类题或哪些学生身上最明显、为什么值得列为问题"),
    )
    hypotheses = TextAreaField(
        _("可能的原因"), [InputRequired(_("至少写一条可能的原因"))], description=_("每行一条，先写最可能的")
    )
    severity = SelectField(_("轻重"), [Optional()], choices=options(SEVERITIES, empty=_("不定")))
    support_source = StringField(
        _("另一个来源的佐证"), [Optional(), Length(max=60)], description=_("来自哪里，例如：9月单元检测")
    )
    support_description = TextAreaField(_("佐证说明了什么"), [Optional(), Length(max=500)])
    support_link = StringField(_("链接"), [Optional(), Length(max=300), LINK])

    def demand_support(self, present: int) -> bool:
        """Whether there is evidence: already there, or given now with both parts."""
        source, words = (self.support_source.data or "").strip(), (self.support_description.data or "").strip()
        if present and not source and not words:
            return True
        if not source:
            self.support_source.errors = (*self.support_source.errors, _("至少要有一份其他来源的佐证，请写来自哪里"))
        if not words:
            self.support_description.errors = (*self.support_description.errors, _("请写佐证说明了什么"))
        return bool(source and words)

    def given(self) -> ConfirmIn:
        """The frozen input."""
        support = None
        if (self.support_source.data or "").strip():
            link = self.support_link.data or ""
            support = SupportIn(self.support_source.data, self.support_description.data or "", link)
        return ConfirmIn(
            self.interpretation.data,
            lines_of(self.hypotheses.data),
            support,
            self.severity.data or "",
            self.version.data,
        )


class CommentForm(MoveForm):
    """What the unit says about a finding."""

    comment = TextAreaField(
        _("学校的意见"),
        [
            InputRequired(_("意见至少写 10 个字")),
            at_least(REASON, _("意见至少写 10 个字")),
            Length(max=LONGEST_TEXT, message=_("最多 2000 个字")),
        ],
        description=_("说明情况、补充背景，教研员和办公室会看到"),
    )

    def given(self) -> CommentIn:
        """The frozen input."""
        return CommentIn(self.comment.data, self.version.data)


class RejectForm(ReasonForm):
    """Why nothing is to be done."""

    kind = RadioField(_("为什么不列为问题"), [InputRequired(_("请选一种"))], choices=options(REJECTIONS))

    def given(self) -> RejectIn:
        """The frozen input."""
        return RejectIn(self.kind.data, self.reason.data, self.version.data)


class MergeForm(MoveForm):
    """The finding that carries on what this one says."""

    target = RadioField(_("并入哪一条"), [InputRequired(_("请选择并入哪一条发现"))], validate_choice=False)


class QuestionForm(MoveForm):
    """What is asked of the unit that owns the data."""

    question = TextAreaField(
        _("问什么"),
        [InputRequired(_("至少写 10 个字")), at_least(REASON, _("至少写 10 个字")), Length(max=500)],
        description=_("写清哪里不一致、要对方查什么"),
    )

    def given(self, unit_id: Any) -> QuestionIn:
        """The frozen input."""
        return QuestionIn(self.question.data, unit_id)


class AnswerForm(MoveForm):
    """What the owner of the data says."""

    answer = TextAreaField(
        _("回答"), [InputRequired(_("至少写 10 个字")), at_least(REASON, _("至少写 10 个字")), Length(max=1000)]
    )

    def given(self) -> AnswerIn:
        """The frozen input."""
        return AnswerIn(self.answer.data, self.version.data)


class SettlementForm(MoveForm):
    """Which source counts, and why."""

    chosen = RadioField(_("怎样裁定"), [InputRequired(_("请选以哪一个来源为准"))], validate_choice=False)
    settlement = TextAreaField(
        _("理由"), [InputRequired(_("至少写 10 个字")), at_least(REASON, _("至少写 10 个字")), Length(max=1000)]
    )

    def given(self, sides: Mapping[str, uuid.UUID]) -> SettlementIn:
        """The frozen input; `sides`: the cells that may be chosen, by the word of the choice."""
        chosen = sides.get(self.chosen.data)
        outcome = "one" if chosen is not None else self.chosen.data
        return SettlementIn(chosen, self.settlement.data, self.version.data, outcome)
