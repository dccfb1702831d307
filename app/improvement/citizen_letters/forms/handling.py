"""What the office and the one who answers fill in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional

from app.core.policy.roles import ROLES
from app.core.web.chips import long_date, word
from app.core.web.forms import Choice, VersionedForm, at_most, wanted
from app.improvement.citizen_letters.operations.answering import LONGEST_ANSWER, AnswerIn, CarryIn, HandBackIn
from app.improvement.citizen_letters.operations.boxes import BoxesIn, BoxIn, ReplyIn
from app.improvement.citizen_letters.operations.sorting import AssignIn, MergeIn, PassIn, RefuseIn
from app.improvement.citizen_letters.operations.visiting import QuestionIn
from app.improvement.citizen_letters.queries.inspectors import Answerer
from app.improvement.citizen_letters.words import GROUNDS
from app.improvement.monitoring.words import CATEGORIES, SEVERITIES


class AssignForm(VersionedForm):
    """Who answers; who has to stay away is not offered."""

    person = RadioField(_("由谁办理"), validators=[wanted(_("请选择由谁办理"))])

    def offer(self, people: Sequence[Answerer]) -> None:
        """Put those who may answer into the list, the school's own inspector first."""
        self.ids = {one.ref: one.id for one in people if not one.has_interest}
        self.person.choices = [SelectChoice(one.ref, _said(one)) for one in people if not one.has_interest]
        if self.person.choices and self.person.data is None and people[0].is_own and not people[0].has_interest:
            self.person.data = people[0].ref

    def given(self) -> AssignIn:
        """What the operation takes."""
        return AssignIn(self.ids.get(self.person.data or ""), self.version.data)


def _said(one: Answerer) -> str:
    role = word(ROLES[one.role])
    return gettext("%(name)s（本校责任督学）", name=one.name) if one.is_own else f"{one.name}（{role}）"


class PassForm(VersionedForm):
    """Which department answers."""

    unit = RadioField(_("转给哪个科室"), validators=[wanted(_("请选择科室"))])

    def offer(self, units: Sequence[Any]) -> None:
        """Put the departments into the list."""
        self.ids: Mapping[str, uuid.UUID] = {one.ref: one.id for one in units}
        self.unit.choices = [SelectChoice(one.ref, one.name) for one in units]

    def given(self) -> PassIn:
        """What the operation takes."""
        return PassIn(self.ids.get(self.unit.data or ""), self.version.data)


class RefuseForm(VersionedForm):
    """Why it is not accepted and where to turn."""

    ground = RadioField(_("理由"), validators=[wanted(_("请选择理由"))])
    reason = TextAreaField(
        _("该找哪里"), [wanted(_("请写清楚该找哪里")), at_most(300)], description=_("写信人会看到，至少 10 个字")
    )

    def offer(self) -> None:
        """Put the grounds into the list."""
        self.ground.choices = [SelectChoice(code, word(said)) for code, said in GROUNDS.items()]

    def given(self) -> RefuseIn:
        """What the operation takes."""
        return RefuseIn(self.ground.data or "", self.reason.data or "", self.version.data)


class MergeForm(VersionedForm):
    """The letter that carries on."""

    first = Choice(_("并入哪一封"), validators=[wanted(_("请选择一封来信"))], description=_("同一所学校、还在办的来信"))

    def offer(self, letters: Sequence[Any], said: Mapping[Any, str]) -> None:
        """Put letters of the school into the list."""
        self.ids = {one.ref: one.id for one in letters}
        self.first.choices = [SelectChoice("", ""), *(SelectChoice(one.ref, said[one.id]) for one in letters)]

    def given(self) -> MergeIn:
        """What the operation takes."""
        return MergeIn(self.ids.get(self.first.data or ""), self.version.data)


class AnswerForm(VersionedForm):
    """The answer."""

    answer = TextAreaField(
        _("答复"),
        [wanted(_("请写答复")), at_most(LONGEST_ANSWER)],
        description=_("直接说查到了什么、怎么办、什么时候办好。只有写信人凭回执码看得到"),
    )

    def given(self) -> AnswerIn:
        """What the operation takes."""
        return AnswerIn(self.answer.data or "", self.version.data)


class HandBackForm(VersionedForm):
    """Why it is not one's own to answer."""

    reason = TextAreaField(_("退回的理由"), [wanted(_("请写理由")), at_most(300)], description=_("至少 10 个字"))

    def given(self) -> HandBackIn:
        """What the operation takes."""
        return HandBackIn(self.reason.data or "", self.version.data)


class CarryForm(VersionedForm):
    """What the letter points out, in one's own words."""

    title = StringField(
        _("问题"),
        [wanted(_("用一句话写清问题")), at_most(120)],
        description=_("用自己的话写，不写来信人和学生的情况，也不抄原信；学校会看到"),
    )
    category = RadioField(_("类别"), validators=[wanted(_("请选择类别"))])
    severity = RadioField(_("程度"), validators=[wanted(_("请选择程度"))])

    def offer(self) -> None:
        """Put categories and severities into the lists."""
        self.category.choices = [SelectChoice(code, word(said)) for code, said in CATEGORIES.items()]
        self.severity.choices = [SelectChoice(code, word(said)) for code, said in SEVERITIES.items()]

    def given(self) -> CarryIn:
        """What the operation takes."""
        return CarryIn(self.title.data or "", self.category.data or "", self.severity.data or "", self.version.data)


class QuestionForm(VersionedForm):
    """At which visit, and what is looked at, in one's own words."""

    visit = RadioField(_("哪一次视导"), validators=[wanted(_("请选择一次视导"))])
    question = StringField(
        _("到校看什么"),
        [wanted(_("请写到校看什么")), at_most(140)],
        description=_("学校会在检查清单里看到这句话，看不到来信；请用自己的话写，不写谁来的信"),
    )

    def offer(self, visits: Sequence[Any]) -> None:
        """Put the visits whose checklist is open into the list."""
        self.ids = {one.ref: one.id for one in visits}
        self.visit.choices = [SelectChoice(one.ref, f"{one.label}（{long_date(one.visit_on)}）") for one in visits]
        if len(visits) == 1 and self.visit.data is None:
            self.visit.data = visits[0].ref

    def given(self) -> QuestionIn:
        """What the operation takes."""
        return QuestionIn(self.ids.get(self.visit.data or ""), self.question.data or "", self.version.data)


class ReplyForm(VersionedForm):
    """Question and answer for everybody."""

    question = TextAreaField(
        _("问题"), [wanted(_("请写问题")), at_most(300)], description=_("重新写一遍，看不出是谁写的、说的是谁")
    )
    answer = TextAreaField(_("答复"), [wanted(_("请写答复")), at_most(1000)])

    def given(self) -> ReplyIn:
        """What the operation takes."""
        return ReplyIn(self.question.data or "", self.answer.data or "", self.version.data)


class BoxesForm(VersionedForm):
    """Whom citizens may ring up."""

    office = StringField(_("受理单位"), [wanted(_("请写受理单位")), at_most(60)])
    office_phone = StringField(
        _("办公电话"), [wanted(_("请写办公电话")), at_most(20)], description=_("印在海报上，请写办公电话，不写私人手机")
    )
    office_hours = StringField(_("接听时间"), [Optional(), Length(max=60)])

    def given(self) -> BoxesIn:
        """What the operation takes."""
        return BoxesIn(self.office.data or "", self.office_phone.data or "", self.office_hours.data or "")


class BoxForm(VersionedForm):
    """One school's box."""

    is_open = BooleanField(_("信箱开通"), description=_("停用后海报上的二维码打不开"))
    shows_replies = BooleanField(_("公开问答"), description=_("办公室可以把问答重新写过、不指向任何人，给所有人看"))

    def given(self) -> BoxIn:
        """What the operation takes."""
        return BoxIn(bool(self.is_open.data), bool(self.shows_replies.data), self.version.data)
